import { listen } from "./live.js";

const content = document.querySelector("[data-now-bar-content]");
const { liveEventId } = document.body.dataset;

// The bar keeps its place for whoever is on one of its links when it changes.
function show(frame) {
  const html = (frame.state ?? frame).html;
  if (typeof html !== "string") return;
  const held = content.contains(document.activeElement) ? document.activeElement.href : null;
  content.innerHTML = html;
  if (held) [...content.querySelectorAll("a")].find((link) => link.href === held)?.focus();
}

if (content && liveEventId) listen(`event.${liveEventId}.programme`, show);
