import { el } from "../dom.js";
import { isShown } from "./highlight.js";
import { tokens } from "./lexer.js";

/** @typedef {{ kind: string, text: string, isWrong: boolean }} Piece */

/** The text in colours, line by line: only the lines that changed are drawn anew, however many there are. */
export class Layer {
  element = el("pre.sql-layer", { "aria-hidden": "true" });
  /** What each line was drawn from. @type {string[]} */
  #keys = [];

  /** @param {string} text @param {{ from: number, to: number }|null} wrong what is underlined */
  show(text, wrong) {
    const lines = piecesByLine(text, wrong);
    const keys = lines.map((pieces) => pieces.map(({ kind, text: part, isWrong }) => `${kind}${isWrong ? "!" : ":"}${part}`).join("\0"));
    const shorter = Math.min(keys.length, this.#keys.length);
    let head = 0;
    while (head < shorter && keys[head] === this.#keys[head]) head += 1;
    let tail = 0;
    while (tail < shorter - head && keys[keys.length - 1 - tail] === this.#keys[this.#keys.length - 1 - tail]) tail += 1;
    const { children } = this.element;
    for (let left = this.#keys.length - head - tail; left > 0; left -= 1) children[head].remove();
    const next = children[head] ?? null;
    for (const pieces of lines.slice(head, lines.length - tail)) this.element.insertBefore(line(pieces), next);
    this.#keys = keys;
  }
}

/** @param {string} text @param {{ from: number, to: number }|null} wrong @returns {Piece[][]} */
function piecesByLine(text, wrong) {
  /** @type {Piece[][]} */
  const lines = [[]];
  const add = (kind, part, isWrong) => {
    for (const [index, one] of part.split(/(?<=\n)/).entries()) {
      if (index > 0) lines.push([]);
      lines[lines.length - 1].push({ kind, text: one, isWrong });
    }
    if (part.endsWith("\n")) lines.push([]);
  };
  for (const { kind, from, to } of tokens(text)) {
    const cuts = wrong ? [from, wrong.from, wrong.to, to].filter((at) => at >= from && at <= to) : [from, to];
    for (let at = 1; at < cuts.length; at += 1) {
      const [begin, end] = [cuts[at - 1], cuts[at]];
      if (begin < end) add(kind, text.slice(begin, end), wrong !== null && begin >= wrong.from && end <= wrong.to);
    }
  }
  // The line after the last newline has a height only when something stands in it.
  lines[lines.length - 1].push({ kind: "space", text: "\u200b", isWrong: false });
  return lines;
}

/** @param {Piece[]} pieces */
function line(pieces) {
  const node = ({ kind, text }) => (isShown(kind) ? el(`span.sql-${kind}`, {}, text) : text);
  const wrong = pieces.filter(({ isWrong }) => isWrong);
  const first = pieces.indexOf(wrong[0]);
  return el(
    "span.sql-line",
    {},
    wrong.length === 0
      ? pieces.map(node)
      : [pieces.slice(0, first).map(node), el("span.sql-error", {}, wrong.map(node)), pieces.slice(first + wrong.length).map(node)],
  );
}
