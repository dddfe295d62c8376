import { keywords, statementAt, tokens } from "./lexer.js";

/**
 * What can follow at the cursor: columns of the tables that the statement names, relations, functions, keywords.
 *
 * @typedef {{ relations: { schema: string, name: string, columns: string[] }[], functions: string[] }} Names
 * @typedef {{ label: string, insert: string, kind: "column"|"table"|"schema"|"function"|"keyword", detail: string }} Suggestion
 */

const MOST = 40;
const PLAIN = /^[a-z_][a-z0-9_$]*$/;
const RESERVED = new Set(keywords());

/** A name as SQL takes it: quoted where it has to be. @param {string} name */
export function asIdentifier(name) {
  return PLAIN.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/**
 * @param {string} text
 * @param {number} cursor
 * @param {Names} names
 * @returns {{ from: number, items: Suggestion[] }} from: where what is being typed begins
 */
export function suggestions(text, cursor, names) {
  const all = tokens(text);
  const at = all.findIndex(({ from, to }) => from < cursor && cursor <= to);
  const current = all[at];
  if (current && (current.kind === "string" || current.kind === "comment")) return { from: cursor, items: [] };
  const isWord = current && ["name", "keyword", "quoted"].includes(current.kind);
  const from = isWord ? current.from : cursor;
  const typed = unquoted(text.slice(from, cursor)).toLowerCase();
  const before = all.slice(0, isWord ? at : at + 1);
  const qualifier = qualifierOf(text, before);
  const known = namedTables(text, cursor, names);
  const items = qualifier === null ? everything(known, names) : qualified(qualifier, known, names);
  return { from, items: best(items, typed) };
}

function unquoted(word) {
  return word.startsWith('"') ? word.slice(1).replace(/"$/, "").replaceAll('""', '"') : word;
}

/** What stands before a dot before the cursor. */
function qualifierOf(text, before) {
  const dot = before[before.length - 1];
  const name = before[before.length - 2];
  if (!dot || text.slice(dot.from, dot.to) !== "." || !name) return null;
  return unquoted(text.slice(name.from, name.to));
}

/** The relations that the statement names, with their aliases. */
function namedTables(text, cursor, names) {
  const statement = statementAt(text, cursor);
  if (!statement) return [];
  const part = text.slice(statement.from, statement.to);
  const words = tokens(part)
    .filter(({ kind }) => kind !== "space" && kind !== "comment")
    .map(({ kind, from, to }) => ({ kind, text: part.slice(from, to) }));
  const found = [];
  words.forEach((word, index) => {
    if (!/^(from|join|update|into|,)$/i.test(word.text)) return;
    let next = index + 1;
    if (words[next + 1]?.text === ".") next += 2;
    const name = words[next];
    if (!name || !["name", "quoted", "keyword"].includes(name.kind)) return;
    const relation = names.relations.find((one) => one.name === unquoted(name.text) || one.name.toLowerCase() === name.text.toLowerCase());
    if (!relation) return;
    let alias = words[next + 1];
    if (alias && /^as$/i.test(alias.text)) alias = words[next + 2];
    found.push({ relation, alias: alias && (alias.kind === "name" || alias.kind === "quoted") ? unquoted(alias.text) : null });
  });
  return found;
}

function qualified(qualifier, known, names) {
  const one = known.find(({ alias, relation }) => alias === qualifier || relation.name === qualifier);
  if (one) return columnsOf([one]);
  return names.relations.filter((relation) => relation.schema === qualifier).map((relation) => table(relation, false));
}

function everything(known, names) {
  const schemas = [...new Set(names.relations.map((one) => one.schema))].filter((name) => name !== "public");
  return [
    ...columnsOf(known),
    ...names.relations.map((relation) => table(relation, relation.schema !== "public")),
    ...schemas.map((name) => ({ label: name, insert: asIdentifier(name), kind: /** @type {const} */ ("schema"), detail: "schema" })),
    ...keywords().map((word) => ({ label: word.toUpperCase(), insert: word.toUpperCase(), kind: /** @type {const} */ ("keyword"), detail: "" })),
    ...names.functions.map((name) => ({ label: name, insert: `${asIdentifier(name)}(`, kind: /** @type {const} */ ("function"), detail: "function" })),
  ];
}

function columnsOf(known) {
  return known.flatMap(({ relation }) =>
    relation.columns.map((name) => ({ label: name, insert: asIdentifier(name), kind: /** @type {const} */ ("column"), detail: relation.name })),
  );
}

function table({ schema, name }, withSchema) {
  const insert = withSchema ? `${asIdentifier(schema)}.${asIdentifier(name)}` : asIdentifier(name);
  return { label: name, insert, kind: /** @type {const} */ ("table"), detail: schema };
}

/** Those that begin with what was typed, then those that contain it; each name once. */
function best(items, typed) {
  const matching = items.filter(({ label }) => label.toLowerCase().includes(typed) && label.toLowerCase() !== typed);
  const begins = ({ label }) => label.toLowerCase().startsWith(typed);
  const seen = new Set();
  return [...matching.filter(begins), ...matching.filter((item) => !begins(item))]
    .filter(({ kind, insert }) => !seen.has(kind + insert) && seen.add(kind + insert))
    .slice(0, MOST);
}
