import { View, el, replace, uniqueId } from "../dom.js";
import { openRow } from "../drawer/row.js";
import { errorMessage } from "../errors.js";
import { counted, duration, whole } from "../format.js";
import { openMenu } from "../frame/menu.js";
import { toInsert, toJson, toTsv } from "../grid/copy.js";
import "../grid/grid.js";
import { icon } from "../icons.js";
import { baseOf } from "./types.js";

/**
 * @typedef {{ sql: string, from: number, to: number, columns?: { name: string, type: string }[], rows?: (string|null)[][], affected?: number|null,
 *             ms: number, capped: boolean, total: number|null, notices: string[] }} Result
 *   total: of the rows; null if it was stopped
 * @typedef {{ from: number, to: number }} Range
 * @typedef {{ title: string, result?: Result, plan?: string, ms?: number, error?: import("../types.js").ServerError,
 *             text?: string, place?: Range|null, where?: { line: number, column: number }|null }} Entry
 *   text, place, where: of an error, the text that was run, and where it is wrong
 */

/** What came of a run: a tab for each statement. Tells "show-error" with an error's place when that is asked for. */
class SqlResults extends View {
  /** @type {Entry[]} */
  #entries = [];
  #at = 0;
  #panelId = uniqueId("result");
  #tabs = el("div.result-tabs", { role: "tablist", "aria-label": "Results" });
  #panel = el("div.result-panel", { role: "tabpanel", id: this.#panelId, tabindex: "-1" });
  #status = el("div.status");
  #grid = /** @type {import("../grid/grid.js").DataGrid} */ (el("data-grid"));
  /** @type {any} */
  drawer = null;

