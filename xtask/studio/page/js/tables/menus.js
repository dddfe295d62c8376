import { textOf } from "../grid/value.js";
import { hasDefault, lockedBecause } from "./rows.js";

/** What can be done with a column and with a cell. The place says how; these say when. */

/** @typedef {import("../types.js").Relation} Relation */
/** @typedef {import("../types.js").Column} Column */

/**
 * @param {{ column: Column, sorted: { desc: boolean }|undefined, sortable: boolean, pinned: boolean, last: boolean }} state last: of those that are shown
 * @param {Record<string, any>} act
 * @returns {import("../frame/menu.js").Entry[]}
 */
export function columnItems({ column, sorted, sortable, pinned, last }, act) {
  return [
    sortable && { label: "Sort ascending", icon: "ascending", disabled: sorted?.desc === false, run: () => act.sort(false) },
    sortable && { label: "Sort descending", icon: "descending", disabled: sorted?.desc === true, run: () => act.sort(true) },
    sorted !== undefined && { label: "Do not sort", icon: "close", run: () => act.sort(null) },
    sortable && "line",
    { label: `Filter by ${column.name} …`, icon: "filter", run: act.filter },
    "line",
    { label: pinned ? "Unpin" : "Pin to the left", icon: "pin", run: act.pin },
    { label: "Fit the width", icon: "expand", run: act.fit },
    { label: "Hide", icon: "hide", disabled: last, run: act.hide },
    { label: "Copy the name", icon: "copy", run: act.copyName },
  ];
}

/**
 * @param {{ relation: Relation, column: Column, value: import("../types.js").Value, isStaged: boolean, isDeleted: boolean, rows: number }} state
 * @param {Record<string, any>} act
 * @returns {import("../frame/menu.js").Entry[]}
 */
export function cellItems({ relation, column, value, isStaged, isDeleted, rows }, act) {
  const { writable } = relation;
  const text = textOf(value);
  const canSet = writable.update && lockedBecause(column) === null && !isDeleted;
  const comparable = column.base !== "json";
  const links = column.foreignKeys.length > 0 || relation.referencedBy.some((link) => link.columns.includes(column.number));
  const many = rows > 1 ? `${rows} rows` : "row";
  return [
    canSet && { label: "Edit", icon: "edit", hint: "Enter", run: act.edit },
    canSet && !column.notNull && value !== null && { label: "Set NULL", icon: "dot", hint: "Delete", run: () => act.set(null) },
    canSet && hasDefault(column) && { label: "Set DEFAULT", icon: "dot", run: () => act.set({ default: true }) },
    canSet && column.base === "uuid" && { label: "Generate a UUID", icon: "dot", run: () => act.set(crypto.randomUUID()) },
    { label: "Open the row", icon: "expand", hint: "Space", run: act.open },
    "line",
    ...column.foreignKeys.filter(() => text !== null).flatMap((index) => {
      const { table } = relation.foreignKeys[index];
      return [
        { label: `Go to ${table}`, icon: "jump", hint: "Alt Enter", run: () => act.follow(index) },
        { label: `Peek at ${table}`, icon: "view", run: () => act.peek(index) },
      ];
    }),
    ...relation.referencedBy.filter((link) => link.columns.includes(column.number)).map((link) => ({
      label: `Rows of ${link.table} that refer to it`,
      icon: "link",
      run: () => act.back(link),
    })),
    links && /** @type {const} */ ("line"),
    comparable && { label: value === null ? "Only NULL" : "Only this value", icon: "filter", run: () => act.only(true) },
    comparable && { label: value === null ? "Without NULL" : "Without this value", icon: "filter", run: () => act.only(false) },
    "line",
    { label: "Copy", icon: "copy", hint: "Ctrl C", run: act.copy },
    { label: "Copy as JSON", icon: "copy", run: act.copyJson },
    { label: "Copy as INSERT", icon: "copy", run: act.copyInsert },
    (writable.insert || writable.delete || isStaged) && "line",
    writable.insert && { label: `Duplicate the ${many}`, icon: "plus", run: act.duplicate },
    isStaged && { label: `Restore the ${many}`, icon: "undo", run: act.restore },
    writable.delete && !isDeleted && { label: `Delete the ${many}`, icon: "trash", run: act.delete },
  ];
}
