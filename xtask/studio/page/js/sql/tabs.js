import { el, replace } from "../dom.js";
import { confirm } from "../frame/dialog.js";
import { icon } from "../icons.js";

/** The scripts side by side. */
export class ScriptTabs {
  element = el("div.chips.script-tabs");
  #list = el("div.line", { role: "tablist", "aria-label": "Scripts" });
  #scripts;
  #sessions;

  /** @param {import("./scripts.js").Scripts} scripts @param {import("./sessions.js").Sessions} sessions */
  constructor(scripts, sessions) {
    this.#scripts = scripts;
    this.#sessions = sessions;
    this.element.append(
      this.#list,
      el("button.button.quiet.small.square", { type: "button", "aria-label": "New script", title: "New script", onclick: () => scripts.add() }, icon("plus")),
    );
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    scripts.addEventListener("change", () => this.#show());
    sessions.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    replace(this.#list, this.#scripts.all.map((script) => this.#tab(script)));
  }

  #tab(script) {
    const isCurrent = script === this.#scripts.current;
    return el(
      "span.script-tab",
      { role: "presentation", "data-current": String(isCurrent) },
      el("button", { type: "button", role: "tab", "aria-selected": String(isCurrent), tabindex: isCurrent ? 0 : -1, onclick: () => this.#scripts.choose(script) }, script.name, this.#sessions.inTransaction(script) && el("span.badge", { "data-tone": "changed", title: "A transaction is open" }, "transaction")),
      this.#scripts.all.length > 1 &&
        isCurrent &&
        el("button.script-close", { type: "button", "aria-label": `Close ${script.name}`, onclick: () => this.#close(script) }, icon("close")),
    );
  }

  async #close(script) {
    const inTransaction = this.#sessions.inTransaction(script);
    const lost = ["Its text is forgotten; what was run stays in the history.", inTransaction && "Its open transaction is rolled back."].filter(Boolean).join(" ");
    const yes = (!script.text.trim() && !inTransaction) || (await confirm(`Close ${script.name}?`, lost, "Close"));
    if (!yes) return;
    this.#sessions.end(script);
    this.#scripts.remove(script);
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const { all, current } = this.#scripts;
    this.#scripts.choose(all[(all.indexOf(current) + step + all.length) % all.length]);
    /** @type {HTMLElement} */ (this.#list.querySelector("[aria-selected=true]")).focus();
    event.preventDefault();
  }
}
