// The bar on every page of an event that says what is on now and what is next.

import { listen } from "./live.js";
import { swap } from "./swap.js";

const content = document.querySelector("[data-now-bar-content]");
const { liveEventId } = document.body.dataset;

const bar = document.querySelector(".top-bar");
// Of large text on a small screen it would leave little room to read what is below it.
const MOST = 0.4;

function show({ html }) {
  if (typeof html === "string") swap(content, html);
}

function measure() {
  bar.classList.toggle("top-bar--tall", bar.offsetHeight > MOST * innerHeight);
}

if (bar) new ResizeObserver(measure).observe(bar);
if (content && liveEventId) listen(`event.${liveEventId}.programme`, { onGauge: show });
