// <section data-polls="12"> stays current, and a vote needs no new page. Without this script the same form posts plainly.

import { count, tell } from "./beside.js";
import { bind } from "./bind.js";
import { listen } from "./live.js";
import { post } from "./post.js";

class Polls {
  constructor(root) {
    this.root = root;
    this.id = root.dataset.polls;
    this.list = root.querySelector("[data-polls-list]");
    this.form = root.querySelector("[data-poll-form]");
    root.querySelector("[data-polls-refresh]")?.setAttribute("hidden", "");
    this.form?.addEventListener("submit", (event) => this.vote(event));
    this.tidy();
    this.results = {};
    const version = Number(root.dataset.version);
    const stops = [
      listen(`conversation.${this.id}.polls`, { version, onFrame: (frame) => this.take(frame) }),
      listen(`conversation.${this.id}.results`, { onGauge: ({ polls }) => this.showAll(polls ?? {}) }),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  poll(id) {
    return this.list.querySelector(`[data-poll="${id}"]`);
  }

  take({ kind, html, body }) {
    const known = this.poll(body.id);
    const before = known?.dataset.state;
    if (kind === "gone") known?.remove();
    else this.lay(known, html);
    // Its votes may have been told before it was, and equal they are not told again.
    if (!known && this.results[body.id]) this.showResults(body.id, this.results[body.id]);
    if (body.state === "open" && before !== "open") tell(`A poll is open: ${body.text}`);
    if (body.state === "closed" && before === "open") tell(`The poll is closed: ${body.text}`);
    this.tidy();
  }

  // What was chosen and not yet sent stays chosen.
  lay(known, html) {
    const chosen = [...(known?.querySelectorAll("input:checked") ?? [])].map((input) => input.id);
    const focused = known?.contains(document.activeElement) ? document.activeElement.id : "";
    const holder = document.createElement("div");
    holder.innerHTML = html;
    const poll = holder.firstElementChild;
    for (const id of chosen) poll.querySelector(`#${id}`)?.setAttribute("checked", "");
    if (known && "voted" in known.dataset) markVoted(poll);
    if (!this.form) lock(poll);
    if (known) known.replaceWith(poll);
    else this.list.prepend(poll);
    if (focused) poll.querySelector(`#${focused}`)?.focus();
  }

  showAll(polls) {
    this.results = polls;
    for (const [id, html] of Object.entries(polls)) this.showResults(id, html);
  }

  showResults(id, html) {
    const results = this.poll(id)?.querySelector("[data-poll-results]");
    if (!results || results.dataset.shown === html) return;
    const wasOpen = results.querySelector("details")?.open;
    const focused = results.contains(document.activeElement);
    results.dataset.shown = html;
    results.innerHTML = html;
    if (wasOpen) results.querySelector("details")?.setAttribute("open", "");
    if (focused) results.querySelector("summary")?.focus();
  }

  async vote(event) {
    event.preventDefault();
    const poll = this.poll(event.submitter.value);
    const body = new FormData(this.form);
    body.set("poll", event.submitter.value);
    if (!poll.querySelector("input:checked")) return say(poll, "Choose an answer first.");
    say(poll, "Sending");
    const said = await post(this.form, body);
    // The poll may have been laid anew meanwhile.
    const now = this.poll(event.submitter.value);
    if (!now) return;
    say(now, said.error ?? "Counted. You can change it while the poll is open.");
    if (!said.error) markVoted(now);
    if (said.html) this.showResults(now.dataset.poll, said.html);
  }

  tidy() {
    this.root.querySelector("[data-polls-empty]").hidden = Boolean(this.list.querySelector("[data-poll]"));
    const open = this.list.querySelectorAll("[data-state=open]").length;
    count(this.root, open ? String(open) : "", "open");
  }
}

function say(poll, words) {
  const said = poll.querySelector("[data-poll-said]");
  if (said) said.textContent = words;
}

function markVoted(poll) {
  poll.dataset.voted = "";
  const button = poll.querySelector("[data-poll-vote]");
  if (button) button.textContent = "Change my vote";
}

function lock(poll) {
  poll.querySelector("fieldset")?.setAttribute("disabled", "");
  poll.querySelector(".poll__act")?.setAttribute("hidden", "");
}

bind("[data-polls]", (root) => new Polls(root).stop);
