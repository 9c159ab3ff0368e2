// <ul data-round="3"> holds rooms; their [data-places] say how many places are left, as it changes.

import { listen } from "./live.js";

function show(root, rooms) {
  for (const element of root.querySelectorAll("[data-places]")) {
    const places = rooms[element.dataset.places];
    if (places) say(element, places);
  }
  for (const form of root.querySelectorAll("[data-choose]")) {
    const places = rooms[form.dataset.choose];
    // A button someone stands on is not taken away; a full room then answers for itself.
    if (places && !form.contains(document.activeElement)) form.hidden = places.full;
  }
}

function say(element, { text, full, few }) {
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("places--full", full);
  element.classList.toggle("places--few", few);
}

for (const root of document.querySelectorAll("[data-round]")) {
  listen(`round.${root.dataset.round}.places`, { onGauge: ({ rooms }) => rooms && show(root, rooms) });
}
