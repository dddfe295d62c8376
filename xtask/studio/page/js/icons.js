import { svg } from "./dom.js";

/** Icons of one stroke width on a 16 by 16 field. */
const PATHS = {
  table: "M2 3.5h12v9H2zM2 6.5h12M6 6.5v6",
  view: "M1.5 8s2.4-4 6.5-4 6.5 4 6.5 4-2.4 4-6.5 4-6.5-4-6.5-4zM8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
  "materialized-view": "M2 3.5h12v9H2zM2 6.5h12M8 8a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  partitioned: "M2 2.5h12v3H2zM2 6.5h12v3H2zM2 10.5h12v3H2z",
  partition: "M2 6h12v4H2zM6 6v4",
  foreign: "M2 3.5h7v9H2zM2 6.5h7M11 8h4M13 6l2 2-2 2",
  sql: "M2.5 4l4 4-4 4M8.5 12h5",
  diagram: "M2 2.5h5v4H2zM9 9.5h5v4H9zM4.5 6.5v5H9",
  migrations: "M4.5 2v12M4.5 5.5h4a3 3 0 0 1 3 3V10M11.5 10v4M9.5 12l2 2 2-2",
  key: "M10.5 2.5a3 3 0 1 1-2.2 5L3 13H2v-2l.5-.5 1 .2.3-1.5 1.5-.3 2.3-2.2a3 3 0 0 1 2.9-4.2zM11.2 5.2h.01",
  link: "M6.5 9.5l3-3M5 7L3.4 8.6a2.6 2.6 0 0 0 3.8 3.8L8.8 10.8M7.2 5.2L8.8 3.6a2.6 2.6 0 0 1 3.8 3.8L11 9",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.2 3.2",
  filter: "M2 3.5h12M4.5 8h7M6.5 12.5h3",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 4.8",
  chevron: "M6 3.5L10.5 8 6 12.5",
  down: "M3.5 6L8 10.5 12.5 6",
  up: "M3.5 10L8 5.5 12.5 10",
  left: "M10 3.5L5.5 8l4.5 4.5",
  right: "M6 3.5L10.5 8 6 12.5",
  first: "M12 3.5L7.5 8l4.5 4.5M4.5 3.5v9",
  last: "M4 3.5L8.5 8 4 12.5M11.5 3.5v9",
  ascending: "M8 13V3.5M4 7l4-4 4 4",
  descending: "M8 3v9.5M4 9l4 4 4-4",
  columns: "M2 3h12v10H2zM6 3v10M10 3v10",
  refresh: "M13 8a5 5 0 1 1-1.5-3.5L13 6M13 2.5V6H9.5",
  download: "M8 2.5v7.5M4.5 7L8 10.5 11.5 7M3 13.5h10",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  side: "M2 3h12v10H2zM6 3v10",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  back: "M7 3.5L2.5 8 7 12.5M2.5 8h11",
  jump: "M6 3.5h6.5V10M12.5 3.5L4 12",
  pin: "M5 2.5h6l-1 4.5 2 2.5H4L6 7zM8 9.5v4.5",
  hide: "M2.5 2.5l11 11M6.2 4.3A6 6 0 0 1 8 4c4.1 0 6.5 4 6.5 4a11 11 0 0 1-2 2.3M4 5.3A11 11 0 0 0 1.5 8s2.4 4 6.5 4a6 6 0 0 0 2.5-.5",
  edit: "M3 13l.5-3L11 2.5 13.5 5 6 12.5z",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.5 4L3 6.5 5.5 9",
  play: "M4.5 3l8 5-8 5z",
  stop: "M4 4h8v8H4z",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.2l2 1.3",
  warning: "M8 2.5l6 11H2zM8 6.5v3M8 11.5h.01",
  plan: "M3 3.5h4v3H3zM9 9.5h4v3H9zM5 6.5V11h4",
  plug: "M6 2v3M10 2v3M4.5 5h7v2.5a3.5 3.5 0 0 1-7 0zM8 11v3",
  lock: "M4 7.5h8v6H4zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2",
  expand: "M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  dot: "M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * @param {IconName} name
 * @param {string} [label] said by screen readers; without one the icon is only decoration
 * @returns {SVGElement}
 */
export function icon(name, label) {
  const about = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg("svg.icon", { viewBox: "0 0 16 16", ...about }, label ? svg("title", {}, label) : null, svg("path", { d: PATHS[name] }));
}
