import { announce } from "../announce.js";
import { ApiError, call } from "../api.js";
import { shownName } from "../catalog.js";
import { View, el, replace, uniqueId } from "../dom.js";
import { errorMessage } from "../errors.js";
import { counted } from "../format.js";
import { confirm } from "../frame/dialog.js";
import { icon } from "../icons.js";
import { sqlNodes } from "../sql/highlight.js";
import { valueNode } from "../grid/value.js";
import { byNumber } from "../tables/rows.js";
import { staged } from "./staged.js";

const KINDS = [
  { kind: "update", sign: "~", tone: "changed", one: "edit" },
  { kind: "insert", sign: "+", tone: "added", one: "insert" },
  { kind: "delete", sign: "−", tone: "removed", one: "delete" },
];

/** What is staged: how much, as SQL, and the way to apply or discard all of it. */
class ChangeTray extends View {
  #previewId = uniqueId("preview");
  #statements = el("ol.tray-statements", { id: this.#previewId, tabindex: "0", "aria-label": "SQL of the staged changes" });
  #problem = el("div.tray-problem");
  #summary = el("p.tray-summary.grow");
  #show = el(
    "button.button",
    { type: "button", "aria-expanded": "false", "aria-controls": this.#previewId, title: "Ctrl+S", onclick: () => this.#toggle() },
    icon("sql"),
    "Preview SQL",
  );
  #discard = el("button.button.danger", { type: "button", onclick: () => this.#ask() }, "Discard");
  #apply = el("button.button.primary", { type: "button", onclick: () => this.#write() }, icon("check"), "Apply");
  #open = false;

  make() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Staged changes");
    this.append(this.#problem, this.#statements, el("div.tray-line", {}, this.#summary, this.#show, this.#discard, this.#apply));
    staged.addEventListener("change", () => this.#refresh());
    this.#refresh();
  }

  /** Shows the SQL, if there is something staged. */
  preview() {
    if (staged.count === 0) {
      announce("Nothing is staged");
      return;
    }
    this.#setOpen(true);
    this.#statements.focus();
  }

  #toggle() {
    this.#setOpen(!this.#open);
  }

  #setOpen(open) {
    this.#open = open;
    this.#show.setAttribute("aria-expanded", String(open));
    this.#show.setAttribute("aria-pressed", String(open));
    this.#refresh();
  }

  #refresh() {
    const { count, all, failure } = staged;
    this.hidden = count === 0;
    if (count === 0) {
      this.#open = false;
      this.#show.setAttribute("aria-expanded", "false");
      this.#show.setAttribute("aria-pressed", "false");
    }
    this.#statements.hidden = !this.#open;
    replace(
      this.#summary,
      KINDS.map(({ kind, sign, tone, one }) => ({ sign, tone, one, number: all.filter((change) => change.kind === kind).length }))
        .filter(({ number }) => number > 0)
        .map(({ sign, tone, one, number }) => el("span.badge", { "data-tone": tone }, sign, " ", counted(number, one))),
      el("span.dim.clip", {}, tables(all)),
    );
    replace(this.#problem, failure && failureMessage(failure));
    if (this.#open) this.#preview();
  }

  async #preview() {
    const changes = staged.all;
    try {
      const { statements } = await call("preview", { changes: staged.wire() });
      // An older answer must not cover a newer one.
      if (changes !== staged.all) return;
      replace(this.#statements, statements.map((statement, index) => this.#statement(statement, changes[index], index)));
    } catch (error) {
      if (changes === staged.all) replace(this.#statements, el("li", {}, errorMessage(error)));
    }
  }

  #statement({ sql, parameters }, change, index) {
    const failed = staged.failure?.index === index;
    return el(
      "li.tray-statement",
      { "data-kind": change.kind, "aria-invalid": failed ? "true" : null },
      el("pre", {}, sqlNodes(sql)),
      parameters.length > 0 &&
        el("p.tray-parameters.mono", {}, parameters.map((value, at) => el("span", {}, el("span.dim", {}, `$${at + 1} `), valueNode(value, undefined)))),
      el(
        "button.button.quiet.small.square",
        { type: "button", "aria-label": "Take this change back", title: "Take this change back", onclick: () => staged.restore(change.relation.id, [change.id]) },
        icon("undo"),
      ),
    );
  }

  async #ask() {
    const yes = await confirm("Discard what is staged?", `${counted(staged.count, "change")} will be forgotten. The database stays as it is.`, "Discard");
    if (!yes) return;
    staged.clear();
    announce("Discarded");
  }

  async #write() {
    const count = staged.count;
    this.#apply.disabled = true;
    try {
      const { applied } = await call("apply", { changes: staged.wire() });
      staged.applied(applied);
      announce(`Applied ${counted(count, "change")}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // That there is no database says the banner.
      if (error.status === 503 && error.body.change === undefined) return;
      staged.fail({ index: error.body.change ?? -1, error: isUncertain(error) ? UNCERTAIN : error.error, conflict: error.body.conflict ?? null });
    } finally {
      this.#apply.disabled = false;
    }
  }
}

/** Was the connection lost when all may have been done already? @param {ApiError} error */
function isUncertain({ status, body }) {
  return status === 0 || (status === 503 && body.change === null);
}

const UNCERTAIN = { message: "No answer came: it is not known whether the changes were applied.", hint: "Look at the rows before you apply them again." };

function tables(changes) {
  return [...new Set(changes.map((change) => shownName(change.relation)))].join(", ");
}

function failureMessage({ index, error, conflict }) {
  const change = staged.all[index];
  const shown = errorMessage(error);
  const text = shown.querySelector("div");
  if (change) text.prepend(el("p.more", {}, `Nothing was applied. Change ${index + 1} of ${staged.count}, in ${shownName(change.relation)}:`));
  if (conflict) text.append(conflict.now ? nowTable(change, conflict.now) : el("p.more", {}, "The row is not there any more."), ways(change, conflict.now));
  return shown;
}

/** What can be done about a change that another session was quicker to make. @param {import("./staged.js").Change} change */
function ways(change, now) {
  const read = () => staged.dispatchEvent(new Event("outdated"));
  const keep = () => {
    staged.rebase(change, byNumber(change.relation, now));
    read();
  };
  const take = () => {
    staged.restore(change.relation.id, [change.id]);
    read();
  };
  // What lies by now in the place of a row without a key may be another row.
  const same = now && change.relation.identity.kind !== "ctid";
  return el(
    "div.line",
    {},
    same && el("button.button", { type: "button", onclick: keep }, "Keep my change"),
    el("button.button", { type: "button", onclick: take }, "Take theirs"),
  );
}

/** What the row is by now, beside what was staged for it. */
function nowTable(change, now) {
  const { columns } = change.relation;
  const moved = columns.map((column, at) => ({ column, now: now[at], before: change.before[column.number] })).filter((one) => one.now !== one.before);
  return el(
    "dl.conflict",
    {},
    moved.flatMap(({ column, now: value, before }) => [
      el("dt", {}, column.name),
      el("dd.mono", {}, valueNode(before ?? null, column.base), " → ", valueNode(value, column.base)),
    ]),
  );
}

customElements.define("change-tray", ChangeTray);
