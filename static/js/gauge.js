// <div data-live-gauge="round.3.places"> shows that gauge's server-rendered "html", and stays current.

import { bind } from "./bind.js";
import { listen } from "./live.js";
import { swap } from "./swap.js";

bind("[data-live-gauge]", (element) => {
  const onGauge = ({ html }) => typeof html === "string" && swap(element, html);
  return listen(element.dataset.liveGauge, { onGauge });
});
