// The box to ask in, with what was asked from here and is not shown to everybody yet.

import { post } from "./post.js";
import { newToken } from "./questions-own.js";

export class Asking {
  /**
   * @param {{id: string, find: (name: string) => HTMLElement | null, item: (id: string) => HTMLElement | null,
   *   take: (frame: object) => void, tidy: () => void}} board
   * @param {Own} own
   */
  constructor(board, own) {
    this.board = board;
    this.own = own;
    this.waiting = board.find("questions-waiting");
    own.held().forEach((held) => this.showWaiting(held));
    this.form = board.find("question-form");
    if (this.form) this.bind();
  }

  bind() {
    this.text = this.board.find("question-text");
    this.draft = `question.${this.board.id}`;
    if (!this.text.value) this.text.value = sessionStorage.getItem(this.draft) ?? "";
    this.text.addEventListener("input", () => sessionStorage.setItem(this.draft, this.text.value));
    // Drawn here, so that the page the server sent knows nothing of it.
    this.form.elements.token.value = newToken();
    this.form.addEventListener("submit", (event) => this.ask(event));
  }

  async ask(event) {
    event.preventDefault();
    if (this.isSending) return;
    const { text, token, anonymous } = Object.fromEntries(new FormData(this.form));
    if (!text.trim()) return this.say("Write your question first.");
    this.isSending = true;
    this.say("Sending");
    const said = await post(this.form, new FormData(this.form));
    this.isSending = false;
    if (said.error) return this.say(`${said.error} Your words are still in the box.`);
    if (anonymous) this.own.add(said.id, token, text);
    if (said.html) this.board.take({ kind: "question", html: said.html, body: { id: said.id, state: "approved" } });
    else this.showWaiting({ id: said.id, text, note: anonymous ? undefined : "Yours. A moderator sees it first." });
    this.clear(said.said);
  }

  clear(words) {
    this.text.value = "";
    this.form.elements.anonymous.checked = false;
    this.form.elements.token.value = newToken();
    sessionStorage.removeItem(this.draft);
    this.say(words);
    this.board.tidy();
  }

  showWaiting({ id, text, note = "Yours, without your name. On its way." }) {
    if (this.board.item(id) || this.findWaiting(id)) return;
    const item = document.createElement("li");
    item.className = "question question--waiting";
    item.dataset.waiting = id;
    item.append(paragraph("question__text", text), paragraph("question__by", note));
    this.waiting.append(item);
  }

  findWaiting(id) {
    return this.waiting.querySelector(`[data-waiting="${id}"]`);
  }

  /** It is shown to everybody now, or was taken back. */
  forget(id) {
    this.findWaiting(id)?.remove();
  }

  say(words) {
    const state = this.board.find("question-state");
    if (state) state.textContent = words;
  }
}

function paragraph(className, textContent) {
  return Object.assign(document.createElement("p"), { className, textContent });
}
