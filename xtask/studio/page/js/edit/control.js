import { el } from "../dom.js";
import { isDefault, textOf } from "../grid/value.js";
import { hasDefault } from "../tables/rows.js";

/**
 * What a value is edited with, by type. A text field says text, so NULL and DEFAULT are states of their own beside it; choices have both as
 * choices. Numbers stay text from the first digit to the last.
 *
 * @typedef {import("../types.js").Value} Value
 * @typedef {import("../types.js").Column} Column
 * @typedef {{ element: HTMLElement, value: () => Value, set: (value: Value) => void, problem: () => string|null, start: () => void }} Control
 */

const NUMBER = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(NaN|inf|infinity)$/i;
// Since PostgreSQL 16 also 0x1F and 1_000.
const INTEGER = /^[+-]?(\d[\d_]*|0x[\da-f_]+|0o[0-7_]+|0b[01_]+)$/i;
const BOOLEAN = /^(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|0|1)$/i;
const UUID = /^\{?[\da-f]{4}(-?[\da-f]{4}){7}\}?$/i;
const BYTEA = /^\\x([\da-f]{2})*$/i;

/** What is wrong with a text as a value of a column, as far as one can say without PostgreSQL. @param {Column} column @param {string} text */
export function problemWith({ base, type, enumLabels }, text) {
  if (base === "number") {
    if (/^(smallint|integer|bigint)$/.test(type)) return INTEGER.test(text.trim()) ? null : "A whole number is needed.";
    return NUMBER.test(text.trim()) ? null : "A number is needed.";
  }
  if (base === "boolean") return BOOLEAN.test(text.trim()) ? null : "True or false is needed.";
  if (base === "enum" && enumLabels) return enumLabels.includes(text) ? null : `One of ${enumLabels.join(", ")} is needed.`;
  if (base === "uuid") return UUID.test(text.trim()) ? null : "A UUID has 32 hexadecimal digits.";
  if (base === "json" || base === "jsonb") return jsonProblem(text);
  if (base === "bytea") return BYTEA.test(text) ? null : "Bytes are written as \\x and pairs of hexadecimal digits.";
  return null;
}

function jsonProblem(text) {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return text.trim() === "" ? "An empty text is not JSON; null is." : `Not JSON: ${error.message}`;
  }
}

/**
 * @param {Column} column
 * @param {Value} value
 * @param {{ tall?: boolean, initial?: string }} [options] tall: several lines; initial: replaces the value, as typing into a cell does
 * @returns {Control}
 */
export function control(column, value, options = {}) {
  if (column.base === "enum") return choice(column, column.enumLabels ?? [], value, options);
  if (column.base === "boolean") return choice(column, ["true", "false"], value, options);
  return text(column, value, options);
}

const NULL_CHOICE = "null";
const DEFAULT_CHOICE = "default";

/** @param {Column} column @param {string[]} labels @param {Value} value @param {{ initial?: string }} options @returns {Control} */
function choice(column, labels, value, { initial }) {
  const options = [
    !column.notNull && el("option", { value: NULL_CHOICE }, "NULL"),
    hasDefault(column) && el("option", { value: DEFAULT_CHOICE }, "DEFAULT"),
    ...labels.map((label, index) => el("option", { value: `label-${index}` }, label)),
  ];
  const select = el("select.field", { "aria-label": column.name }, options);
  const set = (/** @type {Value} */ to) => {
    if (to === null) select.value = NULL_CHOICE;
    else if (isDefault(to)) select.value = DEFAULT_CHOICE;
    else select.value = `label-${labels.indexOf(textOf(to) ?? "")}`;
  };
  set(value);
  if (initial) {
    const found = labels.findIndex((label) => label.toLowerCase().startsWith(initial.toLowerCase()));
    if (found >= 0) select.value = `label-${found}`;
  }
  return {
    element: select,
    set,
    value: () => {
      if (select.value === NULL_CHOICE) return null;
      if (select.value === DEFAULT_CHOICE) return { default: true };
      const index = Number(select.value.slice("label-".length));
      return select.value === "" ? value : labels[index];
    },
    problem: () => null,
    start: () => {
      select.focus();
      if (initial === undefined) select.showPicker?.();
    },
  };
}

/** @param {Column} column @param {Value} value @param {{ tall?: boolean, initial?: string }} options @returns {Control} */
function text(column, value, { tall = false, initial }) {
  /** @type {Value} */
  let state = value;
  const attributes = { class: "field mono", "aria-label": column.name, spellcheck: "false", autocomplete: "off" };
  const input = tall ? el("textarea", attributes) : el("input", { ...attributes, type: "text", inputmode: column.base === "number" ? "decimal" : null });
  const show = () => {
    input.value = textOf(state) ?? "";
    input.placeholder = state === null ? "NULL" : isDefault(state) ? "default" : "empty";
    check();
  };
  const problem = () => (typeof state === "string" ? problemWith(column, state) : null);
  const check = () => {
    const wrong = problem();
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    input.title = wrong ?? "";
  };
  input.addEventListener("input", () => {
    state = input.value;
    input.placeholder = "empty";
    check();
  });
  show();
  return {
    element: input,
    value: () => state,
    set: (to) => {
      state = to;
      show();
    },
    problem,
    start: () => {
      if (initial !== undefined) {
        state = initial;
        input.value = initial;
        check();
      }
      input.focus();
      if (initial === undefined) input.select();
      else input.setSelectionRange(initial.length, initial.length);
    },
  };
}
