// <div data-desk data-log="conversation.12.questions" data-version="7" data-gauges="conversation.12.queue"> is fetched
// anew from its own page when one of those changes; while somebody works in it, a note says so instead.

import { readerOf } from "./again.js";
import { namesAbove, standOnFirst } from "./focus.js";
import { listen } from "./live.js";
import { afterPress } from "./swap.js";

// Long enough for a rush of votes to cost few pages.
const PAUSE_MS = 2_000;

class Desk {
  constructor(root) {
    this.root = root;
    this.read = readerOf(location.pathname);
    this.note = document.querySelector("[data-desk-note]");
    this.note.querySelector("button").addEventListener("click", () => this.fetch({ isAsked: true }));
    const { log, version, gauges } = root.dataset;
    listen(log, { version: Number(version), onFrame: () => this.change() });
    for (const gauge of gauges.split(" ")) this.watch(gauge);
  }

  // The first state counts as a change: something may have happened between the page and its listening.
  watch(gauge) {
    let known = null;
    listen(gauge, {
      onGauge: (state) => {
        const told = JSON.stringify(state);
        if (known !== told) this.change();
        known = told;
      },
    });
  }

  change() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.isInUse()) this.note.hidden = false;
      else this.fetch();
    }, PAUSE_MS);
  }

  isInUse() {
    const at = document.activeElement;
    // Who stands on a heading, after what they did, has nothing in hand.
    return (this.root.contains(at) && !at.matches("h2, h3, article")) || Boolean(this.root.querySelector("details[open]"));
  }

  async fetch({ isAsked = false } = {}) {
    const fresh = (await this.read())?.querySelector("[data-desk]");
    if (fresh) afterPress(this.root, () => this.show(fresh, isAsked));
  }

  // Somebody may have begun to work in it while it was on its way.
  show(fresh, isAsked) {
    const isHeld = !isAsked && this.isInUse();
    this.note.hidden = !isHeld;
    if (isHeld) return;
    const stood = this.root.contains(document.activeElement) ? namesAbove(document.activeElement) : [];
    this.root.replaceChildren(...fresh.children);
    standOnFirst(stood);
  }
}

document.querySelectorAll("[data-desk]").forEach((root) => new Desk(root));
