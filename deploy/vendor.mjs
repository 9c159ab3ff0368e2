// Copies the few third-party files the pages use from node_modules to static/vendor/.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const vendor = join(root, "static", "vendor");
const design = join(modules, "nhsuk-frontend", "dist", "nhsuk");

// The design system's font is licensed to NHS services only and would be fetched from elsewhere.
function withoutFont(css) {
  return css
    .replace(/@font-face\s*\{[^}]*\}/g, "")
    .replaceAll("Frutiger W01,", "")
    .replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
}

function copyText(from, to, change = (text) => text) {
  mkdirSync(dirname(to), { recursive: true });
  // Source maps are not shipped, so nothing may ask for them.
  const text = readFileSync(from, "utf8").replace(/\/\/# sourceMappingURL=.*\s*$/, "\n");
  writeFileSync(to, change(text));
}

function copyDesign() {
  const to = join(vendor, "nhsuk");
  const css = withoutFont(readFileSync(join(design, "nhsuk-frontend.min.css"), "utf8"));
  // Only what the style sheet names: the other images carry the NHS logo, a trade mark.
  const images = new Set([...css.matchAll(/\/assets\/images\/([\w.-]+)/g)].map((match) => match[1]));
  mkdirSync(join(to, "images"), { recursive: true });
  for (const image of images) {
    cpSync(join(design, "assets", "images", image), join(to, "images", image));
  }
  writeFileSync(join(to, "nhsuk-frontend.min.css"), css.replaceAll("/assets/images/", "images/"));
  copyText(join(design, "nhsuk-frontend.min.js"), join(to, "nhsuk-frontend.min.js"));
}

rmSync(vendor, { recursive: true, force: true });
copyDesign();
copyText(join(modules, "htmx.org", "dist", "htmx.min.js"), join(vendor, "htmx.min.js"));
copyText(join(modules, "hls.js", "dist", "hls.light.min.mjs"), join(vendor, "hls.light.min.mjs"));
