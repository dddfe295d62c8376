import { el, uniqueId } from "../dom.js";

/**
 * The cell that is edited where it stands; one at a time.
 *
 * @typedef {{ element: HTMLElement, value: () => import("../types.js").Value, problem: () => string|null, start: () => void }} CellEditor
 *   problem: why what is typed is no value of the column
 * @typedef {{ row: number, column: number }} Step
 * @typedef {{ value: import("../types.js").Value, keep: boolean, problem: string|null, focus: boolean, step: Step }} End
 *   keep: it was not left with Escape; focus: who edits is still there, and goes a step from the cell
 */
export class Editing {
  /** @type {{ cell: HTMLElement, editor: CellEditor, reason: HTMLElement, done: (end: End) => void }|null} */
  #now = null;

  get isOpen() {
    return this.#now !== null;
  }

  /** @param {HTMLElement} cell @param {CellEditor} editor @param {(end: End) => void} done */
  begin(cell, editor, done) {
    const { element } = editor;
    const reason = el("p.cell-problem", { id: uniqueId("problem"), role: "alert", hidden: true });
    this.#now = { cell, editor, reason, done };
    cell.classList.add("editing");
    cell.replaceChildren(element, reason);
    editor.start();
    element.setAttribute("aria-describedby", reason.id);
    element.addEventListener("input", () => {
      if (!reason.hidden) this.#explain();
    });
    element.addEventListener("focusout", (event) => {
      if (this.#now?.editor === editor && !element.contains(/** @type {Node|null} */ (event.relatedTarget))) this.#end({ focus: false });
    });
    element.addEventListener("commit", () => this.#end({}));
  }

  /** Forgets it; its cell is gone. */
  drop() {
    this.#now = null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.#end({ keep: false });
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey) this.#end({ step: { row: 1, column: 0 } });
    else if (event.key === "Tab") this.#end({ step: { row: 0, column: event.shiftKey ? -1 : 1 } });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Says at the cell why what is typed cannot be kept, if so. @returns {boolean} */
  #explain() {
    const { editor, reason } = this.#now;
    const problem = editor.problem();
    reason.hidden = problem === null;
    reason.textContent = problem ?? "";
    return problem !== null;
  }

  /** @param {Partial<End>} how */
  #end({ keep = true, focus = true, step = { row: 0, column: 0 } }) {
    const { cell, editor, done } = this.#now;
    // Who is still there mends it; who has gone on is told what became of it.
    if (keep && focus && this.#explain()) return;
    this.#now = null;
    cell.classList.remove("editing");
    done({ value: editor.value(), keep, problem: keep ? editor.problem() : null, focus, step });
  }
}
