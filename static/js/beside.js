// <div data-beside="12"> leads to the parts of a conversation: talk, questions, polls. With this script they are
// tabs, one shown at a time; without it they are links to whole pages.

const spoken = document.createElement("p");
spoken.className = "nhsuk-u-visually-hidden";
spoken.setAttribute("role", "status");
document.body.append(spoken);

/** Says something politely, also while its part is not shown. */
export function tell(words) {
  // The same words again would not be read again.
  spoken.textContent = spoken.textContent === words ? `${words}\u00a0` : words;
}

/** Marks a part's tab: `<section>` that is a part or inside one, what to show on it, and what that means. */
export function count(section, shown, meaning) {
  const part = section.closest("[data-beside-part], [data-chat]");
  const tab = part && document.getElementById(part.getAttribute("aria-labelledby"));
  const badge = tab?.querySelector("[data-beside-count]");
  if (!badge) return;
  badge.hidden = !shown;
  badge.replaceChildren(...(shown ? [visible(shown), unseen(` ${meaning}`)] : []));
}

function visible(text) {
  const span = document.createElement("span");
  span.setAttribute("aria-hidden", "true");
  span.textContent = text;
  return span;
}

function unseen(text) {
  const span = document.createElement("span");
  span.className = "nhsuk-u-visually-hidden";
  span.textContent = text;
  return span;
}

class Beside {
  constructor(root) {
    this.id = root.dataset.beside;
    this.tabs = [...root.querySelectorAll("[data-beside-tab]")];
    this.parts = { chat: root.parentElement.querySelector("[data-chat]") };
    for (const part of root.querySelectorAll("[data-beside-part]")) this.parts[part.dataset.besidePart] = part;
    this.unwrap(root.querySelector("nav"));
    this.tabs.forEach((tab) => this.bind(tab));
    root.addEventListener("keydown", (event) => this.move(event));
    this.show(this.ledTo() ?? this.remembered());
  }

  // Tabs are no navigation: what held the links is a box of the same look.
  unwrap(nav) {
    const list = nav.querySelector("ul");
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", nav.getAttribute("aria-label"));
    const box = document.createElement("div");
    box.className = nav.className;
    box.append(...nav.childNodes);
    nav.replaceWith(box);
  }

  bind(tab) {
    const name = tab.dataset.besideTab;
    const part = this.parts[name];
    tab.parentElement.setAttribute("role", "presentation");
    tab.setAttribute("role", "tab");
    tab.id = `beside-${this.id}-${name}`;
    part.id ||= `beside-part-${this.id}-${name}`;
    part.setAttribute("role", "tabpanel");
    part.setAttribute("aria-labelledby", tab.id);
    tab.setAttribute("aria-controls", part.id);
    tab.removeAttribute("aria-current");
    tab.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.show(name);
    });
  }

  show(name) {
    for (const tab of this.tabs) {
      const chosen = tab.dataset.besideTab === name;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      this.parts[tab.dataset.besideTab].hidden = !chosen;
    }
    sessionStorage.setItem(`beside.${this.id}`, name);
  }

  move(event) {
    const at = this.tabs.indexOf(event.target);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (at < 0 || (!step && event.key !== " ")) return;
    event.preventDefault();
    const tab = this.tabs.at((at + (step ?? 0)) % this.tabs.length);
    this.show(tab.dataset.besideTab);
    tab.focus();
  }

  /** An address that names a message is followed, whatever was looked at last. */
  ledTo() {
    const named = document.getElementById(location.hash.slice(1));
    return named && Object.keys(this.parts).find((name) => this.parts[name].contains(named));
  }

  remembered() {
    const name = sessionStorage.getItem(`beside.${this.id}`);
    return name in this.parts ? name : "chat";
  }
}

const bound = new WeakSet();

function bindAll(root) {
  const found = [...(root.matches?.("[data-beside]") ? [root] : []), ...(root.querySelectorAll?.("[data-beside]") ?? [])];
  for (const each of found) {
    if (bound.has(each)) continue;
    bound.add(each);
    new Beside(each);
  }
}

// htmx tells of each element it laid in by itself; the talk beside it may come a moment later.
bindAll(document);
document.addEventListener("htmx:afterSettle", ({ detail }) => bindAll(detail.elt));
