import { View, el, replace } from "../dom.js";
import { bodyRow, pinned, rest, skeletonRow } from "./body.js";
import { dragging } from "./drag.js";
import { Editing } from "./editing.js";
import { headCell } from "./head.js";
import { moved } from "./keys.js";
import { Layout } from "./layout.js";
import { resizing } from "./resize.js";
import { Selection } from "./selection.js";
import { textOf, valueNode } from "./value.js";

/**
 * @typedef {import("../types.js").Value} Value
 * @typedef {{ id: string, name: string, type: string, base?: import("../types.js").Base, numeric: boolean, notNull?: boolean, sortable: boolean,
 *             locked?: string|null, editable?: boolean, about?: string, badges: { icon: any, label: string }[] }} GridColumn
 *   locked: why its values cannot be changed
 * @typedef {{ id: string, values: Value[], state?: "insert"|"inserted"|"update"|"delete", changed?: Set<number>, failed?: string }} GridRow
 *   changed: positions of columns; failed: what the server said of it
 * @typedef {{ columns: GridColumn[], rows: GridRow[], added?: number, name?: string|null, label: string, total?: number|null, start?: number|null,
 *             sort?: { id: string, desc: boolean }[] }} GridData
 *   added: how many rows come first that have no number; total: of all rows, when it is known; start: rows before the first one, null if unknown
 * @typedef {import("./editing.js").CellEditor} CellEditor
 */

const QUIET = 150;
// As the style sheet has them, in pixels.
const GUTTER = 48;
const HEAD = 44;
const ROW = 28;

/**
 * A table of values with one focused cell and a selected block. It shows and selects; what is done with a cell is told by events:
 * `sort`, `column-menu`, `cell-menu`, `open-cell`, `open-row`, `follow`, `edited`, `not-edited`, `clear-cells`, `paste-cells`, `undo`, `selected`, `waiting`.
 */
export class DataGrid extends View {
  /** @type {GridData} */
  data = { columns: [], rows: [], label: "" };
  selection = new Selection();
  layout = new Layout(null);
  /** @type {(row: GridRow, column: GridColumn, initial?: string) => CellEditor|{ handled: true }|null} what a cell is edited with; null: not in place;
   * handled: by someone else already */
  editorFor = () => null;

  /** @type {import("./body.js").ShownColumn[]} */
  #shown = [];
  /** @type {HTMLElement[][]} */
  #cells = [];
  /** @type {HTMLElement[]} */
  #heads = [];
  /** @type {HTMLElement[]} */
  #painted = [];
  // It has the focus itself while its cells are on their way.
  #table = el("table", { role: "grid", tabindex: "-1", "aria-multiselectable": "true" });
  #editing = new Editing();
  #quiet = 0;
  /** @type {GridData|null} what is shown as soon as waiting is worth a word */
  #coming = null;
  /** @type {GridData|null} what was shown before that */
  #before = null;
  /** @type {GridData|null} what came while a cell was edited */
  #later = null;

