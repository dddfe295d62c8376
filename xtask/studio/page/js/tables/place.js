import { announce } from "../announce.js";
import { isWithdrawn } from "../api.js";
import { catalog, kindName, shownName } from "../catalog.js";
import { View, el, replace } from "../dom.js";
import "../drawer/drawer.js";
import { staged } from "../edit/staged.js";
import { asServerError, errorMessage } from "../errors.js";
import { counted, whole } from "../format.js";
import { openMenu } from "../frame/menu.js";
import { noTables } from "../frame/no-tables.js";
import { sideButton } from "../frame/side-button.js";
import "../grid/grid.js";
import { quotedName } from "../grid/copy.js";
import { icon } from "../icons.js";
import { address, go } from "../route.js";
import { CellActions } from "./cells.js";
import { exportMenu } from "./export.js";
import "./filters.js";
import { columnItems } from "./menus.js";
import { fromParams, toParams } from "./query.js";
import { gridColumns, gridRows } from "./rows.js";
import { Source } from "./source.js";
import "./status.js";

/** The place where a relation is looked at and changed. */
class TablesPlace extends View {
  /** @type {import("../types.js").Relation|null} */
  relation = null;
  /** @type {Source|null} */
  source = null;
  #shown = "";
  /** The rows that were asked for last did not come. */
  #failed = false;
  #title = el("h2");
  #filters = /** @type {any} */ (el("filter-bar"));
  #actions = el("div.actions");
  #errors = el("div.place-errors");
  #empty = el("div.emptiness", { hidden: true });
  #status = /** @type {any} */ (el("table-status"));
  #toolbar = el("header.toolbar", {}, sideButton(), this.#title, this.#filters, this.#actions);
  grid = /** @type {import("../grid/grid.js").DataGrid} */ (el("data-grid"));
  drawer = /** @type {any} */ (el("side-drawer"));
  #cells = new CellActions(this);

