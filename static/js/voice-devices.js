// The person's own microphone and camera: choosing, trying, and what went wrong in plain words.

const WORDS = {
  NotAllowedError: "The browser was not allowed to use it. Allow it beside the page's address, then try again.",
  NotFoundError: "None was found. Plug one in, or go on without.",
  NotReadableError: "Another program uses it just now. Close that one, then try again.",
  OverconstrainedError: "The one you chose is not there any more. Choose another.",
  AbortError: "It stopped answering. Plug it in again, or choose another.",
};

const SIZE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 30 } };

/** What the browser said about a microphone or camera, as a sentence. */
export function explain(error, what) {
  return `Your ${what} could not be switched on. ${WORDS[error.name] ?? "Try again, or choose another."}`;
}

export class Devices {
  constructor(root) {
    this.root = root;
    this.selects = Object.fromEntries(
      [...root.querySelectorAll("[data-voice-device]")].map((select) => [select.dataset.voiceDevice, select]),
    );
    this.recall();
    for (const [kind, select] of Object.entries(this.selects)) {
      select.addEventListener("change", () => localStorage.setItem(`voice.${kind}`, select.value));
    }
    navigator.mediaDevices?.addEventListener("devicechange", () => this.list());
    this.list();
  }

  get wantsCamera() {
    return this.selects.videoinput.value !== "none";
  }

  get output() {
    return this.selects.audiooutput.value;
  }

  /** A track of "microphone" or "camera". Rejects as getUserMedia does. */
  async open(what) {
    if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
    const video = what === "camera";
    const id = this.selects[video ? "videoinput" : "audioinput"].value;
    const wanted = { ...(video ? SIZE : { echoCancellation: true, noiseSuppression: true }) };
    if (id && id !== "none") wanted.deviceId = { exact: id };
    const stream = await navigator.mediaDevices.getUserMedia(video ? { video: wanted } : { audio: wanted });
    this.list();
    return stream.getTracks()[0];
  }

  /** Fills the lists; browsers tell the names only after a device was allowed once. */
  async list() {
    const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    for (const [kind, select] of Object.entries(this.selects)) {
      const chosen = select.value || (localStorage.getItem(`voice.${kind}`) ?? "");
      select.querySelectorAll("[data-found]").forEach((option) => option.remove());
      const named = found.filter((device) => device.kind === kind && device.label && device.deviceId);
      select.append(...named.map(option));
      if ([...select.options].some(({ value }) => value === chosen)) select.value = chosen;
    }
    const speaks = "setSinkId" in HTMLMediaElement.prototype;
    this.root.querySelector("[data-voice-output]").hidden = !speaks || this.selects.audiooutput.options.length < 2;
  }

  recall() {
    if (localStorage.getItem("voice.videoinput") === "none") this.selects.videoinput.value = "none";
  }
}

function option({ deviceId, label }) {
  const made = new Option(label, deviceId);
  made.dataset.found = "";
  return made;
}

/** Shows how loud a microphone is. @returns {() => void} stops it */
export function measure(track, meter) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const loudness = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
    meter.value = Math.min(100, Math.round(loudness * 300));
  }, 100);
  return () => {
    clearInterval(timer);
    context.close();
  };
}

/** A second of a soft tone, through the loudspeaker that was chosen. */
export async function playTone(output) {
  const context = new AudioContext();
  if (output && context.setSinkId) await context.setSinkId(output).catch(() => {});
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.setValueAtTime(0.2, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 1);
  tone.frequency.value = 440;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 1);
  tone.addEventListener("ended", () => context.close());
}
