// <div data-announcements="announcements.3" data-version="7"> shows each announcement as it is made.

import { listen } from "./live.js";

const section = document.querySelector("[data-announcements]");
const newest = section?.querySelector("[data-announcements-newest]");
const earlier = section?.querySelector("[data-announcements-earlier]");

// The newest stands first, as the server writes them.
function show({ kind, html }) {
  if (kind !== "announcement" || !html) return;
  newest.querySelector("[data-empty]")?.remove();
  earlier.prepend(...newest.children);
  newest.innerHTML = html;
  earlier.parentElement.hidden = !earlier.children.length;
}

if (section) listen(section.dataset.announcements, { version: Number(section.dataset.version), onFrame: show });
