// <div role="status" data-rooms-news="delegate.7.rooms"> says what happened to this person's place in a room,
// on whichever page they are: aloud once, and then to be read until they have put it away, here or on the page of the round.

import { listen } from "./live.js";
import { post } from "./post.js";
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

// Without leaving the page; the gauge then tells that nothing is left to be read.
async function close(event) {
  event.preventDefault();
  const { target: form, submitter } = event;
  const { error } = await post(form, new FormData(form, submitter));
  if (!error) swap(region, "");
}

document.getElementById("rooms-news-close")?.addEventListener("submit", close);
if (region) listen(region.dataset.roomsNews, { onGauge: show });
