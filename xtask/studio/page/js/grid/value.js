import { el } from "../dom.js";
import { size } from "../format.js";
import { icon } from "../icons.js";

/** What a value looks like. A value is what PostgreSQL wrote for it, or NULL, or one that was cut, or DEFAULT. */

/** @typedef {import("../types.js").Value} Value */

const MOST = 400;

/** @param {Value} value @returns {value is import("../types.js").CutValue} */
export function isCut(value) {
  return value !== null && typeof value === "object" && "cut" in value;
}

/** @param {Value} value @returns {value is import("../types.js").DefaultValue} */
export function isDefault(value) {
  return value !== null && typeof value === "object" && "default" in value;
}

/** @param {Value} value @returns {string|null} its text as far as it is known; null for NULL and DEFAULT */
export function textOf(value) {
  if (isCut(value)) return value.text;
  return isDefault(value) ? null : value;
}

/** @param {Value} one @param {Value} other */
export function sameValue(one, other) {
  if (isDefault(one) || isDefault(other)) return isDefault(one) && isDefault(other);
  if (isCut(one) || isCut(other)) return one === other;
  return one === other;
}

/** @param {"null"|"empty"|"default"} kind */
export function token(kind) {
  return el("span.token", { "data-kind": kind }, kind === "null" ? "NULL" : kind);
}

/** What a screen reader needs to be told of a text that reads like one of the tokens. @param {Value} value @returns {string|null} */
export function spokenNote(value) {
  return typeof value === "string" && /^(null|empty|default)$/i.test(value) ? "as text" : null;
}

/**
 * What stands in a cell.
 *
 * @param {Value} value
 * @param {import("../types.js").Base|undefined} base
 * @returns {Node}
 */
export function valueNode(value, base) {
  if (value === null) return token("null");
  if (isDefault(value)) return token("default");
  if (value === "") return token("empty");
  if (isCut(value)) return el("span", {}, line(value.text), el("span.token", {}, ` … ${size(value.bytes)}`));
  if (base === "boolean" && (value === "true" || value === "t")) return el("span.yes", {}, icon("check", value));
  if (base === "boolean" && (value === "false" || value === "f")) return el("span.no", {}, icon("close", value));
  return document.createTextNode(line(value));
}

/** One line of it, with signs where lines and tabs are. @param {string} text */
function line(text) {
  const head = text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  return head.replaceAll("\r\n", "↵").replaceAll("\n", "↵").replaceAll("\t", "⇥");
}
