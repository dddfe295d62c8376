/**
 * PostgreSQL's lexical rules as far as an editor needs them: which characters are a keyword, a string, a comment, and where statements end.
 *
 * @typedef {"keyword"|"name"|"quoted"|"string"|"number"|"comment"|"parameter"|"operator"|"punctuation"|"space"} Kind
 * @typedef {{ kind: Kind, from: number, to: number }} Token  in UTF-16 units of the text
 */

const KEYWORDS = new Set(
  `all alter analyze analyse and any array as asc asymmetric authorization begin between bigint binary bit boolean both by cascade case cast char
  character check checkpoint close cluster coalesce collate collation column comment commit concurrently conflict constraint copy create cross cube
  current_catalog current_date current_role current_schema current_time current_timestamp current_user cursor cycle database date deallocate decimal
  declare default deferrable deferred delete desc discard distinct do domain double drop each else end enum escape except exclude execute exists
  explain extension extract false fetch filter float following for foreign freeze from full function generated global grant greatest group grouping
  groups having identity if ilike immediate in index inherits initially inner inout insert instead int integer intersect interval into is isnull
  isolation join key language lateral leading least left level like limit listen local localtime localtimestamp lock loop match materialized merge
  national natural nchar next no none not nothing notify notnull null nullif nulls numeric of offset on only or order ordinality out outer over
  overlaps overlay owned owner partition placing position precision preceding prepare primary privileges procedure range real reassign recursive
  references refresh reindex release rename repeatable replace reset restart restrict returning revoke right role rollback rollup row rows savepoint
  schema select sequence serializable session session_user set sets setof show similar simple smallint some start statement statistics stored
  substring symmetric table tablesample temp temporary then ties time timestamp to trailing transaction treat trigger trim true truncate type
  unbounded union unique unlisten unlogged until update user using vacuum values varchar variadic verbose view when where window with within without
  work write xml zone`.split(/\s+/),
);

/** Those that are no name of a table or column unless they are quoted. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint
  create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct
  do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral
  leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
  returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic
  verbose when where window with`.split(/\s+/),
);

/** @param {string} word */
export function isReserved(word) {
  return RESERVED.has(word);
}

/** @param {string} word */
export function isKeyword(word) {
  return KEYWORDS.has(word.toLowerCase());
}

export function keywords() {
  return [...KEYWORDS];
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const WORD = /[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*/uy;
const NUMBER = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?\d+)?|\.\d[\d_]*(?:[eE][+-]?\d+)?)/y;
const PARAMETER = /\$\d+/y;
const DOLLAR = /\$(?:[\p{L}_\u0080-\uffff][\p{L}\p{N}_\u0080-\uffff]*)?\$/uy;
const PREFIXED = /(?:[eEbBxXnN]|[uU]&)'/y;
const OPERATOR = /(?:::|:=|=>|\.\.|[-+*/<>=~!@#%^&|`?]+)/y;

/** What was read last, since colours, statements and completion all ask for the same text. @type {{ text: string, found: Token[] }} */
let lastRead = { text: "", found: [] };

/** @param {string} text @returns {Token[]} without gaps, from the first character to the last */
export function tokens(text) {
  if (lastRead.text === text) return lastRead.found;
  const found = read(text);
  lastRead = { text, found };
  return found;
}

function read(text) {
  const found = [];
  let at = 0;
  while (at < text.length) {
    const token = next(text, at);
    found.push(token);
    at = token.to;
  }
  return found;
}

/** @returns {Token} */
function next(text, from) {
  const first = text[from];
  const matched = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const token = (/** @type {Kind} */ kind, /** @type {number} */ to) => ({ kind, from, to });

  let length = matched(SPACE);
  if (length) return token("space", from + length);
  length = matched(LINE_COMMENT);
  if (length) return token("comment", from + length);
  if (text.startsWith("/*", from)) return token("comment", commentEnd(text, from));
  if (first === "'") return token("string", stringEnd(text, from, false));
  length = matched(PREFIXED);
  if (length) return token("string", stringEnd(text, from + length - 1, /[eE]/.test(first)));
  if (first === '"') return token("quoted", quoteEnd(text, from));
  length = matched(DOLLAR);
  if (length) return token("string", dollarEnd(text, from, length));
  length = matched(PARAMETER);
  if (length) return token("parameter", from + length);
  length = matched(NUMBER);
  if (length) return token("number", from + length);
  length = matched(WORD);
  if (length) return token(isKeyword(text.slice(from, from + length)) ? "keyword" : "name", from + length);
  if (matched(OPERATOR)) return token("operator", operatorEnd(text, from + matched(OPERATOR), from));
  return token("punctuation", from + 1);
}

/** An operator ends where a comment begins. */
function operatorEnd(text, to, from) {
  for (const mark of ["--", "/*"]) {
    const at = text.slice(from, to).indexOf(mark);
    if (at > 0) return from + at;
  }
  return to;
}

/** Comments nest. */
function commentEnd(text, from) {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("/*", at)) {
      depth += 1;
      at += 1;
    } else if (text.startsWith("*/", at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function stringEnd(text, quote, escapes) {
  for (let at = quote + 1; at < text.length; at += 1) {
    if (escapes && text[at] === "\\") at += 1;
    else if (text[at] === "'" && text[at + 1] === "'") at += 1;
    else if (text[at] === "'") return at + 1;
  }
  return text.length;
}

function quoteEnd(text, quote) {
  for (let at = quote + 1; at < text.length; at += 1) {
    if (text[at] === '"' && text[at + 1] === '"') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function dollarEnd(text, from, length) {
  const tag = text.slice(from, from + length);
  const end = text.indexOf(tag, from + length);
  return end < 0 ? text.length : end + length;
}

/**
 * Statements with the `;` that ends them. A body of BEGIN ATOMIC … END is one statement with what stands in it.
 *
 * @param {string} text
 * @returns {{ from: number, to: number }[]} without the space around them
 */
export function statements(text) {
  const found = [];
  let from = -1;
  let to = 0;
  let parens = 0;
  let atomic = 0;
  let last = "";
  for (const token of tokens(text)) {
    if (token.kind === "space" || token.kind === "comment") continue;
    const word = text.slice(token.from, token.to).toLowerCase();
    if (from < 0 && word === ";") continue;
    if (from < 0) from = token.from;
    to = token.to;
    if (word === "(") parens += 1;
    else if (word === ")") parens = Math.max(0, parens - 1);
    else if (word === "atomic" && last === "begin") atomic += 1;
    else if (atomic > 0 && word === "case") atomic += 1;
    else if (atomic > 0 && word === "end") atomic -= 1;
    else if (word === ";" && parens === 0 && atomic === 0) {
      found.push({ from, to });
      from = -1;
    }
    last = word;
  }
  if (from >= 0) found.push({ from, to });
  return found;
}

/**
 * The statement in which the cursor stands, or the one before it.
 *
 * @param {string} text
 * @param {number} cursor
 * @returns {{ from: number, to: number }|null}
 */
export function statementAt(text, cursor) {
  const all = statements(text);
  const inside = all.find(({ from, to }) => from <= cursor && cursor <= to);
  if (inside) return inside;
  return all.filter(({ to }) => to < cursor).pop() ?? all[0] ?? null;
}
