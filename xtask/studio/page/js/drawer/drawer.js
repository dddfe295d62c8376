import { View, el, replace, uniqueId } from "../dom.js";
import { icon } from "../icons.js";

/** The panel on the right in which details open. Escape closes it and gives the focus back. */
class SideDrawer extends View {
  #titleId = uniqueId("drawer");
  #title = el("h2.clip", { id: this.#titleId, tabindex: "-1" });
  #actions = el("div.line");
  #body = el("div.drawer-body");
  /** @type {HTMLElement|null} */
  #before = null;

  make() {
    this.classList.add("drawer");
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-labelledby", this.#titleId);
    this.hidden = true;
    const close = el("button.button.quiet.small.square", { type: "button", "aria-label": "Close", title: "Close (Esc)", onclick: () => this.close() }, icon("close"));
    this.append(el("header.drawer-head", {}, this.#title, this.#actions, close), this.#body);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.close();
    });
  }

  /**
   * @param {string} title
   * @param {(Node|null|false)[]} actions
   * @param {(Node|null|false)[]} content
   * @param {{ focus?: HTMLElement|null }} [options] focus: what one came for; null leaves the focus where it is
   */
  open(title, actions, content, { focus = this.#title } = {}) {
    if (this.hidden) this.#before = /** @type {HTMLElement} */ (document.activeElement);
    this.hidden = false;
    this.#title.textContent = title;
    this.#title.title = title;
    replace(this.#actions, actions);
    replace(this.#body, content);
    if (focus) this.#body.scrollTop = 0;
    focus?.focus();
    focus?.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (this.hidden) return;
    const inside = this.contains(document.activeElement);
    this.hidden = true;
    this.#body.replaceChildren();
    this.dispatchEvent(new Event("closed"));
    if (inside) this.#before?.focus();
  }
}

customElements.define("side-drawer", SideDrawer);