  make() {
    this.classList.add("grid");
    this.append(this.#table);
    this.#table.addEventListener("keydown", (event) => this.#key(event));
    this.#table.addEventListener("pointerdown", (event) => this.#pointer(event));
    this.#table.addEventListener("click", (event) => this.#click(event));
    this.#table.addEventListener("dblclick", (event) => this.#double(event));
    this.#table.addEventListener("contextmenu", (event) => this.#context(event));
  }

  // A copy without selected text is told to the document, not to the focused cell.
  attached() {
    document.addEventListener("copy", this.#copy);
    document.addEventListener("paste", this.#paste);
  }

  detached() {
    document.removeEventListener("copy", this.#copy);
    document.removeEventListener("paste", this.#paste);
  }

  /** @param {GridData} data */
  show(data) {
    this.#endWaiting();
    // What is being typed is worth more than what has come meanwhile.
    if (this.#editing.isOpen && data.name === this.data.name) this.#later = data;
    else this.#become(data);
  }

  /**
   * Shows that rows are on their way, but not for those who answer at once.
   *
   * @param {GridData} coming what is known of them by now
   */
  wait(coming) {
    this.#coming = coming;
    if (this.#isWaiting) this.#become(coming);
    else this.#quiet ||= setTimeout(() => this.#showWaiting(), QUIET);
  }

  /** No rows came: what was shown is shown again. */
  stopWaiting() {
    const before = this.#before;
    this.#endWaiting();
    if (before) this.#become(before);
  }

  get #isWaiting() {
    return this.#before !== null;
  }

  #showWaiting() {
    if (this.#editing.isOpen) return;
    this.#before = this.data;
    this.#table.setAttribute("aria-busy", "true");
    this.#become(this.#coming);
    this.#tell("waiting", {});
  }

  #endWaiting() {
    clearTimeout(this.#quiet);
    this.#quiet = 0;
    this.#before = null;
    this.#table.removeAttribute("aria-busy");
  }

  #become(data) {
    const other = data.name !== this.data.name || !this.data.name;
    const kept = this.contains(document.activeElement);
    const { scrollLeft: left, scrollTop: top } = this;
    this.#editing.drop();
    this.#later = null;
    this.data = data;
    if (other) {
      this.layout = new Layout(data.name ?? null);
      this.selection = new Selection();
    }
    this.#render();
    if (other) this.scrollTo(0, 0);
    if (this.#isWaiting && this.selection.focus.row >= 0) {
      if (kept) this.#table.focus({ preventScroll: true });
      return;
    }
    if (!this.#isWaiting) this.selection.clamp(data.rows.length, this.#shown.length);
    this.#paint(kept);
    // One looks where one looked, wherever the focus is.
    if (!other) this.scrollTo({ left, top, behavior: "instant" });
  }

  /** Lays the columns out again. */
  relayout() {
    const kept = this.contains(document.activeElement);
    this.#render();
    this.selection.clamp(this.data.rows.length, this.#shown.length);
    this.#paint(kept);
  }

  /** The columns that are shown, and the rows and positions of the selected block. */
  get selected() {
    const block = this.selection.block;
    if (!block) return { rows: [], positions: [], columns: [] };
    const positions = this.#shown.slice(block.left, block.right + 1).map(({ position }) => position);
    return {
      rows: this.data.rows.slice(block.top, block.bottom + 1),
      positions,
      columns: positions.map((position) => this.data.columns[position]),
    };
  }

  /** @returns {{ row: GridRow, column: GridColumn, position: number, value: Value }|null} */
  get focused() {
    const { row, column } = this.selection.focus;
    const shown = this.#shown[column];
    const found = this.data.rows[row];
    if (!found || !shown) return null;
    return { row: found, column: shown.column, position: shown.position, value: found.values[shown.position] };
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#cellAt(this.selection.focus)?.focus(options);
  }

  /** Where menus about the focused cell belong. */
  get focusedPlace() {
    return this.#cellAt(this.selection.focus)?.getBoundingClientRect() ?? this.getBoundingClientRect();
  }

  /** @param {string} rowId @param {string} [columnId] */
  focusCell(rowId, columnId) {
    const row = this.data.rows.findIndex((one) => one.id === rowId);
    const column = this.#shown.findIndex((one) => one.column.id === columnId);
    this.#move({ row, column: Math.max(column, 0) }, false);
  }

  #render() {
    const { sort = [], label, total = null } = this.data;
    this.#shown = this.#layOut();
    // What is scrolled to must not end below the head, the row numbers or the pinned columns.
    const fixed = this.#shown.reduce((sum, { width, pin }) => (pin === null ? sum : sum + width), GUTTER);
    this.style.scrollPadding = `${HEAD + 2}px 0 0 ${fixed}px`;
    this.#heads = this.#shown.map(({ column, pin }, index) => {
      const place = sort.findIndex((one) => one.id === column.id);
      const sorted = place < 0 ? null : { desc: sort[place].desc, place: sort.length > 1 ? place + 1 : null };
      return pinned(headCell(column, { index, sorted }), pin);
    });
    const cols = this.#shown.map(({ width }) => {
      const col = el("col");
      col.style.width = `${width}px`;
      return col;
    });
    const corner = el("th.corner", { role: "columnheader", "aria-colindex": 1, title: "Select all" }, el("span.unseen", {}, "Row"));
    replace(
      this.#table,
      el("colgroup", {}, el("col.gutter"), cols, el("col.rest")),
      el("thead", {}, el("tr", { role: "row", "aria-rowindex": 1 }, corner, this.#heads, rest())),
      el("tbody", {}, this.#isWaiting ? this.#skeleton() : this.#body()),
    );
    this.#table.setAttribute("aria-label", label);
    this.#table.setAttribute("aria-rowcount", String(total === null ? -1 : total + 1));
    this.#table.setAttribute("aria-colcount", String(this.#shown.length + 1));
    this.#table.style.width = `max(100%, ${this.#shown.reduce((sum, { width }) => sum + width, GUTTER)}px)`;
  }

  /** @returns {import("./body.js").ShownColumn[]} */
  #layOut() {
    const { columns, rows } = this.data;
    let left = GUTTER;
    return this.layout.visible(columns).map((position) => {
      const column = columns[position];
      const width = this.layout.width(column, rows.map((row) => textOf(row.values[position])));
      const pin = this.layout.pinned.has(column.id) ? left : null;
      if (pin !== null) left += width;
      return { column, position, width, pin };
    });
  }

  #body() {
    const { rows, start = 0, added = 0 } = this.data;
    const made = rows.map((row, index) => {
      const place = start === null ? { index: null, number: null } : { index: start + index + 2, number: start + index + 1 - added };
      return bodyRow(row, this.#shown, place);
    });
    this.#cells = made.map(({ cells }) => cells);
    return made.map(({ element }) => element);
  }

  #skeleton() {
    this.#cells = [];
    const fit = Math.ceil((this.clientHeight - HEAD) / ROW);
    return Array.from({ length: fit }, (_, index) => skeletonRow(this.#shown, index));
  }

  /** @param {import("./selection.js").Cell} at */
  #cellAt({ row, column }) {
    return row < 0 ? this.#heads[column] : this.#cells[row]?.[column];
  }

  /** @param {boolean} focus give the focus to the cell, too */
  #paint(focus) {
    for (const cell of this.#painted) {
      if (cell.ariaSelected) cell.ariaSelected = "false";
      cell.tabIndex = -1;
    }
    const block = this.selection.block;
    this.#painted = [];
    if (block) {
      for (let row = block.top; row <= block.bottom; row += 1) this.#painted.push(...this.#cells[row].slice(block.left, block.right + 1));
      for (const cell of this.#painted) cell.ariaSelected = "true";
    }
    const cell = this.#cellAt(this.selection.focus);
    if (cell) {
      cell.tabIndex = 0;
      this.#painted.push(cell);
      if (focus) {
        cell.focus({ preventScroll: true });
        // It leaves an editor, perhaps: what was typed is staged then, and the rows are drawn anew.
        if (!cell.isConnected) this.focus();
        this.#reveal(this.#cellAt(this.selection.focus));
      }
    }
    this.#tell("selected", {});
  }

  /** Scrolls a cell out from under the head and the pinned columns. */
  #reveal(cell) {
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #move(to, extend) {
    this.selection.moveTo(to, extend);
    this.#paint(true);
  }

  #tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { focus } = this.selection;
    if (this.#isWaiting && focus.row >= 0) return;
    if (this.#editing.isOpen) {
      this.#editing.key(event);
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    if (focus.row < 0 && event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.#widen(focus.column, event.key === "ArrowLeft" ? -16 : 16);
    } else if (focus.row < 0 ? this.#headKey(event) : this.#cellKey(event, command)) {
      // done
    } else {
      const screen = Math.max(1, Math.floor((this.clientHeight - HEAD) / ROW) - 1);
      const to = event.altKey ? null : moved(event, focus, { rows: this.data.rows.length, columns: this.#shown.length, screen });
      if (!to) return;
      this.#move(to, event.shiftKey);
    }
    event.preventDefault();
  }

  #headKey(event) {
    const { column } = this.#shown[this.selection.focus.column];
    if (event.key === "Enter" || event.key === " ") this.#tell("sort", { column, add: event.shiftKey });
    else if (isMenuKey(event)) this.#tell("column-menu", { column, at: this.focusedPlace });
    else return false;
    return true;
  }

  #cellKey(event, command) {
    const focused = this.focused;
    if (!focused) return false;
    if (isMenuKey(event)) this.#tell("cell-menu", { ...focused, at: this.focusedPlace });
    else if (event.key === "Enter" && event.altKey) this.#tell("follow", focused);
    else if (event.key === "Enter" || event.key === "F2") this.edit();
    else if (event.key === " " && event.shiftKey) this.#selectRows(this.selection.anchor.row, this.selection.focus.row);
    else if (event.key === " ") this.#tell("open-row", focused);
    else if (event.key === "Delete" || event.key === "Backspace") this.#tell("clear-cells", {});
    else if (command && event.key === "a") this.#selectRows(0, this.data.rows.length - 1);
    else if (command && event.key === "z") this.#tell("undo", {});
    else if (event.key.length === 1 && !command && !event.altKey && !/[/?]/.test(event.key)) return this.edit(event.key);
    else return false;
    return true;
  }

  #selectRows(from, to) {
    this.selection.selectRows(from, to, this.#shown.length);
    this.#paint(true);
  }

  /**
   * Edits the focused cell in place, or asks for it to be opened.
   *
   * @param {string} [initial] what was typed to begin
   * @returns {boolean} whether something was begun
   */
  edit(initial) {
    const focused = this.focused;
    if (!focused) return false;
    const editor = focused.column.editable && focused.row.state !== "delete" ? this.editorFor(focused.row, focused.column, initial) : null;
    if (!editor) {
      if (initial === undefined) this.#tell("open-cell", focused);
      return initial === undefined;
    }
    if (!("element" in editor)) return true;
    const at = { ...this.selection.focus };
    this.#editing.begin(this.#cellAt(at), editor, (end) => this.#edited(focused, at, end));
    return true;
  }

  /** @param {{ row: GridRow, column: GridColumn, position: number, value: Value }} edited @param {import("./selection.js").Cell} at @param {import("./editing.js").End} end */
  #edited({ row, column, position, value: old }, at, { value, keep, problem, focus, step }) {
    this.#cellAt(at).replaceChildren(el("div.value", {}, valueNode(old, column.base)));
    if (this.#later) {
      this.#become(this.#later);
      const place = this.data.rows.findIndex((one) => one.id === row.id);
      if (place >= 0) at.row = place;
    }
    if (focus) {
      const to = { row: at.row + step.row, column: at.column + step.column };
      this.#move(this.#cellAt(to) && to.row >= 0 ? to : at, false);
    }
    if (problem !== null) this.#tell("not-edited", { column, value, problem });
    else if (keep) this.#tell("edited", { row, column, position, value });
  }

  #pointer(event) {
    if (event.target.closest(".editing")) return;
    const head = event.target.closest("th[role=columnheader]");
    if (head && event.button === 0) {
      event.preventDefault();
      this.#headPointer(event, head);
      return;
    }
    const gutter = event.target.closest("th.gutter");
    const cell = event.target.closest("td[role=gridcell]");
    if (!gutter && !cell) return;
    const row = gutter ? gutter.parentElement.sectionRowIndex : cell.parentElement.sectionRowIndex;
    const column = gutter ? 0 : this.#cells[row].indexOf(cell);
    const inside = event.button !== 0 && this.#painted.includes(cell);
    event.preventDefault();
    if (inside) return;
    if (gutter) this.#selectRows(event.shiftKey ? this.selection.anchor.row : row, row);
    else this.#move({ row, column }, event.shiftKey);
    if (event.button === 0) this.#dragBlock(event, Boolean(gutter));
  }

  #dragBlock(event, whole) {
    const over = (move) => {
      const cell = document.elementFromPoint(move.clientX, move.clientY)?.closest("tbody td[role=gridcell], tbody th.gutter");
      if (!cell || !this.contains(cell)) return;
      const row = /** @type {HTMLTableRowElement} */ (cell.parentElement).sectionRowIndex;
      if (whole) this.#selectRows(this.selection.anchor.row, row);
      else this.#move({ row, column: Math.max(0, this.#cells[row].indexOf(/** @type {HTMLElement} */ (cell))) }, true);
    };
    if (event.pointerType === "touch") return;
    dragging(over);
  }

  #headPointer(event, head) {
    if (head.classList.contains("corner")) {
      if (this.data.rows.length > 0) this.#selectRows(0, this.data.rows.length - 1);
      return;
    }
    const index = this.#heads.indexOf(head);
    if (event.target.closest(".head-resize")) {
      resizing(event, head.getBoundingClientRect().width, (width, done) => this.#setWidth(index, width, done));
      return;
    }
    this.#move({ row: -1, column: index }, false);
  }

  #click(event) {
    const head = event.target.closest("th[role=columnheader]:not(.corner)");
    if (!head || event.target.closest(".head-resize")) return;
    const { column } = this.#shown[this.#heads.indexOf(head)];
    if (event.target.closest(".head-more") || !column.sortable) this.#tell("column-menu", { column, at: head.getBoundingClientRect() });
    else this.#tell("sort", { column, add: event.shiftKey });
  }

