import { staged } from "../edit/staged.js";

/**
 * From the server's rows and what is staged to the rows of the grid.
 *
 * @typedef {import("../types.js").Relation} Relation
 * @typedef {import("../types.js").Column} Column
 * @typedef {import("../types.js").Value} Value
 * @typedef {import("../grid/grid.js").GridRow} GridRow
 */

/** @param {Relation} relation @returns {import("../grid/grid.js").GridColumn[]} */
export function gridColumns(relation) {
  return relation.columns.map((column) => ({
    id: String(column.number),
    name: column.name,
    type: column.type,
    base: column.base,
    numeric: column.base === "number",
    notNull: column.notNull && !column.primaryKey,
    sortable: !["json", "composite"].includes(column.base),
    editable: relation.writable.update && lockedBecause(column) === null,
    locked: relation.writable.update ? lockedBecause(column) : null,
    about: about(column),
    badges: badges(relation, column),
  }));
}

function badges(relation, column) {
  const keys = column.primaryKey ? [{ icon: "key", label: "primary key" }] : [];
  const links = column.foreignKeys.map((index) => {
    const { schema, table } = relation.foreignKeys[index];
    return { icon: "link", label: `foreign key to ${schema}.${table}` };
  });
  return [...keys, ...links];
}

function about(column) {
  const facts = [
    `${column.name} ${column.type}${column.notNull ? " NOT NULL" : ""}`,
    column.default !== null && `DEFAULT ${column.default}`,
    column.appDefault && "The application makes a value for new rows",
    lockedBecause(column),
    column.comment,
  ];
  return facts.filter(Boolean).join("\n");
}

/** Why a column takes no value. @param {Column} column @returns {string|null} */
export function lockedBecause({ generated }) {
  if (generated === "stored") return "generated from other columns";
  if (generated === "identity-always") return "identity: always made by the database";
  return null;
}

/** Does the database, or the application, have a value when none is given? @param {Column} column */
export function hasDefault(column) {
  return column.default !== null || column.generated !== null;
}

/**
 * @param {Relation} relation
 * @param {import("./source.js").Source} source with a page
 * @returns {{ added: GridRow[], rows: GridRow[] }} added: new ones, which have no place in the order yet
 */
export function gridRows(relation, source) {
  const changes = staged.of(relation.id);
  const failed = staged.failure && staged.all[staged.failure.index];
  const note = (change) => (change && change === failed ? staged.failure?.error.message : undefined);
  const inserts = changes
    .filter((change) => change.kind === "insert")
    .map((change) => ({
      id: change.id,
      values: relation.columns.map((column) => change.values[column.number] ?? unsaid(column, change.values)),
      state: /** @type {const} */ ("insert"),
      failed: note(change),
    }));
  const shown = (/** @type {import("../types.js").Row} */ row, /** @type {number} */ index, /** @type {GridRow["state"]} */ state) => {
    const id = rowId(row, index);
    const change = changes.find((one) => one.id === id);
    if (!change) return { id, values: row.values, state };
    const at = relation.columns.flatMap((column, position) => (column.number in change.values ? [position] : []));
    const values = row.values.map((value, position) => (at.includes(position) ? change.values[relation.columns[position].number] : value));
    return { id, values, state: change.kind, changed: new Set(at), failed: note(change) };
  };
  const inserted = source.inserted.map((row, index) => shown(row, index, "inserted"));
  return { added: [...inserts, ...inserted], rows: source.others.map((row, index) => shown(row, index, undefined)) };
}

function unsaid(column, values) {
  if (column.number in values) return values[column.number];
  return hasDefault(column) ? /** @type {const} */ ({ default: true }) : null;
}

/** @param {import("../types.js").Row} row @param {number} index */
export function rowId(row, index) {
  return row.key === null ? `row-${index}` : JSON.stringify(row.key);
}

/** The values of a row by column number. @param {Relation} relation @param {Value[]} values @returns {Record<number, Value>} */
export function byNumber(relation, values) {
  return Object.fromEntries(relation.columns.map((column, index) => [column.number, values[index]]));
}
