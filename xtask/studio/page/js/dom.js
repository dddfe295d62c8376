/** Elements in one expression. Text becomes text nodes and nothing else, so no value can ever be markup. */

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * @param {string} tag `name` or `name.class.class`
 * @param {Record<string, any>} [attributes] `on*` functions listen; `true` and `false` set and leave out; the rest are attributes
 * @param {...(Child|Child[])} children
 * @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return filled(document.createElement(name), classes, attributes, children);
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child|Child[])} children
 * @returns {any}
 */
export function svg(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return filled(document.createElementNS(SVG, name), classes, attributes, children);
}

function filled(element, classes, attributes, children) {
  if (classes.length) element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on") && typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/** @param {Element} parent @param {(Child|Child[])[]} children */
export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
}

/** @param {Element} parent @param {...(Child|Child[])} children */
export function replace(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

let last = 0;

/** A new id for what `aria-*` attributes and labels refer to. @param {string} name */
export function uniqueId(name) {
  last += 1;
  return `${name}-${last}`;
}

/** A custom element that is made once, however often it is attached. */
export class View extends HTMLElement {
  #made = false;

  connectedCallback() {
    if (!this.#made) {
      this.#made = true;
      this.make();
    }
    this.attached();
  }

  disconnectedCallback() {
    this.detached();
  }

  /** Fills the element; called once. */
  make() {}

  /** Called whenever the element comes into the page. */
  attached() {}

  /** Called whenever it leaves. */
  detached() {}
}
