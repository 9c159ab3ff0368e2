// <section data-questions="12"> stays current; asking, voting and taking back need no new page.
// Without this script the same forms post plainly.

import { count, tell } from "./beside.js";
import { bind } from "./bind.js";
import { listen } from "./live.js";

const TIMEOUT_MS = 15_000;

class Questions {
  constructor(root) {
    this.root = root;
    this.id = root.dataset.questions;
    this.find = (name) => root.querySelector(`[data-${name}]`);
    this.open = this.find("questions-open");
    this.answered = this.find("questions-answered");
    this.waiting = this.find("questions-waiting");
    this.find("questions-refresh")?.setAttribute("hidden", "");
    this.own = new Own(this.id);
    this.votes = {};
    this.items().forEach((item) => this.mark(item));
    this.own.held().forEach((held) => this.showHeld(held));
    this.bindForms();
    this.tidy();
    const version = Number(root.dataset.version);
    const stops = [
      listen(`conversation.${this.id}.questions`, { version, onFrame: (frame) => this.take(frame) }),
      listen(`conversation.${this.id}.upvotes`, { onGauge: (state) => this.count((this.votes = state.votes ?? {})) }),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  items() {
    return [...this.root.querySelectorAll("[data-question]")];
  }

  item(id) {
    return this.root.querySelector(`[data-question="${id}"]`);
  }

  // What the log says

  take({ kind, html, body }) {
    const known = this.item(body.id);
    const before = known?.dataset.state;
    if (kind === "gone") known?.remove();
    else this.lay(known, html, body);
    // Its votes may have been told before it was, and equal they are not told again.
    if (!known) this.count({ [body.id]: this.votes[body.id] });
    if (body.state === "answering" && before !== "answering") tell(`Answering now: ${body.text}`);
    this.tidy();
  }

  lay(known, html, { id, state }) {
    const holder = document.createElement("ol");
    holder.innerHTML = html;
    const item = holder.firstElementChild;
    this.mark(item, known);
    const list = state === "answered" ? this.answered : this.open;
    const focused = known?.contains(document.activeElement) && document.activeElement.className;
    if (known?.parentElement === list) known.replaceWith(item);
    else {
      known?.remove();
      list.append(item);
    }
    if (focused) item.querySelector(`[class="${focused}"]:not([hidden])`)?.focus();
    this.forgetHeld(id);
    this.sort();
  }

  // What is the reader's own was known before, or is known to this browser alone.
  mark(item, before = null) {
    const id = item.dataset.question;
    const { me } = this.root.dataset;
    const own = Boolean(me && item.dataset.asker === me) || this.own.token(id) !== null;
    item.querySelector("[data-question-own]").hidden = !own;
    item.querySelector("[data-question-withdraw]").hidden = !own || !this.find("question-withdrawals");
    item.querySelector("[data-question-report]").hidden = own;
    const button = item.querySelector("[data-question-vote]");
    if (!button) return;
    if (!this.find("question-votes")) return lock(button);
    const pressed = before?.querySelector("[data-question-vote]")?.getAttribute("aria-pressed");
    if (pressed) press(button, pressed === "true");
  }

  count(votes) {
    for (const item of this.items()) {
      const number = votes[item.dataset.question];
      const shown = item.querySelector("[data-votes]");
      if (number === undefined || shown.textContent === String(number)) continue;
      shown.textContent = number;
      const unit = item.querySelector(".question__unit");
      if (unit) unit.textContent = number === 1 ? "vote" : "votes";
    }
    this.sort();
  }

  // Never under a finger, a pointer or a reader's focus: it moves once they have left.
  sort() {
    if (this.open.matches(":hover") || this.open.contains(document.activeElement)) {
      this.unsorted = true;
      return;
    }
    this.unsorted = false;
    const ordered = [...this.open.children].sort(inOrder);
    if (ordered.some((item, at) => item !== this.open.children[at])) this.open.append(...ordered);
  }

  tidy() {
    this.find("questions-done").hidden = !this.answered.children.length;
    this.waiting.hidden = !this.waiting.children.length;
    this.find("questions-empty").hidden = Boolean(this.items().length || this.waiting.children.length);
    const open = this.open.children.length;
    count(this.root, open ? String(open) : "", "open");
  }

  // Asking

  bindForms() {
    for (const leave of ["mouseleave", "focusout"]) {
      this.open.addEventListener(leave, () => setTimeout(() => this.unsorted && this.sort(), 300));
    }
    this.find("question-votes")?.addEventListener("submit", (event) => this.vote(event));
    this.find("question-withdrawals")?.addEventListener("submit", (event) => this.withdraw(event));
    this.form = this.find("question-form");
    if (!this.form) return;
    this.text = this.find("question-text");
    this.draft = `question.${this.id}`;
    if (!this.text.value) this.text.value = sessionStorage.getItem(this.draft) ?? "";
    this.text.addEventListener("input", () => sessionStorage.setItem(this.draft, this.text.value));
    // Drawn here, so that the page the server sent knows nothing of it.
    this.form.elements.token.value = newToken();
    this.form.addEventListener("submit", (event) => this.ask(event));
  }

  async ask(event) {
    event.preventDefault();
    if (this.asking) return;
    const { text, token, anonymous } = Object.fromEntries(new FormData(this.form));
    if (!text.trim()) return this.say("Write your question first.");
    this.asking = true;
    this.say("Sending");
    const said = await post(this.form, new FormData(this.form));
    this.asking = false;
    if (said.error) return this.say(`${said.error} Your words are still in the box.`);
    if (anonymous) this.own.add(said.id, token, text);
    if (said.html) this.take({ kind: "question", html: said.html, body: { id: said.id, state: "approved" } });
    else this.showHeld({ id: said.id, text, note: anonymous ? undefined : "Yours. A moderator sees it first." });
    this.clear(said.said);
  }

  clear(words) {
    this.text.value = "";
    this.form.elements.anonymous.checked = false;
    this.form.elements.token.value = newToken();
    sessionStorage.removeItem(this.draft);
    this.say(words);
    this.tidy();
  }

  showHeld({ id, text, note = "Yours, without your name. On its way." }) {
    if (this.item(id) || this.waiting.querySelector(`[data-waiting="${id}"]`)) return;
    const item = document.createElement("li");
    item.className = "question question--waiting";
    item.dataset.waiting = id;
    const words = document.createElement("p");
    words.className = "question__text";
    words.textContent = text;
    const by = document.createElement("p");
    by.className = "question__by";
    by.textContent = note;
    item.append(words, by);
    this.waiting.append(item);
    this.tidy();
  }

  forgetHeld(id) {
    this.waiting.querySelector(`[data-waiting="${id}"]`)?.remove();
  }

  // Voting and taking back

  async vote(event) {
    event.preventDefault();
    const button = event.submitter;
    const up = button.name === "up";
    press(button, up);
    const body = new FormData(event.target);
    body.set(up ? "up" : "back", button.value);
    const said = await post(event.target, body);
    if (said.error) {
      press(button, !up);
      tell(said.error);
      this.say(said.error);
    } else this.count({ [button.value]: said.votes });
  }

  async withdraw(event) {
    event.preventDefault();
    const id = event.submitter.value;
    const body = new FormData(event.target);
    body.set("question", id);
    body.set("token", this.own.token(id) ?? "");
    const said = await post(event.target, body);
    if (said.error) return tell(said.error);
    this.own.remove(id);
    this.item(id)?.remove();
    this.forgetHeld(id);
    this.tidy();
    tell("Your question was taken back.");
    this.text?.focus();
  }

  say(words) {
    const state = this.find("question-state");
    if (state) state.textContent = words;
  }
}

// The secrets of questions asked without a name. They live in this tab alone, as many share a ward's computer.
class Own {
  constructor(id) {
    this.key = `questions.${id}.own`;
    this.kept = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
  }

  add(id, token, text) {
    this.kept[id] = { token, text };
    this.keep();
  }

  remove(id) {
    delete this.kept[id];
    this.keep();
  }

  token(id) {
    return this.kept[id]?.token ?? null;
  }

  held() {
    return Object.entries(this.kept).map(([id, { text }]) => ({ id, text }));
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify(this.kept));
  }
}

function inOrder(one, other) {
  const rank = (item) => [item.dataset.state === "answering" ? 0 : 1, -votesOf(item), Number(item.dataset.at)];
  const [a, b] = [rank(one), rank(other)];
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function votesOf(item) {
  return Number(item.querySelector("[data-votes]").textContent);
}

function press(button, pressed) {
  button.setAttribute("aria-pressed", pressed);
  button.name = pressed ? "back" : "up";
}

function lock(button) {
  const shown = document.createElement("p");
  shown.className = "question__votes";
  shown.append(button.querySelector("[data-votes]"), " ", Object.assign(document.createElement("span"), { className: "question__unit", textContent: "votes" }));
  button.replaceWith(shown);
}

function newToken() {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Promise<object>} what the server says, or `error` in words */
export async function post(form, body) {
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    return { error: said.error ?? "This was not sent. Reload the page if it happens again." };
  } catch {
    return { error: "This was not sent: the connection is lost." };
  }
}

bind("[data-questions]", (root) => new Questions(root).stop);
