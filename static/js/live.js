// One socket for this tab. Features listen to channels; this module keeps them right whatever breaks:
// it reconnects, asks for what was missed, and polls where sockets are blocked. See docs/live.md.

import { jitter, waitAfter } from "./again.js";

const SIGNED_OUT = 4401;
const CLOSED = new Set([4403, 4410]);
const TOO_MANY = 4429;
const RESTARTING = new Set([1001, 1012, 4503]);

const BEAT_MS = 20_000;
const ANSWER_MS = 10_000;
const GAP_MS = 300;
// Who comes back is told what they missed, and everybody may be coming back.
const RETURN_MS = 3_000;
const POLL_MS = 5_000;
const RESTART_MS = 30_000;
const RETRY_WHILE_POLLING_MS = 60_000;
const IDLE_MS = 300_000;
// As much as the server tells by itself to who says at listening what it has.
const REMEMBERED = 500;

const { liveEvent: event, liveUser: user } = document.body?.dataset ?? {};
const feeds = new Map();

let socket = null;
let opened = false;
let failures = 0;
let worked = false;
let askedAt = 0;
let over = false;
let reconnectTimer = 0;
let pollTimer = 0;
let away = false;
let idleTimer = 0;
let answerTimer = 0;

/**
 * Hear a channel. Frames come in version order, each once; a gauge's state comes whole.
 * @param {string} channel such as "conversation.12"
 * @param {{version?: number, onFrame?: (frame: object) => void, onGauge?: (state: object) => void,
 *   onTyping?: (by: string) => void}} options
 *   version: what the page already shows; onTyping: called with a writer's key while they write
 * @returns {() => void} stops listening
 */
export function listen(channel, { version = 0, onFrame = null, onGauge = null, onTyping = null } = {}) {
  const listener = { version, onFrame, onGauge, onTyping };
  const feed = feeds.get(channel) ?? addFeed(channel, version);
  feed.listeners.add(listener);
  if (feed.state && onGauge) onGauge(feed.state);
  if (version < feed.version) feed.version = version;
  if (isOpen()) ask(feed);
  else if (pollTimer) fetchMissed(feed);
  return () => stopListening(feed, listener);
}

/** Says that this person is writing in a channel. Lost without a socket, and nobody minds. */
export function tellTyping(channel) {
  if (isOpen()) send({ typing: channel });
}

function addFeed(channel, version) {
  const feed = { channel, version, target: version, listeners: new Set(), early: new Map(), failures: 0 };
  feeds.set(channel, feed);
  return feed;
}

function stopListening(feed, listener) {
  feed.listeners.delete(listener);
  if (feed.listeners.size) return;
  clearTimeout(feed.gapTimer);
  feeds.delete(feed.channel);
  if (isOpen()) send({ unlisten: [feed.channel] });
}

// The socket

function isOpen() {
  return socket?.readyState === WebSocket.OPEN && opened;
}

function send(message) {
  socket.send(JSON.stringify(message));
}

function ask(...wanted) {
  send({ listen: wanted.map((feed) => feed.channel), beat: versionsOf(wanted) });
}

function versionsOf(wanted) {
  const logs = wanted.filter((feed) => !feed.state && !feed.gone);
  return Object.fromEntries(logs.map((feed) => [feed.channel, feed.version]));
}

