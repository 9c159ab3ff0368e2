// <div data-announcements="announcements.3" data-version="7"> shows each announcement as it is made.

import { listen } from "./live.js";

const log = document.querySelector("[data-announcements]");

// The newest stands first, as the server writes them.
function show({ kind, html }) {
  if (kind !== "announcement" || !html) return;
  log.querySelector("[data-empty]")?.remove();
  log.insertAdjacentHTML("afterbegin", html);
}

if (log) listen(log.dataset.announcements, { version: Number(log.dataset.version), onFrame: show });
