import { el } from "../dom.js";
import { tokens } from "./lexer.js";

const SHOWN = new Set(["keyword", "quoted", "string", "number", "comment", "parameter"]);

/** Has it a colour of its own? @param {string} kind */
export function isShown(kind) {
  return SHOWN.has(kind);
}

/** SQL as coloured text. @param {string} text @returns {Node[]} */
export function sqlNodes(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
  };
  for (const { kind, from, to } of tokens(text)) {
    if (!isShown(kind)) {
      plain += text.slice(from, to);
      continue;
    }
    flush();
    nodes.push(el(`span.sql-${kind}`, {}, text.slice(from, to)));
  }
  flush();
  return nodes;
}
