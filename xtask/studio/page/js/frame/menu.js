import { el } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @typedef {{ label: string, icon?: any, hint?: string, disabled?: boolean, checked?: boolean, keep?: boolean, run: () => void }} Item
 *   checked makes it a box to tick; keep leaves the menu open
 */

/** @typedef {Item|"line"|""|null|undefined|false} Entry  what is false is left out, so that an item can have a condition */

/** @typedef {DOMRect|{ left: number, right: number, top: number, bottom: number }} Place */

/**
 * Opens a menu at a place. The arrow keys move, a letter finds, Escape closes and gives the focus back.
 *
 * @param {string} label
 * @param {Place|Element} at
 * @param {Entry[]} items
 */
export function openMenu(label, at, items) {
  const before = document.activeElement;
  const menu = el("div.menu", { role: "menu", "aria-label": label, popover: "auto" });
  const close = () => {
    menu.hidePopover();
  };
  for (const item of items) {
    if (item === "line") menu.append(el("hr", { role: "separator" }));
    else if (item) menu.append(entry(item, close));
  }
  menu.addEventListener("keydown", (event) => move(menu, event));
  menu.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    const gave = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    if (gave && before instanceof HTMLElement) before.focus();
  });
  show(menu, at);
  entries(menu)[0]?.focus();
}

/** Puts a popover into the top layer beside a place, inside the window. @param {HTMLElement} box @param {Place|Element} at */
export function show(box, at) {
  document.body.append(box);
  box.showPopover();
  const place = at instanceof Element ? at.getBoundingClientRect() : at;
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(place.left, innerWidth - width - 8));
  const below = place.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, Math.min(place.top - height - 4, innerHeight - height - 8)) : below;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

function entry(item, close) {
  const box = item.checked !== undefined;
  const run = () => {
    if (item.disabled) return;
    if (item.keep) {
      button.setAttribute("aria-checked", String(button.getAttribute("aria-checked") !== "true"));
    } else {
      close();
    }
    item.run();
  };
  const mark = box ? icon("check") : item.icon && icon(item.icon);
  const button = el(
    "button",
    {
      type: "button",
      role: box ? "menuitemcheckbox" : "menuitem",
      tabindex: "-1",
      "aria-checked": box ? String(item.checked) : null,
      "aria-disabled": item.disabled ? "true" : null,
      onclick: run,
    },
    mark,
    el("span.clip", {}, item.label),
    item.hint && el("span.hint", {}, item.hint),
  );
  return button;
}

/** @param {HTMLElement} menu @returns {HTMLElement[]} */
function entries(menu) {
  return [...menu.querySelectorAll("[role^=menuitem]")].map((one) => /** @type {HTMLElement} */ (one));
}

/** @param {HTMLElement} menu @param {KeyboardEvent} event */
function move(menu, event) {
  const all = entries(menu);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = {
    ArrowDown: (at + 1) % all.length,
    ArrowUp: (at - 1 + all.length) % all.length,
    Home: 0,
    End: all.length - 1,
  }[event.key];
  if (to !== undefined) {
    all[to]?.focus();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLowerCase();
    const next = [...all.slice(at + 1), ...all].find((one) => one.textContent?.trim().toLowerCase().startsWith(letter));
    next?.focus();
  } else {
    if (event.key === "Escape") event.stopPropagation();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/**
 * A small form beside what it is about; closes with Escape or a click outside of it.
 *
 * @param {string} label
 * @param {Place|Element} at
 * @param {(close: () => void) => Element} content
 */
export function openPanel(label, at, content) {
  const before = document.activeElement;
  const panel = el("div.panel", { role: "dialog", "aria-label": label, popover: "auto" });
  panel.append(content(() => panel.hidePopover()));
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const gave = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    if (gave && before instanceof HTMLElement) before.focus();
  });
  show(panel, at);
  panel.querySelector("[autofocus], input, select, textarea, button")?.focus();
}
