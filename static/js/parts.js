// A part of a page that is fetched as the page is shown (hx-trigger="load") may meet a line that is cut, or a portal that
// restarts. Nobody has asked for it, so nobody would ask again: it is fetched again by itself.

import { isPassing, jitter, waitAfter } from "./again.js";

const failures = new WeakMap();

function fetchAgain(part) {
  if (!part.isConnected) return;
  htmx.ajax("GET", part.getAttribute("hx-get"), { source: part, target: part, swap: "innerHTML" });
}

document.addEventListener("htmx:afterRequest", ({ detail: { elt: part, xhr } }) => {
  const failed = failures.get(part) ?? 0;
  // Where it may not be read, or is no more, the words that stand in its place are right.
  if (!isPassing(xhr.status)) return void failures.delete(part);
  failures.set(part, failed + 1);
  setTimeout(fetchAgain, jitter(waitAfter(failed)), part);
});
