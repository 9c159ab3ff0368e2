// After an "@" the box offers the names in the room: arrows choose, Enter or Tab takes, Escape leaves it as it is.

const WAIT_MS = 150;
// What was begun after the last "@": a name of up to three words.
const BEGUN = /(?:^|[^\w@])@(\p{L}[\p{L}\p{N}'.-]*(?: [\p{L}\p{N}'.-]+){0,2})$/u;

export class Names {
  /** @param {HTMLTextAreaElement} text @param {string} address answers ?start= with {"names": [...]} */
  constructor(text, address) {
    this.text = text;
    this.address = address;
    this.list = document.createElement("ul");
    this.list.id = `${text.id}-names`;
    this.list.className = "chat__names";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Names");
    this.said = document.createElement("p");
    this.said.className = "nhsuk-u-visually-hidden";
    this.said.setAttribute("role", "status");
    text.after(this.list, this.said);
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("autocomplete", "off");
    text.addEventListener("input", () => this.look());
    text.addEventListener("keydown", (event) => this.steer(event));
    text.addEventListener("blur", () => this.close());
    for (const moved of ["keyup", "click"]) text.addEventListener(moved, () => this.list.hidden || this.follow());
    // A press on a name leaves the focus in the box.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) => this.take(target.closest("[role=option]")));
  }

  get begun() {
    return this.text.value.slice(0, this.text.selectionStart).match(BEGUN)?.[1] ?? "";
  }

  get shown() {
    return this.list.hidden ? [] : [...this.list.children].map((option) => option.textContent);
  }

  get chosen() {
    return this.list.querySelector("[aria-selected=true]");
  }

  look() {
    clearTimeout(this.timer);
    this.follow();
    if (this.begun) this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  // Away from the name by a key or the mouse, nothing is offered any more.
  follow() {
    const { begun } = this;
    this.show(begun ? this.shown.filter((name) => fits(name, begun)) : []);
  }

  async ask() {
    const { begun } = this;
    const asked = (this.asked = {});
    const query = new URLSearchParams({ start: begun });
    const answer = await fetch(`${this.address}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    const names = answer?.ok ? (await answer.json().catch(() => ({ names: [] }))).names : [];
    // Meanwhile more may have been written, or the names put away.
    if (asked !== this.asked) return;
    if (begun === this.begun && document.activeElement === this.text) this.show(names.filter((name) => fits(name, begun)));
  }

  show(names) {
    if (!names.length) {
      this.close();
      return;
    }
    if (names.join() === this.shown.join()) return;
    this.list.replaceChildren(...names.map((name, number) => this.option(name, number)));
    this.list.hidden = false;
    this.text.setAttribute("aria-controls", this.list.id);
    this.choose(this.list.firstElementChild);
    this.said.textContent = names.length === 1 ? `${names[0]}. Enter takes it.` : `${names.length} names. Choose with the arrow keys.`;
  }

  option(name, number) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${number}`;
    option.setAttribute("role", "option");
    option.textContent = name;
    return option;
  }

  choose(option) {
    this.chosen?.removeAttribute("aria-selected");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.text.setAttribute("aria-activedescendant", option.id);
  }

  // Ahead of the box's own keys, where Enter sends.
  steer(event) {
    if (this.list.hidden || event.isComposing) return;
    const { chosen, list } = this;
    const acts = {
      ArrowDown: () => this.choose(chosen.nextElementSibling ?? list.firstElementChild),
      ArrowUp: () => this.choose(chosen.previousElementSibling ?? list.lastElementChild),
      Enter: () => this.take(chosen),
      Tab: () => this.take(chosen),
      Escape: () => this.close(),
    };
    if (event.shiftKey || !(event.key in acts)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    acts[event.key]();
  }

  take(option) {
    if (!option || !this.begun) return;
    const end = this.text.selectionStart;
    this.text.setRangeText(`${option.textContent} `, end - this.begun.length, end, "end");
    this.close();
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    clearTimeout(this.timer);
    this.asked = null;
    this.list.hidden = true;
    this.said.textContent = "";
    this.text.removeAttribute("aria-activedescendant");
    this.text.removeAttribute("aria-controls");
  }
}

// A name that is written out whole asks for nothing more.
function fits(name, begun) {
  const [has, wants] = [name.toLowerCase(), begun.toLowerCase()];
  return has !== wants && ` ${has}`.includes(` ${wants}`);
}
