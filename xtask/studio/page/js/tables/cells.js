import { announce } from "../announce.js";
import { call } from "../api.js";
import { catalog, shownName } from "../catalog.js";
import { follow, openRow } from "../drawer/row.js";
import { control, problemWith } from "../edit/control.js";
import { pickReferenced } from "../edit/picker.js";
import { staged } from "../edit/staged.js";
import { errorMessage } from "../errors.js";
import { counted, whole } from "../format.js";
import { openMenu } from "../frame/menu.js";
import { fromTsv, quotedName, toInsert, toJson, toTsv } from "../grid/copy.js";
import { isCut, textOf } from "../grid/value.js";
import { cellItems } from "./menus.js";
import { whereEquals } from "./query.js";
import { byNumber, lockedBecause, rowId } from "./rows.js";

const MOST_PASTED = 5000;
const LONG = 120;

/** What is done with the cells and rows of a table. */
export class CellActions {
  /** @type {import("../grid/grid.js").GridRow|null} the row in the drawer, as it is shown there */
  #opened = null;

  /** @param {any} place the tables-place */
  constructor(place) {
    this.place = place;
    const { grid } = place;
    grid.editorFor = (row, column, initial) => this.#editor(row, column, initial);
    const on = (name, run) => grid.addEventListener(name, (event) => run(event.detail));
    on("edited", ({ row, column, value }) => this.#set([row], [this.#column(column)], value));
    on("not-edited", ({ column, value, problem }) => place.problem(new Error(`${column.name}: ${problem} “${value}” was not kept.`)));
    on("open-cell", (focused) => this.#open(focused.row, this.#column(focused.column).number));
    on("open-row", (focused) => this.#open(focused.row));
    on("follow", ({ row, column }) => this.#follow(row, this.#column(column).foreignKeys[0]));
    on("clear-cells", () => this.#clear());
    on("undo", () => announce(staged.undo() ? "Taken back" : "Nothing to take back"));
    on("cell-menu", (detail) => this.#menu(detail));
    on("copy-cells", ({ clipboard }) => this.#copyTo(clipboard));
    on("paste-cells", ({ text }) => this.#paste(text));
    place.drawer.addEventListener("closed", () => (this.#opened = null));
  }

  /** @returns {import("../types.js").Relation} */
  get relation() {
    return this.place.relation;
  }

  #column(shown) {
    return this.relation.columns.find((one) => one.number === Number(shown.id));
  }

  /** The row as the staged changes name it. */
  #named(row) {
    const { page, inserted } = this.place.source;
    const read = [...inserted, ...page.rows].find((one) => JSON.stringify(one.key) === row.id);
    return { id: row.id, key: read?.key ?? null, before: read ? byNumber(this.relation, read.values) : {} };
  }

  /** What a cell is edited with where it stands; what needs room is edited in the drawer. */
  #editor(row, shown, initial) {
    const column = this.#column(shown);
    const value = row.values[this.relation.columns.indexOf(column)];
    const text = textOf(value) ?? "";
    const needsRoom = column.base === "json" || column.base === "jsonb" || isCut(value) || text.includes("\n") || text.length > LONG;
    if (needsRoom && initial === undefined) return null;
    if (isCut(value) || column.base === "json" || column.base === "jsonb") return null;
    if (column.foreignKeys.length > 0 && initial === undefined && row.state !== "delete") {
      this.#pick(row, column.foreignKeys[0], this.place.grid.focusedPlace);
      return { handled: true };
    }
    return control(column, value, { initial });
  }

  #pick(row, index, at) {
    pickReferenced(this.relation, index, at, (values) => {
      staged.update(this.relation, this.#named(row), values);
      this.place.grid.focus();
    }).catch((error) => this.place.problem(error));
  }

  #set(rows, columns, value) {
    for (const row of rows) {
      if (row.state === "delete") continue;
      staged.update(this.relation, this.#named(row), Object.fromEntries(columns.map((column) => [column.number, value])));
    }
  }

  /** Delete: NULL where the columns take it. */
  #clear() {
    const { rows, columns } = this.place.grid.selected;
    if (!this.relation.writable.update) {
      announce(this.relation.writable.reason ?? "This cannot be changed");
      return;
    }
    const open = columns.map((one) => this.#column(one)).filter((column) => lockedBecause(column) === null);
    const nullable = open.filter((column) => !column.notNull);
    if (nullable.length === 0) {
      announce(`${columns.map((one) => one.name).join(", ")}: NOT NULL`);
      return;
    }
    this.#set(rows, nullable, null);
  }

  /** A new row, with what the application itself would put in. */
  async insert() {
    const { relation } = this;
    try {
      const asked = relation.columns.some((column) => column.appDefault) ? await call("defaults", { id: relation.id }) : {};
      const id = staged.insert(relation, asked);
      this.#begin(id);
    } catch (error) {
      this.place.problem(error);
    }
  }

  /** Puts the focus on the first value that only a person knows. */
  #begin(id) {
    const change = staged.find(this.relation.id, id);
    const wanted = this.relation.columns.find((column) => lockedBecause(column) === null && column.default === null && !(column.number in change.values));
    this.place.grid.focusCell(id, String((wanted ?? this.relation.columns[0]).number));
    announce("New row");
  }

  #duplicate(rows) {
    const { relation } = this;
    const keys = new Set([...(relation.primaryKey ?? []), ...relation.columns.filter((one) => one.appDefault).map((one) => one.number)]);
    const copied = relation.columns.filter((column) => lockedBecause(column) === null && !(keys.has(column.number) && (column.default !== null || column.appDefault || column.generated)));
    const copy = async () => {
      for (const row of rows) {
        const made = relation.columns.some((column) => column.appDefault) ? await call("defaults", { id: relation.id }) : {};
        const values = Object.fromEntries(copied.map((column) => [column.number, row.values[relation.columns.indexOf(column)]]).filter(([, value]) => !isCut(value)));
        staged.insert(relation, { ...values, ...made });
      }
      announce(`Duplicated ${counted(rows.length, "row")}`);
    };
    copy().catch((error) => this.place.problem(error));
  }

  /** @param {import("../grid/grid.js").GridRow} row @param {number|null} [focus] number of a column; null leaves the focus where it is */
  #open(row, focus) {
    const { relation, place } = this;
    const peeked = (link, values) => this.#peek(link, values);
    const isDeleted = row.state === "delete";
    this.#opened = row;
    openRow(place.drawer, relation, row.values, {
      key: this.#named(row).key,
      title: row.state === "insert" ? `New row of ${relation.name}` : `Row of ${relation.name}`,
      focus,
      onchange: relation.writable.update && !isDeleted ? (column, value) => staged.update(relation, this.#named(row), { [column.number]: value }) : undefined,
      editable: (column) => lockedBecause(column) === null,
      peek: peeked,
      pick: (index, at) =>
        pickReferenced(relation, index, at, (values) => {
          staged.update(relation, this.#named(row), values);
          const now = place.grid.data.rows.find((one) => one.id === row.id);
          if (now) this.#open(now, relation.foreignKeys[index].columns[0]);
        }).catch((error) => place.problem(error)),
    });
  }

  /** Shows the row in the drawer as it is by now, but not to someone who is just typing there. */
  showOpened() {
    const { drawer, grid } = this.place;
    const shown = this.#opened;
    if (!shown || drawer.contains(document.activeElement)) return;
    const now = grid.data.rows.find((one) => one.id === shown.id);
    if (!now) drawer.close();
    else if (JSON.stringify([now.values, now.state]) !== JSON.stringify([shown.values, shown.state])) this.#open(now, null);
  }

  /** The drawer stays with its row under the key that it has since changes were applied. */
  renamed(applied) {
    const change = applied.find((one) => one.change.relation.id === this.relation.id && one.change.id === this.#opened?.id);
    if (this.#opened && change) this.#opened = { ...this.#opened, id: rowId(change.row, -1) };
  }

  /** Shows the referenced row beside the one that refers to it. */
  async #peek(link, values) {
    const { drawer } = this.place;
    this.#opened = null;
    try {
      const target = await catalog.relation(link.relation);
      const { filters } = whereEquals(link.referenced, values);
      const page = await call("rows", { id: target.id, sort: [], filters, limit: 1, page: { first: true } });
      if (page.rows.length === 0) {
        announce(`There is no such row of ${shownName(target)}`);
        return;
      }
      openRow(drawer, target, page.rows[0].values, {
        key: page.rows[0].key,
        title: `${shownName(target)}, referenced row`,
        peek: (next, found) => this.#peek(next, found),
      });
    } catch (error) {
      drawer.open("No referenced row", [], [errorMessage(error)]);
    }
  }

  #valuesOf(row, numbers) {
    return numbers.map((number) => textOf(row.values[this.relation.columns.findIndex((one) => one.number === number)]));
  }

  #follow(row, index) {
    const link = this.relation.foreignKeys[index];
    if (!link) return;
    const values = this.#valuesOf(row, link.columns);
    if (values.includes(null)) announce("NULL refers to nothing");
    else follow(link, values);
  }

  #copied(as = toTsv) {
    const { rows, positions } = this.place.grid.selected;
    return as(rows.map((row) => positions.map((position) => row.values[position])));
  }

  /** @param {DataTransfer} clipboard */
  #copyTo(clipboard) {
    const { rows, positions } = this.place.grid.selected;
    clipboard.setData("text/plain", this.#copied());
    announce(`Copied ${rows.length} × ${positions.length} values`);
  }

  async #copy(as) {
    await navigator.clipboard.writeText(this.#copied(as));
    announce("Copied");
  }

  #paste(text) {
    const { grid } = this.place;
    const { relation } = this;
    const block = grid.selection.block;
    const cells = fromTsv(text);
    if (!block || !relation.writable.update) return;
    const visible = grid.layout.visible(grid.data.columns);
    const one = cells.length === 1 && cells[0].length === 1;
    const width = Math.max(...cells.map((row) => row.length));
    if (cells.length * width > MOST_PASTED) {
      this.place.problem(new Error(`${counted(cells.length * width, "value")} are too many to paste: ${whole(MOST_PASTED)} at most.`));
      return;
    }
    if (!one && (block.top + cells.length > grid.data.rows.length || block.left + width > visible.length)) {
      this.place.problem(new Error(`${cells.length} × ${width} values do not fit here: they would reach beyond the last row or column.`));
      return;
    }
    const rows = one ? grid.selected.rows : grid.data.rows.slice(block.top, block.top + cells.length);
    const columns = (one ? grid.selected.positions : visible.slice(block.left, block.left + width)).map((position) => relation.columns[position]);
    const locked = columns.find((column) => lockedBecause(column) !== null);
    if (locked) {
      this.place.problem(new Error(`Nothing was pasted. ${locked.name} takes no values: ${lockedBecause(locked)}.`));
      return;
    }
    const pasted = rows.map((row, down) => ({ row, values: pairs(columns, one ? columns.map(() => cells[0][0]) : cells[down]) }));
    const unfit = pasted.flatMap(({ values }) => values).find(({ column, text }) => problemWith(column, text));
    if (unfit) {
      this.place.problem(new Error(`Nothing was pasted. ${unfit.column.name}: ${problemWith(unfit.column, unfit.text)} “${unfit.text}” is none.`));
      return;
    }
    for (const { row, values } of pasted) {
      if (row.state !== "delete") staged.update(relation, this.#named(row), Object.fromEntries(values.map(({ column, text }) => [column.number, text])));
    }
    announce(`Pasted ${rows.length} × ${columns.length} values`);
  }

  #menu({ row, column: shown, value, at }) {
    const { relation, place } = this;
    const { grid } = place;
    const column = this.#column(shown);
    const { rows, columns } = grid.selected;
    const open = columns.map((one) => this.#column(one)).filter((one) => lockedBecause(one) === null);
    const isStaged = rows.some((one) => one.state);
    const table = `${quotedName(relation.schema)}.${quotedName(relation.name)}`;
    const items = cellItems(
      { relation, column, value, isStaged, isDeleted: row.state === "delete", rows: rows.length },
      {
        edit: () => requestAnimationFrame(() => grid.edit()),
        set: (to) => this.#set(rows, open, to),
        open: () => this.#open(row),
        follow: (index) => this.#follow(row, index),
        peek: (index) => this.#peek(relation.foreignKeys[index], this.#valuesOf(row, relation.foreignKeys[index].columns)),
        back: (link) => follow({ ...link, referenced: link.referenced }, this.#valuesOf(row, link.columns)),
        only: (same) => this.#only(column, value, same),
        copy: () => this.#copy(toTsv),
        copyJson: () => this.#copy((values) => toJson(columns, values)),
        copyInsert: () => this.#copy((values) => toInsert(table, columns, values)),
        duplicate: () => this.#duplicate(rows),
        restore: () => staged.restore(relation.id, rows.map((one) => one.id)),
        delete: () => this.#delete(rows),
      },
    );
    openMenu(column.name, at, items);
  }

  #only(column, value, same) {
    const { query } = this.place.source;
    const op = value === null ? (same ? "isNull" : "notNull") : same ? "eq" : "ne";
    const filters = query.filters.filter((one) => !(one.column === column.number && one.op === op));
    this.place.ask({ ...query, filters: [...filters, { column: column.number, op, value: value === null ? null : textOf(value) }] });
  }

  #delete(rows) {
    staged.delete(this.relation, rows.map((row) => this.#named(row)));
    announce(`${counted(rows.length, "row")} to be deleted when applied`);
  }
}

/** The texts of a line with their columns. @returns {{ column: import("../types.js").Column, text: string }[]} */
function pairs(columns, line) {
  return line.map((text, index) => ({ column: columns[index], text }));
}
