import { el } from "../dom.js";
import { icon } from "../icons.js";
import { spokenNote, valueNode } from "./value.js";

/**
 * The rows of a grid.
 *
 * @typedef {import("./grid.js").GridRow} GridRow
 * @typedef {{ column: import("./grid.js").GridColumn, position: number, width: number, pin: number|null }} ShownColumn
 *   position: of its values in a row; pin: how far from the left it stays, if it does
 */

const SIGNS = { insert: "+", inserted: "✓", update: "~", delete: "−" };
const STATES = { insert: "new", inserted: "inserted", update: "changed", delete: "deleted" };

/**
 * @param {GridRow} row
 * @param {ShownColumn[]} shown
 * @param {{ index: number|null, number: number|null }} place index: in the whole grid, from 1; number: of the row; both as far as they are known
 * @returns {{ element: HTMLElement, cells: HTMLElement[] }}
 */
export function bodyRow(row, shown, { index, number }) {
  const cells = shown.map((column, at) => valueCell(row, column, at));
  const element = el(
    "tr",
    { role: "row", "aria-rowindex": index, "data-state": row.state, "data-failed": Boolean(row.failed) },
    el(
      "th.gutter",
      { role: "rowheader", "aria-colindex": 1, scope: "row", title: row.failed },
      row.state ? el("span", { role: "img", "aria-label": STATES[row.state] }, SIGNS[row.state]) : number,
      row.failed && icon("warning", row.failed),
    ),
    cells,
    rest(),
  );
  return { element, cells };
}

/** @param {GridRow} row @param {ShownColumn} shown @param {number} at */
function valueCell(row, { column, position, pin }, at) {
  const value = row.values[position];
  const changed = row.changed?.has(position);
  // Of an update the changed values are what the server did not take; of others it is the row.
  const failed = row.failed && (changed || row.state !== "update");
  const cell = el(
    "td",
    {
      role: "gridcell",
      tabindex: "-1",
      "aria-colindex": at + 2,
      "aria-selected": "false",
      "aria-readonly": column.editable ? null : "true",
      "aria-invalid": failed ? "true" : null,
      "aria-description": [spokenNote(value), changed && "changed", failed && row.failed].filter(Boolean).join(", ") || null,
      class: [column.numeric && "numeric", column.base === "boolean" && "centred", changed && "changed"].filter(Boolean).join(" "),
    },
    el("div.value", {}, valueNode(value, column.base)),
  );
  return pinned(cell, pin);
}

/** A row that is on its way. @param {ShownColumn[]} shown @param {number} index */
export function skeletonRow(shown, index) {
  const cells = shown.map(({ column, pin }, at) => {
    const bar = el("div.value");
    // Of different lengths, as values are, and the same at each look.
    bar.style.setProperty("--long", `${30 + ((index * 37 + at * 61) % 45)}%`);
    return pinned(el("td", { class: column.numeric ? "numeric" : "" }, bar), pin);
  });
  return el("tr.skeleton", { "aria-hidden": "true" }, el("th.gutter"), cells, rest());
}

/** What is right of the last column. */
export function rest() {
  return el("td.rest", { role: "presentation" });
}

/** @template {HTMLElement} T @param {T} cell @param {number|null} left @returns {T} */
export function pinned(cell, left) {
  if (left !== null) {
    cell.classList.add("pinned");
    cell.style.left = `${left}px`;
  }
  return cell;
}
