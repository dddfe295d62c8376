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

/** What an error points at: the word there. @param {string} text @param {number} position in characters, the first is 1 */
export function wordAt(text, position) {
  const from = Math.min(unitsBefore(text, position - 1), Math.max(0, text.length - 1));
  const word = /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+|\S)/u.exec(text.slice(from));
  return { from, to: from + Math.max(1, word?.[0].length ?? 1) };
}

/** @param {string} text @param {number} units */
export function lineAndColumn(text, units) {
  const lines = text.slice(0, units).split("\n");
  return { line: lines.length, column: [...lines[lines.length - 1]].length + 1 };
}
