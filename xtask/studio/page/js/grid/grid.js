import { View, el, replace, uniqueId } from "../dom.js";
import { icon } from "../icons.js";
import { headCell } from "./head.js";
import { moved } from "./keys.js";
import { Layout } from "./layout.js";
import { resizing } from "./resize.js";
import { Selection } from "./selection.js";
import { spokenNote, textOf, valueNode } from "./value.js";

/**
 * @typedef {import("../types.js").Value} Value
 * @typedef {{ id: string, name: string, type: string, base?: import("../types.js").Base, numeric: boolean, notNull?: boolean, sortable: boolean,
 *             locked?: string|null, editable?: boolean, about?: string, badges: { icon: any, label: string }[] }} GridColumn
 *   locked: why its values cannot be changed
 * @typedef {{ id: string, values: Value[], state?: "insert"|"inserted"|"update"|"delete", changed?: Set<number>, failed?: string }} GridRow
 *   changed: positions of columns; failed: what the server said of it
 * @typedef {{ columns: GridColumn[], rows: GridRow[], added?: number, name?: string|null, label: string, total?: number|null, start?: number,
 *             sort?: { id: string, desc: boolean }[] }} GridData
 *   added: how many rows come first that have no number; total: of all rows, when it is known; start: rows before the first one
 * @typedef {{ element: HTMLElement, value: () => Value, problem: () => string|null, start: () => void }} CellEditor
 *   problem: why what is typed is no value of the column
 */

const QUIET = 150;
// As the style sheet has them, in pixels.
const GUTTER = 48;
const HEAD = 44;
const ROW = 28;
const SIGNS = { insert: "+", inserted: "✓", update: "~", delete: "−" };
const STATES = { insert: "new", inserted: "inserted", update: "changed", delete: "deleted" };

/**
 * A table of values with one focused cell and a selected block. It shows and selects; what is done with a cell is told by events:
 * `sort`, `column-menu`, `cell-menu`, `open-cell`, `open-row`, `follow`, `edited`, `not-edited`, `clear-cells`, `paste-cells`, `undo`, `selected`.
 */
export class DataGrid extends View {
  /** @type {GridData} */
  data = { columns: [], rows: [], label: "" };
  selection = new Selection();
  layout = new Layout(null);
  /** @type {(row: GridRow, column: GridColumn, initial?: string) => CellEditor|{ handled: true }|null} what a cell is edited with; null: not in place;
   * handled: by someone else already */
  editorFor = () => null;

