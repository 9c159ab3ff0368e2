// <section data-chat="conversation.12"> stays current, and its form sends without leaving the page.
// Without this script the same form posts plainly and the page has a Refresh link.

import { count } from "./beside.js";
import { bind } from "./bind.js";
import { bindActs } from "./chat-acts.js";
import { Compose } from "./chat-compose.js";
import { ReadMark } from "./chat-read.js";
import { Speech } from "./chat-speech.js";
import { Typing } from "./chat-typing.js";
import { listen } from "./live.js";

const NEAR_PX = 80;

class Chat {
  constructor(root) {
    this.root = root;
    this.channel = root.dataset.chat;
    this.log = root.querySelector("[data-chat-log]");
    this.newer = root.querySelector("[data-chat-new]");
    this.isPast = "past" in root.dataset;
    this.unseen = 0;
    this.tallies = {};
    this.speech = new Speech(root);
    this.messages().forEach(markMine);
    root.querySelector("[data-chat-refresh]")?.toggleAttribute("hidden", !this.isPast);
    this.newer.addEventListener("click", () => this.showNewest());
    this.log.addEventListener("scroll", () => this.noteScroll());
    const form = root.querySelector("[data-chat-form]");
    if (form) this.compose = new Compose(form, this);
    this.typing = new Typing(this);
    bindActs(this);
    if (!this.isPast) this.mark = new ReadMark(this);
    this.showStart();
    const seen = new IntersectionObserver((entries) => this.noteSeen(entries.at(-1).isIntersecting), { threshold: 0.5 });
    seen.observe(this.log);
    const stops = [
      listen(this.channel, {
        version: Number(root.dataset.version),
        onFrame: (frame) => this.hear(frame),
        onTyping: (by) => this.typing.show(by),
      }),
      listen(`${this.channel}.reactions`, { onGauge: (state) => this.showTallies((this.tallies = state.tallies)) }),
    ];
    const { mutes } = root.dataset;
    const number = this.channel.split(".")[1];
    if (this.compose && mutes) stops.push(listen(mutes, { onGauge: ({ muted }) => this.compose.mute(muted[number] ?? "") }));
    this.stop = () => stops.forEach((stop) => stop());
  }

  messages() {
    return [...this.log.querySelectorAll("[data-message]")];
  }

  find(id) {
    return this.log.querySelector(`[data-message="${id}"]`);
  }

  // A page of the past shows no more than it was asked for, and that as it is now.
  hear(frame) {
    if (!this.isPast || this.find(frame.body?.id)) this.take(frame);
    else this.compose?.noteHeard(frame.body?.client_id);
  }

  // A frame is a message as it is now, whatever happened to it: shown in its place, once.
  take({ kind, html, body }) {
    const known = this.find(body?.id);
    if (known) this.replace(known, html);
    else {
      this.add(html, kind, body);
      // Its reactions may have been told before it was, and equal they are not told again.
      if (body.id in this.tallies) this.showTallies({ [body.id]: this.tallies[body.id] });
    }
    this.compose?.noteHeard(body.client_id);
  }

  // An answer that comes after a later frame is older than what is shown.
  replace(known, html) {
    const { activeElement } = document;
    const focused = known.contains(activeElement);
    const acts = known.querySelector("[data-chat-acts-place]");
    known.insertAdjacentHTML("afterend", html);
    const fresh = known.nextElementSibling;
    if (Number(fresh.dataset.version) < Number(known.dataset.version)) return fresh.remove();
    markMine(fresh);
    if (isCalled(fresh) && !isCalled(known)) this.mark?.again();
    if (acts && !fresh.classList.contains("chat__message--gone")) fresh.append(acts);
    known.remove();
    if (!focused) return;
    if (acts?.isConnected && acts.contains(activeElement)) activeElement.focus();
    else (fresh.querySelector("[data-chat-acts]") ?? fresh).focus();
  }

  // Only ever added to: rewriting the log would lose the reader's place.
  add(html, kind, body) {
    const later = this.messages().find((each) => Number(each.dataset.message) > body.id);
    // Older than what is shown: it is on the page of earlier messages, where there is one.
    if (later && later === this.messages()[0] && this.log.querySelector("[data-chat-earlier]")) return;
    const atEnd = this.isAtEnd();
    this.log.querySelector("[data-chat-empty]")?.remove();
    // What is not sent yet stays last.
    const next = later ?? this.log.querySelector("[data-pending]");
    if (next) next.insertAdjacentHTML("beforebegin", html);
    else this.log.insertAdjacentHTML("beforeend", html);
    const message = this.find(body.id);
    markMine(message);
    this.typing.forget(message.dataset.author);
    if (later || kind === "removed" || kind === "hidden") return;
    if (!isOwn(message)) this.speech.say(message, isCalled(message));
    if (atEnd || isOwn(message)) this.showNewest();
    else this.countUnseen();
  }

  showTallies(tallies) {
    for (const [id, html] of Object.entries(tallies)) {
      const tally = this.find(id)?.querySelector("[data-chat-tally]");
      if (tally && tally.innerHTML !== html) tally.innerHTML = html;
    }
  }

  // Behind another tab there is nothing to scroll, and nothing is seen.
  isShown() {
    return this.log.offsetParent !== null;
  }

  isAtEnd() {
    return this.isShown() && this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_PX;
  }

  noteScroll() {
    if (!this.isShown()) return;
    this.followed = this.isAtEnd();
    if (this.followed) this.clearUnseen();
  }

  // Who was at the end when the talk went out of sight finds the newest when it is back.
  noteSeen(seen) {
    this.seen = seen;
    if (!seen) return;
    if (this.followed) this.showNewest();
    else this.showUnseen();
  }

  showStart() {
    const asked = this.log.querySelector(":target") ?? this.find(new URLSearchParams(location.search).get("at"));
    if (asked) this.showMessage(asked);
    else this.showNewest();
  }

  showMessage(message) {
    message.scrollIntoView({ block: "center" });
    message.focus({ preventScroll: true });
  }

  // At once: while a smooth scroll is on its way, the next message would find the reader not at the end.
  showNewest() {
    this.followed = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: "instant" });
    if (this.isShown()) this.clearUnseen();
  }

  countUnseen() {
    this.unseen += 1;
    this.showUnseen();
  }

  clearUnseen() {
    this.unseen = 0;
    this.showUnseen();
    this.root.dispatchEvent(new CustomEvent("chat:seen", { bubbles: true }));
  }

  showUnseen() {
    const meaning = this.unseen === 1 ? "1 new message" : `${this.unseen} new messages`;
    this.newer.textContent = meaning;
    this.newer.hidden = !this.unseen;
    count(this.root, this.isShown() ? 0 : this.unseen, meaning);
  }
}

function isOwn(message) {
  // By a key of this conversation alone: people may go by another name in it.
  return message.dataset.author === message.closest("[data-chat]")?.dataset.me;
}

function isCalled(message) {
  const { me } = message.closest("[data-chat]")?.dataset ?? {};
  return Boolean(me && message.querySelector(`[data-mention="${me}"]`));
}

function markMine(message) {
  message.classList.toggle("chat__message--own", isOwn(message));
  message.classList.toggle("chat__message--called", isCalled(message));
}

bind("[data-chat]", (root) => new Chat(root).stop);
