// After a form was sent by a whole page, whoever uses the keyboard or has the page read to them stands on the message of
// what was done, or on what it was done to, and not at the page's beginning.

const KEY = "landing";
const RECENT_MS = 60_000;
const CONTROLS = "a, button, input, select, summary, textarea";

let byKeys = false;

/** The names of what an element is in, the nearest first: they are the same on the next page. */
export function namesAbove(element) {
  const names = [];
  for (let at = element; at && at.id !== "maincontent"; at = at.parentElement) {
    names.push(...[at.id, at.getAttribute("aria-labelledby")].filter(Boolean));
  }
  return names;
}

/** Puts the focus on an element, or on its heading; says whether there is one. */
export function standOn(element, { focusVisible = true } = {}) {
  if (!element) return false;
  const place = element.matches("form") ? element : (element.querySelector("h2, h3") ?? element);
  if (!place.matches(CONTROLS)) place.tabIndex = -1;
  place.focus({ focusVisible });
  return true;
}

export function standOnFirst(names, options) {
  return names.some((name) => standOn(document.getElementById(name), options));
}

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
