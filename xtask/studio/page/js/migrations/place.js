import { announce } from "../announce.js";
import { call } from "../api.js";
import { View, el, replace } from "../dom.js";
import { errorMessage } from "../errors.js";
import { counted } from "../format.js";
import { confirm } from "../frame/dialog.js";
import { sideButton } from "../frame/side-button.js";
import { icon } from "../icons.js";
import { historySection } from "./history.js";
import { comparison } from "./comparison.js";

/** The place where the migrations, the schema in the code and the database are compared. */
class MigrationsPlace extends View {
  #actions = el("div.actions");
  #errors = el("div.place-errors");
  /** What came of applying. */
  #result = el("div.place-errors");
  #content = el("div.migrations", { tabindex: "-1" });

  make() {
    this.append(
      el("header.toolbar", {}, sideButton(), el("h2", {}, icon("migrations"), "Migrations"), this.#actions),
      this.#errors,
      this.#result,
      el("div.place-body", {}, this.#content),
    );
  }

  detached() {
    replace(this.#result);
  }

  show() {
    return this.#load();
  }

  async #load() {
    try {
      const answer = await call("migrations");
      replace(this.#errors);
      this.#fill(answer);
    } catch (error) {
      replace(this.#errors, errorMessage(error));
    }
  }

  #fill({ history, plan, drift, canApply }) {
    const pending = history.filter(({ state }) => state === "pending");
    replace(
      this.#actions,
      el("button.button.quiet.square", { type: "button", "aria-label": "Refresh", title: "Refresh", onclick: () => this.#load() }, icon("refresh")),
      canApply &&
        pending.length > 0 &&
        el("button.button.primary", { type: "button", onclick: (event) => this.#apply(event.currentTarget, pending) }, icon("check"), `Apply ${counted(pending.length, "migration")}`),
    );
    replace(
      this.#content,
      comparison({
        title: "The database and its migrations",
        inStep: "The database is what its migrations made of it.",
        differs: "Somebody changed the database otherwise than by a migration:",
        unknown: "It is not known what its migrations made of it: one of them was changed since, is missing, or has no snapshot.",
        statementsTitle: "What would bring it back",
        found: drift,
      }),
      comparison({
        title: "The schema in the code",
        inStep: "The database is what the code declares.",
        differs: "The code declares something else than the database has:",
        statementsTitle: "What would bring the database there",
        found: plan,
      }),
      historySection(history),
    );
  }

  async #apply(button, pending) {
    const hazards = pending.flatMap((migration) => migration.hazards);
    const warned = hazards.length > 0 ? ` ${counted(hazards.length, "hazard")} ${hazards.length === 1 ? "is" : "are"} listed with their SQL.` : "";
    const yes = await confirm(`Apply ${counted(pending.length, "migration")}?`, `${pending.map(({ tag }) => tag).join(", ")}.${warned}`, "Apply");
    if (!yes) return;
    button.disabled = true;
    replace(this.#result);
    try {
      const { applied } = await call("migrate");
      this.#applied(applied);
    } catch (error) {
      replace(this.#result, errorMessage(error));
    }
    // The button is gone with what is read anew: what was applied before one failed is there, too.
    this.#content.focus();
    this.dispatchEvent(new CustomEvent("reload-catalog", { bubbles: true }));
  }

  #applied(tags) {
    announce(`Applied ${counted(tags.length, "migration")}`);
    const text = tags.length > 0 ? `Applied ${tags.join(", ")}` : "Somebody else has applied them meanwhile.";
    replace(this.#result, el("div.message", { "data-tone": "added" }, icon("check"), el("p.grow", {}, text)));
  }
}

customElements.define("migrations-place", MigrationsPlace);
