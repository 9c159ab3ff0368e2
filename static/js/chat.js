// <section data-chat="conversation.12"> stays current, and its form sends without leaving the page.
// Without this script the same form posts plainly and the page has a Refresh link.

import { listen } from "./live.js";

const NEAR_PX = 80;
const TIMEOUT_MS = 15_000;

class Chat {
  constructor(root) {
    this.channel = root.dataset.chat;
    this.log = root.querySelector("[data-chat-log]");
    this.newer = root.querySelector("[data-chat-new]");
    this.form = root.querySelector("[data-chat-form]");
    this.unseen = 0;
    this.waiting = [];
    this.heard = new Set();
    this.log.querySelectorAll("[data-message]").forEach(markOwn);
    root.querySelector("[data-chat-refresh]")?.toggleAttribute("hidden", !("past" in root.dataset));
    this.newer.addEventListener("click", () => this.showNewest());
    this.log.addEventListener("scroll", () => this.isAtEnd() && this.clearUnseen());
    if (this.form) this.bindForm();
    this.showNewest();
    // A page of the past shows no more than it was asked for.
    if ("past" in root.dataset) return;
    this.stop = listen(this.channel, { version: Number(root.dataset.version), onFrame: (frame) => this.take(frame) });
  }

  take({ kind, html, body }) {
    const known = this.log.querySelector(`[data-message="${body?.id}"]`);
    if (kind === "removed" && known) this.replace(known, html);
    else if (kind === "message" && !known) this.add(html, body.client_id);
    if (kind === "message") this.noteHeard(body.client_id);
  }

  replace(known, html) {
    known.insertAdjacentHTML("afterend", html);
    markOwn(known.nextElementSibling);
    known.remove();
  }

  // Only ever appended: rewriting the log would make a screen reader read it all again.
  add(html, clientId) {
    const atEnd = this.isAtEnd();
    this.log.querySelector("[data-chat-empty]")?.remove();
    this.log.querySelector(`[data-pending="${clientId}"]`)?.remove();
    this.log.insertAdjacentHTML("beforeend", html);
    const message = this.log.lastElementChild;
    markOwn(message);
    if (atEnd || isOwn(message)) this.showNewest();
    else this.countUnseen();
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_PX;
  }

  showNewest() {
    this.log.scrollTop = this.log.scrollHeight;
    this.clearUnseen();
  }

  countUnseen() {
    this.unseen += 1;
    this.newer.textContent = this.unseen === 1 ? "1 new message" : `${this.unseen} new messages`;
    this.newer.hidden = false;
  }

  clearUnseen() {
    this.unseen = 0;
    this.newer.hidden = true;
  }

  // Writing

  bindForm() {
    this.text = this.form.querySelector("[data-chat-text]");
    this.state = this.form.querySelector("[data-chat-state]");
    this.clientId = this.form.elements.client_id;
    this.draft = `draft.${this.channel}`;
    if (!this.text.value) this.text.value = sessionStorage.getItem(this.draft) ?? "";
    this.text.addEventListener("input", () => this.keepDraft());
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
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
    this.waiting.push({ text, clientId, pending: this.showPending(text, clientId) });
    this.text.value = "";
    this.clientId.value = newId();
    this.say("");
    this.keepDraft();
    if (this.waiting.length === 1) this.sendWaiting();
  }

  async sendWaiting() {
    while (this.waiting.length) {
      const [{ text, clientId, pending }] = this.waiting;
      const problem = await this.post(text, clientId);
      if (problem && !this.heard.has(clientId)) return this.giveBack(problem);
      pending.remove();
      this.waiting.shift();
      this.keepDraft();
    }
  }

  async post(text, clientId) {
    const body = new FormData(this.form);
    body.set("text", text);
    body.set("client_id", clientId);
    const wait = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(this.form.action, { method: "POST", body, headers, signal: wait });
      const said = await answer.json().catch(() => ({}));
      if (answer.status === 201) {
        this.take({ kind: "message", html: said.html, body: { id: said.id, client_id: clientId } });
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
    this.showNewest();
    return pending;
  }

  // Words that go again alone keep their client identifier: had they arrived after all, nothing is doubled.
  giveBack(problem) {
    const unsent = this.waiting.splice(0);
    unsent.forEach(({ pending }) => pending.remove());
    if (unsent.length === 1 && !this.text.value) this.clientId.value = unsent[0].clientId;
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
}

// crypto.randomUUID needs a secure page; a plain http host on a local network is none.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function isOwn(message) {
  return message.dataset.author === document.body.dataset.liveUser;
}

function markOwn(message) {
  message.classList.toggle("chat__message--own", isOwn(message));
}

const bound = new WeakMap();

function bindAll(root) {
  const found = [...(root.matches?.("[data-chat]") ? [root] : []), ...(root.querySelectorAll?.("[data-chat]") ?? [])];
  found.filter((each) => !bound.has(each)).forEach((each) => bound.set(each, new Chat(each)));
}

bindAll(document);
document.addEventListener("htmx:load", ({ detail }) => bindAll(detail.elt));
document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => bound.get(detail.elt)?.stop?.());
