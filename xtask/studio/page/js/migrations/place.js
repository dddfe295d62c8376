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
  #content = el("div.migrations", { tabindex: "-1" });

  make() {
    this.append(
      el("header.toolbar", {}, sideButton(), el("h2", {}, icon("migrations"), "Migrations"), this.#actions),
      this.#errors,
      el("div.place-body", {}, this.#content),
    );
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
    const hazards = pending.flatMap((migration) => migration.hazards ?? []);
    const warned = hazards.length > 0 ? ` ${counted(hazards.length, "hazard")} ${hazards.length === 1 ? "is" : "are"} listed with their SQL.` : "";
    const yes = await confirm(`Apply ${counted(pending.length, "migration")}?`, `${pending.map(({ tag }) => tag).join(", ")}.${warned}`, "Apply");
    if (!yes) return;
    button.disabled = true;
    try {
      const { applied } = await call("migrate");
      announce(`Applied ${counted(applied.length, "migration")}`);
      this.dispatchEvent(new CustomEvent("reload-catalog", { bubbles: true }));
      await this.#load();
    } catch (error) {
      await this.#load();
      replace(this.#errors, errorMessage(error));
    }
  }
}

customElements.define("migrations-place", MigrationsPlace);
