/**
 * What is asked of a table, and how it stands in the address: `s=3.desc`, `f=2.eq.BTC`, `w=price > 3`.
 *
 * @typedef {import("../types.js").Sort} Sort
 * @typedef {import("../types.js").Filter} Filter
 * @typedef {{ sort: Sort[], filters: Filter[], where: string }} Query
 */

/** @type {Record<string, { label: string, sign: string, value: "one"|"many"|"none" }>} */
export const OPERATORS = {
  eq: { label: "equals", sign: "=", value: "one" },
  ne: { label: "is not", sign: "≠", value: "one" },
  lt: { label: "less than", sign: "<", value: "one" },
  le: { label: "at most", sign: "≤", value: "one" },
  gt: { label: "greater than", sign: ">", value: "one" },
  ge: { label: "at least", sign: "≥", value: "one" },
  like: { label: "LIKE", sign: "LIKE", value: "one" },
  ilike: { label: "LIKE, any case", sign: "ILIKE", value: "one" },
  in: { label: "one of", sign: "IN", value: "many" },
  contains: { label: "contains", sign: "@>", value: "one" },
  isNull: { label: "is NULL", sign: "IS NULL", value: "none" },
  notNull: { label: "is not NULL", sign: "IS NOT NULL", value: "none" },
};

const ORDERED = ["eq", "ne", "lt", "le", "gt", "ge", "in"];

/** The operators that make sense for a column. @param {import("../types.js").Column} column */
export function operatorsFor({ base, notNull }) {
  const nulls = notNull ? [] : ["isNull", "notNull"];
  const own = {
    boolean: ["eq", "ne"],
    enum: ["eq", "ne", "in"],
    uuid: ["eq", "ne", "in"],
    json: ["like", "ilike"],
    jsonb: ["contains", "eq", "ne", "ilike"],
    array: ["contains", "eq", "ne"],
    text: ["eq", "ne", "ilike", "like", "lt", "le", "gt", "ge", "in"],
  }[base];
  return [...(own ?? ORDERED), ...nulls];
}

/** @param {Query} query @returns {URLSearchParams} */
export function toParams({ sort, filters, where }) {
  const params = new URLSearchParams();
  for (const { column, desc } of sort) params.append("s", `${column}.${desc ? "desc" : "asc"}`);
  for (const { column, op, value } of filters) {
    params.append("f", `${column}.${op}.${Array.isArray(value) ? JSON.stringify(value) : (value ?? "")}`);
  }
  if (where) params.set("w", where);
  return params;
}

/** @param {URLSearchParams} params @returns {Query} */
export function fromParams(params) {
  const sort = params.getAll("s").map((text) => {
    const [column, way] = text.split(".");
    return { column: Number(column), desc: way === "desc" };
  });
  return { sort, filters: params.getAll("f").flatMap(filterFrom), where: params.get("w") ?? "" };
}

/** @returns {Filter[]} none where the address was mistyped */
function filterFrom(text) {
  const match = /^(\d+)\.(\w+)\.(.*)$/s.exec(text);
  const operator = match && OPERATORS[match[2]];
  if (!match || !operator) return [];
  const [, column, op, rest] = match;
  if (operator.value === "none") return [{ column: Number(column), op, value: null }];
  if (operator.value === "one") return [{ column: Number(column), op, value: rest }];
  try {
    const many = JSON.parse(rest);
    return Array.isArray(many) ? [{ column: Number(column), op, value: many.map(String) }] : [];
  } catch {
    return [];
  }
}

/** A query that finds the row or rows with these values. @param {number[]} columns @param {(string|null)[]} values @returns {Query} */
export function whereEquals(columns, values) {
  const filters = columns.map((column, index) =>
    values[index] === null ? { column, op: "isNull", value: null } : { column, op: "eq", value: values[index] },
  );
  return { sort: [], filters, where: "" };
}
