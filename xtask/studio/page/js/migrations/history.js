import { el } from "../dom.js";
import { counted, duration } from "../format.js";
import { icon } from "../icons.js";
import { sqlNodes } from "../sql/highlight.js";

const STATES = {
  applied: { icon: "check", tone: "added", label: "applied" },
  pending: { icon: "clock", tone: "changed", label: "pending" },
  modified: { icon: "warning", tone: "removed", label: "changed since" },
  "out of order": { icon: "warning", tone: "changed", label: "out of order" },
  missing: { icon: "warning", tone: "removed", label: "file missing" },
};

/** All migrations, the latest first: what is to come stands on top. */
export function historySection(history) {
  const rows = [...history].reverse().map(migration);
  return el(
    "section.migration-list",
    { "aria-label": "Migrations" },
    el("h3", {}, counted(history.length, "migration")),
    rows.length > 0 ? rows : el("p.dim", {}, "There is none yet: ", el("code", {}, "cargo xtask db generate"), " writes the first."),
  );
}

function migration({ tag, state, appliedAt, appliedBy, ms, sql, hazards = [] }) {
  const { icon: shape, tone, label } = STATES[state] ?? { icon: "warning", tone: "removed", label: state };
  const when = [appliedAt?.replace(/\.\d+/, ""), appliedBy, ms !== null && ms !== undefined && duration(ms)].filter(Boolean).join(" · ");
  return el(
    "details.migration",
    { open: state !== "applied", "data-state": state },
    el(
      "summary",
      {},
      icon("chevron"),
      el("span.badge", { "data-tone": tone }, icon(shape), label),
      el("span.mono.clip", {}, tag),
      hazards.length > 0 && el("span.badge", { "data-tone": "changed" }, icon("warning"), counted(hazards.length, "hazard")),
      el("span.migration-when", {}, when),
    ),
    hazards.map(hazard),
    sql ? el("pre.sql-block", { tabindex: "0", "aria-label": `SQL of ${tag}` }, sqlNodes(sql)) : el("p.dim", {}, "Its SQL is not in this working copy."),
  );
}

function hazard(found) {
  const { message, hint } = typeof found === "string" ? { message: found, hint: null } : found;
  return el("div.message", { "data-tone": "changed" }, icon("warning"), el("div.grow", {}, el("p", {}, message), hint && el("p.more", {}, hint)));
}
