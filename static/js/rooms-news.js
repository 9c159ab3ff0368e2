// <div role="status" data-rooms-news="delegate.7.rooms"> says what happened to this person's place in a room,
// on whichever page they are: aloud once, and then to be read until they have put it away.

import { listen } from "./live.js";
import { swap } from "./swap.js";

const KEY = "rooms-news";
const region = document.querySelector("[data-rooms-news]");
let shown = "";

function show({ html, latest }) {
  if (typeof html !== "string" || html === shown) return;
  const isNews = latest > Number(sessionStorage.getItem(KEY) ?? 0);
  region.setAttribute("aria-live", isNews ? "polite" : "off");
  shown = html;
  swap(region, html);
  if (isNews) sessionStorage.setItem(KEY, latest);
  // A page of rooms is read anew: it shows who sits where.
  if (isNews) document.body.dispatchEvent(new CustomEvent("rooms-news"));
}

if (region) listen(region.dataset.roomsNews, { onGauge: show });
