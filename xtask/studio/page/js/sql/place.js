import { announce } from "../announce.js";
import { ApiError, call } from "../api.js";
import { catalog } from "../catalog.js";
import { View, el, replace } from "../dom.js";
import "../drawer/drawer.js";
import { asServerError } from "../errors.js";
import { counted, duration } from "../format.js";
import { confirm, openDialog } from "../frame/dialog.js";
import { openMenu } from "../frame/menu.js";
import { sideButton } from "../frame/side-button.js";
import { icon } from "../icons.js";
import { remember, remembered } from "../preferences.js";
import "./editor.js";
import { sqlNodes } from "./highlight.js";
import { statementAt, tokens } from "./lexer.js";
import { charactersBefore, lineAndColumn, wordAt } from "./position.js";
import "./results.js";
import { Scripts } from "./scripts.js";
import { Sessions } from "./sessions.js";
import { ScriptTabs } from "./tabs.js";

const CAPS = [100, 1000, 10_000];
const READS = /^\s*(select|values|table|show|with\b(?![\s\S]*\b(insert|update|delete|merge)\b))/i;

/** The place where SQL is written and run. */
class SqlPlace extends View {
  /** @type {Scripts} */
  #scripts;
  #editor = /** @type {import("./editor.js").SqlEditor} */ (el("sql-editor"));
  #results = /** @type {any} */ (el("sql-results"));
  #drawer = /** @type {any} */ (el("side-drawer"));
  #tabs = el("div.chips");
  #run = el("button.button.primary", { type: "button", title: "Run the statement under the cursor (Ctrl+Enter)", onclick: () => this.#runText(false) }, icon("play"), "Run");
  #stop = el("button.button.danger", { type: "button", hidden: true, onclick: () => this.#cancel() }, icon("stop"), "Cancel");
  #cap = el("select.field", { "aria-label": "Rows at most", onchange: () => remember("row-cap", Number(this.#cap.value)) }, CAPS.map((cap) => el("option", { value: cap }, `${cap} rows`)));
  #running = 0;
  /** @type {Map<string, import("./results.js").Entry[]>} */
  #shown = new Map();
  /** @type {Promise<import("./completion.js").Names>|null} */
  #names = null;
  #sessions = new Sessions();
  /** Whose statement runs. @type {import("./scripts.js").Script|null} */
  #working = null;
  /** @type {{ from: number, to: number }|null} */
  #wrong = null;

