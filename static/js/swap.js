// Puts HTML from the server in the place of an element's own, so that nobody who uses it at that moment is disturbed:
// what is the same is left alone, a press is let end first, and whoever stood on a link or button stands on it again: or
// where it is no more, on the heading of what is new there.

const waiting = new Map();
let pressed = null;

/** @param {Element} element @param {string} html */
export function swap(element, html) {
  // A press that begins on one link and ends on its successor opens neither.
  if (pressed && element.contains(pressed)) {
    waiting.set(element, html);
    return;
  }
  waiting.delete(element);
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (fresh.innerHTML.trim() === element.innerHTML.trim()) return;
  const held = element.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  element.replaceChildren(fresh.content);
  if (held) stand(element, held);
}

function stand(element, name) {
  const seen = [...element.querySelectorAll("a, button, summary")].filter((each) => each.getClientRects().length);
  const again = seen.find((each) => nameOf(each) === name);
  const heading = element.querySelector("h2") ?? document.querySelector("h1");
  if (!again) heading?.setAttribute("tabindex", "-1");
  (again ?? heading)?.focus();
}

function nameOf(element) {
  return element.id || element.href || element.textContent.trim();
}

function release() {
  pressed = null;
  // After the click, which follows the release.
  setTimeout(() => [...waiting].forEach(([element, html]) => swap(element, html)));
}

document.addEventListener("pointerdown", ({ target }) => (pressed = target), { capture: true });
// Where a menu opens, the release may never be told.
for (const end of ["pointerup", "pointercancel", "contextmenu"]) document.addEventListener(end, release, { capture: true });
