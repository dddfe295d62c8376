import { View, el, replace } from "../dom.js";
import { CompletionList } from "./completion-list.js";
import { Layer } from "./layer.js";
import { statementAt, statements } from "./lexer.js";

const INDENT = "  ";

/**
 * A textarea over the same text in colours, so that undo, input methods and screen readers have what they know. Tells "run" (detail: all) and
 * "changed".
 */
export class SqlEditor extends View {
  /** @type {() => Promise<import("./completion.js").Names>} */
  names = async () => ({ relations: [], functions: [] });
  #area = /** @type {HTMLTextAreaElement} */ (
    el("textarea.sql-text", {
      "aria-label": "SQL",
      "aria-autocomplete": "list",
      "aria-description": "Escape, then Tab leaves the editor.",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      wrap: "off",
    })
  );
  #layer = new Layer();
  #gutter = el("div.sql-gutter", { "aria-hidden": "true" });
  #completion = new CompletionList(this.#area);
  /** @type {{ from: number, to: number }|null} */
  #error = null;
  #leaving = false;
  /** Whether what comes in is written by the page. */
  #inserting = false;
  /** Counts what is pressed. */
  #presses = 0;

  make() {
    this.append(this.#gutter, el("div.sql-paper", {}, this.#layer.element, this.#area));
    this.#area.addEventListener("input", (event) => this.#typed(/** @type {InputEvent} */ (event)));
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    this.#area.addEventListener("blur", () => this.#completion.close());
    this.#completion.element.addEventListener("take", (event) => this.#take(/** @type {CustomEvent} */ (event).detail));
    this.#paint();
  }

  attached() {
    document.addEventListener("selectionchange", this.#cursorMoved);
  }

  detached() {
    document.removeEventListener("selectionchange", this.#cursorMoved);
    this.#completion.close();
  }

  focus() {
    this.#area.focus();
  }

  get value() {
    return this.#area.value;
  }

  set value(text) {
    this.#area.value = text;
    this.#error = null;
    this.#paint();
  }

  get cursor() {
    return this.#area.selectionStart;
  }

  /** What is selected, if something is. @returns {{ from: number, to: number }|null} */
  get selected() {
    const { selectionStart: from, selectionEnd: to } = this.#area;
    return from === to ? null : { from, to };
  }

  /** @param {{ from: number, to: number }|null} error */
  markError(error) {
    this.#error = error;
    this.#paint();
    if (!error) return;
    this.#area.setSelectionRange(error.from, error.from);
    this.#layer.element.querySelector(".sql-error")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Replaces what is selected, so that undo takes it back. @param {string} text */
  insert(text) {
    this.#area.focus();
    this.#inserting = true;
    // The only way to write into a textarea that its undo knows of.
    document.execCommand("insertText", false, text);
    this.#inserting = false;
  }

  /** Adds a statement below what is there, and goes to it. @param {string} sql */
  add(sql) {
    const text = this.value.trimEnd();
    const last = statements(text).pop();
    const isOpen = last !== undefined && !text.slice(last.from, last.to).endsWith(";");
    this.#area.setSelectionRange(text.length, this.value.length);
    // After a comment a line begins, that the semicolon is not part of it.
    const end = isOpen ? (text.length > last.to ? "\n;" : ";") : "";
    this.insert(`${text ? `${end}\n\n` : ""}${sql}`);
  }

  #cursorMoved = () => {
    if (document.activeElement === this.#area) this.#markStatement();
  };

  #typed(event) {
    this.#error = null;
    this.#leaving = false;
    this.#paint();
    this.dispatchEvent(new Event("changed"));
    if (!this.#inserting && event.inputType === "insertText" && /[\p{L}\p{N}_."]$/u.test(event.data ?? "")) this.#complete(false);
    else this.#completion.close();
  }

  #paint() {
    const text = this.#area.value;
    this.#layer.show(text, this.#error);
    const lines = text.split("\n").length;
    if (this.#gutter.childElementCount !== lines) {
      replace(this.#gutter, Array.from({ length: lines }, (_, index) => el("span", {}, String(index + 1))));
    }
    this.#markStatement();
  }

  /** A line beside the statement that would be run. */
  #markStatement() {
    const text = this.#area.value;
    const statement = statementAt(text, this.cursor);
    const line = (at) => text.slice(0, at).split("\n").length - 1;
    const [from, to] = statement ? [line(statement.from), line(statement.to)] : [-1, -2];
    const { children } = this.#gutter;
    const isMarked = (/** @type {number} */ index) => index >= from && index <= to;
    for (const one of this.#gutter.querySelectorAll(".current")) if (!isMarked(Number(one.textContent) - 1)) one.classList.remove("current");
    for (let index = from; index <= to; index += 1) children[index]?.classList.add("current");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    this.#presses += 1;
    if (this.#completion.key(event)) {
      this.#leaving = event.key === "Escape";
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    const leaving = this.#leaving;
    this.#leaving = false;
    if (command && event.key === "Enter") {
      this.#completion.close();
      this.dispatchEvent(new CustomEvent("run", { detail: { all: event.shiftKey } }));
    } else if (command && event.key === " ") this.#complete(true);
    else if (command && event.key === "/") this.#comment();
    else if (event.key === "Escape") {
      // Escape, then Tab: the way out for those who have no mouse.
      this.#leaving = true;
      return;
    } else if (event.key === "Tab" && !leaving) this.#indent(event.shiftKey);
    else if (event.key === "Enter" && !command) this.#newline();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #newline() {
    const before = this.value.slice(0, this.cursor);
    const indent = /[ \t]*$/.exec(/(?:^|\n)([ \t]*)[^\n]*$/.exec(before)?.[1] ?? "")?.[0] ?? "";
    this.insert(`\n${indent}`);
  }

  #indent(back) {
    const selected = this.selected;
    if (!selected && !back) {
      this.insert(INDENT);
      return;
    }
    this.#eachLine((line) => (back ? line.replace(/^ {1,2}/, "") : INDENT + line));
  }

  #comment() {
    const all = this.#lines().lines.every((line) => /^\s*(--|$)/.test(line));
    this.#eachLine((line) => (all ? line.replace(/^(\s*)-- ?/, "$1") : `-- ${line}`));
  }

  #lines() {
    const { selectionStart, selectionEnd } = this.#area;
    const from = this.value.lastIndexOf("\n", selectionStart - 1) + 1;
    const end = this.value.indexOf("\n", selectionEnd);
    const to = end < 0 ? this.value.length : end;
    return { from, to, lines: this.value.slice(from, to).split("\n") };
  }

  #eachLine(change) {
    const { from, to, lines } = this.#lines();
    const changed = lines.map(change).join("\n");
    this.#area.setSelectionRange(from, to);
    this.insert(changed);
    this.#area.setSelectionRange(from, from + changed.length);
  }

  async #complete(asked) {
    const presses = this.#presses;
    const names = await this.names();
    // Who has gone on meanwhile has asked anew, or wants none.
    if (document.activeElement !== this.#area || this.#presses !== presses) return;
    this.#completion.open(this.value, this.cursor, names, { asked, at: this.#caret() });
  }

  #take({ from, insert }) {
    this.#area.setSelectionRange(from, this.cursor);
    this.insert(insert);
    this.#completion.close();
  }

  /** Where the caret stands: the coloured layer has the same text at the same place. */
  #caret() {
    const range = document.createRange();
    const walker = document.createTreeWalker(this.#layer.element, NodeFilter.SHOW_TEXT);
    let left = this.cursor;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = node.nodeValue?.length ?? 0;
      if (left <= length) {
        range.setStart(node, left);
        range.setEnd(node, left);
        break;
      }
      left -= length;
    }
    const box = range.getBoundingClientRect();
    return box.height > 0 ? box : this.#area.getBoundingClientRect();
  }
}

customElements.define("sql-editor", SqlEditor);
