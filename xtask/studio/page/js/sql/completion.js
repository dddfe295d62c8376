import { isReserved, keywords, statementAt, tokens } from "./lexer.js";

/**
 * What can follow at the cursor: columns of the tables that the statement names, relations, functions, keywords.
 *
 * @typedef {{ relations: { schema: string, name: string, columns: string[] }[], functions: string[] }} Names
 * @typedef {{ label: string, insert: string, kind: "column"|"table"|"schema"|"function"|"keyword", detail: string }} Suggestion
 */

const MOST = 40;
const PLAIN = /^[a-z_][a-z0-9_$]*$/;
/** After these a relation is named. */
const NAMING = new Set(["from", "join", "update", "into", "table", "only"]);

/** What is written most, before the other words. */
const COMMON = new Set(
  `select from where group order by having limit offset join left inner on using and or not null is in like exists between case when then else end as
  distinct union all asc desc insert into values update set delete returning with create table alter drop add column constraint primary key references
  index view default unique begin commit rollback`.split(/\s+/),
);
const WORDS = [...COMMON, ...keywords().filter((word) => !COMMON.has(word))].map((word) => word.toUpperCase());

/** A name as SQL takes it: quoted where it has to be. @param {string} name */
function asIdentifier(name) {
  return PLAIN.test(name) && !isReserved(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/**
 * @param {string} text
 * @param {number} cursor
 * @param {Names} names
 * @returns {{ from: number, items: Suggestion[] }} from: where what is being typed begins
 */
export function suggestions(text, cursor, names) {
  const read = tokens(text);
  const at = read.findIndex(({ from, to }) => from < cursor && cursor <= to);
  const current = read[at];
  if (current && (current.kind === "string" || current.kind === "comment")) return { from: cursor, items: [] };
  const isWord = current && ["name", "keyword", "quoted"].includes(current.kind);
  const from = isWord ? current.from : cursor;
  const typed = unquoted(text.slice(from, cursor)).toLowerCase();
  const before = read.slice(0, isWord ? at : at + 1).filter(isCode);
  const word = (/** @type {number} */ back) => {
    const token = before[before.length - back];
    return token ? text.slice(token.from, token.to) : "";
  };
  const statement = statementAt(text, cursor);
  const here = readWords(statement ? text.slice(statement.from, statement.to) : "");
  const tables = namedTables(here, names);
  const all = word(1) === "." ? qualified(folded(word(2)), tables, names) : everything(tables, withNames(here), names);
  const parts = NAMING.has(word(1).toLowerCase()) ? relationsFirst(all) : [all];
  return { from, items: parts.flatMap((part) => best(part, typed)).slice(0, MOST) };
}

/** Where a relation is named there may be a column, too: `extract(year FROM column)`. */
function relationsFirst(items) {
  const isRelation = ({ kind }) => kind === "table" || kind === "schema";
  return [items.filter(isRelation), items.filter((item) => !isRelation(item) && item.kind !== "keyword")];
}

function isCode({ kind }) {
  return kind !== "space" && kind !== "comment";
}

function readWords(part) {
  return tokens(part)
    .filter(isCode)
    .map(({ kind, from, to }) => ({ kind, text: part.slice(from, to) }));
}

function unquoted(word) {
  return word.startsWith('"') ? word.slice(1).replace(/"$/, "").replaceAll('""', '"') : word;
}

/** The name that PostgreSQL reads in a word. */
function folded(word) {
  return word.startsWith('"') ? unquoted(word) : word.toLowerCase();
}

function isName(word) {
  return word !== undefined && (word.kind === "name" || word.kind === "quoted");
}

/** The relations that the statement names, with their aliases. */
function namedTables(words, names) {
  const found = [];
  words.forEach((word, index) => {
    if (!NAMING.has(word.text.toLowerCase()) && word.text !== ",") return;
    let next = index + 1;
    let schema = null;
    if (words[next + 1]?.text === ".") {
      schema = folded(words[next].text);
      next += 2;
    }
    const name = words[next];
    if (!isName(name) && name?.kind !== "keyword") return;
    const called = names.relations.filter((one) => one.name === folded(name.text) && (schema === null || one.schema === schema));
    const [relation] = called.sort(publicFirst);
    if (!relation) return;
    let alias = words[next + 1];
    if (alias && /^as$/i.test(alias.text)) alias = words[next + 2];
    found.push({ relation, alias: isName(alias) ? folded(alias.text) : null });
  });
  return found;
}

/** What `WITH name AS (` gives a name. */
function withNames(words) {
  if (!words.some(({ text }) => /^with$/i.test(text))) return [];
  const isNamed = (word, index) => isName(word) && /^as$/i.test(words[index + 1]?.text ?? "") && words.slice(index + 2, index + 5).some(({ text }) => text === "(");
  return words.filter(isNamed).map(({ text }) => folded(text));
}

function qualified(qualifier, tables, names) {
  const one = tables.find(({ alias }) => alias === qualifier) ?? tables.find(({ relation }) => relation.name === qualifier);
  if (one) return columnsOf([one]);
  return names.relations.filter((relation) => relation.schema === qualifier).map((relation) => table(relation, false));
}

function everything(tables, named, names) {
  const schemas = [...new Set(names.relations.map((one) => one.schema))].filter((name) => name !== "public");
  return [
    ...columnsOf(tables),
    ...named.map((name) => ({ label: name, insert: asIdentifier(name), kind: /** @type {const} */ ("table"), detail: "with" })),
    ...[...names.relations].sort(publicFirst).map((relation) => table(relation, relation.schema !== "public")),
    ...schemas.map((name) => ({ label: name, insert: asIdentifier(name), kind: /** @type {const} */ ("schema"), detail: "schema" })),
    ...WORDS.map((word) => ({ label: word, insert: word, kind: /** @type {const} */ ("keyword"), detail: "" })),
    ...names.functions.map((name) => ({ label: name, insert: `${PLAIN.test(name) ? name : asIdentifier(name)}(`, kind: /** @type {const} */ ("function"), detail: "function" })),
  ];
}

function publicFirst(one, other) {
  return Number(other.schema === "public") - Number(one.schema === "public");
}

function columnsOf(tables) {
  return tables.flatMap(({ relation }) =>
    relation.columns.map((name) => ({ label: name, insert: asIdentifier(name), kind: /** @type {const} */ ("column"), detail: relation.name })),
  );
}

function table({ schema, name }, withSchema) {
  const insert = withSchema ? `${asIdentifier(schema)}.${asIdentifier(name)}` : asIdentifier(name);
  return { label: name, insert, kind: /** @type {const} */ ("table"), detail: schema };
}

/** What was typed itself, then what begins with it, then what contains it; each name once. */
function best(items, typed) {
  const place = ({ label }) => (label.toLowerCase() === typed ? 0 : label.toLowerCase().startsWith(typed) ? 1 : 2);
  const matching = items.filter(({ label }) => label.toLowerCase().includes(typed));
  const seen = new Set();
  return matching
    .sort((one, other) => place(one) - place(other))
    .filter(({ kind, insert }) => !seen.has(kind + insert) && seen.add(kind + insert));
}
