import { el } from "../dom.js";
import { icon } from "../icons.js";
import { sqlNodes } from "../sql/highlight.js";

const SIGNS = { "+": { sign: "+", tone: "added" }, "-": { sign: "−", tone: "removed" }, "~": { sign: "~", tone: "changed" } };

/**
 * Two things that should be the same: that they are, or in what they differ and the SQL that would mend it.
 *
 * @param {{ title: string, inStep: string, differs: string, unknown?: string, statementsTitle: string,
 *           found: { changes: string[], statements: string[] }|null }} about
 */
export function comparison({ title, inStep, differs, unknown, statementsTitle, found }) {
  if (!found) return el("section.comparison", { "aria-label": title }, el("h3", {}, icon("dot"), title), el("p", {}, unknown));
  const { changes, statements } = found;
  const same = changes.length === 0 && statements.length === 0;
  return el(
    "section.comparison",
    { "aria-label": title, "data-same": String(same) },
    el("h3", {}, icon(same ? "check" : "warning"), title),
    el("p", {}, same ? inStep : differs),
    changes.length > 0 && el("ul.changes", {}, changes.map(changed)),
    statements.length > 0 &&
      el(
        "details",
        {},
        el("summary", {}, icon("chevron"), statementsTitle),
        el("pre.sql-block", { tabindex: "0" }, sqlNodes(statements.join("\n\n"))),
      ),
  );
}

/** A change begins with its sign; what begins with none is a remark. @param {string} text */
function changed(text) {
  const [, mark, rest] = /** @type {string[]} */ (/^(?:([-+~]) )?([^]*)$/.exec(text));
  if (!mark) return el("li.remark", {}, rest);
  const { sign, tone } = SIGNS[mark];
  return el("li", {}, el("span.change-sign", { "data-tone": tone }, sign), " ", rest);
}