function connect() {
  clearTimeout(reconnectTimer);
  if (over || socket || !event) return;
  opened = false;
  const address = new URL(`/live/${event}/`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const mine = new WebSocket(address);
  socket = mine;
  mine.addEventListener("open", whenOpen);
  mine.addEventListener("message", ({ data }) => whenTold(JSON.parse(data)));
  mine.addEventListener("close", ({ code }) => mine === socket && whenClosed(code));
}

function whenOpen() {
  opened = true;
  askedAt = 0;
  awaitAnswer();
  const wanted = [...feeds.values()];
  for (let start = 0; start < wanted.length; start += 50) ask(...wanted.slice(start, start + 50));
  if (!wanted.length) beat();
  if (away) send({ away });
}

// A line may open and carry nothing: it is heard within seconds of the first question, or counts as lost.
function awaitAnswer() {
  clearTimeout(answerTimer);
  answerTimer = setTimeout(giveUp, ANSWER_MS, socket);
}

function giveUp(silent) {
  if (silent !== socket || !isOpen()) return;
  silent.close();
  whenClosed(1006);
}

// A tab nobody looks at, or has touched for five minutes.
function noteAway(now) {
  clearTimeout(idleTimer);
  if (!now) idleTimer = setTimeout(() => noteAway(true), IDLE_MS);
  if (now === away) return;
  away = now;
  if (isOpen()) send({ away });
}

function whenTold(message) {
  askedAt = 0;
  clearTimeout(answerTimer);
  if (message.error) return whenRefused(message);
  // The first word proves that the socket stays; an accepted one may be closed at once with a reason.
  settle();
  if (message.beat) compare(message.beat);
  else if (feeds.has(message.channel)) whenHeard(feeds.get(message.channel), message);
}

function whenHeard(feed, message) {
  feed.gone = false;
  if (message.kind === "listening") {
    if (message.state) showGauge(feed, message.state);
    else if (message.version > feed.version + REMEMBERED) fetchMissed(feed);
    else if (message.version > feed.version) expect(feed, message.version, jitter(RETURN_MS));
  } else if (message.kind === "typing") {
    for (const listener of feed.listeners) listener.onTyping?.(message.by);
  } else if (message.kind === "gauge") showGauge(feed, message.state);
  else takeFrame(feed, message);
}

function settle() {
  failures = 0;
  worked = true;
  stopPolling();
  show("on");
}

function whenRefused({ error, channel, seconds }) {
  const feed = feeds.get(channel);
  if (feed) {
    feed.gone = true;
    document.dispatchEvent(new CustomEvent("live:refused", { detail: { channel, error } }));
  }
  if (error === "slow_down") setTimeout(() => isOpen() && whenOpen(), (seconds ?? 2) * 1000);
}

function whenClosed(code) {
  const wasOpen = opened && failures === 0;
  socket = null;
  opened = false;
  if (code === SIGNED_OUT) return finish("live:signed-out", code);
  if (CLOSED.has(code)) return finish("live:closed", code);
  failures += 1;
  if (code === TOO_MANY || failures >= 2) startPolling();
  else if (!pollTimer) show("off");
  reconnectTimer = setTimeout(connect, waitBeforeConnecting(code, wasOpen));
}

function waitBeforeConnecting(code, wasOpen) {
  if (code === TOO_MANY || (pollTimer && !worked)) return jitter(RETRY_WHILE_POLLING_MS);
  // Everybody lost a restarting server at once, so everybody comes back at a time of their own.
  if (RESTARTING.has(code)) return Math.random() * RESTART_MS;
  return jitter(wasOpen ? 1_000 : waitAfter(failures));
}

function beat() {
  if (!isOpen()) return;
  if (askedAt && Date.now() - askedAt > ANSWER_MS) {
    // Half-open: a browser may take minutes to notice that nobody answers.
    giveUp(socket);
    return;
  }
  askedAt = Date.now();
  send({ beat: versionsOf([...feeds.values()].slice(0, 50)) });
}

function compare(versions) {
  for (const [channel, version] of Object.entries(versions)) {
    const feed = feeds.get(channel);
    if (feed && version > feed.version) expect(feed, version);
  }
}

// Frames

function takeFrame(feed, frame) {
  if (frame.version <= feed.version) return;
  feed.early.set(frame.version, frame);
  giveInOrder(feed);
  if (feed.early.size) expect(feed, frame.version);
}

// A frame follows the version before its own, or the one it names: what lay between is no more.
function giveInOrder(feed) {
  for (const frame of [...feed.early.values()].sort((a, b) => a.version - b.version)) {
    if ((frame.after ?? frame.version - 1) > feed.version) return;
    feed.early.delete(frame.version);
    give(feed, frame);
  }
}

function give(feed, frame) {
  if (frame.version <= feed.version) return;
  feed.version = frame.version;
  if (frame.kind === "skipped") return;
  for (const listener of feed.listeners) {
    if (frame.version <= listener.version) continue;
    listener.version = frame.version;
    listener.onFrame?.(frame);
  }
}

function showGauge(feed, state) {
  feed.state = state;
  for (const listener of feed.listeners) listener.onGauge?.(state);
}

// What is missing may be on its way: it gets a while before it is asked for.
function expect(feed, version, wait = GAP_MS) {
  feed.target = Math.max(feed.target, version);
  feed.gapTimer ||= setTimeout(() => {
    feed.gapTimer = 0;
    if (feed.version < feed.target) fetchMissed(feed);
  }, wait);
}

// Catching up and polling, by the same address

async function fetchMissed(feed) {
  if (feed.fetching || feed.gone) return;
  feed.fetching = true;
  const before = feed.version;
  let failed = false;
  try {
    while (await fetchOnce(feed));
  } catch {
    failed = true;
    if (pollTimer) show("off");
  } finally {
    feed.fetching = false;
  }
  if (over || !feeds.has(feed.channel)) return;
  // The portal could not answer. Ever less often, because everybody may be behind.
  if (failed && !pollTimer) return expect(feed, feed.target, jitter(waitAfter(feed.failures++)));
  feed.failures = 0;
  if (feed.early.size && feed.version > before) expect(feed, feed.target);
}

/** @returns {Promise<boolean>} whether there is more to fetch */
async function fetchOnce(feed) {
  const headers = feed.etag ? { "If-None-Match": feed.etag } : {};
  const address = `/${event}/live/${feed.channel}/?after=${feed.version}`;
  const response = await fetch(address, { headers, cache: "no-store", credentials: "same-origin" });
  if (response.status === 401) finish("live:signed-out", SIGNED_OUT);
  if (response.status === 404) whenGone(feed);
  if (pollTimer && (response.ok || response.status === 304)) show("polling");
  if (response.status >= 500) throw new Error(`${response.status}`);
  if (!response.ok) return false;
  feed.etag = response.headers.get("ETag") ?? "";
  return takeAnswer(feed, await response.json());
}

function takeAnswer(feed, answer) {
  if (answer.state) {
    showGauge(feed, answer.state);
    return false;
  }
  const before = feed.version;
  for (const frame of answer.frames) give(feed, frame);
  give(feed, { version: answer.version, kind: "skipped" });
  for (const version of feed.early.keys()) if (version <= feed.version) feed.early.delete(version);
  giveInOrder(feed);
  return answer.more && feed.version > before;
}

function whenGone(feed) {
  feed.gone = true;
  if (!isOpen() && [...feeds.values()].every((each) => each.gone)) finish("live:closed", 4410);
}

function startPolling() {
  if (pollTimer) return;
  const poll = () => {
    pollTimer = setTimeout(poll, jitter(POLL_MS));
    for (const feed of feeds.values()) fetchMissed(feed);
  };
  poll();
  show("polling");
}

function stopPolling() {
  clearTimeout(pollTimer);
  pollTimer = 0;
}

// Telling the page

function show(status) {
  if (over || document.documentElement.dataset.live === status) return;
  document.documentElement.dataset.live = status;
  document.dispatchEvent(new CustomEvent("live:status", { detail: { status } }));
}

function finish(name, code) {
  if (over) return;
  show("off");
  over = true;
  stopPolling();
  clearTimeout(reconnectTimer);
  socket?.close();
  document.dispatchEvent(new CustomEvent(name, { detail: { code } }));
}

if (event && user) {
  setInterval(beat, BEAT_MS);
  noteAway(document.hidden);
  document.addEventListener("visibilitychange", () => noteAway(document.hidden));
  for (const act of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(act, () => noteAway(false), { capture: true, passive: true });
  }
  window.addEventListener("pagehide", () => socket?.close());
  window.addEventListener("pageshow", ({ persisted }) => persisted && connect());
  // Listeners of this page's other modules register first, so that one frame asks for them all.
  setTimeout(connect, 0);
}
