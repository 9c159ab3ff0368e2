// <div role="status" data-announced="announcements.3" data-version="7"> shows the newest announcement on every page,
// said aloud when it comes, until it is closed; a cookie tells the server's next page that it was.

import { serverNow } from "./countdown.js";
import { listen } from "./live.js";
import { swap } from "./swap.js";

// Several at once, as after a loss of the line, are one: the newest.
const PAUSE_MS = 300;
const DAY_S = 86_400;

const region = document.querySelector("[data-announced]");
const shape = document.querySelector("[data-announced-shape]");
let version = Number(region?.dataset.version);
let timer = 0;

function hear({ kind, html, version: told }) {
  if (kind !== "announcement") return;
  version = told;
  clearTimeout(timer);
  timer = setTimeout(() => show(html), PAUSE_MS);
}

function show(html) {
  const told = inside(html);
  const time = told.querySelector("time");
  if (serverNow() - Date.parse(time.dateTime) > region.dataset.newsSeconds * 1000) return;
  const fresh = document.createElement("div");
  fresh.append(shape.content.cloneNode(true));
  fresh.querySelector("time").replaceWith(time);
  fresh.querySelector("[data-announced-text]").textContent = told.querySelector(".announcement__text").textContent;
  swap(region, fresh.innerHTML);
}

function inside(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function close() {
  const held = region.contains(document.activeElement);
  const { liveEvent, liveUser } = document.body.dataset;
  document.cookie = `announced=${liveUser}.${version}; path=/${liveEvent}/; max-age=${DAY_S}; samesite=lax`;
  region.replaceChildren();
  if (held) document.querySelector("#maincontent").focus({ preventScroll: true });
}

if (region) {
  region.addEventListener("click", ({ target }) => target.closest("[data-announced-close]") && close());
  listen(region.dataset.announced, { version, onFrame: hear });
}
