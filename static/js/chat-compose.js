// The box to write in: sends without leaving the page, one message after another, and gives back what failed.

import { Names } from "./chat-names.js";

const TIMEOUT_MS = 15_000;

export class Compose {
  /**
   * @param {HTMLFormElement} form
   * @param {{name: string, log: HTMLElement, take: (frame: object) => void, showNewest: () => void}} chat
   */
  constructor(form, chat) {
    this.form = form;
    this.chat = chat;
    this.log = chat.log;
    this.waiting = [];
    this.heard = new Set();
    this.text = this.form.querySelector("[data-chat-text]");
    this.state = this.form.querySelector("[data-chat-state]");
    this.clientId = this.form.elements.client_id;
    this.draft = `draft.${chat.channel}`;
    if (!this.text.value) this.text.value = sessionStorage.getItem(this.draft) ?? "";
    this.names = new Names(this.text, form.dataset.names);
    this.text.addEventListener("input", () => this.keepDraft());
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    this.answering = form.querySelector("[data-chat-answering]");
    this.answering.querySelector("a").addEventListener("click", (event) => this.stopReplying(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  // One after another, so that they are said in the order they were written.
  send() {
    const text = this.text.value;
    if (!text.trim()) return;
    const clientId = this.clientId.value;
    const replyTo = this.form.elements.reply_to.value;
    this.waiting.push({ text, clientId, replyTo, pending: this.showPending(text, clientId) });
    this.setReply("");
    this.text.value = "";
    this.clientId.value = newId();
    this.say("");
    this.keepDraft();
    if (this.waiting.length === 1) this.sendWaiting();
  }

  async sendWaiting() {
    while (this.waiting.length) {
      const [{ text, clientId, replyTo, pending }] = this.waiting;
      const problem = await this.post(text, clientId, replyTo);
      if (problem && !this.heard.has(clientId)) return this.giveBack(problem);
      pending.remove();
      this.waiting.shift();
      this.keepDraft();
    }
  }

  async post(text, clientId, replyTo) {
    const body = new FormData(this.form);
    body.set("text", text);
    body.set("client_id", clientId);
    body.set("reply_to", replyTo);
    const wait = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(this.form.action, { method: "POST", body, headers, signal: wait });
      const said = await answer.json().catch(() => ({}));
      if (answer.status === 201) {
        this.chat.take({ kind: "message", html: said.html, body: { id: said.id, client_id: clientId } });
        return null;
      }
      return said.error ?? "This was not sent. Reload the page if it happens again.";
    } catch {
      return "This was not sent: the connection is lost.";
    }
  }

  showPending(text, clientId) {
    const pending = document.createElement("p");
    pending.className = "chat__message chat__message--own chat__pending";
    pending.dataset.pending = clientId;
    // The log itself speaks it once it is said.
    pending.setAttribute("aria-hidden", "true");
    pending.textContent = `${text} (sending)`;
    this.log.append(pending);
    this.chat.showNewest();
    return pending;
  }

  // Words that go again alone keep their client identifier: had they arrived after all, nothing is doubled.
  giveBack(problem) {
    const unsent = this.waiting.splice(0);
    unsent.forEach(({ pending }) => pending.remove());
    if (unsent.length === 1 && !this.text.value) {
      this.clientId.value = unsent[0].clientId;
      this.form.elements.reply_to.value = unsent[0].replyTo;
    }
    this.text.value = [...unsent.map(({ text }) => text), this.text.value].filter(Boolean).join("\n");
    this.keepDraft();
    this.say(`${problem} Your words are still in the box: press Send to try again.`);
    this.text.focus();
  }

  noteHeard(clientId) {
    this.heard.add(clientId);
    if (this.clientId?.value !== clientId) return;
    // What came back as not sent was said after all.
    this.clientId.value = newId();
    this.text.value = "";
    this.say("");
    this.keepDraft();
  }

  keepDraft() {
    const words = [...this.waiting.map(({ text }) => text), this.text.value].filter(Boolean).join("\n");
    if (words) sessionStorage.setItem(this.draft, words);
    else sessionStorage.removeItem(this.draft);
  }

  say(words) {
    this.state.textContent = words;
  }

  replyTo(id, name) {
    this.setReply(id);
    this.answering.hidden = false;
    this.answering.querySelector("[data-chat-answering-name]").textContent = name;
    this.text.focus();
  }

  stopReplying(event) {
    event.preventDefault();
    this.setReply("");
    this.text.focus();
  }

  setReply(id) {
    this.form.elements.reply_to.value = id;
    this.answering.hidden = !id;
  }
}

// crypto.randomUUID needs a secure page; a plain http host on a local network is none.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
