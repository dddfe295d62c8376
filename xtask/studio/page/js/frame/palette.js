import { catalog, kindName, shownName } from "../catalog.js";
import { el, replace, uniqueId } from "../dom.js";
import { icon } from "../icons.js";
import { address, go } from "../route.js";
import { openDialog } from "./dialog.js";
import { PLACES } from "./places.js";

const MOST = 50;
let open = false;

/** Ctrl+K: any place or relation by a part of its name. */
export async function openPalette() {
  if (open || !catalog.session) return;
  open = true;
  await openDialog("Go to", (close) => content(targets(), close));
  open = false;
}

function targets() {
  const places = catalog.session.places
    .filter((name) => PLACES[name])
    .map((name) => ({ label: PLACES[name].label, kind: "place", icon: PLACES[name].icon, to: address(name) }));
  const relations = catalog.schemas.flatMap((schema) =>
    schema.relations.map((one) => ({
      label: shownName({ schema: schema.name, name: one.name }),
      kind: kindName(one.kind),
      icon: one.kind,
      to: address("tables", [schema.name, one.name]),
    })),
  );
  return [...places, ...relations];
}

function content(all, close) {
  const listId = uniqueId("palette");
  let found = all;
  let at = 0;
  const input = el("input.field", {
    type: "text",
    role: "combobox",
    placeholder: "A table, a view, a place",
    "aria-label": "A table, a view, a place",
    "aria-expanded": "true",
    "aria-controls": listId,
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
    autofocus: true,
    oninput: () => search(),
    onkeydown: (event) => key(event),
  });
  const list = el("ul.palette-list", { id: listId, role: "listbox", "aria-label": "Found" });

  const choose = (target) => {
    close();
    go(target.to);
  };
  const mark = () => {
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    const option = list.children[at];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = all.filter((one) => words.every((word) => one.label.toLowerCase().includes(word))).slice(0, MOST);
    at = 0;
    replace(
      list,
      found.map((one) =>
        el(
          "li",
          { role: "option", id: uniqueId("option"), onclick: () => choose(one) },
          icon(one.icon),
          el("span.clip.grow", {}, one.label),
          el("span.dim", {}, one.kind),
        ),
      ),
    );
    mark();
  };
  const key = (event) => {
    if (event.key === "ArrowDown") at = Math.min(at + 1, found.length - 1);
    else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
    else if (event.key === "Enter") {
      if (found[at]) choose(found[at]);
    } else return;
    event.preventDefault();
    mark();
  };
  search();
  return [input, list];
}
