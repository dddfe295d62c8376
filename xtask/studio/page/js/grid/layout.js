import { remember, remembered } from "../preferences.js";

/** How the columns of one grid are laid out: widths, what is hidden, what is pinned. Remembered by the grid's name. */

const CHARACTER = 7.6;
const LEAST = 56;
const MOST_AT_FIRST = 340;
const MOST = 1200;
const SAMPLE = 60;

/** @typedef {{ id: string, name: string, type: string, badges: unknown[] }} Column */

export class Layout {
  /** @type {Record<string, number>} */
  widths = {};
  /** @type {Set<string>} */
  hidden = new Set();
  /** @type {Set<string>} */
  pinned = new Set();
  #name;

  /** @param {string|null} name nothing is remembered without one */
  constructor(name) {
    this.#name = name;
    /** @type {{ widths?: Record<string, number>, hidden?: string[], pinned?: string[] }} */
    const known = name ? remembered(`grid:${name}`, {}) : {};
    this.widths = known.widths ?? {};
    this.hidden = new Set(known.hidden);
    this.pinned = new Set(known.pinned);
  }

  save() {
    if (this.#name) remember(`grid:${this.#name}`, { widths: this.widths, hidden: [...this.hidden], pinned: [...this.pinned] });
  }

  /** @param {string} id @param {number} pixels */
  setWidth(id, pixels) {
    this.widths[id] = Math.round(Math.max(LEAST, Math.min(pixels, MOST)));
  }

  /** @param {string} id */
  togglePinned(id) {
    if (!this.pinned.delete(id)) this.pinned.add(id);
    this.save();
  }

  /** @param {string} id */
  toggleHidden(id) {
    if (!this.hidden.delete(id)) this.hidden.add(id);
    this.save();
  }

  /**
   * The positions of the columns that are shown, pinned ones first; never none.
   *
   * @param {Column[]} columns
   */
  visible(columns) {
    const all = columns.map((_, index) => index);
    const shown = all.filter((index) => !this.hidden.has(columns[index].id));
    const some = shown.length > 0 ? shown : all;
    const pinned = some.filter((index) => this.pinned.has(columns[index].id));
    return [...pinned, ...some.filter((index) => !pinned.includes(index))];
  }

  /**
   * The width someone chose, or one that fits the head and the first values.
   *
   * @param {Column} column
   * @param {(string|null)[]} texts
   */
  width(column, texts) {
    const chosen = this.widths[column.id];
    if (chosen) return chosen;
    return Math.min(fitting(column, texts.slice(0, SAMPLE)), MOST_AT_FIRST);
  }

  /** @param {Column} column @param {(string|null)[]} texts */
  fit(column, texts) {
    this.setWidth(column.id, fitting(column, texts));
    this.save();
  }
}

function fitting(column, texts) {
  const head = Math.max(column.name.length + 2 + column.badges.length * 2.4, column.type.length * 0.86 + 3);
  const longest = texts.reduce((most, text) => Math.max(most, text === null ? 4 : text.length), 0);
  return Math.max(LEAST, Math.ceil(Math.max(head, longest) * CHARACTER) + 24);
}
