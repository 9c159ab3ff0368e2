// <div data-voice="3"> is the voice of a room: try devices, join muted, speak, leave. The portal's gauge of who is in
// rules the page: who is not in it is let go, and a microphone that it calls off is switched off.

import { jitter, waitAfter } from "./again.js";
import { serverNow } from "./countdown.js";
import { listen } from "./live.js";
import { Devices, explain } from "./voice-devices.js";
import { Sfu } from "./voice-janus.js";
import { Mesh } from "./voice-peer.js";
import { People } from "./voice-people.js";
import { Trial } from "./voice-trial.js";

const BEAT_MS = 20_000;
const STALE_MS = 45_000;
const SETTLE_MS = 5_000;
const STABLE_MS = 30_000;
const MOST_FAILURES = 3;
const LONGEST_WAIT_MS = 15_000;
const OUT = "You are not in this room's voice any more.";
const OVER = "This room's time is up.";
const LOST = "The connection to this room's voice was lost. Connecting again.";
const NO_PORTAL = "The portal does not answer. Check your connection, then try again.";

class Voice {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`[data-voice-${name}]`);
    this.channel = root.dataset.voiceChannel;
    this.devices = new Devices(root);
    this.trial = new Trial(root, this.devices, (words) => this.complain(words));
    this.people = new People(this.find("people"), this.find("person"), (to, act) => this.lead({ to, act }));
    this.tracks = { audio: null, video: null };
    this.failures = 0;
    this.switching = 0;
    this.switched = 0;
    this.work = Promise.resolve();
    this.bind();
    root.hidden = false;
    listen(this.channel, { onGauge: (state) => this.follow(state) });
  }

  bind() {
    const on = (name, act) => this.find(name)?.addEventListener("click", act);
    on("join", () => this.join());
    on("leave", () => this.leave());
    for (const button of this.root.querySelectorAll("[data-voice-room]")) {
      button.addEventListener("click", () => this.lead({ act: button.dataset.voiceRoom }));
    }
    for (const button of this.root.querySelectorAll("[data-voice-switch]")) {
      button.addEventListener("click", () => this.toggle(button.dataset.voiceSwitch));
    }
    if (sessionStorage.getItem(this.channel)) this.find("join").textContent = "Join again";
    document.addEventListener("live:refused", ({ detail }) => detail.channel === this.channel && this.goOut());
    for (const name of ["live:signed-out", "live:closed"]) document.addEventListener(name, () => this.goOut());
    window.addEventListener("pagehide", () => this.tellLeaving());
  }

  // Coming and going

  async join() {
    this.complain("");
    this.trial.stop();
    const answer = await this.post("enter", { agrees: this.find("agrees")?.checked ? "on" : "" });
    if (answer.problem) return this.complain(answer.problem);
    this.open(answer);
    this.show(true);
    this.find("inside").querySelector("h2").focus();
    sessionStorage.setItem(this.channel, "in");
  }

  open(entrance) {
    this.me = entrance;
    this.seen = false;
    this.openedAt = this.beaten = Date.now();
    this.people.mine = entrance.id;
    this.find("recorded").textContent = entrance.recorded ? "What you say is recorded." : "You are not.";
    this.people.output = this.devices.output;
    this.root.querySelector("[data-voice-switch=camera]").hidden = !this.devices.wantsCamera;
    const page = {
      signal: (to, body) => this.post("signal", { to, entry: entrance.entry, body: JSON.stringify(body) }),
      onMedia: (id, tracks) => this.people.play(id, tracks),
      onTrouble: (words) => this.whenTroubled(words),
      onLost: (words) => this.lose(words),
      onOut: (isOver) => this.goOut(isOver ? OVER : this.why),
    };
    this.transport = entrance.way === "janus" ? new Sfu(entrance, page) : new Mesh(entrance, page);
    if (entrance.channel) this.listenForSignals(entrance);
    this.beat = setInterval(() => this.stay(), BEAT_MS);
    if (this.state) this.follow(this.state);
  }

  listenForSignals({ channel, version }) {
    const transport = this.transport;
    this.stopListening = listen(channel, {
      version,
      onFrame: ({ body }) => transport.hear(body).catch((error) => console.warn(error)),
    });
  }

  shut() {
    clearInterval(this.beat);
    this.stopListening?.();
    this.stopListening = null;
    this.transport?.close();
    this.transport = null;
    this.me = null;
  }

  /** The line dropped: back to the same room, with what was on. */
  lose(words) {
    if (!this.me) return;
    // Not where the portal let nobody in again: it is asked ever less often.
    if (this.me.entry && Date.now() - this.openedAt > STABLE_MS) this.failures = 0;
    if (this.failures >= MOST_FAILURES && words) return this.goOut(words);
    this.shut();
    this.complain(words || LOST);
    const wait = jitter(Math.min(waitAfter(this.failures), LONGEST_WAIT_MS));
    this.failures += 1;
    this.again = setTimeout(() => this.whileSwitching(() => this.comeBack()), wait);
  }

  async comeBack() {
    const answer = await this.post("enter", { agrees: this.find("agrees")?.checked ? "on" : "" });
    // They went out meanwhile, so they are not brought in.
    if (!this.again) return void this.post("leave", { entry: answer.entry });
    if (answer.status === 403) return this.goOut(answer.problem);
    if (answer.problem) {
      this.me = {};
      return this.lose();
    }
    this.open(answer);
    this.complain("");
    await this.tellSwitches();
  }

  async stay() {
    if (this.me?.way === "janus") return;
    const answer = await this.post("beat", { entry: this.me.entry });
    if (!answer.problem) this.beaten = Date.now();
    else if (answer.status === 403) this.lose();
  }

  async leave() {
    const { entry } = this.me ?? {};
    this.goOut("");
    await this.post("leave", { entry });
    sessionStorage.removeItem(this.channel);
  }

  tellLeaving() {
    if (!this.me?.entry) return;
    navigator.sendBeacon(this.address("leave"), this.fill({ entry: this.me.entry }));
    this.shut();
  }

  /** Why one is out, as far as this page knows: the server may see the end some seconds before it. */
  get why() {
    return Date.parse(this.state?.ends) - serverNow() < SETTLE_MS ? OVER : OUT;
  }

  /** Out, whoever decided it: nothing is sent or played from here on. */
  goOut(words = this.why) {
    if (!this.me && !this.again) return;
    clearTimeout(this.again);
    this.again = 0;
    const stood = this.find("inside").contains(document.activeElement);
    this.shut();
    for (const kind of ["audio", "video"]) this.setTrack(kind, null);
    this.people.clear();
    this.show(false);
    this.find("join").textContent = "Join again";
    this.complain(words);
    if (stood) this.find("join").focus();
  }

  // What the gauge says

  follow(state) {
    this.state = state;
    this.showRule(state.by_floor);
    this.showWhetherRecorded(state.recorded);
    if (!this.me?.entry) return;
    this.endAt(state.ends);
    const mine = state.people.find(({ id }) => id === this.me.id);
    const isIn = mine?.entry === this.me.entry;
    if (!isIn) return this.seen && this.whenMissing(mine);
    this.seen = true;
    this.say(this.people.show(state.people));
    this.obey(mine);
    this.transport.meet(state.people);
  }

  showRule(byFloor) {
    for (const words of this.root.querySelectorAll("[data-voice-by-floor]")) words.hidden = !byFloor;
    for (const button of this.root.querySelectorAll("[data-voice-room]")) {
      button.hidden = button.dataset.voiceRoom === (byFloor ? "by_floor" : "freely");
    }
    this.people.byFloor = byFloor;
  }

  /** An organiser may have decided otherwise since the page was drawn: everybody comes in anew, and is asked. */
  showWhetherRecorded(recorded) {
    for (const words of this.root.querySelectorAll("[data-voice-recording]")) words.hidden = !recorded;
    for (const words of this.root.querySelectorAll("[data-voice-no-recording]")) words.hidden = recorded;
    if (!recorded) this.find("agrees").checked = false;
  }

  whenMissing(mine) {
    if (mine) return this.goOut("You joined from another tab or device, so you left here.");
    if (Date.now() - this.beaten > STALE_MS) return this.lose();
    this.goOut();
  }

  endAt(ends) {
    clearTimeout(this.ending);
    const left = Date.parse(ends) - serverNow();
    if (left < 2 ** 31) this.ending = setTimeout(() => this.goOut(OVER), Math.max(0, left));
  }

  /** Who leads the room may have switched something off here; a gauge from before our own click may not. */
  obey(mine) {
    if (this.switching || mine.switched < this.switched) return;
    const muted = this.tracks.audio && !mine.microphone;
    const unseen = this.tracks.video && !mine.camera;
    if (!muted && !unseen) return;
    if (muted) this.setTrack("audio", null);
    if (unseen) this.setTrack("video", null);
    this.transport.send(this.tracks);
    if (muted) this.complain("Your microphone was switched off by somebody who leads this room.");
  }

  // Microphone and camera

  /** One click after another: none is lost while the one before is still at work. */
  toggle(what) {
    this.whileSwitching(() => (this.work = this.work.then(() => this.toggleNow(what))));
  }

  /** Who is in may be told before the answer comes: what is on here is not taken for switched off by somebody else. */
  async whileSwitching(act) {
    this.switching += 1;
    try {
      await act();
    } finally {
      this.switching -= 1;
      if (this.state) this.follow(this.state);
    }
  }

  async toggleNow(what) {
    this.complain("");
    const kind = what === "camera" ? "video" : "audio";
    try {
      if (!this.me) return;
      this.setTrack(kind, this.tracks[kind] ? null : await this.devices.open(what));
      await this.tellSwitches();
    } catch (error) {
      this.complain(explain(error, what));
    }
  }

  /** The portal first: it says whether there is a place, and only then is anything sent. */
  async tellSwitches() {
    if (!this.me) return;
    const on = { microphone: this.tracks.audio ? "on" : "", camera: this.tracks.video ? "on" : "" };
    const answer = await this.post("switch", on);
    this.switched = answer.switched ?? this.switched;
    if (answer.problem) {
      for (const kind of ["audio", "video"]) this.setTrack(kind, null);
      this.complain(answer.problem);
    }
    await this.transport?.send({ ...this.tracks });
  }

  setTrack(kind, track) {
    this.tracks[kind]?.stop();
    this.tracks[kind] = track;
    const button = this.root.querySelector(`[data-voice-switch=${kind === "video" ? "camera" : "microphone"}]`);
    button.classList.toggle("voice__switch--on", Boolean(track));
    button.querySelector("[data-voice-state]").textContent = track ? "on" : "off";
    if (kind === "video" && this.me?.id) this.people.play(this.me.id, track ? [track] : []);
  }

  // Telling

  lead(fields) {
    this.post("lead", fields).then(({ problem }) => problem && this.complain(problem));
  }

  /** @returns {Promise<object>} the answer, or a problem in words with its status (0: nobody answered) */
  async post(name, fields = {}) {
    const headers = { Accept: "application/json" };
    try {
      const response = await fetch(this.address(name), { method: "POST", body: this.fill(fields), headers });
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      const answer = isJson ? await response.json() : {};
      if (!response.ok) return { problem: answer.problem ?? OUT, status: response.status };
      return answer;
    } catch {
      return { problem: NO_PORTAL, status: 0 };
    }
  }

  address(name) {
    return `${this.root.dataset.voiceAddress}${name}/`;
  }

  fill(fields) {
    const body = new FormData(this.find("form"));
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return body;
  }

  show(inside) {
    this.find("before").hidden = inside;
    this.find("inside").hidden = !inside;
  }

  complain(words) {
    this.find("problem-text").textContent = words;
    this.find("problem").hidden = !words;
  }

  /** What the network does is said until it does better; it takes no other words away. */
  whenTroubled(words) {
    const shown = this.find("problem-text").textContent;
    if (words || shown === this.trouble) this.complain(words);
    this.trouble = words;
  }

  say(words) {
    if (words) this.find("status").textContent = words;
  }
}

for (const root of document.querySelectorAll("[data-voice]")) new Voice(root);
