// <div data-said="57" data-said-in="conversation.12" data-version="41"> shows one message outside its conversation, and
// that as it is now: changed, taken back, removed or hidden. Inside it the whole message, or its words alone.

import { listen } from "./live.js";

function show(place, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-message]");
  const words = place.querySelector("[data-said-words]");
  if (words) words.replaceChildren(...fresh.querySelector(".chat__text").childNodes);
  else place.querySelector("[data-message]").replaceWith(fresh);
  // What is gone can be done nothing with.
  if (fresh.matches(".chat__message--gone")) place.querySelector(".chat__acts")?.remove();
}

for (const place of document.querySelectorAll("[data-said]")) {
  listen(place.dataset.saidIn, {
    version: Number(place.dataset.version),
    onFrame: ({ html, body }) => body.id === Number(place.dataset.said) && show(place, html),
  });
}
