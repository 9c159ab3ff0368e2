// What was written and is not known to be said. Each message keeps its own identifier and what it answers until the
// portal has it, over failures and reloads of this tab: sent again, it is said once.

export class Unsent {
  /**
   * @param {{root: HTMLElement, channel: string, log: HTMLElement, showNewest: () => void}} chat
   * @param {{change: (item: object) => void, drop: (item: object) => void}} acts give words back that were refused, to
   * be put another way; and send them no more, said already or not
   */
  constructor(chat, acts) {
    this.chat = chat;
    this.acts = acts;
    // Many share a ward's computer: nobody's words go out by another's name.
    this.key = `unsent.${chat.channel}.${chat.root.dataset.me}`;
    this.places = new Map();
    const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    this.items = kept.filter(({ clientId }) => !chat.log.querySelector(`[data-client-id="${clientId}"]`));
    this.keep();
    this.items.forEach((item) => this.draw(item, "not sent"));
  }

  add(text, reply) {
    this.items.push({ text, reply, clientId: newId() });
    this.keep();
  }

  /** @returns {object | undefined} what was taken out; nothing where it was said or changed before */
  remove(clientId) {
    const item = this.items.find((each) => each.clientId === clientId);
    if (!item) return item;
    this.items.splice(this.items.indexOf(item), 1);
    this.places.get(clientId)?.remove();
    this.keep();
    return item;
  }

  drawAll(state) {
    this.items.forEach((item) => this.draw(item, state));
    this.chat.showNewest();
  }

  draw(item, state) {
    const place = document.createElement("p");
    const sending = state === "sending";
    place.className = `chat__message chat__message--own chat__${sending ? "pending" : "unsent"}`;
    place.dataset.pending = item.clientId;
    // The log itself speaks it once it is said.
    if (sending) place.setAttribute("aria-hidden", "true");
    place.textContent = `${item.text} (${state}) `;
    if (item.refused && !sending) place.append(this.button("Change", () => this.acts.change(item), item.text), " ");
    if (!sending) place.append(this.button("Do not send", () => this.acts.drop(item), item.text));
    const before = this.places.get(item.clientId);
    if (before) before.replaceWith(place);
    else this.chat.log.append(place);
    this.places.set(item.clientId, place);
  }

  button(name, act, text) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.textContent = name;
    button.setAttribute("aria-label", `${name}: ${text}`);
    button.addEventListener("click", act);
    return button;
  }

  keep() {
    if (this.items.length) sessionStorage.setItem(this.key, JSON.stringify(this.items));
    else sessionStorage.removeItem(this.key);
  }
}

// crypto.randomUUID needs a secure page; a plain http host on a local network is none.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
