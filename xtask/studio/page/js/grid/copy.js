import { isDefault, textOf } from "./value.js";

/** Blocks of values as text: for spreadsheets, for programs, for psql. */

/** @typedef {import("../types.js").Value} Value */
/** @typedef {{ name: string, base?: string }[]} Columns */

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Tab-separated, quoted where a spreadsheet would otherwise break the cell. @param {Value[][]} rows */
export function toTsv(rows) {
  return rows.map((row) => row.map(tsvField).join("\t")).join("\n");
}

function tsvField(value) {
  const text = textOf(value) ?? "";
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * An array of objects. Numbers keep all their digits, since they are written as PostgreSQL wrote them.
 *
 * @param {Columns} columns
 * @param {Value[][]} rows
 */
export function toJson(columns, rows) {
  const objects = rows.map((row) => {
    const members = row.map((value, index) => `${JSON.stringify(columns[index].name)}: ${jsonValue(value, columns[index].base)}`);
    return `  { ${members.join(", ")} }`;
  });
  return `[\n${objects.join(",\n")}\n]`;
}

function jsonValue(value, base) {
  const text = textOf(value);
  if (text === null) return "null";
  if (base === "boolean") return text.startsWith("t") ? "true" : "false";
  if (base === "number" && NUMBER.test(text)) return text;
  if (base === "json" || base === "jsonb") return text;
  return JSON.stringify(text);
}

/**
 * @param {string} table quoted
 * @param {Columns} columns
 * @param {Value[][]} rows
 */
export function toInsert(table, columns, rows) {
  const names = columns.map((column) => quotedName(column.name)).join(", ");
  const tuples = rows.map((row) => `  (${row.map(sqlValue).join(", ")})`);
  return `INSERT INTO ${table} (${names}) VALUES\n${tuples.join(",\n")};`;
}

function sqlValue(value) {
  if (isDefault(value)) return "DEFAULT";
  const text = textOf(value);
  if (text === null) return "NULL";
  const quoted = `'${text.replaceAll("'", "''")}'`;
  // A backslash means itself only in a plain literal under standard_conforming_strings; E'' means the same everywhere.
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** @param {string} name */
export function quotedName(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The cells of what a spreadsheet put on the clipboard. @param {string} text @returns {string[][]} */
export function fromTsv(text) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const row = rows[rows.length - 1];
    const begins = row[row.length - 1] === "" && !quoted;
    if (quoted && character === '"' && text[at + 1] === '"') {
      row[row.length - 1] += '"';
      at += 1;
    } else if (character === '"' && (quoted || begins)) quoted = !quoted;
    else if (!quoted && character === "\t") row.push("");
    else if (!quoted && character === "\n") rows.push([""]);
    else if (quoted || character !== "\r") row[row.length - 1] += character;
  }
  const last = rows[rows.length - 1];
  if (rows.length > 1 && last.length === 1 && last[0] === "") rows.pop();
  return rows;
}
