// The bar on every page of an event that says what is on now and what is next.

import { listen } from "./live.js";
import { swap } from "./swap.js";

const content = document.querySelector("[data-now-bar-content]");
const { liveEventId } = document.body.dataset;

function show({ html }) {
  if (typeof html === "string") swap(content, html);
}

if (content && liveEventId) listen(`event.${liveEventId}.programme`, { onGauge: show });
