// <div data-fresh="/address/" data-fresh-on="room.3.desk" data-fresh-known="{...}"> is fetched anew when that gauge says
// other than is known; its forms with data-room-act are sent without leaving the page. While somebody writes, it waits.
// Who may not hear that gauge any more reads data-fresh-gone in its place.

import { readerOf } from "./again.js";
import { keepFocus } from "./focus.js";
import { listen } from "./live.js";
import { afterPress } from "./swap.js";

class Fresh {
  constructor(root) {
    this.root = root;
    this.read = readerOf(root.dataset.fresh);
    this.said = document.querySelector("[data-room-said], [data-fresh-said]");
    let known = JSON.stringify(JSON.parse(root.dataset.freshKnown));
    listen(root.dataset.freshOn, {
      onGauge: (state) => {
        const told = JSON.stringify(state);
        if (known !== told) this.fetch(true);
        known = told;
      },
    });
    document.addEventListener("live:refused", ({ detail }) => {
      if (detail.channel === root.dataset.freshOn && detail.error === "forbidden") this.leave();
    });
    root.addEventListener("submit", (event) => this.send(event));
    root.addEventListener("focusout", () => this.late && setTimeout(() => this.late && this.fetch()));
  }

  async send(event) {
    const { target: form, submitter } = event;
    if (!form.matches("[data-room-act]")) return;
    event.preventDefault();
    const body = new FormData(form, submitter);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } }).catch(
      () => null,
    );
    const { said, error } = (await answer?.json().catch(() => null)) ?? {};
    this.say(said ?? error ?? "That did not reach the portal. Try again.");
    if (!answer?.ok) return;
    form.reset();
    this.fetch();
  }

  // Nothing here would be done any more.
  leave() {
    if (!this.root.dataset.freshGone) return;
    const told = document.createElement("p");
    told.className = "panel";
    told.textContent = this.root.dataset.freshGone;
    this.root.replaceChildren(told);
    this.say(told.textContent);
  }

  say(text) {
    if (this.said) this.said.textContent = text;
  }

  isWrittenIn() {
    const fields = [...this.root.querySelectorAll("input:not([type=hidden]), textarea")];
    return fields.some((field) => field.value && field.value !== field.defaultValue);
  }

  async fetch(changed = false) {
    this.late = this.isWrittenIn();
    if (this.late) return;
    const page = await this.read();
    if (!page) return;
    const fresh = page.querySelector("[data-fresh]") ?? page.body;
    afterPress(this.root, () => {
      if (this.isWrittenIn()) this.late = true;
      else this.show(fresh);
    });
    if (changed && this.root.dataset.freshSays) this.say(this.root.dataset.freshSays);
  }

  // What was open stays open, and who stood on a button stands on it again.
  show(fresh) {
    const open = [...this.root.querySelectorAll("details[open] > summary")].map((each) => each.textContent);
    const restoreFocus = keepFocus(this.root);
    this.root.replaceChildren(...fresh.children);
    for (const summary of this.root.querySelectorAll("summary")) {
      if (open.includes(summary.textContent)) summary.parentElement.open = true;
    }
    restoreFocus();
  }
}

document.querySelectorAll("[data-fresh]").forEach((root) => new Fresh(root));
