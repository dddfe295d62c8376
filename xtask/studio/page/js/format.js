/** How numbers about the data are told; the data itself is never formatted. */

const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** @param {number} count */
export function whole(count) {
  return WHOLE.format(count);
}

/** An estimate for a narrow place: 1.2M. @param {number} count */
export function short(count) {
  return SHORT.format(count);
}

/** @param {number} ms */
export function duration(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${WHOLE.format(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let left = bytes;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${left < 10 && unit > 0 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

const SHORT_TYPES = [
  [/^timestamp(\(\d\))? without time zone/, "timestamp$1"],
  [/^timestamp(\(\d\))? with time zone/, "timestamptz$1"],
  [/^time(\(\d\))? without time zone/, "time$1"],
  [/^time(\(\d\))? with time zone/, "timetz$1"],
  [/^character varying/, "varchar"],
  [/^character\(/, "char("],
  [/^double precision/, "float8"],
];

/** PostgreSQL's own shorter name of a type, for narrow places. @param {string} type */
export function shortType(type) {
  return SHORT_TYPES.reduce((name, [long, to]) => name.replace(/** @type {RegExp} */ (long), /** @type {string} */ (to)), type);
}
