// The secrets of questions asked without a name. They live in this tab alone, as many share a ward's computer.

export class Own {
  constructor(id) {
    this.key = `questions.${id}.own`;
    this.kept = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
  }

  add(id, token, text) {
    this.kept[id] = { token, text };
    this.keep();
  }

  remove(id) {
    delete this.kept[id];
    this.keep();
  }

  token(id) {
    return this.kept[id]?.token ?? null;
  }

  held() {
    return Object.entries(this.kept).map(([id, { text }]) => ({ id, text }));
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify(this.kept));
  }
}

/** Whoever holds it may take back what was sent with it. */
export function newToken() {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
