// <div data-live-gauge="round.3.places"> shows that gauge's server-rendered "html", and stays current.

import { listen } from "./live.js";

const shown = new WeakMap();

function bind(element) {
  if (shown.has(element)) return;
  const stop = listen(element.dataset.liveGauge, {
    onGauge: ({ html }) => {
      // Equal HTML is left alone: replacing it would drop focus and make a screen reader repeat it.
      if (typeof html !== "string" || html === shown.get(element).html) return;
      shown.get(element).html = html;
      element.innerHTML = html;
    },
  });
  shown.set(element, { html: null, stop });
}

function bindAll(root) {
  if (root.matches?.("[data-live-gauge]")) bind(root);
  root.querySelectorAll?.("[data-live-gauge]").forEach(bind);
}

bindAll(document);
document.addEventListener("htmx:load", ({ detail }) => bindAll(detail.elt));
document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => {
  shown.get(detail.elt)?.stop();
  shown.delete(detail.elt);
});
