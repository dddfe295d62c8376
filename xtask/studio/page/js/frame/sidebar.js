import { catalog } from "../catalog.js";
import { View, el, replace } from "../dom.js";
import { icon } from "../icons.js";
import { address, route, routes } from "../route.js";
import { PLACES } from "./places.js";
import "./relation-list.js";
import { toggleTheme } from "./theme.js";

/** The connection, the places, and the list of relations. */
class AppSidebar extends View {
  #connection = el("div.connection");
  #places = el("nav.places", { "aria-label": "Places" });
  #version = el("span.version.grow.clip");

  make() {
    this.classList.add("sidebar");
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", "Database");
    const fold = el(
      "button.button.quiet.small.square",
      { type: "button", "aria-label": "Hide the sidebar", title: "Hide the sidebar (Ctrl+B)", onclick: () => this.#fold() },
      icon("side"),
    );
    const theme = el(
      "button.button.quiet.small.square",
      { type: "button", "aria-label": "Change between light and dark", title: "Light or dark", onclick: toggleTheme },
      icon("theme"),
    );
    const keys = el(
      "button.button.quiet.small.square",
      { type: "button", "aria-label": "Keys", title: "Keys (?)", onclick: () => this.dispatchEvent(new CustomEvent("show-keys", { bubbles: true })) },
      "?",
    );
    this.append(
      this.#connection,
      this.#places,
      el("relation-list.relations"),
      el("div.side-foot", {}, this.#version, keys, theme, fold),
    );
  }

  attached() {
    catalog.addEventListener("change", this.#show);
    routes.addEventListener("change", this.#mark);
    this.#show();
  }

  detached() {
    catalog.removeEventListener("change", this.#show);
    routes.removeEventListener("change", this.#mark);
  }

  #fold() {
    this.dispatchEvent(new CustomEvent("toggle-side", { bubbles: true }));
  }

  #show = () => {
    const { session } = catalog;
    if (!session) return;
    replace(
      this.#connection,
      el("h1.clip", { title: session.database }, session.database),
      el("div.badges", {}, badges(session)),
      el("p.host", {}, icon("plug"), el("span.clip", { title: `${session.user} at ${session.host}` }, `${session.user} @ ${session.host}`)),
    );
    replace(
      this.#places,
      session.places
        .filter((name) => PLACES[name])
        .map((name) => el("a", { href: address(name), "data-place": name }, icon(PLACES[name].icon), PLACES[name].label)),
    );
    this.#version.textContent = `PostgreSQL ${session.serverVersion}`;
    this.#mark();
  };

  #mark = () => {
    const { place } = route();
    for (const link of this.#places.children) {
      if (link.dataset.place === place) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
}

function badges(session) {
  return [
    session.local ? el("span.badge", { "data-tone": "local" }, "LOCAL") : el("span.badge", { "data-tone": "remote" }, icon("warning"), "REMOTE"),
    session.readOnly && el("span.badge", { "data-tone": "read-only" }, icon("lock"), "READ-ONLY"),
  ];
}

customElements.define("app-sidebar", AppSidebar);
