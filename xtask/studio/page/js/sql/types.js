/** What kind of type a result's column has, by the name that PostgreSQL gives it. */

const BASES = {
  number: /^(smallint|integer|bigint|numeric|real|double precision|money|oid|int2|int4|int8|float4|float8)\b/,
  boolean: /^bool(ean)?$/,
  json: /^json$/,
  jsonb: /^jsonb$/,
  bytea: /^bytea$/,
  uuid: /^uuid$/,
  array: /\[\]$|^_/,
};

/** @param {string} type @returns {import("../types.js").Base} */
export function baseOf(type) {
  if (BASES.array.test(type)) return "array";
  const found = Object.entries(BASES).find(([, pattern]) => pattern.test(type));
  return /** @type {import("../types.js").Base} */ (found?.[0] ?? "text");
}
