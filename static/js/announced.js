// <div role="status" data-announced="announcements.3" data-version="7"> shows the newest announcement on every page,
// said aloud when it comes, until it is closed.

import { serverNow } from "./countdown.js";
import { listen } from "./live.js";
import { post } from "./post.js";
import { swap } from "./swap.js";

// Several at once, as after a loss of the line, are one: the newest.
const PAUSE_MS = 300;

const region = document.querySelector("[data-announced]");
const shape = document.querySelector("[data-announced-shape]");
const closed = `announced.${region?.dataset.announced}.${document.body.dataset.liveUser}`;
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
  fresh.querySelector("[data-announced-close]").setAttribute("value", version);
  fresh.querySelector("[data-announced-text]").textContent = told.querySelector(".announcement__text").textContent;
  swap(region, fresh.innerHTML);
}

function inside(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function close(event) {
  event.preventDefault();
  const { target: form, submitter } = event;
  const held = region.contains(document.activeElement);
  // The next page may be on its way before the portal has heard of it.
  sessionStorage.setItem(closed, submitter.value);
  post(form, new FormData(form, submitter), { keepalive: true });
  region.replaceChildren();
  if (held) document.querySelector("#maincontent").focus({ preventScroll: true });
}

if (region) {
  const shown = region.querySelector("[data-announced-close]");
  if (shown && Number(shown.value) <= Number(sessionStorage.getItem(closed))) region.replaceChildren();
  document.getElementById("announced-close").addEventListener("submit", close);
  listen(region.dataset.announced, { version, onFrame: hear });
}
