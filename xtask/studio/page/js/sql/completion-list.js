import { announce } from "../announce.js";
import { el, replace, uniqueId } from "../dom.js";
import { counted } from "../format.js";
import { show } from "../frame/menu.js";
import { suggestions } from "./completion.js";

/** The list below the caret. The focus stays in the text; the list only tells what is marked. */
export class CompletionList {
  element = el("ul.menu.completion", { id: uniqueId("completion"), role: "listbox", "aria-label": "Completions", popover: "manual" });
  #area;
  /** @type {import("./completion.js").Suggestion[]} */
  #items = [];
  #from = 0;
  #typed = "";
  #at = 0;

  /** @param {HTMLTextAreaElement} area */
  constructor(area) {
    this.#area = area;
  }

  get isOpen() {
    return this.element.isConnected;
  }

  /**
   * @param {string} text
   * @param {number} cursor
   * @param {import("./completion.js").Names} names
   * @param {{ asked: boolean, at: DOMRect }} how asked: even when nothing was typed yet
   */
  open(text, cursor, names, { asked, at }) {
    const { from, items } = suggestions(text, cursor, names);
    const dotted = text[from - 1] === ".";
    const typed = text.slice(from, cursor);
    const isWhole = items.every(({ label, insert }) => label === typed || insert === typed);
    if (isWhole || (!asked && !dotted && typed.length < 2)) {
      this.close();
      return;
    }
    this.#items = items;
    this.#typed = typed.toLowerCase();
    this.#from = from;
    this.#at = 0;
    replace(this.element, items.map((item, index) => this.#option(item, index)));
    // A textarea cannot tell that it has a list, so the live region does.
    if (!this.isOpen) announce(`${counted(items.length, "completion")}, ${items[0].label}`);
    show(this.element, at);
    this.#area.setAttribute("aria-controls", this.element.id);
    this.#mark();
  }

  close() {
    if (!this.isOpen) return;
    this.element.remove();
    this.#area.removeAttribute("aria-activedescendant");
    this.#area.removeAttribute("aria-controls");
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was for the list */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      this.#at = Math.max(0, Math.min(this.#at + step, this.#items.length - 1));
      this.#mark();
    } else if (event.key === "Enter" && this.#items[this.#at].label.toLowerCase() === this.#typed) {
      // What is written in full already needs nothing but a new line.
      this.close();
      return false;
    } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") this.#take(this.#at);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #option({ label, kind, detail }, index) {
    return el(
      "li",
      // A press must not take the focus out of the text.
      { role: "option", id: uniqueId("suggestion"), "data-kind": kind, onpointerdown: (event) => (event.preventDefault(), this.#take(index)) },
      el("span.completion-label.clip", {}, label),
      el("span.hint", {}, detail),
    );
  }

  #mark() {
    [...this.element.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.#at)));
    const marked = this.element.children[this.#at];
    this.#area.setAttribute("aria-activedescendant", marked.id);
    marked.scrollIntoView({ block: "nearest" });
  }

  #take(index) {
    this.element.dispatchEvent(new CustomEvent("take", { detail: { from: this.#from, insert: this.#items[index].insert } }));
  }
}
