// Tells the portal how far this person has read, a moment after they have seen it; on every device the same.
// A talk out of sight is not read: below the fold, behind another tab of the page or of the browser.

const WAIT_MS = 2_000;

export class ReadMark {
  constructor(chat) {
    this.chat = chat;
    this.address = chat.root.dataset.read;
    this.told = Number(chat.root.dataset.readTo ?? 0);
    if (!this.address) return;
    chat.root.addEventListener("chat:seen", () => this.soon());
    document.addEventListener("visibilitychange", () => this.soon());
    window.addEventListener("pagehide", () => this.tell());
  }

  soon() {
    if (this.timer || !this.isRead()) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.tell();
    }, WAIT_MS);
  }

  // A message read before has changed, and calls this person now.
  again() {
    this.told = 0;
    this.soon();
  }

  isRead() {
    return !document.hidden && this.chat.seen && this.chat.isAtEnd();
  }

  tell() {
    const last = Number(this.chat.messages().at(-1)?.dataset.message ?? 0);
    const token = this.chat.root.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (last <= this.told || !token || !this.isRead()) return;
    this.told = last;
    const body = new URLSearchParams({ up_to: last, csrfmiddlewaretoken: token });
    const headers = { Accept: "application/json" };
    fetch(this.address, { method: "POST", body, headers, keepalive: true }).catch(() => {
      this.told = 0;
    });
  }
}
