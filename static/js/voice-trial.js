// Trying microphone and camera before joining: nobody else sees or hears it.

import { explain, measure, playTone } from "./voice-devices.js";

export class Trial {
  /**
   * @param {HTMLElement} root
   * @param {import("./voice-devices.js").Devices} devices
   * @param {(words: string) => void} complain
   */
  constructor(root, devices, complain) {
    this.devices = devices;
    this.complain = complain;
    this.tracks = [];
    this.preview = root.querySelector("[data-voice-preview]");
    this.off = root.querySelector("[data-voice-preview-off]");
    this.meter = root.querySelector("[data-voice-meter]");
    root.querySelector("[data-voice-try]").addEventListener("click", () => this.start());
    root.querySelector("[data-voice-tone]").addEventListener("click", () => playTone(devices.output));
  }

  async start() {
    this.complain("");
    this.stop();
    await this.open("microphone", (track) => {
      this.meter.hidden = false;
      this.stopMeter = measure(track, this.meter.querySelector("meter"));
    });
    if (!this.devices.wantsCamera) return;
    await this.open("camera", (track) => {
      this.preview.srcObject = new MediaStream([track]);
      this.off.hidden = true;
    });
  }

  async open(what, show) {
    try {
      const track = await this.devices.open(what);
      this.tracks.push(track);
      show(track);
    } catch (error) {
      this.complain(explain(error, what));
    }
  }

  stop() {
    this.stopMeter?.();
    this.stopMeter = null;
    for (const track of this.tracks) track.stop();
    this.tracks = [];
    this.preview.srcObject = null;
    this.off.hidden = false;
    this.meter.hidden = true;
  }
}
