import { el, uniqueId } from "../dom.js";

/**
 * A modal dialog: the browser traps the focus in it, makes the rest inert, and gives the focus back.
 *
 * @param {string} title
 * @param {(close: (answer?: string) => void) => (Node|string|null|false)[]} content
 * @returns {Promise<string>} what it was closed with; "" for Escape
 */
export function openDialog(title, content) {
  const id = uniqueId("dialog");
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { "aria-labelledby": id }));
  const close = (answer = "") => dialog.close(answer);
  dialog.append(el("form", { method: "dialog" }, el("h2", { id }, title), content(close)));
  document.body.append(dialog);
  dialog.showModal();
  // The focus may be on what lies below; one reads from the top.
  /** @type {HTMLElement} */ (dialog.firstElementChild).scrollTop = 0;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

/**
 * Asks before something that cannot be taken back.
 *
 * @param {string} title
 * @param {string} text
 * @param {string} action the word on the button that does it
 * @returns {Promise<boolean>}
 */
export async function confirm(title, text, action) {
  const answer = await openDialog(title, (close) => [
    el("p", {}, text),
    el(
      "div.line.end",
      {},
      el("button.button", { type: "button", autofocus: true, onclick: () => close() }, "Cancel"),
      el("button.button.primary", { type: "button", onclick: () => close("yes") }, action),
    ),
  ]);
  return answer === "yes";
}
