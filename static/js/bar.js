import { listen } from "./live.js";

const content = document.querySelector("[data-now-bar-content]");
const { liveEventId } = document.body.dataset;
let shown = null;

// Whoever is on one of the bar's links stays on it when the bar changes.
function show({ html }) {
  if (typeof html !== "string" || html === shown) return;
  shown = html;
  const held = content.contains(document.activeElement) ? document.activeElement.href : null;
  content.innerHTML = html;
  if (held) [...content.querySelectorAll("a")].find((link) => link.href === held)?.focus();
}

if (content && liveEventId) listen(`event.${liveEventId}.programme`, { onGauge: show });
