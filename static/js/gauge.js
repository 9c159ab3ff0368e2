// <div data-live-gauge="round.3.places"> shows that gauge's server-rendered "html", and stays current.

import { listen } from "./live.js";
import { swap } from "./swap.js";

const stops = new WeakMap();

function bind(element) {
  if (stops.has(element)) return;
  const onGauge = ({ html }) => typeof html === "string" && swap(element, html);
  stops.set(element, listen(element.dataset.liveGauge, { onGauge }));
}

function bindAll(root) {
  if (root.matches?.("[data-live-gauge]")) bind(root);
  root.querySelectorAll?.("[data-live-gauge]").forEach(bind);
}

bindAll(document);
document.addEventListener("htmx:load", ({ detail }) => bindAll(detail.elt));
document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => {
  stops.get(detail.elt)?.();
  stops.delete(detail.elt);
});
