import { call } from "../api.js";
import { shownName } from "../catalog.js";
import { el } from "../dom.js";
import { errorMessage } from "../errors.js";
import { whole } from "../format.js";
import { icon } from "../icons.js";
import { address, go } from "../route.js";
import { toParams, whereEquals } from "../tables/query.js";
import { textOf } from "../grid/value.js";
import { field } from "./field.js";

/**
 * @typedef {import("../types.js").Relation} Relation
 * @typedef {import("../types.js").ForeignKey} ForeignKey
 * @typedef {import("../types.js").Value} Value
 */

/**
 * A row as a form.
 *
 * @param {any} drawer
 * @param {Relation} relation
 * @param {Value[]} values
 * @param {{ key: unknown, title: string, focus?: number|null, onchange?: (column: import("../types.js").Column, value: Value) => void,
 *           editable?: (column: import("../types.js").Column) => boolean, peek?: (foreignKey: ForeignKey, values: (string|null)[]) => void,
 *           pick?: (index: number, at: Element) => void, actions?: (Node|null|false)[] }} options focus: number of the column one came for; null leaves the focus where it is
 */
export function openRow(drawer, relation, values, options) {
  let focus = null;
  const fields = relation.columns.map((column, position) => {
    const can = options.onchange && (options.editable?.(column) ?? true);
    const links = column.foreignKeys.map((index) => relation.foreignKeys[index]);
    const made = field(column, values[position], {
      onchange: can ? (value) => options.onchange?.(column, value) : undefined,
      whole: options.key === null ? undefined : async () => (await call("value", { id: relation.id, key: options.key, column: column.number })).value,
      actions: links.flatMap((link) => linkActions(relation, link, values, options)),
      pick: can && options.pick && links.length > 0 ? (at) => options.pick?.(column.foreignKeys[0], at) : undefined,
    });
    if (options.focus === column.number) focus = made.focus;
    return made.element;
  });
  drawer.open(options.title, options.actions ?? [], [...fields, backLinks(relation, values)], focus || options.focus === null ? { focus } : {});
}

/** The values of some columns as text. */
function valuesOf(relation, values, numbers) {
  return numbers.map((number) => textOf(values[relation.columns.findIndex((one) => one.number === number)]));
}

/**
 * @param {Relation} relation
 * @param {ForeignKey} link
 * @param {Value[]} values
 * @param {{ peek?: (foreignKey: ForeignKey, values: (string|null)[]) => void }} options
 */
function linkActions(relation, link, values, { peek }) {
  const found = valuesOf(relation, values, link.columns);
  if (found.includes(null)) return [];
  const to = address("tables", [link.schema, link.table], toParams(whereEquals(link.referenced, found)));
  return [
    peek &&
      el(
        "button.button.quiet.small.square",
        { type: "button", "aria-label": `Peek at ${link.table}`, title: `Peek at the row of ${link.table}`, onclick: () => peek(link, found) },
        icon("view"),
      ),
    el("a.button.quiet.small.square", { href: to, "aria-label": `Go to ${link.table}`, title: `Go to ${link.table}` }, icon("jump")),
  ];
}

/** What refers to the row, counted only when someone asks. */
function backLinks(relation, values) {
  if (relation.referencedBy.length === 0) return null;
  return el(
    "section.drawer-links",
    { "aria-label": "Referenced by" },
    el("h3", {}, "Referenced by"),
    el("ul", {}, relation.referencedBy.map((link) => backLink(relation, values, link))),
  );
}

function backLink(relation, values, link) {
  const found = valuesOf(relation, values, link.columns);
  const query = whereEquals(link.referenced, found);
  const counted = el("span.dim");
  const count = async () => {
    counted.textContent = "…";
    try {
      const { rows } = await call("count", { id: link.relation, filters: query.filters, exact: true });
      counted.textContent = whole(rows);
      button.remove();
    } catch (error) {
      item.append(errorMessage(error));
    }
  };
  const button = el("button.button.quiet.small", { type: "button", onclick: count }, "Count");
  const name = shownName({ schema: link.schema, name: link.table });
  const item = el(
    "li.line",
    {},
    el("a.grow.clip", { href: address("tables", [link.schema, link.table], toParams(query)) }, name, el("span.dim.mono", {}, `  ${link.referencedNames.join(", ")}`)),
    counted,
    button,
  );
  return item;
}

/** Goes to the rows that a foreign key leads to. @param {ForeignKey} link @param {(string|null)[]} values */
export function follow(link, values) {
  go(address("tables", [link.schema, link.table], toParams(whereEquals(link.referenced, values))));
}
