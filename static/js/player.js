// <video data-hls="..."> plays the stream in pieces where hls.js can, and its plain MP4 elsewhere.

import Hls from "../vendor/hls.light.min.mjs";
import { bind } from "./bind.js";

function play(video) {
  if (!Hls.isSupported()) return undefined;
  // The content policy allows no worker from a blob; nothing is fetched before somebody presses play.
  const hls = new Hls({ enableWorker: false, autoStartLoad: false });
  hls.on(Hls.Events.ERROR, (_, { fatal }) => {
    if (fatal) fallBack(video, hls);
  });
  hls.loadSource(video.dataset.hls);
  hls.attachMedia(video);
  video.addEventListener("play", () => hls.startLoad(video.currentTime || -1), { once: true });
  showCaptions(video);
  return () => hls.destroy();
}

// The plain film goes on where the stream stopped.
function fallBack(video, hls) {
  const at = video.currentTime;
  const wasPlaying = !video.paused;
  hls.destroy();
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

bind("video[data-hls]", play);
