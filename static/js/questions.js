// <section data-questions="12"> stays current; asking, voting and taking back need no new page.
// Without this script the same forms post plainly.

import { count, tell } from "./beside.js";
import { bind } from "./bind.js";
import { listen } from "./live.js";
import { post } from "./post.js";
import { Asking } from "./questions-ask.js";
import { Own } from "./questions-own.js";

class Questions {
  constructor(root) {
    this.root = root;
    this.id = root.dataset.questions;
    this.find = (name) => root.querySelector(`[data-${name}]`);
    this.open = this.find("questions-open");
    this.answered = this.find("questions-answered");
    this.find("questions-refresh")?.setAttribute("hidden", "");
    this.own = new Own(this.id);
    this.votes = {};
    this.items().forEach((item) => this.mark(item));
    this.asking = new Asking(this, this.own);
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
    this.asking.forget(id);
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
    const { waiting } = this.asking;
    waiting.hidden = !waiting.children.length;
    this.find("questions-empty").hidden = Boolean(this.items().length || waiting.children.length);
    const open = this.open.children.length;
    count(this.root, open ? String(open) : "", "open");
  }

  bindForms() {
    for (const leave of ["mouseleave", "focusout"]) {
      this.open.addEventListener(leave, () => setTimeout(() => this.unsorted && this.sort(), 300));
    }
    this.find("question-votes")?.addEventListener("submit", (event) => this.vote(event));
    this.find("question-withdrawals")?.addEventListener("submit", (event) => this.withdraw(event));
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
      this.asking.say(said.error);
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
    this.asking.forget(id);
    this.tidy();
    tell("Your question was taken back.");
    this.asking.text?.focus();
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

bind("[data-questions]", (root) => new Questions(root).stop);
