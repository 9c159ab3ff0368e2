// <time data-countdown datetime="..."> says how long it is until then, by the server's clock.

const served = Date.parse(document.body.dataset.serverNow ?? "");
const loaded = performance.now();

// The server's clock decides; the reader's own may be hours out.
export function serverNow() {
  return Number.isNaN(served) ? Date.now() : served + (performance.now() - loaded);
}

const unit = (count, name) => `${count} ${name}${count === 1 ? "" : "s"}`;

export function words(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days) return `${unit(days, "day")} ${unit(hours, "hour")}`;
  if (hours) return `${unit(hours, "hour")} ${unit(minutes, "minute")}`;
  if (minutes) return `${unit(minutes, "minute")} ${unit(seconds % 60, "second")}`;
  return unit(seconds, "second");
}

function tick(time) {
  const left = Date.parse(time.dateTime) - serverNow();
  const text = left > 0 ? words(left) : (time.dataset.countdownDone ?? "now");
  if (time.textContent !== text) time.textContent = text;
  if (left <= 0 && time.hasAttribute("data-countdown-reload")) reload(time);
}

// Once, spread over ten seconds, so that a whole assembly does not knock at the same moment.
function reload(time) {
  time.removeAttribute("data-countdown-reload");
  setTimeout(() => location.reload(), 500 + Math.random() * 10000);
}

function start(time) {
  time.title = time.textContent.trim();
  tick(time);
}

const all = () => document.querySelectorAll("time[data-countdown]");
all().forEach(start);
if (all().length) setInterval(() => all().forEach(tick), 1000);
