/** JSON for people, without reading it into numbers: every digit and the order of the keys stay as they are. */

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;

/** @param {string} text valid JSON @returns {string} */
export function indented(text) {
  const parts = text.match(TOKEN) ?? [];
  let depth = 0;
  let out = "";
  parts.forEach((part, index) => {
    if (part === "}" || part === "]") {
      depth -= 1;
      out += isOpening(parts[index - 1]) ? part : line(depth) + part;
    } else if (isOpening(part)) {
      depth += 1;
      out += part + (isClosing(parts[index + 1]) ? "" : line(depth));
    } else if (part === ",") out += part + line(depth);
    else if (part === ":") out += ": ";
    else out += part;
  });
  return out;
}

const isOpening = (part) => part === "{" || part === "[";
const isClosing = (part) => part === "}" || part === "]";
const line = (depth) => `\n${"  ".repeat(depth)}`;

/** Indented where it is JSON, as it is otherwise. @param {string} text */
export function readable(text) {
  try {
    JSON.parse(text);
    return indented(text);
  } catch {
    return text;
  }
}
