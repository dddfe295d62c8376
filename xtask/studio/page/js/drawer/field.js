import { el, replace, uniqueId } from "../dom.js";
import { control } from "../edit/control.js";
import { errorMessage } from "../errors.js";
import { size } from "../format.js";
import { openMenu } from "../frame/menu.js";
import { isCut, textOf, valueNode } from "../grid/value.js";
import { icon } from "../icons.js";
import { hasDefault } from "../tables/rows.js";
import { indented, readable } from "./json.js";

/**
 * @typedef {import("../types.js").Column} Column
 * @typedef {import("../types.js").Value} Value
 * @typedef {{ onchange?: (value: Value) => void, whole?: () => Promise<string|null>, actions?: (Node|null|false)[], pick?: (at: Element) => void }} FieldOptions
 *   onchange: it can be edited; whole: fetches what was cut; pick: chooses a referenced row
 */

const LONG = 60;

/**
 * One value of a row in the drawer: its name, its type, what can be done with it, and the value to read or to edit.
 *
 * @param {Column} column
 * @param {Value} value
 * @param {FieldOptions} options
 * @returns {{ element: HTMLElement, focus: HTMLElement|null }}
 */
export function field(column, value, options) {
  const place = el("div.stack");
  const menuPlace = el("span.line");
  const head = el(
    "div.drawer-field-head",
    {},
    column.primaryKey && icon("key", "primary key"),
    el("span.drawer-field-name", {}, column.name),
    el("span.drawer-field-type.clip", {}, column.type),
    el("span.line", {}, options.actions, menuPlace),
  );
  const element = el("section.drawer-field", { "aria-label": column.name }, head, place);
  const result = { element, focus: /** @type {HTMLElement|null} */ (null) };
  const fill = (/** @type {Value} */ now) => {
    if (isCut(now)) fillCut(place, now, options, fill);
    else if (options.onchange) result.focus = fillEditor(place, menuPlace, column, now, options);
    else result.focus = fillText(place, menuPlace, column, now);
  };
  fill(value);
  return result;
}

/** @param {HTMLElement} place @param {import("../types.js").CutValue} value @param {FieldOptions} options @param {(now: Value) => void} fill */
function fillCut(place, value, { whole }, fill) {
  const load = async () => {
    try {
      fill(await whole());
    } catch (error) {
      place.append(errorMessage(error));
    }
  };
  replace(
    place,
    el("pre.drawer-value", { tabindex: "0" }, value.text),
    el("p.dim", {}, `The first 64 kB of ${size(value.bytes)}.`, " "),
    whole && el("button.button", { type: "button", onclick: load }, "Load all of it"),
  );
}

function fillText(place, menuPlace, column, value) {
  const text = textOf(value);
  const isJson = column.base === "json" || column.base === "jsonb";
  const shown = text === null || text === "" ? valueNode(value, undefined) : isJson ? readable(text) : text;
  const box = el("pre.drawer-value", { tabindex: "0", "aria-label": column.name }, shown);
  replace(place, box);
  if (text) replace(menuPlace, menuButton(column.name, () => readItems(column, text)));
  return box;
}

/** @param {HTMLElement} place @param {HTMLElement} menuPlace @param {Column} column @param {Value} value @param {FieldOptions} options */
function fillEditor(place, menuPlace, column, value, { onchange, pick }) {
  const isJson = column.base === "json" || column.base === "jsonb";
  const text = textOf(value) ?? "";
  const tall = isJson || column.base === "array" || (column.base === "text" && (text.length > LONG || text.includes("\n")));
  const edited = control(column, isJson && text ? readable(text) : value, { tall });
  const note = el("p.drawer-problem", { id: uniqueId("problem"), role: "status" });
  edited.element.setAttribute("aria-describedby", note.id);
  if (tall) {
    const area = /** @type {HTMLTextAreaElement} */ (edited.element);
    area.rows = Math.min(18, Math.max(3, area.value.split("\n").length + 1));
  }
  // JSON that was only indented for reading is no change.
  const unchanged = edited.value();
  const stage = () => {
    const now = edited.value();
    const problem = edited.problem();
    note.textContent = problem ?? "";
    if (!problem) onchange(now === unchanged ? value : now);
  };
  edited.element.addEventListener("input", () => (note.textContent = edited.problem() ?? ""));
  edited.element.addEventListener("change", stage);
  const set = (/** @type {Value} */ to) => {
    edited.set(to);
    stage();
  };
  const picker = pick && el("button.button.square", { type: "button", "aria-label": `Choose a row for ${column.name}`, title: "Choose a row", onclick: () => pick(edited.element) }, icon("search"));
  replace(place, picker ? el("div.line", {}, edited.element, picker) : edited.element, note);
  replace(menuPlace, menuButton(column.name, () => editItems(column, edited, set)));
  return edited.element;
}

function menuButton(name, items) {
  return el(
    "button.button.quiet.small.square",
    { type: "button", "aria-label": `More for ${name}`, "aria-haspopup": "menu", onclick: (event) => openMenu(name, event.currentTarget, items()) },
    icon("down"),
  );
}

function editItems(column, edited, set) {
  const text = textOf(edited.value());
  const isJson = column.base === "json" || column.base === "jsonb";
  return [
    !column.notNull && { label: "Set NULL", run: () => set(null) },
    hasDefault(column) && { label: "Set DEFAULT", hint: column.default ?? undefined, run: () => set({ default: true }) },
    column.base === "text" && { label: "Set empty", run: () => set("") },
    column.base === "uuid" && { label: "Generate a UUID", run: () => set(crypto.randomUUID()) },
    isJson && !edited.problem() && text && { label: "Format", run: () => edited.set(indented(text)) },
    ...readItems(column, text),
  ];
}

function readItems(column, text) {
  if (!text) return [];
  return [
    { label: "Copy", icon: "copy", run: () => navigator.clipboard.writeText(text) },
    { label: column.base === "bytea" ? "Download the bytes" : "Download", icon: "download", run: () => save(column, text) },
  ];
}

function save(column, text) {
  const isHex = column.base === "bytea" && text.startsWith("\\x");
  const bytes = isHex ? Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)) : text;
  saveFile(`${column.name}.${isHex ? "bin" : column.base.startsWith("json") ? "json" : "txt"}`, new Blob([bytes]));
}

/** @param {string} name @param {Blob} blob */
export function saveFile(name, blob) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
