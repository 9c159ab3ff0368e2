// Whoever stands on a link, a button or a field while what is around it is put anew stands on it again: or where it is no
// more, on the heading of what is new there.

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
