// Voice through the media server: one connection to send, one to receive. The portal speaks with the server for us.

import { gathered } from "./voice-peer.js";

const GATHER_MS = 1500;
const BEAT_MS = 20_000;
const CLOSED = 4410;
const REFUSED = new Set([4401, 4403, CLOSED]);
const BLOCKED =
  "Your network does not let sound and pictures through. You can go on in writing, or try another network.";

export class Sfu {
  /**
   * @param {object} entrance what the portal answered at coming in
   * @param {{onMedia: (id: number, tracks: MediaStreamTrack[]) => void, onTrouble: (words: string) => void,
   *   onLost: (words: string) => void, onOut: (isOver: boolean) => void}} page
   */
  constructor(entrance, page) {
    this.me = entrance;
    this.page = page;
    this.tracks = { audio: null, video: null };
    this.shown = new Set();
    this.work = Promise.resolve();
    const address = new URL(entrance.socket, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => this.publish());
    this.socket.addEventListener("message", ({ data }) => this.hear(JSON.parse(data)));
    this.socket.addEventListener("close", ({ code }) => this.whenClosed(code));
    this.beat = setInterval(() => this.tell({ beat: true }), BEAT_MS);
  }

  // The server itself tells who is there.
  meet() {}

  async send(tracks) {
    this.tracks = tracks;
    if (this.socket.readyState === WebSocket.OPEN) await this.publish();
  }

  close() {
    this.over = true;
    clearInterval(this.beat);
    this.socket.close();
    this.out?.close();
    this.in?.close();
    for (const id of this.shown) this.page.onMedia(id, []);
  }

  tell(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Sends what there is to send; a change of track needs nobody's answer. */
  async publish() {
    if (!this.tracks.audio && !this.tracks.video) return this.unpublish();
    const pc = this.out ?? this.open();
    for (const { sender, kind } of pc.parts) await sender.replaceTrack(this.tracks[kind]);
    if (pc.offered) return;
    pc.offered = true;
    await pc.setLocalDescription();
    await gathered(pc, GATHER_MS);
    if (this.out === pc) this.tell({ publish: pc.localDescription.sdp });
  }

  unpublish() {
    if (!this.out) return;
    this.out.close();
    this.out = null;
    this.tell({ unpublish: true });
  }

  open() {
    this.out = this.connection();
    this.out.parts = ["audio", "video"].map((kind) => {
      return { kind, sender: this.out.addTransceiver(kind, { direction: "sendonly" }).sender };
    });
    return this.out;
  }

  connection() {
    const pc = new RTCPeerConnection({ iceServers: this.me.ice });
    pc.addEventListener("connectionstatechange", () => {
      if (pc.connectionState === "connected") this.page.onTrouble("");
      if (pc.connectionState === "failed") this.lose(BLOCKED);
    });
    return pc;
  }

  hear(message) {
    if (message.answer) this.out?.setRemoteDescription({ type: "answer", sdp: message.answer });
    // Behind an offer that could not be taken no other would be.
    if (message.offer) this.work = this.work.then(() => this.take(message)).catch(() => this.lose(""));
    if (message.problem) this.words = message.problem;
  }

  /** An offer of what the others send, with whose each part is. */
  async take({ offer, feeds }) {
    this.in ??= this.connection();
    await this.in.setRemoteDescription({ type: "offer", sdp: offer });
    await this.in.setLocalDescription();
    await gathered(this.in, GATHER_MS);
    this.tell({ answer: this.in.localDescription.sdp });
    this.show(feeds);
  }

  show(feeds) {
    const tracks = new Map();
    for (const { mid, receiver } of this.in.getTransceivers()) {
      if (feeds[mid]) tracks.set(feeds[mid], [...(tracks.get(feeds[mid]) ?? []), receiver.track]);
    }
    for (const id of this.shown) if (!tracks.has(id)) this.page.onMedia(id, []);
    for (const [id, theirs] of tracks) this.page.onMedia(id, theirs);
    this.shown = new Set(tracks.keys());
  }

  whenClosed(code) {
    if (this.over) return;
    this.close();
    if (REFUSED.has(code)) this.page.onOut(code === CLOSED);
    else this.page.onLost(this.words ?? "");
  }

  /** No way through, or no more: a new line may find another. */
  lose(words) {
    if (this.over) return;
    this.close();
    this.page.onLost(words);
  }
}
