// A line that is lost, a sign-in that ended, a passkey that was not used: said in words, and the page stays as it is.
const status = document.querySelector("[data-live-status]");
const QUIET_MS = 8000;
let timer = 0;

function say(text, { stay = false } = {}) {
  if (!status || status.textContent === text) return;
  clearTimeout(timer);
  status.textContent = text;
  if (text && !stay) timer = setTimeout(() => say(""), QUIET_MS);
}

// The passkey dialog was closed, or the device knows no passkey for this portal.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  say("The passkey was not used. Try again, or ask for a code by mail.");
});

// A short blip is nobody's business: the loss is said only when it lasts, and the return only after a loss.
const BLIP_MS = 5000;
let lost = 0;
let told = false;

document.addEventListener("live:status", ({ detail }) => {
  clearTimeout(lost);
  if (detail.status === "off") {
    lost = setTimeout(() => {
      told = true;
      say("The live connection was lost. We are trying again.", { stay: true });
    }, BLIP_MS);
  } else if (told) {
    told = false;
    say("Connected again.");
  }
});
document.addEventListener("live:signed-out", () => say("You are signed out. Copy what you were writing, then sign in again.", { stay: true }));
document.addEventListener("live:closed", () => say("The portal is closed now. Reload the page to read more.", { stay: true }));