  #widen(index, by) {
    this.#setWidth(index, this.#heads[index].getBoundingClientRect().width + by, true);
  }

  #setWidth(index, width, done) {
    const { column } = this.#shown[index];
    this.layout.setWidth(column.id, width);
    /** @type {HTMLElement} */ (this.#table.querySelectorAll("col")[index + 1]).style.width = `${this.layout.widths[column.id]}px`;
    if (!done) return;
    this.layout.save();
    this.relayout();
  }

  #double(event) {
    const handle = event.target.closest(".head-resize");
    if (handle) {
      const index = this.#heads.indexOf(handle.parentElement);
      this.fit(this.#shown[index].column.id);
    } else if (event.target.closest("td[role=gridcell]:not(.editing)")) {
      this.edit();
    }
  }

  /** Makes a column as wide as what is in it. @param {string} id */
  fit(id) {
    const position = this.data.columns.findIndex((one) => one.id === id);
    this.layout.fit(this.data.columns[position], this.data.rows.map((row) => textOf(row.values[position])));
    this.relayout();
  }

  #context(event) {
    const head = event.target.closest("th[role=columnheader]:not(.corner)");
    if (!head && !event.target.closest("td[role=gridcell]:not(.editing)")) return;
    event.preventDefault();
    const at = { left: event.clientX, right: event.clientX, top: event.clientY, bottom: event.clientY };
    if (!head) this.#tell("cell-menu", { ...this.focused, at });
    else this.#tell("column-menu", { column: this.#shown[this.#heads.indexOf(head)].column, at });
  }

  #copy = (/** @type {ClipboardEvent} */ event) => {
    if (this.#editing.isOpen || !this.contains(document.activeElement)) return;
    this.#tell("copy-cells", { clipboard: event.clipboardData });
    event.preventDefault();
  };

  #paste = (/** @type {ClipboardEvent} */ event) => {
    if (this.#editing.isOpen || !this.contains(document.activeElement)) return;
    this.#tell("paste-cells", { text: event.clipboardData?.getData("text/plain") ?? "" });
    event.preventDefault();
  };
}

function isMenuKey(event) {
  return event.key === "ContextMenu" || (event.shiftKey && event.key === "F10") || (event.altKey && event.key === "ArrowDown");
}

customElements.define("data-grid", DataGrid);
