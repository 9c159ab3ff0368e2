// After a form was sent by a whole page, whoever uses the keyboard or has the page read to them stands on the message of
// what was done, or on what it was done to, and not at the page's beginning.

import { namesAbove, standOn, standOnFirst } from "./focus.js";

const KEY = "landing";
const RECENT_MS = 60_000;

let byKeys = false;

function note({ target, submitter, defaultPrevented }) {
  if (defaultPrevented || target.method !== "post") return;
  sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), byKeys, names: namesAbove(submitter ?? target) }));
}

function forget() {
  sessionStorage.removeItem(KEY);
}

function land() {
  const { at = 0, byKeys: focusVisible = true, names = [] } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  forget();
  const message = document.querySelector(".flash");
  const isTaken = document.querySelector("[autofocus], .nhsuk-error-summary") || document.activeElement !== document.body;
  if (isTaken || (!message && Date.now() - at > RECENT_MS)) return;
  const options = { focusVisible };
  if (message) standOn(message, options);
  else standOnFirst([...names, location.hash.slice(1)].filter(Boolean), options) || standOn(document.querySelector("h1"), options);
}

// The browser follows a fragment when all is loaded, and takes the focus away as it does.
if (location.hash && document.readyState !== "complete") window.addEventListener("load", () => setTimeout(land));
else land();
for (const kind of ["keydown", "pointerdown"]) {
  document.addEventListener(kind, () => (byKeys = kind === "keydown"), { capture: true, passive: true });
}
// At the window everybody else has been asked whether the form goes by a whole page.
window.addEventListener("submit", note);
document.addEventListener("click", ({ target }) => target.closest("a") && forget());