  make() {
    const main = el("div.place-main", {}, this.grid, this.#empty);
    this.append(this.#toolbar, this.#errors, el("div.place-body", {}, main, this.drawer), this.#status);
    this.#filters.addEventListener("query", (event) => this.ask(event.detail));
    this.#status.addEventListener("page", (event) => this.#load(() => this.source.go(event.detail)));
    this.#status.addEventListener("page-size", (event) => this.#load(() => this.source.resize(event.detail)));
    this.grid.addEventListener("sort", (event) => this.#cycle(/** @type {any} */ (event).detail));
    this.grid.addEventListener("column-menu", (event) => this.#columnMenu(/** @type {any} */ (event).detail));
    this.grid.addEventListener("waiting", () => this.#waiting());
    this.grid.addEventListener("selected", () => this.#status.selected(this.#selectionText()));
  }

  attached() {
    staged.addEventListener("change", this.#redraw);
    staged.addEventListener("applied", this.#applied);
    staged.addEventListener("outdated", this.#outdated);
    catalog.addEventListener("change", this.#catalogChanged);
  }

  detached() {
    staged.removeEventListener("change", this.#redraw);
    staged.removeEventListener("applied", this.#applied);
    staged.removeEventListener("outdated", this.#outdated);
    catalog.removeEventListener("change", this.#catalogChanged);
  }

  /** @param {import("../route.js").Route} route */
  async show({ path: [schema, name], query }) {
    const entry = schema && name ? catalog.find(schema, name) : undefined;
    if (!entry) {
      this.#nothing(schema, name);
      return;
    }
    const shown = address("tables", [schema, name], query);
    if (shown === this.#shown) return;
    const other = this.relation?.id !== entry.id;
    this.#shown = shown;
    this.drawer.close();
    try {
      if (other) this.grid.wait({ columns: [], rows: [], label: `${kindName(entry.kind)} ${entry.name}` });
      const relation = await catalog.relation(entry.id, { again: other });
      if (shown !== this.#shown) return;
      // What was opened of the rows before, while these were asked for.
      this.drawer.close();
      this.relation = relation;
    } catch (error) {
      if (shown === this.#shown) this.#unread(entry, error);
      return;
    }
    this.source = new Source(entry.id, this.#known(fromParams(query)));
    this.#frame();
    await this.#load(() => this.source.go("first"));
  }

  /** Without what the address says of columns that are not there. */
  #known({ sort, filters, where }) {
    const known = (one) => this.relation.columns.some((column) => column.number === one.column);
    return { sort: sort.filter(known), filters: filters.filter(known), where };
  }

  /** Asks for other rows, in a way that Back comes back from. @param {import("./query.js").Query} query */
  ask(query) {
    go(address("tables", [this.relation.schema, this.relation.name], toParams(query)));
  }

  #nothing(schema, name) {
    const first = catalog.schemas.flatMap((one) => one.relations.map((relation) => ({ schema: one.name, name: relation.name })))[0];
    if (!schema && first && !matchMedia("(max-width: 760px)").matches) {
      go(address("tables", [first.schema, first.name]), { replace: true });
      return;
    }
    if (schema) {
      this.#leave("Tables", el("h3", {}, `There is no ${shownName({ schema, name: name ?? "" })}`), el("p", {}, "It was renamed or dropped, or it was never there."));
    } else if (first) {
      const open = () => this.dispatchEvent(new CustomEvent("toggle-side", { bubbles: true }));
      this.#leave("Tables", el("h3", {}, "Choose a table"), el("button.button", { type: "button", onclick: open }, "Show the list"));
    } else {
      this.#leave("Tables", ...noTables());
    }
  }

  /** The columns of a relation did not come. */
  #unread(entry, error) {
    this.#leave(entry.name, errorMessage(error), el("button.button", { type: "button", onclick: () => this.#reload() }, "Try again"));
  }

  /** Asks for what the database has by now. */
  #reload() {
    this.dispatchEvent(new CustomEvent("reload-catalog", { bubbles: true }));
  }

  /** Shows no relation, but what there is to say instead. */
  #leave(title, ...instead) {
    this.#shown = "";
    this.relation = null;
    this.source = null;
    this.drawer.close();
    this.grid.stopWaiting();
    replace(this.#title, title);
    this.#filters.hidden = true;
    this.#status.hidden = true;
    this.grid.hidden = true;
    replace(this.#actions);
    replace(this.#errors);
    replace(this.#empty, icon("table"), ...instead);
    this.#empty.hidden = false;
  }

  #frame() {
    const { relation } = this;
    this.#filters.hidden = false;
    this.#status.hidden = false;
    this.grid.hidden = false;
    replace(
      this.#title,
      icon(relation.kind, kindName(relation.kind)),
      el("span.clip", { title: relation.comment ?? `${relation.schema}.${relation.name}` }, relation.schema === "public" ? null : el("span.schema", {}, `${relation.schema}.`), relation.name),
      !relation.writable.update && el("span.badge", { title: relation.writable.reason }, icon("lock"), "read-only"),
    );
    this.#filters.show(relation.columns, this.source.query);
    replace(
      this.#actions,
      tool("columns", "Columns", (button) => this.#columnsMenu(button)),
      tool("download", "Export", (button) => exportMenu(button, this.source.ask, relation, (error) => this.problem(error))),
      tool("refresh", "Refresh", () => this.refresh()),
      relation.writable.insert && el("button.button", { type: "button", onclick: () => this.#cells.insert() }, icon("plus"), el("span.words", {}, "Insert row")),
    );
  }

  /** Reads the relation and the same page again, and forgets what was inserted. */
  refresh() {
    this.source.inserted = [];
    return this.#again({ tell: true });
  }

  /** @param {{ tell?: boolean }} how tell: it was asked for; otherwise something else is to be heard */
  #again = async ({ tell = false }) => {
    if (!this.relation) return;
    const relation = await catalog.relation(this.relation.id, { again: true }).catch(() => this.relation);
    if (relation.id !== this.relation?.id) return;
    this.relation = relation;
    await this.#load(() => this.source.again(), { again: true, tell });
  };

  /** @param {() => Promise<void>} work @param {{ again?: boolean, tell?: boolean }} [how] again: the same rows, among which one stays where one is */
  async #load(work, { again = false, tell = true } = {}) {
    const { source } = this;
    const told = this.#errors.firstChild;
    // Under the hands of someone who asked for nothing the rows stay.
    if (tell) this.grid.wait({ ...this.#shownData, rows: [] });
    try {
      await work();
      if (source !== this.source) return;
      this.#failed = false;
      // What has been told since is about something else.
      if (told === this.#errors.firstChild) replace(this.#errors);
      this.#status.hidden = false;
      this.#redraw();
      if (!again) this.grid.scrollTop = 0;
      if (tell) this.#tell();
    } catch (error) {
      if (isWithdrawn(error) || source !== this.source) return;
      this.grid.stopWaiting();
      this.#failed = true;
      replace(this.#errors, errorMessage(error));
      if (source.query.where) this.#filters.markWhere(asServerError(error));
      if (source.page) return;
      this.grid.show({ ...this.#shownData, rows: [] });
      this.#status.hidden = true;
      this.#empty.hidden = true;
    }
  }

  /** Shows what went wrong above the rows. @param {unknown} error */
  problem(error) {
    replace(this.#errors, errorMessage(error));
  }

  #waiting() {
    announce(`Loading ${this.grid.data.label}`);
    // What it says is of other rows.
    if (!this.source?.page || this.grid.data.name !== this.#shownData.name) this.#status.clear();
  }

  /** What is shown, without the rows. */
  get #shownData() {
    const { relation, source } = this;
    return {
      columns: gridColumns(relation),
      name: `${catalog.session.database}/${relation.schema}.${relation.name}`,
      label: `${kindName(relation.kind)} ${relation.name}`,
      sort: source.query.sort.map(({ column, desc }) => ({ id: String(column), desc })),
    };
  }

  #redraw = () => {
    const { relation, source } = this;
    if (!relation || !source?.page) return;
    const { added, rows } = gridRows(relation, source);
    const filtered = source.query.filters.length > 0 || source.query.where !== "";
    this.grid.show({
      ...this.#shownData,
      rows: [...added, ...rows],
      added: added.length,
      total: source.page.hasNext || source.page.hasPrevious ? null : added.length + rows.length,
      start: source.start,
    });
    this.#status.show({ page: source.page, start: source.start, pageSize: source.size, relation, filtered, ask: source.counted });
    this.#empty.hidden = added.length + rows.length > 0;
    if (!this.#empty.hidden) this.#showEmpty(filtered);
    this.#cells.showOpened();
  };

  #showEmpty(filtered) {
    const { relation, source } = this;
    const clear = () => {
      // The button goes, and the focus with it.
      this.grid.focus();
      this.ask({ sort: source.query.sort, filters: [], where: "" });
    };
    replace(
      this.#empty,
      el("h3", {}, filtered ? "No row matches" : `This ${kindName(relation.kind)} has no rows`),
      filtered && el("button.button", { type: "button", onclick: clear }, "Remove the filters"),
      !filtered && relation.writable.insert && el("button.button", { type: "button", onclick: () => this.#cells.insert() }, icon("plus"), "Insert row"),
    );
  }

  #tell() {
    const { page, start, query } = this.source;
    const rows = page.rows.length;
    const name = (number) => this.relation.columns.find((one) => one.number === number)?.name;
    const order = query.sort.map(({ column, desc }) => ` by ${name(column)} ${desc ? "descending" : "ascending"}`).join(",");
    const about = `${this.relation.name}${order}`;
    if (rows === 0) announce(`${about}: no rows`);
    else if (start !== null) announce(`${about}: rows ${whole(start + 1)} to ${whole(start + rows)}`);
    else announce(`${about}: ${page.hasNext ? "" : "the last "}${counted(rows, "row")}`);
  }

  #applied = async (event) => {
    if (!this.source) return;
    this.source.became(event.detail);
    this.#cells.renamed(event.detail);
    // What has the focus, the button, goes with the tray; nobody is to be taken from what he looks at for that.
    const { activeElement: focused } = document;
    if (focused === document.body || focused?.closest("change-tray")) this.grid.focus({ preventScroll: true });
    await this.#again({});
    this.#reload();
  };

  #outdated = () => this.#again({});

  #catalogChanged = () => {
    // After a lost connection, or changes, what is shown may be old.
    if (!this.relation || !this.source) return;
    if (!this.source.page) this.#load(() => this.source.go("first"));
    else if (this.#failed) this.#again({});
  };

  #cycle({ column, add }) {
    if (!column.sortable) return;
    const now = this.source.query.sort.find((one) => one.column === Number(column.id));
    this.#sort(Number(column.id), now === undefined ? false : now.desc ? null : true, add);
  }

  /** @param {number} column @param {boolean|null} desc null: not any more @param {boolean} [add] to what is sorted by already */
  #sort(column, desc, add = false) {
    const { query } = this.source;
    const others = add ? query.sort.filter((one) => one.column !== column) : [];
    this.ask({ ...query, sort: desc === null ? others : [...others, { column, desc }] });
  }

  #columnMenu({ column: shown, at }) {
    const { grid, source } = this;
    const column = this.relation.columns.find((one) => one.number === Number(shown.id));
    const state = {
      column,
      sorted: source.query.sort.find((one) => one.column === column.number),
      sortable: shown.sortable,
      pinned: grid.layout.pinned.has(shown.id),
      last: grid.layout.visible(grid.data.columns).length === 1,
    };
    const relayout = (change) => () => {
      change(shown.id);
      grid.relayout();
    };
    openMenu(
      column.name,
      at,
      columnItems(state, {
        sort: (desc) => this.#sort(column.number, desc),
        filter: () => this.#filters.edit(null, column, at),
        pin: relayout((id) => grid.layout.togglePinned(id)),
        hide: relayout((id) => grid.layout.toggleHidden(id)),
        fit: () => grid.fit(shown.id),
        copyName: () => navigator.clipboard.writeText(quotedName(column.name)),
      }),
    );
  }

  #columnsMenu(button) {
    const { grid } = this;
    openMenu("Columns", button, [
      ...grid.data.columns.map((column) => ({
        label: column.name,
        hint: column.type,
        checked: !grid.layout.hidden.has(column.id),
        keep: true,
        run: () => {
          grid.layout.toggleHidden(column.id);
          grid.relayout();
        },
      })),
    ]);
  }

  #selectionText() {
    const { rows, positions } = this.grid.selected;
    if (rows.length * positions.length <= 1) return "";
    return `${counted(rows.length, "row")} × ${counted(positions.length, "column")}`;
  }
}

/** A button of the toolbar that is only an icon. */
function tool(shape, label, run) {
  return el("button.button.quiet.square", { type: "button", "aria-label": label, title: label, onclick: (event) => run(event.currentTarget) }, icon(shape));
}

customElements.define("tables-place", TablesPlace);
