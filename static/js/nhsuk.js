// The design system's own behaviours, on the page and in what comes into it.

import { initAll } from "../vendor/nhsuk/nhsuk-frontend.min.js";

initAll();

// What htmx swaps in carries components of its own.
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) initAll({ scope: event.target });
});
