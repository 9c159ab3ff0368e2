// What a script does for elements of the page, it does for those too that htmx lays in later; when they go, it stops.

/**
 * @param {string} selector
 * @param {(element: HTMLElement) => ((() => void) | undefined)} start called once for each; gives what ends it
 */
export function bind(selector, start) {
  const stops = new WeakMap();
  const bindIn = (root) => {
    const found = [...(root.matches?.(selector) ? [root] : []), ...(root.querySelectorAll?.(selector) ?? [])];
    found.filter((each) => !stops.has(each)).forEach((each) => stops.set(each, start(each)));
  };
  bindIn(document);
  document.addEventListener("htmx:load", ({ detail }) => bindIn(detail.elt));
  document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => {
    stops.get(detail.elt)?.();
    stops.delete(detail.elt);
  });
}
