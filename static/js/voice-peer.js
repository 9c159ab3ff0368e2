// Voice directly between browsers: a connection to each other person. Whoever has the lower number offers.

const GATHER_MS = 1500;
const AGAIN_MS = 3000;
const BLOCKED =
  "Your network does not let sound and pictures through to everybody here. You can go on in writing, or try another network.";

export class Mesh {
  /**
   * @param {object} entrance what the portal answered at coming in
   * @param {{signal: (to: number, body: object) => Promise, onMedia: (id: number, tracks: MediaStreamTrack[]) => void,
   *   onTrouble: (words: string) => void}} page
   */
  constructor(entrance, page) {
    this.me = entrance;
    this.page = page;
    this.tracks = { audio: null, video: null };
    this.links = new Map();
  }

  /** Who is in now: those who left are let go, those who came are met. */
  meet(people) {
    const others = new Map(people.filter(({ id }) => id !== this.me.id).map((each) => [each.id, each]));
    for (const link of this.links.values()) {
      if (others.get(link.id)?.entry !== link.entry) this.drop(link);
    }
    for (const { id, entry } of others.values()) {
      if (!this.links.has(id) && this.me.id < id) this.offer(this.add(id, entry, newCall()));
    }
  }

  async send(tracks) {
    this.tracks = tracks;
    await Promise.all([...this.links.values()].map((link) => this.attach(link)));
  }

  async hear({ by, entry, body }) {
    const { call, description, candidate } = JSON.parse(body);
    let link = this.links.get(by);
    if (description?.type === "offer") {
      if (link) this.drop(link);
      link = this.add(by, entry, call);
      await link.pc.setRemoteDescription(description);
      await this.answer(link);
    } else if (link?.call === call && description) await link.pc.setRemoteDescription(description);
    else if (link?.call === call && candidate) await link.pc.addIceCandidate(candidate);
  }

  close() {
    for (const link of this.links.values()) this.drop(link);
  }

  add(id, entry, call) {
    const pc = new RTCPeerConnection({ iceServers: this.me.ice });
    const link = { id, entry, call, pc, told: false };
    this.links.set(id, link);
    pc.addEventListener("track", () => this.page.onMedia(id, pc.getReceivers().map(({ track }) => track)));
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate && link.told) this.page.signal(id, { call, candidate });
    });
    pc.addEventListener("connectionstatechange", () => this.watch(link));
    return link;
  }

  async offer(link) {
    for (const kind of ["audio", "video"]) link.pc.addTransceiver(kind, { direction: "sendrecv" });
    await this.attach(link);
    await link.pc.setLocalDescription();
    await this.tell(link);
  }

  async answer(link) {
    for (const transceiver of link.pc.getTransceivers()) transceiver.direction = "sendrecv";
    await this.attach(link);
    await link.pc.setLocalDescription();
    await this.tell(link);
  }

  // One signal carries most of the ways to here; what is found later follows.
  async tell(link) {
    await gathered(link.pc, GATHER_MS);
    link.told = true;
    const { type, sdp } = link.pc.localDescription;
    await this.page.signal(link.id, { call: link.call, description: { type, sdp } });
  }

  async attach(link) {
    for (const { sender, receiver } of link.pc.getTransceivers()) {
      await sender.replaceTrack(this.tracks[receiver.track.kind]);
    }
  }

  watch(link) {
    const { connectionState } = link.pc;
    if (this.links.get(link.id) !== link) return;
    if (connectionState === "connected") this.page.onTrouble("");
    if (connectionState !== "failed") return;
    this.page.onTrouble(BLOCKED);
    // The one who offers offers anew; the other waits for it.
    if (this.me.id < link.id) setTimeout(() => this.renew(link), AGAIN_MS);
  }

  renew(link) {
    if (this.links.get(link.id) !== link) return;
    this.drop(link);
    this.offer(this.add(link.id, link.entry, newCall()));
  }

  drop(link) {
    this.links.delete(link.id);
    link.pc.close();
    this.page.onMedia(link.id, []);
  }
}

/** Waits until the ways to this browser are known, and no longer than that. */
export function gathered(pc, milliseconds) {
  if (pc.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}

function newCall() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}
