import { el } from "./dom.js";

/** The live region: it has to be in the page before it says anything. */
const region = el("div.unseen", { role: "status", "aria-live": "polite" });

export function announcer() {
  return region;
}

/** Tells a screen reader what has happened. @param {string} text */
export function announce(text) {
  // The same text twice would not be a change, and so not be said.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}
