// <video data-hls="..."> plays the stream in pieces where hls.js can, and its plain MP4 elsewhere.

import Hls from "../vendor/hls.light.min.mjs";

const players = new WeakMap();

function bind(video) {
  if (players.has(video) || !Hls.isSupported()) return;
  // The content policy allows no worker from a blob; nothing is fetched before somebody presses play.
  const hls = new Hls({ enableWorker: false, autoStartLoad: false });
  players.set(video, hls);
  hls.on(Hls.Events.ERROR, (_, { fatal }) => {
    if (fatal) fallBack(video);
  });
  hls.loadSource(video.dataset.hls);
  hls.attachMedia(video);
  video.addEventListener("play", () => hls.startLoad(video.currentTime || -1), { once: true });
  showCaptions(video);
}

// The plain film goes on where the stream stopped.
function fallBack(video) {
  const at = video.currentTime;
  const wasPlaying = !video.paused;
  players.get(video).destroy();
  video.removeAttribute("src");
  video.load();
  video.addEventListener("loadedmetadata", () => {
    video.currentTime = at;
    if (wasPlaying) video.play().catch(() => {});
  }, { once: true });
}

// A new source would leave the captions off.
function showCaptions(video) {
  const [track] = video.textTracks;
  if (track && video.querySelector("track[default]")) track.mode = "showing";
}

function bindAll(root) {
  if (root.matches?.("video[data-hls]")) bind(root);
  root.querySelectorAll?.("video[data-hls]").forEach(bind);
}

bindAll(document);
document.addEventListener("htmx:load", ({ detail }) => bindAll(detail.elt));
document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => {
  players.get(detail.elt)?.destroy();
  players.delete(detail.elt);
});
