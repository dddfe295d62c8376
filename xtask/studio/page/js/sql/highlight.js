import { el } from "../dom.js";
import { tokens } from "./lexer.js";

const SHOWN = new Set(["keyword", "quoted", "string", "number", "comment", "parameter"]);

/** SQL as coloured text. @param {string} text @returns {Node[]} */
export function sqlNodes(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
  };
  for (const { kind, from, to } of tokens(text)) {
    if (!SHOWN.has(kind)) {
      plain += text.slice(from, to);
      continue;
    }
    flush();
    nodes.push(el(`span.sql-${kind}`, {}, text.slice(from, to)));
  }
  flush();
  return nodes;
}
