// <ul data-round="3"> holds rooms; their [data-places] say how many places are left, [data-line] who waits, as it changes.
// <span data-ahead="12"> says how many people stand before the place in a line that has this number.
// <div data-rooms="/address/"> is read anew when this person's own place has changed, or the rooms are others.

import { readerOf } from "./again.js";
import { standOn } from "./focus.js";
import { listen } from "./live.js";
import { swap } from "./swap.js";

const SPREAD_MS = 5_000;
const page = document.querySelector("[data-rooms]");
const read = readerOf(page?.dataset.rooms);
let isDue = false;

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

// Whose number is in no line is told otherwise what became of it.
function showAhead(lines) {
  for (const element of document.querySelectorAll("[data-ahead]")) {
    const ahead = Math.max(...lines.map((line) => line.indexOf(Number(element.dataset.ahead))), -1);
    if (ahead === 0) write(element, "You are next.");
    else if (ahead > 0) write(element, `${ahead} ${ahead === 1 ? "person is" : "people are"} before you.`);
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A button someone stands on is not taken away; a full room then answers for itself.
function hide(form, hidden) {
  if (form && !form.contains(document.activeElement)) form.hidden = hidden;
}

async function readAnew() {
  const fresh = (await read())?.querySelector("[data-rooms]");
  if (fresh) swap(page, fresh.innerHTML);
}

// A room was opened, ended, or deleted. Not by a whole assembly at the same moment.
function followRooms(number, rooms) {
  const shown = [...page.querySelectorAll(`[data-round="${number}"] [data-places]`)].map((each) => each.dataset.places);
  const same =
    shown.length === Object.keys(rooms).length &&
    shown.every((room) => room in rooms && rooms[room].ended === Boolean(page.querySelector(`[data-ended="${room}"]`)));
  if (same || !shown.length || isDue) return;
  isDue = true;
  setTimeout(async () => {
    await readAnew();
    isDue = false;
  }, Math.random() * SPREAD_MS);
}

// What the page said of this person's last own act is old when something has happened to their place since.
function putAway() {
  for (const told of document.querySelectorAll("main > .flash, .nhsuk-error-summary")) {
    if (told.contains(document.activeElement)) standOn(document.querySelector("h1"), { focusVisible: false });
    told.remove();
  }
}

if (page) document.body.addEventListener("rooms-news", readAnew);
if (page) document.body.addEventListener("rooms-news", putAway);
for (const number of new Set([...document.querySelectorAll("[data-round]")].map((root) => root.dataset.round))) {
  listen(`round.${number}.places`, {
    onGauge: ({ rooms, lines }) => {
      if (rooms) show(number, rooms);
      if (rooms && page) followRooms(number, rooms);
      if (lines) showAhead(lines);
    },
  });
}
