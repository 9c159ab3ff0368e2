// "Ben Placeholder is writing": told while keys are pressed, shown for a few seconds, never stored.

import { tellTyping } from "./live.js";

const TELL_MS = 3_000;
const SHOW_MS = 6_000;

export class Typing {
  constructor(chat) {
    this.chat = chat;
    this.place = chat.root.querySelector("[data-chat-typing]");
    this.timers = new Map();
    this.toldAt = 0;
    chat.compose?.text.addEventListener("input", () => this.tell());
  }

  tell() {
    const wait = this.toldAt + TELL_MS - Date.now();
    if (wait > 0) {
      this.later ??= setTimeout(() => {
        this.later = null;
        this.tell();
      }, wait);
      return;
    }
    if (!this.chat.compose.text.value) return;
    this.toldAt = Date.now();
    tellTyping(this.chat.channel);
  }

  show(by) {
    if (this.chat.isPast) return;
    clearTimeout(this.timers.get(by));
    this.timers.set(by, setTimeout(() => this.forget(by), SHOW_MS));
    this.draw();
  }

  forget(by) {
    clearTimeout(this.timers.get(by));
    if (this.timers.delete(by)) this.draw();
  }

  // Names are those of the page: who has not spoken here yet is somebody.
  draw() {
    const [by] = this.timers.keys();
    const name = this.chat.log.querySelector(`[data-author="${by}"] .chat__author`)?.textContent ?? "Somebody";
    const words = this.timers.size > 1 ? "Several people are writing" : `${name} is writing`;
    this.place.textContent = this.timers.size ? words : "";
  }
}
