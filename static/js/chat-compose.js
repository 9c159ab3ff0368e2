// The box to write in: sends without leaving the page, one message after another, and keeps what failed.

import { tell } from "./beside.js";
import { Names } from "./chat-names.js";
import { Unsent } from "./chat-unsent.js";

const TIMEOUT_MS = 15_000;
const KEPT = "Your words are kept.";
const AGAIN = "Your words are kept: press Send to try again.";
const STILL = "Your words are still in the box.";
const IN_THE_BOX = "Your words are still in the box: press Send to try again.";

export class Compose {
  /**
   * @param {HTMLFormElement} form
   * @param {{channel: string, log: HTMLElement, take: (frame: object) => void, showNewest: () => void}} chat
   */
  constructor(form, chat) {
    this.form = form;
    this.chat = chat;
    this.text = this.form.querySelector("[data-chat-text]");
    this.state = this.form.querySelector("[data-chat-state]");
    this.answering = form.querySelector("[data-chat-answering]");
    this.answeringName = form.querySelector("[data-chat-answering-name]");
    this.draft = `draft.${chat.channel}.${chat.root.dataset.me}`;
    this.unsent = new Unsent(chat, { change: (item) => this.change(item), drop: (item) => this.drop(item) });
    this.muted = chat.root.querySelector("[data-chat-muted]");
    this.mutedWords = this.muted.textContent;
    const { wait } = this.state.dataset;
    if (wait) this.wait({ words: this.state.textContent, seconds: Number(wait) });
    this.restore();
    this.showMuted();
    this.names = new Names(this.text, form.dataset.names);
    this.text.addEventListener("input", () => this.keepDraft());
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    this.answering.querySelector("a").addEventListener("click", (event) => this.stopReplying(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  restore() {
    const { text, reply } = JSON.parse(sessionStorage.getItem(this.draft) ?? "{}");
    if (text && !this.text.value) this.text.value = text;
    if (reply?.id && !this.reply.id) this.setReply(reply);
    if (this.unsent.items.length) this.say(`Something you wrote is not sent yet. ${AGAIN}`);
  }

  get reply() {
    return { id: this.form.elements.reply_to.value, name: this.answeringName.textContent };
  }

  // One after another, so that they are said in the order they were written. What was not sent before goes first.
  send() {
    if (this.text.value.trim()) {
      this.unsent.add(this.text.value, this.reply);
      this.setReply(null);
      this.text.value = "";
      this.keepDraft();
    }
    if (!this.unsent.items.length) {
      this.say("Write something first.");
      this.text.focus();
      return;
    }
    this.say("");
    this.unsent.drawAll("sending");
    this.sendAll();
  }

  async sendAll() {
    if (this.sending) return;
    this.sending = true;
    let problem = "";
    while (!problem && this.unsent.items.length) problem = await this.post(this.unsent.items[0]);
    this.sending = false;
    if (problem) this.fail(problem);
  }

  /** @returns {Promise<string>} why it was not sent; nothing also where it was said after all */
  async post(item) {
    const body = new FormData(this.form);
    body.set("text", item.text);
    body.set("client_id", item.clientId);
    body.set("reply_to", item.reply.id);
    item.refused = item.useless = false;
    let problem = "This was not sent: the connection is lost.";
    try {
      const options = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) };
      const answer = await fetch(this.form.action, { method: "POST", body, ...options });
      const said = await answer.json().catch(() => ({}));
      if (answer.status === 201) {
        this.chat.take({ kind: "message", html: said.html, body: { id: said.id, client_id: item.clientId } });
        if (said.turn) this.wait(said.turn);
      }
      item.refused = Boolean(said.error) && answer.status < 500;
      // Nothing that could be sent here would be taken just now.
      item.useless = Boolean(said.error) && answer.status === 403;
      problem = said.error ?? "This was not sent. Reload the page if it happens again.";
    } catch {
      // It may have been said all the same.
    }
    return this.unsent.items.includes(item) ? problem : "";
  }

  // What was refused was surely not said: alone it goes back into the box. All else stays, each message for itself.
  fail(problem) {
    const [first, ...others] = this.unsent.items;
    const isAlone = first.refused && !others.length && !this.text.value;
    if (isAlone) this.change(first);
    else this.unsent.drawAll("not sent");
    if (first.useless) this.refuse(`${problem} ${isAlone ? STILL : KEPT}`);
    else this.say(`${problem} ${isAlone ? IN_THE_BOX : AGAIN}`);
    this.showMuted();
    // Whoever went on to something else meanwhile is left there.
    const at = document.activeElement;
    if (at === document.body || this.form.contains(at)) this.text.focus();
  }

  // As the page would be if it were loaded now: of a talk that cannot be added to, it does not say who is here.
  refuse(words) {
    this.say(words);
    if (!this.mutedWords) document.querySelector("[data-company]")?.remove();
  }

  /** @param {string} words why nothing may be written here for a time; nothing where it may */
  mute(words) {
    if (words === this.mutedWords) return;
    this.mutedWords = words;
    if (!words) this.say("");
    this.showMuted();
    if (document.activeElement !== this.muted) tell(words || "You can write here again.");
  }

  // The box makes room for a sentence, and what was written in it stays.
  showMuted() {
    const words = this.mutedWords;
    const [inBox, onWords] = [this.form, this.muted].map((part) => part.contains(document.activeElement));
    this.form.hidden = Boolean(words);
    this.muted.textContent = words && this.text.value ? `${words} What you have written is kept.` : words;
    if (words && inBox) this.muted.focus();
    if (!words && onWords) this.text.focus();
  }

  change({ text, reply, clientId }) {
    if (!this.unsent.remove(clientId)) return;
    this.text.value = [text, this.text.value].filter(Boolean).join("\n");
    if (reply.id && !this.reply.id) this.setReply(reply);
    this.keepDraft();
    this.text.focus();
  }

  drop({ clientId }) {
    this.unsent.remove(clientId);
    this.say(this.unsent.items.length ? "That is not sent. Something else waits to be." : "That is not sent.");
    this.text.focus();
  }

  noteHeard(clientId) {
    // What was shown as not sent was said after all.
    if (this.unsent.remove(clientId) && !this.unsent.items.length) this.say("");
  }

  keepDraft() {
    const { reply } = this;
    const text = this.text.value;
    if (text || reply.id) sessionStorage.setItem(this.draft, JSON.stringify({ text, reply }));
    else sessionStorage.removeItem(this.draft);
  }

  // In slow mode: until when, and then that it is over, unless something else was said meanwhile.
  wait({ words, seconds }) {
    this.say(words);
    setTimeout(() => this.state.textContent === words && this.say("You can write again."), seconds * 1_000);
  }

  say(words) {
    this.state.textContent = words;
  }

  replyTo(id, name) {
    this.setReply({ id, name });
    this.keepDraft();
    this.text.focus();
  }

  stopReplying(event) {
    event.preventDefault();
    this.setReply(null);
    this.keepDraft();
    this.text.focus();
  }

  setReply(reply) {
    this.form.elements.reply_to.value = reply?.id ?? "";
    this.answeringName.textContent = reply?.name ?? "";
    this.answering.hidden = !reply;
  }
}
