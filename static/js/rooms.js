// <ul data-round="3"> holds rooms; their [data-places] say how many places are left, [data-line] who waits, as it changes.

import { listen } from "./live.js";

function show(number, rooms) {
  // Looked for each time: a page of rooms is replaced when this person's own place has changed.
  for (const root of document.querySelectorAll(`[data-round="${number}"]`)) {
    for (const [room, places] of Object.entries(rooms)) showRoom(root, room, places);
  }
}

function showRoom(root, room, places) {
  for (const element of root.querySelectorAll(`[data-places="${room}"]`)) {
    write(element, places.text);
    element.classList.toggle("places--full", places.full);
    element.classList.toggle("places--few", places.few);
  }
  for (const element of root.querySelectorAll(`[data-line="${room}"]`)) write(element, places.line);
  hide(root.querySelector(`[data-choose="${room}"]`), places.full);
  hide(root.querySelector(`[data-wait="${room}"]`), !places.full || places.locked);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A button someone stands on is not taken away; a full room then answers for itself.
function hide(form, hidden) {
  if (form && !form.contains(document.activeElement)) form.hidden = hidden;
}

for (const number of new Set([...document.querySelectorAll("[data-round]")].map((root) => root.dataset.round))) {
  listen(`round.${number}.places`, { onGauge: ({ rooms }) => rooms && show(number, rooms) });
}
