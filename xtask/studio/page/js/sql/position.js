import { tokens } from "./lexer.js";

/** PostgreSQL counts characters, JavaScript counts UTF-16 units; they differ where a character takes two. */

/** @param {string} text @param {number} units @returns {number} */
export function charactersBefore(text, units) {
  return [...text.slice(0, units)].length;
}

/** @param {string} text @param {number} characters @returns {number} */
export function unitsBefore(text, characters) {
  let units = 0;
  let left = characters;
  for (const character of text) {
    if (left <= 0) break;
    units += character.length;
    left -= 1;
  }
  return units;
}

/** What an error points at: the token there, or the last one before it. @param {string} text @param {number} position in characters, the first is 1 */
export function wordAt(text, position) {
  const at = unitsBefore(text, position - 1);
  const read = tokens(text);
  const there = read.find(({ from, to }) => from <= at && at < to);
  // Inside of a text, as of the body of a function, it is a word of that.
  const word = there && there.from < at && there.kind !== "space" && /^(?:[\p{L}\p{N}_$]+|\S)/u.exec(text.slice(at, there.to));
  if (word) return { from: at, to: at + word[0].length };
  const token = there && there.kind !== "space" ? there : read.filter(({ kind, from }) => from < at && kind !== "space" && kind !== "comment").pop();
  return token ? { from: token.from, to: token.to } : { from: 0, to: text.length };
}

/** @param {string} text @param {number} units */
export function lineAndColumn(text, units) {
  const lines = text.slice(0, units).split("\n");
  return { line: lines.length, column: [...lines[lines.length - 1]].length + 1 };
}
