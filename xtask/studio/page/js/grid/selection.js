/** A focused cell and the block around it, in visible rows and columns. Row -1 is the head. */

/** @typedef {{ row: number, column: number }} Cell */
/** @typedef {{ top: number, bottom: number, left: number, right: number }} Block */

export class Selection {
  /** @type {Cell} */
  focus = { row: 0, column: 0 };
  /** @type {Cell} where the block began */
  anchor = { row: 0, column: 0 };

  /** @param {Cell} to @param {boolean} extend the block to it, instead of beginning a new one */
  moveTo(to, extend) {
    this.focus = to;
    if (!extend || to.row < 0) this.anchor = to;
  }

  /** @param {number} from @param {number} to @param {number} columns */
  selectRows(from, to, columns) {
    this.anchor = { row: from, column: columns - 1 };
    this.focus = { row: to, column: 0 };
  }

  /** Keeps it inside a grid that has changed. @param {number} rows @param {number} columns */
  clamp(rows, columns) {
    for (const cell of [this.focus, this.anchor]) {
      cell.row = Math.max(rows > 0 ? Math.min(cell.row, rows - 1) : -1, -1);
      cell.column = Math.max(0, Math.min(cell.column, columns - 1));
    }
  }

  /** @returns {Block|null} nothing while the focus is in the head */
  get block() {
    if (this.focus.row < 0 || this.anchor.row < 0) return null;
    return {
      top: Math.min(this.focus.row, this.anchor.row),
      bottom: Math.max(this.focus.row, this.anchor.row),
      left: Math.min(this.focus.column, this.anchor.column),
      right: Math.max(this.focus.column, this.anchor.column),
    };
  }

  get single() {
    return this.focus.row === this.anchor.row && this.focus.column === this.anchor.column;
  }
}