  make() {
    this.#scripts = new Scripts(catalog.session.database);
    this.#cap.value = String(remembered("row-cap", 1000));
    const more = el("button.button.square", { type: "button", "aria-label": "More ways to run", "aria-haspopup": "menu", onclick: (event) => this.#runMenu(event.currentTarget) }, icon("down"));
    const history = el("button.button.quiet.square", { type: "button", "aria-label": "History", title: "What was run", onclick: () => this.#history() }, icon("clock"));
    const split = el("div.sql-split", { role: "separator", tabindex: "0", "aria-orientation": "horizontal", "aria-label": "Height of the editor", onpointerdown: (event) => this.#drag(event), onkeydown: (event) => this.#splitKey(event) });
    const main = el("div.place-main", {}, this.#editor, split, this.#results);
    this.append(
      el("header.toolbar", {}, sideButton(), el("h2.only-wide", {}, icon("sql"), "SQL"), this.#tabs, el("div.actions", {}, this.#cap, history, this.#stop, el("span.button-pair", {}, this.#run, more))),
      el("div.place-body", {}, main, this.#drawer),
    );
    this.#results.drawer = this.#drawer;
    this.#results.addEventListener("show-error", () => this.#toError());
    this.#editor.names = () => this.#complete();
    this.#editor.addEventListener("run", (event) => this.#runText(/** @type {CustomEvent} */ (event).detail.all));
    this.#editor.addEventListener("changed", () => this.#scripts.write(this.#editor.value));
    this.#tabs.replaceWith((this.#tabs = new ScriptTabs(this.#scripts, this.#sessions).element));
    this.#scripts.addEventListener("change", () => this.#showScript());
    this.#height(remembered("sql-height", 260));
    this.#showScript();
  }

  attached() {
    catalog.addEventListener("change", this.#forgetNames);
  }

  detached() {
    catalog.removeEventListener("change", this.#forgetNames);
  }

  show() {
    this.#editor.focus();
  }

  #forgetNames = () => {
    this.#names = null;
  };

  #complete() {
    this.#names ??= call("complete").catch(() => {
      this.#names = null;
      return { relations: [], functions: [] };
    });
    return this.#names;
  }

  #showScript() {
    this.#editor.value = this.#scripts.current.text;
    this.#drawer.close();
    const shown = this.#shown.get(this.#scripts.current.id);
    if (shown) this.#results.show(shown);
    else this.#results.idle();
    this.#editor.focus();
  }

  #runMenu(button) {
    openMenu("Run", button, [
      { label: "Run the statement", icon: "play", hint: "Ctrl Enter", run: () => this.#runText(false) },
      { label: "Run everything", icon: "play", hint: "Ctrl Shift Enter", run: () => this.#runText(true) },
      { label: "Run everything in one transaction", icon: "play", run: () => this.#runText(true, true) },
      "line",
      { label: "Explain", icon: "plan", run: () => this.#explain(false) },
      { label: "Explain and analyze", icon: "plan", run: () => this.#explain(true) },
    ]);
  }

  /** @param {boolean} all @param {boolean} [inTransaction] */
  async #runText(all, inTransaction = false) {
    const whole = this.#editor.value;
    const selected = this.#editor.selected;
    // What is selected is run as it stands there, and errors are told at their place in the whole text.
    const begin = selected?.from ?? 0;
    const sql = selected ? whole.slice(selected.from, selected.to) : whole;
    if (!sql.trim()) return;
    const which = all || selected ? { all: true } : { cursor: charactersBefore(whole, this.#editor.cursor) };
    await this.#work(async (script) => {
      const answer = await call("query", { sql, ...which, inTransaction, cap: Number(this.#cap.value), tab: this.#sessions.tab(script) });
      const { results, error } = answer;
      this.#sessions.tell(script, answer.inTransaction);
      const entries = results.map((result) => ({ title: titleOf(result.sql), result }));
      if (error) entries.push(this.#wrongEntry(whole, begin, error));
      this.#finished(script, whole, entries, all || selected ? sql : (results[0]?.sql ?? statementText(whole, this.#editor.cursor)));
    }, whole, begin);
  }

  async #explain(analyze) {
    const whole = this.#editor.value;
    const statement = this.#editor.selected ?? statementAt(whole, this.#editor.cursor);
    if (!statement) return;
    const sql = whole.slice(statement.from, statement.to).replace(/;\s*$/, "");
    const asks = analyze && !READS.test(sql);
    if (asks && !(await confirm("Run it to analyze it?", "EXPLAIN ANALYZE runs the statement. What it changes is rolled back.", "Run and roll back"))) return;
    await this.#work(async (script) => {
      const begin = performance.now();
      const answer = await call("explain", { sql, analyze, tab: this.#sessions.tab(script) });
      const plan = Array.isArray(answer.plan) ? answer.plan.join("\n") : answer.plan;
      this.#finished(script, whole, [{ title: "Plan", plan, ms: answer.ms ?? performance.now() - begin }], null);
    }, whole, statement.from);
  }

  /** Runs what may take long: with a way to cancel it, and with its error at its place. */
  async #work(run, whole, begin) {
    if (this.#running) return;
    const script = this.#scripts.current;
    this.#working = script;
    this.#editor.markError(null);
    this.#running = setTimeout(() => (this.#stop.hidden = false), 150);
    this.#run.disabled = true;
    try {
      await run(script);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Its session has ended, or it never had one.
      if (error.status === 409 || error.status === 503) this.#sessions.tell(script, false);
      if (error.status !== 0) this.#finished(script, whole, [this.#wrongEntry(whole, begin, asServerError(error))], null);
    } finally {
      clearTimeout(this.#running);
      this.#running = 0;
      this.#working = null;
      this.#stop.hidden = true;
      this.#run.disabled = false;
    }
  }

  #wrongEntry(whole, begin, error) {
    this.#wrong = error.position ? wordAt(whole, error.position + charactersBefore(whole, begin)) : null;
    const { line, column } = this.#wrong ? lineAndColumn(whole, this.#wrong.from) : { line: 0, column: 0 };
    return { title: "Error", error, where: this.#wrong ? `Line ${line}, column ${column}` : undefined };
  }

  #finished(script, whole, entries, sql) {
    const error = entries.find((entry) => entry.error)?.error;
    const ms = entries.reduce((sum, { result }) => sum + (result?.ms ?? 0), 0);
    if (sql) this.#scripts.ran({ sql, at: Date.now(), ms: error ? null : ms, error: error?.message ?? null });
    this.#shown.set(script.id, entries);
    if (script !== this.#scripts.current) return;
    this.#results.show(entries);
    if (error && this.#wrong && this.#editor.value === whole) this.#editor.markError(this.#wrong);
    announce(error ? `Error: ${error.message}` : entries.map(({ result }) => (result?.rows ? counted(result.rows.length, "row") : "done")).join(", "));
    // A statement may have made or dropped what the sidebar and the completion know.
    const changed = entries.some(({ result }) => result && /^\s*(create|drop|alter|comment|truncate)\b/i.test(result.sql));
    if (changed) this.dispatchEvent(new CustomEvent("reload-catalog", { bubbles: true }));
  }

  #toError() {
    this.#editor.focus();
    this.#editor.markError(this.#wrong);
  }

  async #cancel() {
    if (!this.#working) return;
    this.#stop.disabled = true;
    await call("cancel", { tab: this.#sessions.tab(this.#working) }).catch(() => null);
    this.#stop.disabled = false;
  }

  async #history() {
    const runs = this.#scripts.runs;
    const chosen = await openDialog("What was run", (close) => [
      runs.length === 0 && el("p.dim", {}, "Nothing yet."),
      el(
        "ul.history",
        {},
        runs.map((run, index) =>
          el(
            "li",
            {},
            el(
              "button.history-run",
              { type: "button", onclick: () => close(String(index)) },
              el("pre", {}, sqlNodes(run.sql.length > 400 ? `${run.sql.slice(0, 400)} …` : run.sql)),
              el("span.dim", {}, new Date(run.at).toLocaleString(), " · ", run.error ?? (run.ms === null ? "" : duration(run.ms))),
            ),
          ),
        ),
      ),
      el("div.line.end", {}, el("button.button", { type: "button", autofocus: true, onclick: () => close() }, "Close")),
    ]);
    if (chosen === "") return;
    const text = this.#editor.value;
    this.#editor.insert(`${text && this.#editor.cursor > 0 ? "\n\n" : ""}${runs[Number(chosen)].sql}`);
  }

  #height(pixels) {
    const height = Math.max(96, Math.min(pixels, innerHeight - 200));
    this.#editor.style.height = `${height}px`;
    this.querySelector(".sql-split")?.setAttribute("aria-valuenow", String(height));
    return height;
  }

  #drag(event) {
    const handle = event.currentTarget;
    const from = event.clientY - this.#editor.getBoundingClientRect().height;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => this.#height(move.clientY - from);
    handle.onpointerup = (up) => {
      handle.onpointermove = null;
      handle.onpointerup = null;
      remember("sql-height", this.#height(up.clientY - from));
    };
  }

  #splitKey(event) {
    const by = { ArrowUp: -24, ArrowDown: 24 }[event.key];
    if (!by) return;
    event.preventDefault();
    remember("sql-height", this.#height(this.#editor.getBoundingClientRect().height + by));
  }
}

function statementText(text, cursor) {
  const statement = statementAt(text, cursor);
  return statement ? text.slice(statement.from, statement.to) : text;
}

/** The beginning of a statement, without what is said before it. */
function titleOf(sql) {
  const code = tokens(sql).filter(({ kind }) => kind !== "comment");
  const words = code.map(({ kind, from, to }) => (kind === "space" ? " " : sql.slice(from, to))).join("").trim();
  return words.length > 32 ? `${words.slice(0, 32)}…` : words;
}

customElements.define("sql-place", SqlPlace);
