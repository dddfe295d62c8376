import { catalog, kindName } from "../catalog.js";
import { View, el, replace } from "../dom.js";
import { staged } from "../edit/staged.js";
import { short, size, whole } from "../format.js";
import { icon } from "../icons.js";
import { remember, remembered } from "../preferences.js";
import { address, route, routes } from "../route.js";

/** Schemas and their relations; typing narrows them, partitions are folded into what they are part of. */
class RelationList extends View {
  #search = el("input.field", {
    type: "search",
    placeholder: "Find a table",
    "aria-label": "Find a table",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => this.#show(),
    onkeydown: (event) => this.#searchKey(event),
  });
  #list = el("nav.relations-list", { "aria-label": "Relations", tabindex: "-1" });
  #folded = new Set(remembered("folded-schemas", ["drizzle"]));

  make() {
    this.append(el("div.relations-search", { role: "search" }, icon("search"), this.#search, el("kbd", { "aria-hidden": "true" }, "/")), this.#list);
    this.#list.addEventListener("keydown", (event) => this.#listKey(event));
  }

  attached() {
    catalog.addEventListener("change", this.#show);
    routes.addEventListener("change", this.#mark);
    staged.addEventListener("change", this.#markStaged);
    this.#show();
  }

  detached() {
    catalog.removeEventListener("change", this.#show);
    routes.removeEventListener("change", this.#mark);
    staged.removeEventListener("change", this.#markStaged);
  }

  focusSearch() {
    this.#search.focus();
    this.#search.select();
  }

  #show = () => {
    const words = this.#search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = catalog.schemas
      .map((schema) => ({ name: schema.name, relations: schema.relations.filter((one) => matches(schema.name, one, words)) }))
      .filter((schema) => schema.relations.length > 0);
    replace(this.#list, found.map((schema) => this.#schema(schema, words.length > 0)));
    if (found.length === 0 && catalog.schemas.length > 0) {
      this.#list.append(el("p.relations-none", {}, words.length ? "No relation has such a name." : "No table yet."));
    } else if (catalog.schemas.length === 0 && catalog.session) {
      this.#list.append(el("p.relations-none", {}, "This database has no tables yet."));
    }
    this.#mark();
    this.#markStaged();
  };

  #schema({ name, relations }, searching) {
    const parts = new Map();
    const known = new Set(relations.map((one) => one.id));
    for (const one of relations) {
      if (one.kind === "partition" && known.has(one.parent)) parts.set(one.parent, [...(parts.get(one.parent) ?? []), one]);
    }
    const tops = relations.filter((one) => !(one.kind === "partition" && known.has(one.parent)));
    const links = tops.map((one) => this.#relation(name, one, parts, searching));
    if (catalog.schemas.length === 1) return el("div", {}, links);
    return el(
      "details",
      {
        open: searching || !this.#folded.has(name),
        ontoggle: (event) => this.#fold(name, event.currentTarget.open, searching),
      },
      el("summary", {}, icon("chevron"), el("span.clip", {}, name)),
      links,
    );
  }

  #relation(schema, one, parts, searching) {
    const link = el(
      "a.relation",
      { href: address("tables", [schema, one.name]), title: about(schema, one), "data-id": one.id },
      icon(one.kind, kindName(one.kind)),
      el("span.clip", {}, one.name),
      el("span.size", {}, one.rows === null ? "" : short(one.rows)),
    );
    const own = parts.get(one.id);
    if (!own) return link;
    return [
      link,
      el(
        "details.partitions",
        { open: searching },
        el("summary", {}, icon("chevron"), own.length === 1 ? "1 partition" : `${own.length} partitions`),
        own.map((part) => this.#relation(schema, part, parts, searching)),
      ),
    ];
  }

  #fold(name, open, searching) {
    if (searching) return;
    if (open) this.#folded.delete(name);
    else this.#folded.add(name);
    remember("folded-schemas", [...this.#folded]);
  }

  #links() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll("a, summary")]).filter((one) => one.checkVisibility());
  }

  #searchKey(event) {
    if (event.key === "ArrowDown") this.#links()[0]?.focus();
    else if (event.key === "Enter") /** @type {HTMLElement|null} */ (this.#list.querySelector("a"))?.click();
    else if (event.key === "Escape" && this.#search.value) {
      this.#search.value = "";
      this.#show();
    } else return;
    event.preventDefault();
  }

  #listKey(event) {
    const links = this.#links();
    const at = links.indexOf(event.target);
    if (event.key === "ArrowDown") links[at + 1]?.focus();
    else if (event.key === "ArrowUp") (links[at - 1] ?? this.#search).focus();
    else return;
    event.preventDefault();
  }

  #mark = () => {
    const { place, path } = route();
    const shown = place === "tables" && path.length === 2 ? catalog.find(path[0], path[1])?.id : undefined;
    for (const link of this.#list.querySelectorAll("a")) {
      if (Number(link.dataset.id) !== shown) {
        link.removeAttribute("aria-current");
        continue;
      }
      link.setAttribute("aria-current", "page");
      const folded = link.closest("details.partitions:not([open])");
      if (folded) folded.open = true;
      link.scrollIntoView({ block: "nearest" });
    }
  };

  #markStaged = () => {
    for (const link of this.#list.querySelectorAll("a")) {
      link.querySelector(".staged")?.remove();
      const count = staged.of(Number(link.dataset.id)).length;
      if (count) link.querySelector(".size").before(el("span.staged", { role: "img", "aria-label": `${count} staged` }));
    }
  };
}

function matches(schema, relation, words) {
  const name = `${schema}.${relation.name}`.toLowerCase();
  return words.every((word) => name.includes(word));
}

function about(schema, { name, kind, rows, bytes, comment }) {
  const facts = [kindName(kind), rows === null ? "" : `≈ ${whole(rows)} rows`, bytes ? size(bytes) : ""].filter(Boolean);
  return `${schema}.${name}\n${facts.join(" · ")}${comment ? `\n${comment}` : ""}`;
}

customElements.define("relation-list", RelationList);
