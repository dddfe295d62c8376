import { el } from "../dom.js";
import { icon } from "../icons.js";

/** @typedef {import("./grid.js").GridColumn} GridColumn */

/**
 * The head of a column: name with the key's icons, the type below, the way it is sorted.
 *
 * @param {GridColumn} column
 * @param {{ index: number, sorted: { desc: boolean, place: number|null }|null }} state place: among several sorts
 */
export function headCell(column, { index, sorted }) {
  const direction = sorted && (sorted.desc ? "descending" : "ascending");
  return el(
    "th",
    {
      role: "columnheader",
      scope: "col",
      tabindex: "-1",
      "aria-colindex": index + 2,
      "aria-sort": column.sortable ? (direction ?? "none") : null,
      title: column.about,
      class: column.numeric ? "numeric" : "",
    },
    el(
      "div.head-name",
      {},
      column.badges.map((badge) => icon(badge.icon, badge.label)),
      el("span.clip", {}, column.name),
      direction && icon(direction),
      sorted?.place ? el("span.sort-place", {}, String(sorted.place)) : null,
    ),
    el(
      "div.head-type",
      {},
      el("span.clip", {}, column.type),
      column.notNull && el("abbr.not-null", { title: "NOT NULL" }, "NN"),
      column.locked && icon("lock", column.locked),
    ),
    el("span.head-more", { "aria-hidden": "true", title: "More (Alt+↓)" }, icon("down")),
    el("div.head-resize", { "aria-hidden": "true" }),
  );
}
