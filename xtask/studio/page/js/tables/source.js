import { call } from "../api.js";
import { remember, remembered } from "../preferences.js";

/**
 * The pages of one relation under one query: which page is shown and how to come to the next.
 *
 * @typedef {import("../types.js").Page} Page
 */
export class Source {
  /** @type {Page|null} */
  page = null;
  /**
   * Rows that were inserted while the page was looked at. They stay where they were made, since where they belong may be another page.
   *
   * @type {import("../types.js").Row[]}
   */
  inserted = [];
  /** @type {number|null} rows before the page, where that is known */
  start = 0;
  #at = /** @type {object} */ ({ first: true });
  /** @type {AbortController|null} */
  #asked = null;

  /** @param {number} id @param {import("./query.js").Query} query */
  constructor(id, query) {
    this.id = id;
    this.query = query;
    this.size = remembered("page-size", 100);
  }

  /** The rows of the page but for the inserted ones. */
  get others() {
    const inserted = new Set(this.inserted.map((row) => JSON.stringify(row.key)));
    return this.page.rows.filter((row) => !inserted.has(JSON.stringify(row.key)));
  }

  /**
   * What was applied shows before the page is read again.
   *
   * @param {{ change: import("../edit/staged.js").Change, row: import("../types.js").Row }[]} applied
   */
  became(applied) {
    for (const { change, row } of applied.filter((one) => one.change.relation.id === this.id)) {
      const others = (/** @type {import("../types.js").Row[]} */ rows) =>
        rows.flatMap((one) => (JSON.stringify(one.key) !== change.id ? [one] : change.kind === "update" ? [row] : []));
      if (change.kind === "insert" && row.key !== null) this.inserted = [row, ...this.inserted];
      else this.inserted = others(this.inserted);
      if (this.page) this.page = { ...this.page, rows: others(this.page.rows) };
    }
  }

  /** What is asked of the relation, without the page. */
  get ask() {
    const { sort, filters, where } = this.query;
    return { id: this.id, sort, filters, ...(where ? { where } : {}) };
  }

  /** What is counted: an order does not matter. */
  get counted() {
    const { sort: _, ...rest } = this.ask;
    return rest;
  }

  /** @param {number} size */
  resize(size) {
    this.size = size;
    remember("page-size", size);
    return this.go("first");
  }

  /** @param {"first"|"next"|"previous"|"last"} step */
  go(step) {
    const at = {
      first: { first: true },
      last: { last: true },
      next: { after: this.page?.last },
      previous: { before: this.page?.first },
    }[step];
    return this.#load(at, step);
  }

  /** The same page again, as it is by now. */
  again() {
    return this.#load(this.#at, null);
  }

  async #load(at, step) {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const page = await call("rows", { ...this.ask, limit: this.size, page: at }, { signal: this.#asked.signal });
    if (step) this.start = this.#startAfter(step, page);
    const read = new Map(page.rows.map((row) => [JSON.stringify(row.key), row]));
    this.inserted = step ? [] : this.inserted.map((row) => read.get(JSON.stringify(row.key)) ?? row);
    this.#at = at;
    this.page = page;
  }

  #startAfter(step, page) {
    if (!page.hasPrevious) return 0;
    if (step === "last" || this.start === null) return null;
    if (step === "next") return this.start + (this.page?.rows.length ?? 0);
    const start = this.start - page.rows.length;
    // Others have come in front of what was counted.
    return start > 0 ? start : null;
  }
}
