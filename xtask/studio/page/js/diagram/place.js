import { announce } from "../announce.js";
import { call } from "../api.js";
import { catalog, shownName } from "../catalog.js";
import { View, el, replace, svg } from "../dom.js";
import { errorMessage } from "../errors.js";
import { counted } from "../format.js";
import { noTables } from "../frame/no-tables.js";
import { sideButton } from "../frame/side-button.js";
import { icon } from "../icons.js";
import { remember, remembered } from "../preferences.js";
import { address, go } from "../route.js";
import { drawing } from "./drawing.js";
import { Camera } from "./geometry.js";
import { Minimap } from "./minimap.js";
import { saveSvg } from "./save.js";

const MANY = 40;
const STEP = 60;

/** The place where the tables and their foreign keys are drawn. */
class DiagramPlace extends View {
  /** @type {import("./drawing.js").Diagram|null} */
  #diagram = null;
  #camera = new Camera();
  #keysOnly = remembered("diagram-keys-only", false);
  /** Of the drawing that is shown. */
  #drawnKeysOnly = this.#keysOnly;
  #asList = false;
  /** Whether there may be other tables by now. */
  #isOld = true;
  #scene = svg("g.scene");
  #svg = svg("svg.diagram", { role: "group", "aria-label": "Diagram of the tables", tabindex: "0" }, this.#scene);
  #list = el("div.diagram-list", { hidden: true, tabindex: "-1" });
  #empty = el("div.emptiness", { hidden: true }, icon("diagram"), ...noTables());
  #errors = el("div.place-errors");
  #minimap = new Minimap((x, y) => {
    this.#camera.centre(x, y, this.#view);
    this.#look();
  });
  #search = el("input.field", { type: "search", placeholder: "Find a table or column", "aria-label": "Find a table or column", autocomplete: "off", spellcheck: "false", oninput: () => this.#find(), onkeydown: (event) => this.#searchKey(event) });
  #keys = toggle("key", "Keys only", this.#keysOnly, (pressed) => {
    this.#keysOnly = pressed;
    // Smaller cards lie elsewhere.
    this.#load({ fit: true });
  });
  #listToggle = toggle("menu", "As a list", false, (pressed) => {
    this.#asList = pressed;
    this.#arrange();
  });

  make() {
    const zoom = (shape, label, run) => el("button.button.square", { type: "button", "aria-label": label, title: label, onclick: run }, icon(shape));
    this.append(
      el(
        "header.toolbar",
        {},
        sideButton(),
        el("h2", {}, icon("diagram"), "Diagram"),
        el("div.diagram-search.grow", {}, this.#search),
        el("div.actions", {}, this.#keys, this.#listToggle, el("button.button", { type: "button", title: "Save as SVG", onclick: () => this.#save() }, icon("download"), el("span.words", {}, "SVG"))),
      ),
      this.#errors,
      el(
        "div.place-body.diagram-body",
        {},
        this.#empty,
        this.#svg,
        this.#list,
        this.#minimap.element,
        el(
          "div.diagram-zoom",
          { role: "group", "aria-label": "Zoom" },
          zoom("plus", "Zoom in (+)", () => this.#zoom(1.25)),
          zoom("minus", "Zoom out (−)", () => this.#zoom(0.8)),
          zoom("fit", "Show all of it (0)", () => this.#fit()),
        ),
      ),
    );
    this.#svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.#svg.addEventListener("pointerdown", (event) => this.#drag(event));
    this.#svg.addEventListener("keydown", (event) => this.#key(event));
    this.#svg.addEventListener("click", (event) => this.#open(event));
    for (const name of ["pointerover", "focusin"]) this.#svg.addEventListener(name, (event) => this.#highlight(event.target.closest(".card")?.dataset.id));
    this.#svg.addEventListener("pointerleave", () => this.#highlight());
    new ResizeObserver(() => this.#diagram && this.#look()).observe(this.#svg);
    catalog.addEventListener("change", () => {
      this.#isOld = true;
      if (this.isConnected) this.#load();
    });
  }

  async show() {
    if (this.#isOld) await this.#load();
  }

  async #load({ fit } = { fit: !this.#diagram }) {
    const keysOnly = this.#keysOnly;
    try {
      const diagram = await call("diagram", { keysOnly });
      // The switch may have been pressed again meanwhile; what it asked for then comes by itself.
      if (keysOnly !== this.#keysOnly) return;
      this.#diagram = diagram;
      this.#isOld = false;
      this.#drawnKeysOnly = keysOnly;
      remember("diagram-keys-only", keysOnly);
      replace(this.#errors);
      this.#draw();
      if (fit) this.#fit();
      announce(`Diagram of ${counted(this.#diagram.nodes.length, "table")}`);
    } catch (error) {
      if (keysOnly !== this.#keysOnly) return;
      replace(this.#errors, errorMessage(error));
      // What is pressed is what is drawn.
      this.#keysOnly = this.#drawnKeysOnly;
      this.#keys.setAttribute("aria-pressed", String(this.#keysOnly));
    }
  }

  #draw() {
    if (!this.#diagram) return;
    replace(this.#scene, drawing(this.#diagram));
    // What is empty has no proportions.
    if (this.#diagram.nodes.length > 0) this.#minimap.show(this.#diagram);
    replace(this.#list, tableList(this.#diagram));
    this.#arrange();
    this.#find();
    this.#look();
  }

  #arrange() {
    const many = (this.#diagram?.nodes.length ?? 0) > MANY;
    const none = this.#diagram?.nodes.length === 0;
    this.#empty.hidden = !none;
    this.#svg.toggleAttribute("hidden", this.#asList || none);
    this.#list.hidden = !this.#asList || none;
    this.#minimap.element.hidden = this.#asList || !many;
    /** @type {HTMLElement} */ (this.querySelector(".diagram-zoom")).hidden = this.#asList || none;
  }

  get #view() {
    return this.#svg.getBoundingClientRect();
  }

  #look() {
    this.#scene.setAttribute("transform", this.#camera.transform);
    this.#minimap.frame(this.#camera, this.#view);
  }

  #fit() {
    if (!this.#diagram) return;
    this.#camera.fit(this.#diagram.width, this.#diagram.height, this.#view);
    this.#look();
  }

  #zoom(factor, x = this.#view.width / 2, y = this.#view.height / 2) {
    this.#camera.zoom(factor, x, y);
    this.#look();
  }

  #wheel(event) {
    event.preventDefault();
    const { left, top } = this.#view;
    if (event.ctrlKey || event.metaKey) {
      this.#zoom(Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
      return;
    }
    this.#pan(-event.deltaX, -event.deltaY);
  }

  #pan(x, y) {
    this.#camera.x += x;
    this.#camera.y += y;
    this.#look();
  }

  #moved = false;

  #drag(event) {
    if (event.button !== 0) return;
    let [x, y] = [event.clientX, event.clientY];
    const from = [x, y];
    this.#moved = false;
    const move = (now) => {
      if (!this.#moved && Math.hypot(now.clientX - from[0], now.clientY - from[1]) < 4) return;
      this.#moved = true;
      this.#pan(now.clientX - x, now.clientY - y);
      [x, y] = [now.clientX, now.clientY];
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
    event.preventDefault();
  }

  /** A press that moved the drawing opens nothing. */
  #open(event) {
    const card = event.target.closest(".card");
    if (!card || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!this.#moved) go(card.getAttribute("href"));
    this.#moved = false;
  }

  #key(event) {
    const run = {
      ArrowLeft: () => this.#pan(STEP, 0),
      ArrowRight: () => this.#pan(-STEP, 0),
      ArrowUp: () => this.#pan(0, STEP),
      ArrowDown: () => this.#pan(0, -STEP),
      "+": () => this.#zoom(1.25),
      "-": () => this.#zoom(0.8),
      0: () => this.#fit(),
    }[event.key];
    if (!run || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    run();
  }

  /** Dims what has nothing to do with a table. @param {string} [id] */
  #highlight(id) {
    const near = new Set(id ? [id] : []);
    for (const edge of this.#scene.querySelectorAll(".edge")) {
      const { from, to } = edge.dataset;
      const touches = from === id || to === id;
      if (touches) near.add(from).add(to);
      edge.toggleAttribute("data-dim", Boolean(id) && !touches);
      edge.toggleAttribute("data-near", Boolean(id) && touches);
    }
    for (const card of this.#scene.querySelectorAll(".card")) card.toggleAttribute("data-dim", Boolean(id) && !near.has(card.dataset.id));
  }

  get #found() {
    const text = this.#search.value.trim().toLowerCase();
    if (!text || !this.#diagram) return [];
    const named = (name) => name.toLowerCase().includes(text);
    const { nodes } = this.#diagram;
    return [...nodes.filter(({ name }) => named(name)), ...nodes.filter(({ name, columns }) => !named(name) && columns.some((column) => named(column.name)))];
  }

  #find() {
    const found = this.#found;
    const searching = this.#search.value.trim() !== "";
    for (const card of this.#scene.querySelectorAll(".card")) {
      const matches = found.some(({ id }) => String(id) === card.dataset.id);
      card.toggleAttribute("data-found", matches);
      card.toggleAttribute("data-dim", searching && !matches);
    }
    for (const edge of this.#scene.querySelectorAll(".edge")) edge.toggleAttribute("data-dim", searching);
    if (found[0]) this.#centre(found[0]);
    if (searching) announce(counted(found.length, "table"));
  }

  #centre({ x, y, width, height }) {
    this.#camera.centre(x + width / 2, y + height / 2, this.#view);
    this.#look();
  }

  #searchKey(event) {
    const found = this.#found[0];
    if (event.key !== "Enter" || !found) return;
    event.preventDefault();
    go(address("tables", [found.schema, found.name]));
  }

  #save() {
    if (this.#diagram) saveSvg(this.#svg, this.#diagram, catalog.session.database);
  }
}

function toggle(shape, label, pressed, change) {
  const button = el(
    "button.button",
    {
      type: "button",
      title: label,
      "aria-pressed": String(pressed),
      onclick: () => {
        const now = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(now));
        change(now);
      },
    },
    icon(shape),
    el("span.words", {}, label),
  );
  return button;
}

/** The same in words. @param {import("./drawing.js").Diagram} diagram */
function tableList({ nodes, edges }) {
  const nameOf = (id) => {
    const node = nodes.find((one) => one.id === id);
    return node ? shownName(node) : "";
  };
  return nodes.map((node) =>
    el(
      "section",
      {},
      el("h3", {}, el("a", { href: address("tables", [node.schema, node.name]) }, shownName(node))),
      el("p.dim", {}, node.columns.map(({ name, type }) => `${name} ${type}`).join(", ")),
      el(
        "ul",
        {},
        edges.filter(({ from }) => from.id === node.id).map(({ to, name }) => el("li", {}, icon("jump"), `refers to ${nameOf(to.id)}`, el("span.dim", {}, name))),
        edges.filter(({ to }) => to.id === node.id).map(({ from, name }) => el("li", {}, icon("back"), `referred to by ${nameOf(from.id)}`, el("span.dim", {}, name))),
      ),
    ),
  );
}

customElements.define("diagram-place", DiagramPlace);
