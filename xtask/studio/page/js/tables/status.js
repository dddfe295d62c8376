import { announce } from "../announce.js";
import { call } from "../api.js";
import { View, el, replace } from "../dom.js";
import { asServerError } from "../errors.js";
import { counted, duration, whole } from "../format.js";
import { icon } from "../icons.js";

export const PAGE_SIZES = [50, 100, 200, 500];

/**
 * The line below a table: which rows, of how many, how long it took, and the way to other pages. Tells "page" with
 * first, previous, next or last, and "page-size".
 */
class TableStatus extends View {
  /** @type {object|null} what a count is asked with */
  #counted = null;
  #rows = el("span.rows");
  #count = el("span.count", { tabindex: "-1" });
  #time = el("span.time");
  #note = el("span.note", { hidden: true }, "pages by row number");
  #selection = el("span.selection.grow");
  #size = el(
    "select.field",
    { "aria-label": "Rows a page", onchange: () => this.dispatchEvent(new CustomEvent("page-size", { detail: Number(this.#size.value) })) },
    PAGE_SIZES.map((size) => el("option", { value: size }, `${size} rows`)),
  );
  #buttons = {
    first: this.#button("first", "First page"),
    previous: this.#button("left", "Previous page", "previous"),
    next: this.#button("right", "Next page"),
    last: this.#button("last", "Last page"),
  };

  #button(shape, label, name = shape === "right" ? "next" : shape) {
    const go = (event) => {
      if (event.currentTarget.ariaDisabled === "false") this.dispatchEvent(new CustomEvent("page", { detail: name }));
    };
    return el("button.button.quiet.small.square", { type: "button", "aria-label": label, "aria-disabled": "true", title: label, onclick: go }, icon(shape));
  }

  make() {
    this.classList.add("status");
    const pager = el("span.pager", { role: "group", "aria-label": "Pages" }, Object.values(this.#buttons));
    this.append(pager, this.#rows, this.#count, this.#note, this.#time, this.#selection, el("span.right", {}, this.#size));
  }

  /**
   * @param {{ page: import("../types.js").Page, start: number|null, pageSize: number, relation: import("../types.js").Relation, filtered: boolean, ask: object }} shown
   *   start: rows before this page, where that is known; ask: what a count is asked with
   */
  show({ page, start, pageSize, relation, filtered, ask }) {
    const shown = page.rows.length;
    const only = !page.hasPrevious && !page.hasNext;
    this.#size.value = String(pageSize);
    this.#enable(page);
    this.#rows.textContent = shownRows(page, start);
    this.#note.hidden = only || relation.identity.kind !== "none";
    this.#note.title = `${relation.identity.reason}: a page begins behind so many rows, and while others change them a row may be shown twice or left out`;
    this.#time.textContent = duration(page.ms);
    this.#time.title = page.sql;
    const same = JSON.stringify(ask) === JSON.stringify(this.#counted);
    // The same object, by which an answer that is on its way knows its question.
    if (!same) this.#counted = ask;
    // The first page that is the last one has counted everything.
    if (only) replace(this.#count, `of ${whole(shown)}`);
    else if (!same) this.#estimate(filtered ? undefined : relation.rows);
  }

  /** A button that leads nowhere keeps the focus that it has. @param {{ hasPrevious: boolean, hasNext: boolean }} page */
  #enable({ hasPrevious, hasNext }) {
    const { first, previous, next, last } = this.#buttons;
    for (const button of [first, previous]) button.ariaDisabled = String(!hasPrevious);
    for (const button of [next, last]) button.ariaDisabled = String(!hasNext);
  }

  /** Says nothing of rows that are not there yet. */
  clear() {
    this.#counted = null;
    this.#enable({ hasPrevious: false, hasNext: false });
    this.#note.hidden = true;
    replace(this.#count);
    for (const text of [this.#rows, this.#time, this.#selection]) text.textContent = "";
  }

  /** @param {string} text */
  selected(text) {
    this.#selection.textContent = text;
  }

  async #estimate(known) {
    const ask = this.#counted;
    const exact = el("button.link", { type: "button", onclick: () => this.#exact() }, "Count");
    if (known !== undefined) {
      replace(this.#count, known === null ? "of an unknown number · " : `of ≈ ${whole(known)} · `, exact);
      return;
    }
    replace(this.#count, exact);
    const answer = await call("count", { ...ask, exact: false }).catch(() => null);
    if (ask !== this.#counted || !answer) return;
    replace(this.#count, answer.rows === null ? "" : `of ≈ ${whole(answer.rows)} · `, exact);
  }

  async #exact() {
    const ask = this.#counted;
    if (this.#count.contains(document.activeElement)) this.#count.focus();
    replace(this.#count, "counting …");
    try {
      const { rows, ms } = await call("count", { ...ask, exact: true });
      if (ask !== this.#counted) return;
      replace(this.#count, `of ${whole(rows)}`);
      this.#count.title = duration(ms);
      announce(`${whole(rows)} rows`);
    } catch (error) {
      if (ask !== this.#counted) return;
      const message = `Not counted: ${asServerError(error).message}`;
      replace(this.#count, el("span", { role: "alert" }, message), " · ", el("button.link", { type: "button", onclick: () => this.#exact() }, "Count"));
    }
  }
}

/** Which rows a page has. @param {import("../types.js").Page} page @param {number|null} start */
function shownRows({ rows, hasNext }, start) {
  if (rows.length === 0) return "No rows";
  if (start !== null) return `${whole(start + 1)}–${whole(start + rows.length)}`;
  return hasNext ? counted(rows.length, "row") : `the last ${counted(rows.length, "row")}`;
}

customElements.define("table-status", TableStatus);
