import { View, el, replace, uniqueId } from "../dom.js";
import { errorMessage } from "../errors.js";
import { icon } from "../icons.js";
import { openPanel } from "../frame/menu.js";
import { OPERATORS, operatorsFor } from "./query.js";

/** @typedef {import("../types.js").Column} Column */
/** @typedef {import("../types.js").Filter} Filter */

/** The chips of what narrows a table, and the way to add one. Tells "query" with the new filters and WHERE. */
class FilterBar extends View {
  /** @type {Column[]} */
  #columns = [];
  /** @type {import("./query.js").Query} */
  #query = { sort: [], filters: [], where: "" };
  /** @type {import("../types.js").ServerError|null} what PostgreSQL said of the WHERE */
  #wrong = null;
  #chips = el("div.line");
  #add = el("button.button.quiet.small", { type: "button", onclick: () => this.edit(null) }, icon("filter"), el("span.words", {}, "Filter"));
  #where = el("button.button.quiet.small.mono", { type: "button", title: "A condition in SQL", onclick: () => this.editWhere() }, "WHERE");

  make() {
    this.classList.add("chips");
    this.append(this.#chips, this.#add, this.#where);
  }

  /** @param {Column[]} columns @param {import("./query.js").Query} query */
  show(columns, query) {
    this.#columns = columns;
    this.#query = query;
    this.#wrong = null;
    const chips = query.filters.map((filter, index) => {
      const others = query.filters.filter((_, at) => at !== index);
      return this.#chip(this.#words(filter), () => this.edit(index), { filters: others });
    });
    if (query.where) chips.push(this.#whereChip(query.where));
    const focused = [...this.#chips.children].findIndex((chip) => chip.contains(document.activeElement));
    const beganWhere = document.activeElement === this.#where;
    replace(this.#chips, chips);
    this.#chips.hidden = chips.length === 0;
    this.#where.hidden = Boolean(query.where);
    // What had the focus has become another element.
    if (focused >= 0) this.#focus(chips[focused]);
    else if (beganWhere && query.where) this.#focus(chips.at(-1));
  }

  /** @param {HTMLElement|undefined} chip */
  #focus(chip) {
    (chip?.querySelector("button") ?? this.#add).focus();
  }

  #whereChip(text) {
    const at = this.#wrong ? (this.#wrong.position ?? 1) - 1 : text.length;
    // PostgreSQL counts characters, not halves of them.
    const [good, bad] = [[...text].slice(0, at).join(""), [...text].slice(at).join("")];
    const words = [el("span.chip-value", {}, good, bad && el("span.chip-wrong", {}, bad))];
    const chip = this.#chip(words, () => this.editWhere(), { where: "" });
    if (this.#wrong) chip.firstElementChild?.prepend(icon("warning", "not valid:"));
    chip.toggleAttribute("data-error", this.#wrong !== null);
    return chip;
  }

  /** Marks the WHERE as what PostgreSQL did not take, from where it did not. @param {import("../types.js").ServerError} error */
  markWhere(error) {
    this.#wrong = error;
    const old = this.#chips.lastElementChild;
    const focused = old?.contains(document.activeElement);
    const chip = this.#whereChip(this.#query.where);
    old?.replaceWith(chip);
    if (focused) this.#focus(chip);
  }

  #words({ column, op, value }) {
    const name = this.#columns.find((one) => one.number === column)?.name ?? `column ${column}`;
    const text = Array.isArray(value) ? value.join(", ") : value;
    const shown = text === null ? null : el("span.chip-value", {}, text === "" ? "''" : text);
    return [el("span", {}, name), el("span.dim", {}, OPERATORS[op].sign), shown];
  }

  /** @param {any[]} words @param {() => void} edit @param {Partial<import("./query.js").Query>} without what is asked when it is gone */
  #chip(words, edit, without) {
    const chip = el("span.chip", {}, el("button.chip-text", { type: "button", title: "Change the filter", onclick: edit }, words));
    const name = chip.textContent;
    const remove = () => {
      this.#add.focus();
      this.#tell(without);
    };
    chip.append(el("button.chip-remove", { type: "button", "aria-label": `Remove the filter ${name}`, onclick: remove }, icon("close")));
    return chip;
  }

  #tell(part) {
    this.dispatchEvent(new CustomEvent("query", { detail: { ...this.#query, ...part } }));
  }

  /**
   * @param {number|null} index of a filter that is there
   * @param {Column} [column] to begin a new one with
   * @param {Element|DOMRect} [at]
   */
  edit(index, column, at) {
    const known = index === null ? { column: column?.number ?? this.#columns[0].number, op: null, value: "" } : this.#query.filters[index];
    const place = at ?? (index === null ? this.#add : this.#chips.children[index]);
    openPanel("Filter", place, (close) =>
      filterForm(this.#columns, known, (filter) => {
        close();
        const filters = [...this.#query.filters];
        if (index === null) filters.push(filter);
        else filters[index] = filter;
        this.#tell({ filters });
      }),
    );
  }

  editWhere() {
    const place = this.#query.where ? this.#chips.lastElementChild : this.#where;
    openPanel("WHERE", place, (close) => {
      const text = el("textarea.field.mono", { "aria-label": "Condition in SQL", placeholder: `"price" > 10 AND …`, spellcheck: "false", value: this.#query.where });
      const use = () => {
        close();
        this.#tell({ where: text.value.trim() });
      };
      text.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey) return;
        event.preventDefault();
        use();
      });
      return el(
        "div.stack",
        {},
        el("span.label.mono", {}, "WHERE"),
        text,
        this.#wrong && errorMessage(this.#wrong),
        el("div.line.end", {}, el("span.label.grow", {}, "Shift+Enter for a new line"), el("button.button.primary", { type: "button", onclick: use }, "Filter")),
      );
    });
  }
}

function filterForm(columns, known, done) {
  let op = known.op;
  let values = Array.isArray(known.value) ? known.value : [known.value ?? ""];
  const columnSelect = el(
    "select.field",
    { "aria-label": "Column", onchange: () => refresh() },
    columns.map((column) => el("option", { value: column.number }, column.name)),
  );
  columnSelect.value = String(known.column);
  const operatorSelect = el("select.field", { "aria-label": "Condition", onchange: () => (values = read(), (op = operatorSelect.value), refresh()) });
  const place = el("div.stack");
  let read = () => values;

  const refresh = () => {
    const column = columns.find((one) => one.number === Number(columnSelect.value));
    const operators = operatorsFor(column);
    if (!operators.includes(op)) op = operators[0];
    replace(operatorSelect, operators.map((name) => el("option", { value: name }, OPERATORS[name].label)));
    operatorSelect.value = op;
    const field = valueField(column, OPERATORS[op].value, values);
    read = field.read;
    replace(place, field.element);
  };
  refresh();

  const form = el(
    "form.stack",
    {
      onsubmit: (event) => {
        event.preventDefault();
        const kind = OPERATORS[op].value;
        const given = read();
        done({ column: Number(columnSelect.value), op, value: kind === "none" ? null : kind === "many" ? given : given[0] });
      },
    },
    el("div.line", {}, columnSelect, operatorSelect),
    place,
    el("div.line.end", {}, el("button.button.primary", { type: "submit" }, "Filter")),
  );
  // The value is what one came for.
  queueMicrotask(() => /** @type {HTMLElement|null} */ (place.querySelector("input, select, textarea"))?.setAttribute("autofocus", ""));
  requestAnimationFrame(() => /** @type {HTMLElement|null} */ (place.querySelector("input, select, textarea"))?.focus());
  return form;
}

/** @returns {{ element: Element|null, read: () => string[] }} */
function valueField(column, kind, values) {
  if (kind === "none") return { element: null, read: () => values };
  const labels = column.base === "enum" ? column.enumLabels : column.base === "boolean" ? ["true", "false"] : null;
  if (labels && kind === "many") return checks(labels, values);
  if (labels) {
    const select = el("select.field", { "aria-label": "Value" }, labels.map((label) => el("option", { value: label }, label)));
    if (labels.includes(values[0])) select.value = values[0];
    return { element: select, read: () => [select.value] };
  }
  if (kind === "many") {
    const area = el("textarea.field.mono", { "aria-label": "Values, one a line", placeholder: "one value a line", spellcheck: "false", value: values.join("\n") });
    return { element: area, read: () => area.value.split("\n").filter((line) => line !== "") };
  }
  const placeholder = column.base === "jsonb" ? '{"key": "value"}' : column.base === "array" ? "{a,b}" : column.type;
  const input = el("input.field.mono", { type: "text", "aria-label": "Value", placeholder, spellcheck: "false", autocomplete: "off", value: values[0] ?? "" });
  return { element: input, read: () => [input.value] };
}

function checks(labels, values) {
  const boxes = labels.map((label) => {
    const id = uniqueId("choice");
    const box = el("input", { type: "checkbox", id, value: label, checked: values.includes(label) });
    return { box, row: el("label.line", { for: id }, box, label) };
  });
  return {
    element: el("fieldset.stack", {}, el("legend.unseen", {}, "Values"), boxes.map(({ row }) => row)),
    read: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
  };
}

customElements.define("filter-bar", FilterBar);
