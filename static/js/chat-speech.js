// What a screen reader says of a conversation: everything, only what calls this person, or nothing.
// The log itself is quiet. What came within a second is said together, and many messages as a number.

const GATHER_MS = 1_000;
const MOST_SAID = 3;

export class Speech {
  constructor(root) {
    this.region = root.querySelector("[data-chat-speech]");
    this.choice = root.querySelector("[data-chat-announce]");
    this.waiting = [];
    this.choice?.addEventListener("change", () => this.keep());
  }

  get wanted() {
    return this.choice?.value ?? "mentions";
  }

  say(message, isCalled) {
    if (this.wanted === "nothing" || (this.wanted === "mentions" && !isCalled)) return;
    const name = message.querySelector(".chat__author").textContent;
    const text = message.querySelector(".chat__text").textContent;
    this.waiting.push(isCalled ? `${name} calls you: ${text}` : `${name}: ${text}`);
    this.timer ??= setTimeout(() => this.speak(), GATHER_MS);
  }

  speak() {
    this.timer = null;
    const said = this.waiting.splice(0);
    this.region.textContent = said.length > MOST_SAID ? `${said.length} new messages` : said.join(". ");
  }

  keep() {
    const form = this.choice.form;
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  }
}
