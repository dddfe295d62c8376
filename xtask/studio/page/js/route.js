/** Where in the page one is, kept in the address: `#/tables/SCHEMA/NAME?s=3.desc&f=2.eq.BTC&w=…`. Back and forward follow from it. */

import { takeToken } from "./api.js";

/** @typedef {{ place: string, path: string[], query: URLSearchParams }} Route */

export const routes = new EventTarget();

let shown = "";

/** @returns {Route} */
export function route() {
  const [path, query = ""] = splitOnce(location.hash.replace(/^#\/?/, ""), "?");
  const [place, ...rest] = path.split("/").map(decodeURIComponent);
  return { place, path: rest, query: new URLSearchParams(query) };
}

function splitOnce(text, at) {
  const found = text.indexOf(at);
  return found < 0 ? [text] : [text.slice(0, found), text.slice(found + 1)];
}

/**
 * @param {string} place
 * @param {string[]} [path]
 * @param {URLSearchParams} [query]
 */
export function address(place, path = [], query = new URLSearchParams()) {
  const text = query.toString();
  return `#/${[place, ...path].map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/**
 * @param {string} to an address
 * @param {{ replace?: boolean }} [options] replace: no step for Back
 */
export function go(to, { replace = false } = {}) {
  if (to === location.hash) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  shown = to;
  routes.dispatchEvent(new Event("change"));
}

addEventListener("popstate", () => {
  // A studio that was started again is opened here by its address, which says no place.
  takeToken(shown);
  shown = location.hash;
  routes.dispatchEvent(new Event("change"));
});