  /** @type {number[]} positions of the shown columns */
  #visible = [];
  /** @type {HTMLElement[][]} */
  #cells = [];
  /** @type {HTMLElement[]} */
  #heads = [];
  /** @type {HTMLElement[]} */
  #painted = [];
  #table = el("table", { role: "grid", "aria-multiselectable": "true" });
  #quiet = 0;
  /** @type {{ editor: CellEditor, reason: HTMLElement, row: number, column: number }|null} */
  #editing = null;

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
    clearTimeout(this.#quiet);
    const editing = this.#editing;
    const edited = editing && { row: this.data.rows[editing.row].id, column: this.data.columns[this.#visible[editing.column]].id };
    // It is about to leave the page, which is not that someone left it.
    this.#editing = null;
    const other = data.name !== this.data.name || !this.data.name;
    if (other) this.layout = new Layout(data.name ?? null);
    const kept = this.contains(document.activeElement);
    this.data = data;
    this.removeAttribute("aria-busy");
    this.#render();
    if (other) {
      this.selection = new Selection();
      this.scrollTo(0, 0);
    }
    this.selection.clamp(data.rows.length, this.#visible.length);
    const again = editing && !other ? this.#find(edited.row, edited.column) : null;
    if (again) this.selection.moveTo(again, false);
    this.#paint(kept && !again);
    if (again) this.#place({ ...editing, ...again });
  }

  /** @param {string} rowId @param {string} columnId @returns {import("./selection.js").Cell|null} */
  #find(rowId, columnId) {
    const row = this.data.rows.findIndex((one) => one.id === rowId);
    const column = this.#visible.findIndex((position) => this.data.columns[position].id === columnId);
    return row >= 0 && column >= 0 ? { row, column } : null;
  }

  /** Puts an editor into its cell, where it may have been before the rows were read again. */
  #place(editing) {
    const { editor, reason, row, column } = editing;
    this.#editing = editing;
    this.#cells[row][column].classList.add("editing");
    this.#cells[row][column].replaceChildren(editor.element, reason);
    editor.element.focus();
  }

  /** Shows that rows are on their way, but not for those who answer at once. */
  wait() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.setAttribute("aria-busy", "true"), QUIET);
  }

  /** No rows came. */
  stopWaiting() {
    clearTimeout(this.#quiet);
    this.removeAttribute("aria-busy");
  }

  /** Lays the columns out again. */
  relayout() {
    this.#render();
    this.selection.clamp(this.data.rows.length, this.#visible.length);
    this.#paint(false);
  }

  /** The columns that are shown, and the rows and positions of the selected block. */
  get selected() {
    const block = this.selection.block;
    if (!block) return { rows: [], positions: [], columns: [] };
    const positions = this.#visible.slice(block.left, block.right + 1);
    return {
      rows: this.data.rows.slice(block.top, block.bottom + 1),
      positions,
      columns: positions.map((position) => this.data.columns[position]),
    };
  }

  /** @returns {{ row: GridRow, column: GridColumn, position: number, value: Value }|null} */
  get focused() {
    const { row, column } = this.selection.focus;
    const position = this.#visible[column];
    const found = this.data.rows[row];
    if (!found || position === undefined) return null;
    return { row: found, column: this.data.columns[position], position, value: found.values[position] };
  }

  focus() {
    this.#cellAt(this.selection.focus)?.focus();
  }

  /** Where menus about the focused cell belong. */
  get focusedPlace() {
    return this.#cellAt(this.selection.focus)?.getBoundingClientRect() ?? this.getBoundingClientRect();
  }

  /** @param {string} rowId @param {string} [columnId] */
  focusCell(rowId, columnId) {
    const row = this.data.rows.findIndex((one) => one.id === rowId);
    const column = this.#visible.findIndex((position) => this.data.columns[position].id === columnId);
    this.#move({ row, column: Math.max(column, 0) }, false);
  }

  #render() {
    const { columns, rows, sort = [], start = 0, added = 0 } = this.data;
    this.#visible = this.layout.visible(columns);
    const shown = this.#visible.map((position) => columns[position]);
    const widths = shown.map((column, index) => this.layout.width(column, rows.map((row) => textOf(row.values[this.#visible[index]]))));
    const pins = this.#pins(shown, widths);
    // What is scrolled to must not end below the head, the row numbers or the pinned columns.
    const pinned = pins.reduce((sum, pin, index) => (pin === null ? sum : sum + widths[index]), GUTTER);
    this.style.scrollPadding = `${HEAD + 2}px 0 0 ${pinned}px`;
    this.#heads = shown.map((column, index) => {
      const place = sort.findIndex((one) => one.id === column.id);
      const sorted = place < 0 ? null : { desc: sort[place].desc, place: sort.length > 1 ? place + 1 : null };
      return this.#pin(headCell(column, { index, sorted, pinned: pins[index] !== null }), pins[index]);
    });
    this.#cells = [];
    const body = rows.map((row, index) => this.#row(row, index, shown, pins, { start, added }));
    const cols = widths.map((width) => {
      const col = el("col");
      col.style.width = `${width}px`;
      return col;
    });
    replace(
      this.#table,
      el("colgroup", {}, el("col.gutter"), cols, el("col.rest")),
      el(
        "thead",
        {},
        el(
          "tr",
          { role: "row", "aria-rowindex": 1 },
          el("th.corner", { role: "columnheader", "aria-colindex": 1, title: "Select all" }, el("span.unseen", {}, "Row")),
          this.#heads,
          el("td.rest", { role: "presentation" }),
        ),
      ),
      el("tbody", {}, body),
    );
    this.#table.setAttribute("aria-label", this.data.label);
    this.#table.setAttribute("aria-rowcount", String(this.data.total === null || this.data.total === undefined ? -1 : this.data.total + 1));
    this.#table.setAttribute("aria-colcount", String(columns.length + 1));
    this.#table.style.width = `max(100%, ${widths.reduce((sum, width) => sum + width, GUTTER)}px)`;
  }

  /** How far from the left the pinned columns stay; null for the others. */
  #pins(shown, widths) {
    let left = GUTTER;
    return shown.map((column, index) => {
      if (!this.layout.pinned.has(column.id)) return null;
      left += widths[index];
      return left - widths[index];
    });
  }

  #pin(cell, left) {
    if (left !== null) {
      cell.classList.add("pinned");
      cell.style.left = `${left}px`;
    }
    return cell;
  }

  #row(row, index, shown, pins, { start, added }) {
    const cells = shown.map((column, at) => {
      const position = this.#visible[at];
      const value = row.values[position];
      const changed = row.changed?.has(position);
      const cell = el(
        "td",
        {
          role: "gridcell",
          tabindex: "-1",
          "aria-colindex": at + 2,
          "aria-readonly": column.editable ? null : "true",
          "aria-description": spokenNote(value),
          class: [column.numeric && "numeric", column.base === "boolean" && "centred", changed && "changed"].filter(Boolean).join(" "),
        },
        el("div.value", {}, valueNode(value, column.base)),
      );
      return this.#pin(cell, pins[at]);
    });
    this.#cells.push(cells);
    return el(
      "tr",
      { role: "row", "aria-rowindex": start + index + 2, "data-state": row.state, "aria-invalid": row.failed ? "true" : null },
      el(
        "th.gutter",
        { role: "rowheader", "aria-colindex": 1, scope: "row", title: row.failed },
        row.state ? el("span", { role: "img", "aria-label": STATES[row.state] }, SIGNS[row.state]) : String(start + index + 1 - added),
        row.failed && icon("warning", row.failed),
      ),
      cells,
      el("td.rest", { role: "presentation" }),
    );
  }

  /** @param {import("./selection.js").Cell} at */
  #cellAt({ row, column }) {
    return row < 0 ? this.#heads[column] : this.#cells[row]?.[column];
  }

  /** @param {boolean} focus give the focus to the cell, too */
  #paint(focus) {
    for (const cell of this.#painted) {
      cell.removeAttribute("aria-selected");
      cell.tabIndex = -1;
    }
    const block = this.selection.block;
    this.#painted = [];
    if (block) {
      for (let row = block.top; row <= block.bottom; row += 1) this.#painted.push(...this.#cells[row].slice(block.left, block.right + 1));
      for (const cell of this.#painted) cell.setAttribute("aria-selected", "true");
    }
    const cell = this.#cellAt(this.selection.focus);
    if (cell) {
      cell.tabIndex = 0;
      this.#painted.push(cell);
      if (focus) {
        cell.focus({ preventScroll: true });
        this.#reveal(cell);
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
    if (this.#editing) {
      this.#editorKey(event);
      return;
    }
    const { focus } = this.selection;
    const command = event.ctrlKey || event.metaKey;
    if (focus.row < 0 && event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.#widen(focus.column, event.key === "ArrowLeft" ? -16 : 16);
    } else if (focus.row < 0 ? this.#headKey(event) : this.#cellKey(event, command)) {
      // done
    } else {
      const screen = Math.max(1, Math.floor((this.clientHeight - HEAD) / ROW) - 1);
      const to = event.altKey ? null : moved(event, focus, { rows: this.data.rows.length, columns: this.#visible.length, screen });
      if (!to) return;
      this.#move(to, event.shiftKey);
    }
    event.preventDefault();
  }

  #headKey(event) {
    const column = this.data.columns[this.#visible[this.selection.focus.column]];
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
    this.selection.selectRows(from, to, this.#visible.length);
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
    const reason = el("p.cell-problem", { id: uniqueId("problem"), role: "alert", hidden: true });
    this.#place({ editor, reason, ...this.selection.focus });
    editor.start();
    editor.element.setAttribute("aria-describedby", reason.id);
    editor.element.addEventListener("input", () => {
      if (!reason.hidden) this.#explain();
    });
    editor.element.addEventListener("focusout", (event) => {
      if (this.#editing?.editor === editor && !editor.element.contains(/** @type {Node|null} */ (event.relatedTarget))) this.#finish(true, false);
    });
    editor.element.addEventListener("commit", () => this.#finish(true, true));
    return true;
  }

  #editorKey(event) {
    if (event.key === "Escape") this.#finish(false, true);
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey) this.#finish(true, true, { row: 1, column: 0 });
    else if (event.key === "Tab") this.#finish(true, true, { row: 0, column: event.shiftKey ? -1 : 1 });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Says at the cell why what is typed cannot be kept, if so. @returns {boolean} */
  #explain() {
    const { editor, reason } = this.#editing;
    const problem = editor.problem();
    reason.hidden = problem === null;
    reason.textContent = problem ?? "";
    return problem !== null;
  }

  /** @param {boolean} keep what was typed, if it can be kept @param {boolean} focus the cell again @param {{ row: number, column: number }} [step] */
  #finish(keep, focus, step = { row: 0, column: 0 }) {
    const { editor, row, column } = this.#editing;
    // Who is still there mends it; who has gone on is told what became of it.
    if (keep && focus && this.#explain()) return;
    const problem = keep ? editor.problem() : null;
    this.#editing = null;
    const position = this.#visible[column];
    const found = this.data.rows[row];
    const cell = this.#cells[row][column];
    const value = editor.value();
    cell.classList.remove("editing");
    cell.replaceChildren(el("div.value", {}, valueNode(found.values[position], this.data.columns[position].base)));
    if (focus) {
      const to = { row: row + step.row, column: column + step.column };
      const inside = this.#cellAt(to) && to.row >= 0;
      this.#move(inside ? to : { row, column }, false);
    }
    const shown = this.data.columns[position];
    if (problem !== null) this.#tell("not-edited", { column: shown, value, problem });
    else if (keep) this.#tell("edited", { row: found, column: shown, position, value });
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
    addEventListener("pointermove", over);
    addEventListener("pointerup", () => removeEventListener("pointermove", over), { once: true });
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
    const column = this.data.columns[this.#visible[this.#heads.indexOf(head)]];
    if (event.target.closest(".head-more") || !column.sortable) this.#tell("column-menu", { column, at: head.getBoundingClientRect() });
    else this.#tell("sort", { column, add: event.shiftKey });
  }

  #widen(index, by) {
    this.#setWidth(index, this.#heads[index].getBoundingClientRect().width + by, true);
  }

  #setWidth(index, width, done) {
    const column = this.data.columns[this.#visible[index]];
    this.layout.setWidth(column.id, width);
    /** @type {HTMLElement} */ (this.#table.querySelectorAll("col")[index + 1]).style.width = `${this.layout.widths[column.id]}px`;
    if (!done) return;
    this.layout.save();
    const focused = this.contains(document.activeElement);
    this.relayout();
    if (focused) this.focus();
  }

  #double(event) {
    const handle = event.target.closest(".head-resize");
    if (handle) {
      const index = this.#heads.indexOf(handle.parentElement);
      this.fit(this.data.columns[this.#visible[index]].id);
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
    else this.#tell("column-menu", { column: this.data.columns[this.#visible[this.#heads.indexOf(head)]], at });
  }

  #copy = (/** @type {ClipboardEvent} */ event) => {
    if (this.#editing || !this.contains(document.activeElement)) return;
    this.#tell("copy-cells", { clipboard: event.clipboardData });
    event.preventDefault();
  };

  #paste = (/** @type {ClipboardEvent} */ event) => {
    if (this.#editing || !this.contains(document.activeElement)) return;
    this.#tell("paste-cells", { text: event.clipboardData?.getData("text/plain") ?? "" });
    event.preventDefault();
  };
}

function isMenuKey(event) {
  return event.key === "ContextMenu" || (event.shiftKey && event.key === "F10") || (event.altKey && event.key === "ArrowDown");
}

customElements.define("data-grid", DataGrid);