  make() {
    this.append(this.#tabs, this.#panel, this.#status);
    this.#tabs.addEventListener("keydown", (event) => this.#key(event));
    const on = (name, run) => this.#grid.addEventListener(name, (event) => run(/** @type {CustomEvent} */ (event).detail));
    on("open-cell", ({ row, column }) => this.#openRow(row, Number(column.id)));
    on("open-row", ({ row }) => this.#openRow(row));
    on("copy-cells", ({ clipboard }) => clipboard.setData("text/plain", this.#copied(toTsv)));
    on("cell-menu", ({ at }) => this.#menu(at));
    on("column-menu", ({ column, at }) => this.#columnMenu(column, at));
    this.idle();
  }

  /** Nothing was run yet. */
  idle() {
    this.#panel.removeAttribute("aria-busy");
    this.#tabs.hidden = true;
    this.#status.hidden = true;
    replace(this.#panel, el("div.emptiness", {}, el("p", {}, el("kbd", {}, "Ctrl"), " ", el("kbd", {}, "Enter"), " runs the statement under the cursor.")));
  }

  /** Until something comes. */
  wait() {
    this.#panel.setAttribute("aria-busy", "true");
    this.#status.hidden = false;
    replace(this.#status, el("span", {}, "Running …"));
  }

  /** @param {Entry[]} entries */
  show(entries) {
    this.#panel.removeAttribute("aria-busy");
    this.#entries = entries;
    this.#tabs.hidden = entries.length < 2;
    this.#status.hidden = false;
    replace(this.#tabs, entries.map((entry, index) => this.#tab(entry, index)));
    const wrong = entries.findIndex(({ error }) => error);
    this.#choose(wrong >= 0 ? wrong : entries.length - 1);
  }

  /** @param {Entry} entry @param {number} index */
  #tab({ title, error }, index) {
    return el(
      "button.result-tab",
      { type: "button", role: "tab", "aria-controls": this.#panelId, title, onclick: () => this.#choose(index) },
      error ? icon("warning", "error") : el("span.dim", {}, String(index + 1)),
      el("span.clip", {}, title),
    );
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    this.#choose((this.#at + step + this.#entries.length) % this.#entries.length);
    /** @type {HTMLElement} */ (this.#tabs.children[this.#at]).focus();
    event.preventDefault();
  }

  #choose(index) {
    this.#at = index;
    [...this.#tabs.children].forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === index));
      /** @type {HTMLElement} */ (tab).tabIndex = at === index ? 0 : -1;
    });
    const entry = this.#entries[index];
    if (!entry) return;
    if (entry.error) this.#showError(entry);
    else if (entry.plan !== undefined) replace(this.#panel, el("pre.plan", { tabindex: "0" }, entry.plan));
    else this.#showResult(entry.result);
    this.#tell(entry);
  }

  /** @param {Entry} entry */
  #showError({ error, where, place }) {
    const show = () => this.dispatchEvent(new CustomEvent("show-error", { detail: place }));
    const button = where && el("button.button.small", { type: "button", onclick: show }, `Line ${where.line}, column ${where.column}`);
    replace(this.#panel, el("div.result-error.stack", {}, errorMessage(error), button && el("div.line", {}, button)));
  }

  #showResult(result) {
    const notices = result.notices.length > 0 && el("ul.notices", { "aria-label": "Notices" }, result.notices.map((notice) => el("li.message", { "data-tone": "plain" }, notice)));
    if (!result.columns) {
      replace(this.#panel, notices, el("div.emptiness", {}, icon("check"), el("p", {}, done(result))));
      return;
    }
    const { columns, rows } = result;
    replace(
      this.#panel,
      notices,
      result.capped && el("p.message.capped", { "data-tone": "changed" }, icon("warning"), capped(result)),
      this.#grid,
    );
    this.#grid.show({
      columns: columns.map(({ name, type }, index) => ({
        id: String(index),
        name,
        type,
        base: baseOf(type),
        numeric: baseOf(type) === "number",
        sortable: false,
        badges: [],
      })),
      rows: rows.map((values, index) => ({ id: `row-${index}`, values })),
      label: "Result",
      total: rows.length,
    });
  }

  /** @param {Entry} entry */
  #tell({ result, plan, ms, error }) {
    const time = result?.ms ?? ms;
    replace(
      this.#status,
      el("span", {}, error ? "Error" : plan === undefined ? done(result) : "Plan"),
      time !== undefined && el("span", {}, duration(time)),
      result && el("span.clip.mono", {}, result.sql.replace(/\s+/g, " ")),
    );
  }

  /** The result as the drawer wants a relation. */
  #relation() {
    const { columns = [] } = this.#entries[this.#at].result ?? {};
    return {
      columns: columns.map(({ name, type }, number) => ({ number, name, type, base: baseOf(type), notNull: false, default: null, generated: null, primaryKey: false, foreignKeys: [] })),
      foreignKeys: [],
      referencedBy: [],
    };
  }

  #openRow(row, focus) {
    openRow(this.drawer, /** @type {any} */ (this.#relation()), row.values, { key: null, title: "Row", focus });
  }

  #copied(as) {
    const { rows, positions } = this.#grid.selected;
    return as(rows.map((row) => positions.map((position) => row.values[position])));
  }

  #menu(at) {
    const { columns } = this.#grid.selected;
    const copy = (as) => navigator.clipboard.writeText(this.#copied(as));
    openMenu("Cell", at, [
      { label: "Open the row", icon: "expand", hint: "Space", run: () => this.#openRow(this.#grid.focused.row) },
      "line",
      { label: "Copy", icon: "copy", hint: "Ctrl C", run: () => copy(toTsv) },
      { label: "Copy as JSON", icon: "copy", run: () => copy((rows) => toJson(columns, rows)) },
      { label: "Copy as INSERT", icon: "copy", run: () => copy((rows) => toInsert('"table"', columns, rows)) },
    ]);
  }

  #columnMenu(column, at) {
    const layout = this.#grid.layout;
    openMenu(column.name, at, [
      {
        label: layout.pinned.has(column.id) ? "Unpin" : "Pin to the left",
        icon: "pin",
        run: () => {
          layout.togglePinned(column.id);
          this.#grid.relayout();
        },
      },
      { label: "Fit the width", icon: "expand", run: () => this.#grid.fit(column.id) },
      { label: "Copy the name", icon: "copy", run: () => navigator.clipboard.writeText(column.name) },
    ]);
  }
}

/** @param {Result} result */
function capped({ rows = [], total }) {
  const shown = `Only the first ${counted(rows.length, "row")} are shown`;
  return total === null ? `${shown}; there are more, and the query was stopped here.` : `${shown}, of ${whole(total)}; the statement ran to its end.`;
}

/** @param {Result} result */
function done({ columns, rows, affected, capped, sql }) {
  if (columns) return `${capped ? "first " : ""}${counted(rows?.length ?? 0, "row")}`;
  const verb = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? "";
  const wrote = ["INSERT", "UPDATE", "DELETE", "MERGE", "COPY"].includes(verb);
  return wrote && affected !== null && affected !== undefined ? `${verb}: ${counted(affected, "row")}` : `${verb || "Done"}: done`;
}

customElements.define("sql-results", SqlResults);
