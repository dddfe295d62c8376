import { announce } from "../announce.js";
import { ApiError, call } from "../api.js";
import { catalog } from "../catalog.js";
import { View, el } from "../dom.js";
import "../drawer/drawer.js";
import { asServerError } from "../errors.js";
import { counted } from "../format.js";
import { confirm } from "../frame/dialog.js";
import { openMenu } from "../frame/menu.js";
import { sideButton } from "../frame/side-button.js";
import { icon } from "../icons.js";
import { remember, remembered } from "../preferences.js";
import "./editor.js";
import { chooseRun } from "./history.js";
import { statementAt, tokens } from "./lexer.js";
import { charactersBefore, lineAndColumn, wordAt } from "./position.js";
import "./results.js";
import { Scripts } from "./scripts.js";
import { Sessions } from "./sessions.js";
import { ScriptTabs } from "./tabs.js";

const CAPS = [100, 1000, 10_000];
const CHANGING = new Set(["insert", "update", "delete", "merge", "into"]);
/** The first words of statements after which there are the same relations as before. */
const KEEPING = new Set(["select", "values", "table", "show", "explain", "insert", "update", "delete", "merge", "with", "set", "begin", "start", "declare", "fetch", "copy"]);
/** How long an answer takes that needs no sign of being waited for, in milliseconds. */
const SOON = 150;

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
  /** By script, whether it takes long. @type {Map<string, boolean>} */
  #running = new Map();
  /** @type {Map<string, import("./results.js").Entry[]>} */
  #shown = new Map();
  /** @type {Promise<import("./completion.js").Names>|null} */
  #names = null;
  #sessions = new Sessions();

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
    this.#results.addEventListener("show-error", (event) => this.#toError(/** @type {CustomEvent} */ (event).detail));
    this.#editor.names = () => this.#complete();
    this.#editor.addEventListener("run", (event) => this.#runText(/** @type {CustomEvent} */ (event).detail.all));
    this.#editor.addEventListener("changed", () => this.#scripts.write(this.#editor.value));
    this.#tabs.replaceWith((this.#tabs = new ScriptTabs(this.#scripts, this.#sessions).element));
    this.#scripts.addEventListener("change", () => this.#showScript());
    catalog.addEventListener("change", () => (this.#names = null));
    this.#height(remembered("sql-height", 260));
    this.#showScript();
  }

  show() {
    if (!this.contains(document.activeElement)) this.#editor.focus();
  }

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
    if (shown) this.#showEntries(shown);
    else this.#results.idle();
    this.#showRunning();
    this.#editor.focus();
  }

  #showEntries(entries) {
    this.#results.show(entries);
    const wrong = entries.find(({ error }) => error);
    if (wrong?.place && this.#editor.value === wrong.text) this.#editor.markError(wrong.place);
  }

  #showRunning() {
    const running = this.#running.get(this.#scripts.current.id);
    this.#run.setAttribute("aria-disabled", String(running !== undefined));
    this.#stop.hidden = !running;
    if (running) this.#results.wait();
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
    const { cursor } = this.#editor;
    const which = all || selected ? { all: true } : { cursor: charactersBefore(whole, cursor) };
    await this.#work(async (script) => {
      const answer = await call("query", { sql, ...which, inTransaction, cap: Number(this.#cap.value), tab: this.#sessions.tab(script) });
      const { results, error } = answer;
      this.#sessions.tell(script, answer.inTransaction);
      const entries = results.map((result) => ({ title: titleOf(result.sql), result, plan: planOf(result) }));
      if (error) entries.push(this.#wrongEntry(whole, begin, error));
      this.#finished(script, whole, entries, all || selected ? sql : (results[0]?.sql ?? statementText(whole, cursor)));
    }, whole, begin);
  }

  async #explain(analyze) {
    const whole = this.#editor.value;
    const statement = this.#editor.selected ?? statementAt(whole, this.#editor.cursor);
    if (!statement) return;
    // One that asks for a plan itself is asked about what it asks for.
    const [said] = /^\s*explain\s+(?:\([^)]*\)\s*|(?:analyze\s+|verbose\s+)*)/i.exec(whole.slice(statement.from, statement.to)) ?? [""];
    const from = statement.from + said.length;
    const sql = whole.slice(from, statement.to).replace(/;\s*$/, "");
    if (analyze && changes(sql) && !(await confirm("Run it to analyze it?", "EXPLAIN ANALYZE runs the statement. What it changes is rolled back.", "Run and roll back"))) return;
    await this.#work(async (script) => {
      const answer = await call("explain", { sql, analyze, tab: this.#sessions.tab(script) });
      const plan = answer.plan.join("\n");
      this.#finished(script, whole, [{ title: "Plan", plan, ms: answer.ms }], null);
    }, whole, from);
  }

  /** Runs what may take long: with a way to cancel it, and with its error at its place. */
  async #work(run, whole, begin) {
    const script = this.#scripts.current;
    const { id } = script;
    if (this.#running.has(id)) return;
    this.#editor.markError(null);
    this.#running.set(id, false);
    this.#showRunning();
    const soon = setTimeout(() => {
      this.#running.set(id, true);
      this.#showRunning();
    }, SOON);
    const end = () => {
      clearTimeout(soon);
      this.#running.delete(id);
      this.#showRunning();
    };
    try {
      await run(script);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Its session has ended, or it never had one.
      if (error.status === 409 || error.status === 503) this.#sessions.tell(script, false);
      this.#finished(script, whole, [this.#wrongEntry(whole, begin, asServerError(error))], null);
    } finally {
      end();
    }
  }

  #wrongEntry(text, begin, error) {
    const place = error.position ? wordAt(text, error.position + charactersBefore(text, begin)) : null;
    return { title: "Error", error, text, place, where: place ? lineAndColumn(text, place.from) : null };
  }

  #finished(script, whole, entries, sql) {
    const error = entries.find((entry) => entry.error)?.error;
    const ms = entries.reduce((sum, { result }) => sum + (result?.ms ?? 0), 0);
    if (sql) this.#scripts.ran({ sql, at: Date.now(), ms: error ? null : ms, error: error?.message ?? null });
    this.#shown.set(script.id, entries);
    // A statement may have made or dropped what the sidebar and the completion know.
    if (entries.some(({ result }) => result && !keeps(result.sql))) this.dispatchEvent(new CustomEvent("reload-catalog", { bubbles: true }));
    if (script !== this.#scripts.current) return;
    this.#showEntries(entries);
    announce(error ? `Error: ${error.message}` : entries.map(({ result }) => (result?.rows ? counted(result.rows.length, "row") : "done")).join(", "));
  }

  #toError(place) {
    this.#editor.focus();
    this.#editor.markError(place);
  }

  async #cancel() {
    this.#stop.disabled = true;
    await call("cancel", { tab: this.#sessions.tab(this.#scripts.current) }).catch(() => null);
    this.#stop.disabled = false;
  }

  async #history() {
    const run = await chooseRun(this.#scripts.runs);
    if (run) this.#editor.add(run.sql);
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

/** Its words, in lower case. @param {string} sql */
function words(sql) {
  const read = tokens(sql).filter(({ kind }) => kind === "keyword" || kind === "name");
  return read.map(({ from, to }) => sql.slice(from, to).toLowerCase());
}

/** Does it change rows? @param {string} sql */
function changes(sql) {
  const [first, ...rest] = words(sql);
  return !["select", "values", "table", "with"].includes(first) || rest.some((word) => CHANGING.has(word));
}

/** Are the relations after it those of before? @param {string} sql */
function keeps(sql) {
  const [first, ...rest] = words(sql);
  return KEEPING.has(first) && !(["select", "with"].includes(first) && rest.includes("into"));
}

/** Of a statement that asks for a plan. @param {import("./results.js").Result} result */
function planOf({ columns, rows }) {
  return columns?.length === 1 && columns[0].name === "QUERY PLAN" ? rows?.map(([line]) => line).join("\n") : undefined;
}

/** The beginning of a statement, without what is said before it. */
function titleOf(sql) {
  const code = tokens(sql).filter(({ kind }) => kind !== "comment");
  const words = code.map(({ kind, from, to }) => (kind === "space" ? " " : sql.slice(from, to))).join("").trim();
  return words.length > 32 ? `${words.slice(0, 32)}…` : words;
}

customElements.define("sql-place", SqlPlace);
