// Whoever stands on a link, a button or a field while what is around it is put anew stands on it again: or where it is no
// more, on the heading of what is new there. And what else leads somebody to a place on the page.

const CONTROLS = "a, button, input, select, summary, textarea";

/**
 * @param {Element} element whose inside is about to be put anew
 * @returns {() => void} to be called when it has been
 */
export function keepFocus(element) {
  const { activeElement } = document;
  if (!element.contains(activeElement)) return () => {};
  const name = nameOf(activeElement);
  const wasInView = isInView(activeElement);
  return () => restore(element, name, wasInView);
}

function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

function restore(element, name, wasInView) {
  const seen = [...element.querySelectorAll("a, button, input, summary")].filter((each) => each.getClientRects().length);
  const again = name && seen.find((each) => nameOf(each) === name);
  // The page does not move under who stands where they stood; who stands elsewhere is shown where.
  if (again) {
    again.focus({ preventScroll: true });
    // Unless what is new has pushed it out of sight.
    if (wasInView) again.scrollIntoView({ block: "nearest", behavior: "instant" });
    return;
  }
  const heading = element.querySelector("h2") ?? document.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

function nameOf(element) {
  return element.id || element.href || element.textContent.trim();
}

/** The names of what an element is in, the nearest first: they are the same on the next page. */
export function namesAbove(element) {
  const names = [];
  for (let at = element; at && at.id !== "maincontent"; at = at.parentElement) {
    names.push(...[at.id, at.getAttribute("aria-labelledby")].filter(Boolean));
  }
  return names;
}

/** Puts the focus on an element, or on its heading; says whether there is one. */
export function standOn(element, { focusVisible = true } = {}) {
  if (!element) return false;
  const place = element.matches("form") ? element : (element.querySelector("h2, h3") ?? element);
  if (!place.matches(CONTROLS)) place.tabIndex = -1;
  place.focus({ focusVisible });
  return true;
}

/** The same of the first of these names that the page knows. */
export function standOnFirst(names, options) {
  return names.some((name) => standOn(document.getElementById(name), options));
}
