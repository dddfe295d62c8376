import { call, isWithdrawn } from "../api.js";
import { catalog, shownName } from "../catalog.js";
import { el, replace, uniqueId } from "../dom.js";
import { errorMessage } from "../errors.js";
import { openPanel } from "../frame/menu.js";
import { valueNode } from "../grid/value.js";

const FOUND = 20;
const LABELS = 3;
const PAUSE = 120;

/**
 * Finds a row of the table that a foreign key refers to; a key of several columns is chosen as one row.
 *
 * @param {import("../types.js").Relation} relation
 * @param {number} index of the foreign key
 * @param {Element|DOMRect} at
 * @param {(values: Record<number, string|null>) => void} choose with a value for each column of the key
 */
export async function pickReferenced(relation, index, at, choose) {
  const key = relation.foreignKeys[index];
  const target = await catalog.relation(key.relation);
  const shown = shownColumns(target, key);
  openPanel(`Choose a row of ${shownName(target)}`, at, (close) => {
    const list = el("ul.palette-list", { role: "listbox", id: uniqueId("found"), "aria-label": shownName(target) });
    const input = el("input.field", {
      type: "text",
      role: "combobox",
      "aria-label": `Search ${shownName(target)}`,
      "aria-controls": list.id,
      "aria-expanded": "true",
      placeholder: `Search ${shownName(target)}`,
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => {
        clearTimeout(pause);
        pause = setTimeout(search, PAUSE);
      },
      onkeydown: (event) => onKey(event),
    });
    let pause = 0;
    let at = 0;
    let rows = [];
    /** @type {AbortController|null} */
    let asked = null;

    const take = (row) => {
      close();
      choose(Object.fromEntries(key.columns.map((column, place) => [column, row[target.columns.findIndex((one) => one.number === key.referenced[place])]])));
    };
    const mark = () => {
      [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
      const marked = list.children[at];
      if (marked?.id) input.setAttribute("aria-activedescendant", marked.id);
      marked?.scrollIntoView({ block: "nearest" });
    };
    const search = async () => {
      asked?.abort();
      asked = new AbortController();
      try {
        const answer = await call("lookup", { id: relation.id, foreignKey: index, search: input.value, limit: FOUND }, { signal: asked.signal });
        rows = answer.rows.map((row) => inOrder(target, answer.columns, row));
        at = 0;
        replace(list, rows.map((row) => option(target, shown, row, () => take(row))));
        if (rows.length === 0) list.append(el("li.dim", {}, "No such row"));
        mark();
      } catch (error) {
        if (!isWithdrawn(error)) replace(list, el("li", {}, errorMessage(error)));
      }
    };
    const onKey = (event) => {
      if (event.key === "ArrowDown") at = Math.min(at + 1, rows.length - 1);
      else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
      else if (event.key === "Enter") {
        if (rows[at]) take(rows[at]);
      } else return;
      event.preventDefault();
      mark();
    };
    search();
    return el("div.stack", {}, input, list);
  });
}

function option(target, { labels, key }, row, take) {
  const shown = (column) => valueNode(row[target.columns.indexOf(column)], column.base);
  const [first, ...more] = labels.length > 0 ? labels : key;
  return el(
    "li.picker-row",
    { role: "option", id: uniqueId("row"), onclick: take },
    el("span.clip", {}, shown(first), more.map((column) => [" ", el("span.dim", {}, shown(column))])),
    labels.length > 0 && el("span.clip.dim.mono", {}, key.map((column, place) => [place > 0 && ", ", shown(column)])),
  );
}

/** The row in the order of the relation's columns, whichever of them were sent. */
function inOrder(target, numbers, values) {
  return target.columns.map((column) => values[numbers.indexOf(column.number)] ?? null);
}

/** What tells a row to a person, and its key. @param {import("../types.js").Relation} target @param {import("../types.js").ForeignKey} link */
function shownColumns(target, link) {
  const isKey = (column) => link.referenced.includes(column.number);
  const labels = target.columns.filter((column) => !isKey(column) && ["text", "enum"].includes(column.base));
  const best = [...labels].sort((one, other) => rank(one) - rank(other));
  return { labels: best.slice(0, LABELS), key: target.columns.filter(isKey) };
}

function rank({ name }) {
  return /name|title|label|email|symbol/i.test(name) ? 0 : 1;
}
