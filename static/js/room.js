// <div data-room="3"> keeps the time left, my hand and my place in the line, and says what changes. See live.js.

import { serverNow } from "./countdown.js";
import { listen } from "./live.js";

const WARNINGS = [5, 1];
const MINUTE_MS = 60_000;
const OVER = "This room has ended.";
const KEPT = "This room has ended and takes no more messages. Your words are kept here, so that you can copy them.";

class Room {
  constructor(root) {
    this.root = root;
    this.me = root.dataset.me;
    this.said = root.querySelector("[data-room-said]");
    this.time = root.querySelector("[data-room-closes]");
    this.form = root.querySelector("[data-room-hand]");
    this.told = new Set();
    const name = `room.${root.dataset.room}`;
    listen(`${name}.hands`, { onGauge: (state) => this.showHands(state) });
    listen(`${name}.state`, { onGauge: (state) => this.showState(state) });
    document.addEventListener("live:refused", ({ detail }) => {
      if (detail.channel === `${name}.state` && detail.error === "forbidden") this.leave();
    });
    this.form?.addEventListener("submit", (event) => this.sendHand(event));
    if (this.time) this.tick();
    if (this.time) setInterval(() => this.tick(), 1000);
  }

  say(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  // Time

  showState({ closes, said }) {
    if (!this.time || Date.parse(closes) === Date.parse(this.time.dateTime)) return;
    const isLater = Date.parse(closes) > Date.parse(this.time.dateTime);
    this.time.dateTime = closes;
    this.root.querySelector("[data-room-until]").textContent = said;
    this.told.clear();
    this.say(isLater ? `The room goes on until ${said}.` : `The room ends at ${said}.`);
    this.tick();
  }

  // Only the latest warning is said: who comes in late needs no history.
  tick() {
    const left = Date.parse(this.time.dateTime) - serverNow();
    this.showOver(left <= 0);
    if (left <= 0) return this.warn(OVER);
    const due = WARNINGS.filter((minutes) => left <= minutes * MINUTE_MS).at(-1);
    this.root.classList.toggle("room--closing", Boolean(due));
    if (due) this.warn(due === 1 ? "1 minute left." : `${due} minutes left.`);
  }

  // Beside the panel that says it, the sentence is for who hears the page. The talk may be laid in late.
  showOver(over) {
    document.documentElement.classList.toggle("room-over", over);
    this.root.querySelector("[data-room-over]").hidden = !over;
    this.said.classList.toggle("nhsuk-u-visually-hidden", over && [OVER, ""].includes(this.said.textContent));
    document.querySelectorAll("[data-chat-form]").forEach((form) => close(form, over));
  }

  warn(text) {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.say(text);
  }

  // Hands

  showHands({ raised, called }) {
    const place = raised.findIndex(([key]) => key === this.me) + 1;
    const mine = called === this.me ? "floor" : place;
    if (mine !== this.mine) this.tellMine(mine, this.mine);
    this.mine = mine;
    this.showButton(Boolean(mine));
    this.tellRaised(raised);
  }

  tellMine(mine, before) {
    if (mine === "floor") this.say("You have the floor.");
    else if (mine) this.say(mine === 1 ? "Your hand is up. You are next." : `Your hand is up. You are number ${mine}.`);
    else if (before === "floor") this.say("You have spoken. Thank you.");
    else if (before) this.say("Your hand is down.");
  }

  // Those who lead hear of each new hand; the line itself is beside the talk for everyone.
  tellRaised(raised) {
    const fresh = this.known && raised.filter(([key]) => !this.known.has(key) && key !== this.me);
    this.known = new Set(raised.map(([key]) => key));
    if ("leads" in this.root.dataset && fresh?.length) this.say(`${fresh.map(([, name]) => name).join(", ")}: hand up.`);
  }

  showButton(up) {
    const button = this.form?.querySelector("button");
    if (!button) return;
    button.name = up ? "down" : "up";
    button.textContent = up ? "Lower my hand" : "Raise my hand";
    button.classList.toggle("nhsuk-button--secondary", up);
  }

  async sendHand(event) {
    event.preventDefault();
    const body = new FormData(this.form, event.submitter);
    const headers = { Accept: "application/json" };
    const answer = await fetch(this.form.action, { method: "POST", body, headers }).catch(() => null);
    const { raised, error } = (await answer?.json().catch(() => null)) ?? {};
    if (answer?.ok) this.showButton(raised);
    else this.say(error ?? "That did not reach the portal. Try again.");
  }

  // What was being written stays where it is, to be copied.
  leave() {
    const gone = this.root.querySelector("[data-room-gone]");
    gone.hidden = false;
    if (this.form) this.form.hidden = true;
    gone.focus();
  }
}

// What was being written stays to be read and copied; a room that is opened again takes it.
function close(form, over) {
  const text = form.querySelector("[data-chat-text]");
  form.hidden = over && !text.value;
  if (text.readOnly === over) return;
  text.readOnly = over;
  form.querySelector("[type=submit]").hidden = over;
  form.querySelector("[data-chat-state]").textContent = over ? KEPT : "";
}

document.querySelectorAll("[data-room]").forEach((root) => new Room(root));
