import { announcer, announce } from "../announce.js";
import { call, connection } from "../api.js";
import { catalog } from "../catalog.js";
import { View, el, replace } from "../dom.js";
import "../edit/tray.js";
import { staged } from "../edit/staged.js";
import { errorMessage } from "../errors.js";
import { icon } from "../icons.js";
import { remember, remembered } from "../preferences.js";
import { address, go, route, routes } from "../route.js";
import { showKeys } from "./keys.js";
import { openPalette } from "./palette.js";
import { PLACES } from "./places.js";
import "./sidebar.js";

const RETRY = 3000;
const NARROW = matchMedia("(max-width: 760px)");

/** The whole page: banner, sidebar, the place that is shown, the tray. */
class StudioApp extends View {
  #banner = el("div.banner", { role: "alert", hidden: true });
  #sidebar = el("app-sidebar", { id: "sidebar" });
  #shade = el("button.side-shade", { type: "button", "aria-label": "Close the sidebar", hidden: true, onclick: () => this.#setSide(false) });
  #main = el("main.main", { id: "main" });
  #tray = el("change-tray.tray");
  /** @type {Map<string, any>} */
  #places = new Map();
  #retry = 0;

  make() {
    const handle = el("div.side-handle", {
      role: "separator",
      tabindex: "0",
      "aria-orientation": "vertical",
      "aria-label": "Width of the sidebar",
      onpointerdown: (event) => this.#drag(event),
      onkeydown: (event) => this.#widthKey(event),
    });
    this.append(
      el("a.skip.button", { href: "#main", onclick: (event) => this.#skip(event) }, "To the data"),
      this.#banner,
      this.#sidebar,
      this.#shade,
      this.#main,
      announcer(),
    );
    this.#sidebar.append(handle);
    this.#width(remembered("side-width", 256));
    this.#setSide(!NARROW.matches && remembered("side-open", true));
    NARROW.addEventListener("change", () => this.#setSide(!NARROW.matches));
    this.addEventListener("toggle-side", () => this.#setSide(this.dataset.side === "closed"));
    this.addEventListener("show-keys", showKeys);
    this.addEventListener("reload-catalog", () => this.#start());
    connection.addEventListener("key", () => this.#probe());
    connection.addEventListener("lost", (event) => this.#lost(/** @type {CustomEvent} */ (event).detail));
    connection.addEventListener("regained", () => this.#regained());
    routes.addEventListener("change", () => this.#show());
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("beforeunload", (event) => {
      if (staged.count > 0) event.preventDefault();
    });
    this.#start();
  }

  async #start() {
    try {
      await catalog.load();
      document.title = `${catalog.session.database} – db studio`;
      await this.#show();
    } catch (error) {
      if (!catalog.session) replace(this.#main, el("div.emptiness", {}, icon("plug"), el("h3", {}, "No connection"), errorMessage(error)));
    }
  }

  async #show() {
    const { places } = catalog.session ?? { places: [] };
    const { place: named } = route();
    const name = places.includes(named) && PLACES[named] ? named : places.find((one) => PLACES[one]);
    if (!name) return;
    if (name !== named) {
      go(address(name), { replace: true });
      return;
    }
    if (NARROW.matches && route().path.length > 0) this.#setSide(false);
    if (!this.#places.has(name)) this.#places.set(name, el(`${PLACES[name].element}.place`));
    const place = this.#places.get(name);
    if (!place.isConnected) replace(this.#main, place, this.#tray);
    await place.show(route());
  }

  #skip(event) {
    event.preventDefault();
    const inside = /** @type {HTMLElement|null} */ (this.#main.querySelector("[role=grid] [tabindex='0'], textarea, button"));
    inside?.focus();
  }

  #lost(message) {
    replace(
      this.#banner,
      icon("warning"),
      el("span", {}, message),
      el("button.button.small", { type: "button", onclick: () => this.#probe() }, "Retry"),
    );
    this.#banner.hidden = false;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#probe(), RETRY);
  }

  /** A lost server is asked again until it answers; a key that is not valid is told again only when someone asks. */
  async #probe() {
    clearTimeout(this.#retry);
    await call("session").catch((error) => {
      if (error.status === 401) clearTimeout(this.#retry);
    });
  }

  #regained() {
    clearTimeout(this.#retry);
    this.#banner.hidden = true;
    announce("Connected again");
    this.#start();
  }

  /** @param {boolean} open */
  #setSide(open) {
    this.dataset.side = open ? "open" : "closed";
    this.#shade.hidden = !(open && NARROW.matches);
    if (!NARROW.matches) remember("side-open", open);
  }

  #width(pixels) {
    const width = Math.max(180, Math.min(pixels, 480));
    this.style.setProperty("--side", `${width}px`);
    this.#sidebar.querySelector(".side-handle")?.setAttribute("aria-valuenow", String(width));
    return width;
  }

  #drag(event) {
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => this.#width(move.clientX);
    handle.onpointerup = (up) => {
      handle.onpointermove = null;
      handle.onpointerup = null;
      remember("side-width", this.#width(up.clientX));
    };
  }

  #widthKey(event) {
    const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (!by) return;
    event.preventDefault();
    remember("side-width", this.#width(this.#sidebar.getBoundingClientRect().width + by));
  }

  /** Keys that hold everywhere. */
  #key(event) {
    const command = event.ctrlKey || event.metaKey;
    const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (command && event.key === "k") openPalette();
    else if (command && event.key === "b") this.#setSide(this.dataset.side === "closed");
    else if (command && event.key === "s") this.#tray.preview();
    else if (!typing && !command && event.key === "?") showKeys();
    else if (!typing && !command && event.key === "/") {
      this.#setSide(true);
      /** @type {any} */ (this.#sidebar.querySelector("relation-list")).focusSearch();
    } else return;
    event.preventDefault();
  }
}

customElements.define("studio-app", StudioApp);
