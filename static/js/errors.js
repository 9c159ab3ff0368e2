// What htmx could not fetch is said in words; the page, and what was typed, stay as they are.
const status = document.querySelector("[data-live-status]");
const reasons = { 403: "You cannot do that now.", 413: "That is too large.", 429: "Too fast. Wait a moment and try again.", 503: "The portal is busy. Your text is kept. Try again in a moment." };

const say = (text) => {
  if (status) status.textContent = text;
};

document.addEventListener("htmx:responseError", (event) => {
  say(reasons[event.detail.xhr.status] ?? "Something went wrong. Your text is kept. Try again.");
});
document.addEventListener("htmx:sendError", () => say("The connection was lost. Your text is kept. Try again."));
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.xhr.status < 400) say("");
});

// The passkey dialog was closed, or the device knows no passkey for this portal.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  say("The passkey was not used. Try again, or ask for a code by mail.");
});
