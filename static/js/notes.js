// <section data-notes="room.3.notes"> shows each section as it stands, and keeps what is typed in it: sent a moment after
// the last key, held in this tab until it has arrived, and never laid over what somebody else wrote meanwhile.

import { listen } from "./live.js";

const PAUSE_MS = 1_200;
const AGAIN_MS = 5_000;

class Box {
  constructor(form, channel) {
    this.form = form;
    this.text = form.querySelector("[data-note-text]");
    this.state = form.querySelector("[data-note-state]");
    this.theirs = form.querySelector(".notes__theirs");
    this.button = form.querySelector("[data-note-save]");
    this.draft = `draft.${channel}.${form.elements.section.value}`;
    this.saved = this.text.value;
    this.sending = null;
    this.conflict = !this.theirs.hidden;
    this.button.hidden = !this.conflict;
    this.text.addEventListener("input", () => this.change());
    this.text.addEventListener("blur", () => this.save());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.settle();
      this.save();
    });
    window.addEventListener("pagehide", () => this.isDirty() && !this.conflict && this.post({ keepalive: true }));
    this.takeDraft();
  }

  get base() {
    return Number(this.form.elements.base.value);
  }

  set base(version) {
    this.form.elements.base.value = version;
  }

  isDirty() {
    return this.text.value.trimEnd() !== this.saved.trimEnd();
  }

  // What did not arrive before the tab was reloaded, with the version it was written over.
  takeDraft() {
    const { text, base } = JSON.parse(sessionStorage.getItem(this.draft) ?? "{}");
    if (typeof text !== "string" || text === this.text.value) return;
    this.text.value = text;
    this.base = base;
    this.change();
  }

  change() {
    if (!this.isDirty()) return;
    sessionStorage.setItem(this.draft, JSON.stringify({ text: this.text.value, base: this.base }));
    if (this.conflict) return;
    this.say("Not saved yet");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.sending !== null || this.conflict || !this.isDirty()) return;
    this.sending = this.text.value;
    const answer = await this.post().catch(() => null);
    const told = await answer?.json().catch(() => null);
    const sent = this.sending;
    this.sending = null;
    if (answer?.ok) this.keep(sent, told.version);
    else if (answer?.status === 409) this.ask(told);
    else this.fail(told?.error, answer?.status);
  }

  post(more = {}) {
    const headers = { Accept: "application/json" };
    return fetch(this.form.action, { method: "POST", body: new FormData(this.form), headers, ...more });
  }

  keep(text, version) {
    this.saved = text;
    this.base = Math.max(version, this.base);
    if (this.isDirty()) return this.change();
    sessionStorage.removeItem(this.draft);
    this.say("Saved");
  }

  fail(error, status) {
    this.say(error ?? "Not saved yet. Your words are kept here and sent again.");
    if (status !== 422 && status !== 404) this.timer = setTimeout(() => this.save(), AGAIN_MS);
  }

  // Both are shown, and the person decides.
  ask({ by, text, version }) {
    this.conflict = true;
    this.base = version;
    const said = document.createElement("p");
    said.textContent = `${by} wrote meanwhile:`;
    const quote = document.createElement("blockquote");
    quote.className = "notes__text";
    quote.textContent = text || "(emptied)";
    const take = document.createElement("button");
    take.type = "button";
    take.className = "link-button";
    take.textContent = "Take this instead of mine";
    take.addEventListener("click", () => this.take(text, version));
    this.theirs.replaceChildren(said, quote, take);
    this.theirs.hidden = false;
    this.button.hidden = false;
    this.button.firstChild.textContent = "Save mine in its place";
    this.say(`${by} has changed this section meanwhile. What you typed is kept: put both together, then save.`);
  }

  settle() {
    this.conflict = false;
    this.theirs.hidden = true;
    this.button.hidden = true;
  }

  take(text, version) {
    this.settle();
    this.text.value = text;
    this.text.focus();
    this.keep(text, version);
  }

  // A frame of one's own may come before the answer that names its version.
  hear({ version, body }) {
    if (version <= this.base) return;
    if (this.sending !== null && body.text === this.sending.trimEnd()) this.base = version;
    else if (this.conflict) this.ask({ ...body, version });
    else if (!this.isDirty() && this.sending === null) this.replace(body, version);
  }

  replace({ text, by, at }, version) {
    const { selectionStart, selectionEnd } = this.text;
    this.text.value = text;
    this.text.setSelectionRange(selectionStart, selectionEnd);
    this.saved = text;
    this.base = version;
    this.say(`${by}, ${at}`);
  }

  say(text) {
    if (this.state.textContent !== text) this.state.textContent = text;
  }
}

for (const root of document.querySelectorAll("[data-notes]")) {
  const channel = root.dataset.notes;
  const forms = [...root.querySelectorAll("[data-note-form]")];
  const boxes = new Map(forms.map((form) => [form.elements.section.value, new Box(form, channel)]));
  listen(channel, {
    version: Number(root.dataset.version),
    onFrame: (frame) => {
      const { section, text } = frame.body;
      boxes.get(section)?.hear(frame);
      const shown = root.querySelector(`[data-note="${section}"] [data-note-shown]`);
      if (shown) shown.textContent = text || "Nothing yet.";
    },
  });
}
