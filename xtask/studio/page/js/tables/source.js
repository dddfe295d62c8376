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
    this.#at = at;
    this.page = page;
  }

  #startAfter(step, page) {
    if (!page.hasPrevious) return 0;
    if (step === "last" || this.start === null) return null;
    if (step === "next") return this.start + (this.page?.rows.length ?? 0);
    return Math.max(0, this.start - page.rows.length);
  }
}
