// Puts HTML from the server in the place of an element's own, so that nobody who uses it at that moment is disturbed:
// what is the same is left alone, a press is let end first, and whoever stood on a link or button stands on it again.

import { keepFocus } from "./focus.js";

const waiting = new Map();
let pressed = null;

/** @param {Element} element @param {string} html */
export function swap(element, html) {
  afterPress(element, () => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (fresh.innerHTML.trim() === element.innerHTML.trim()) return;
    const restoreFocus = keepFocus(element);
    element.replaceChildren(fresh.content);
    restoreFocus();
  });
}

/**
 * A press that begins on one link or button and ends on its successor does neither's.
 * @param {Element} element whose inside is to be changed
 * @param {() => void} change done at once, or after the press; a later one takes its place
 */
export function afterPress(element, change) {
  if (pressed && element.contains(pressed)) {
    waiting.set(element, change);
    return;
  }
  waiting.delete(element);
  change();
}

function release() {
  pressed = null;
  // After the click, which follows the release.
  setTimeout(() => [...waiting].forEach(([element, change]) => afterPress(element, change)));
}

document.addEventListener("pointerdown", ({ target }) => (pressed = target), { capture: true });
// Where a menu opens, the release may never be told.
for (const end of ["pointerup", "pointercancel", "contextmenu"]) document.addEventListener(end, release, { capture: true });
