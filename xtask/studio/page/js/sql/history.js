import { el, replace } from "../dom.js";
import { duration } from "../format.js";
import { openDialog } from "../frame/dialog.js";
import { sqlNodes } from "./highlight.js";

const MOST_LETTERS = 400;

/**
 * Lists what was run, the latest first; a part of it finds it.
 *
 * @param {import("./scripts.js").Run[]} runs
 * @returns {Promise<import("./scripts.js").Run|undefined>} the one that was chosen
 */
export async function chooseRun(runs) {
  const chosen = await openDialog("What was run", (close) => {
    const list = el("ul.history");
    const search = el("input.field", { type: "search", "aria-label": "Find a run", placeholder: "Find a run", autocomplete: "off", spellcheck: "false", autofocus: true });
    const found = () => runs.filter(({ sql }) => sql.toLowerCase().includes(search.value.trim().toLowerCase()));
    const choose = (run) => close(String(runs.indexOf(run)));
    const show = () => {
      const none = runs.length === 0 ? "Nothing yet." : "Nothing that was run has this in it.";
      const items = found().map((run) => el("li", {}, el("button.history-run", { type: "button", onclick: () => choose(run) }, words(run))));
      replace(list, items.length > 0 ? items : el("li.dim", {}, none));
    };
    search.addEventListener("input", show);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const [first] = found();
      if (first) choose(first);
    });
    show();
    return [search, list, el("div.line.end", {}, el("button.button", { type: "button", onclick: () => close() }, "Close"))];
  });
  return chosen === "" ? undefined : runs[Number(chosen)];
}

function words({ sql, at, ms, error }) {
  const text = sql.length > MOST_LETTERS ? `${sql.slice(0, MOST_LETTERS)} …` : sql;
  const came = error ?? (ms === null ? "" : duration(ms));
  return [el("pre", {}, sqlNodes(text)), el("span.dim", {}, new Date(at).toLocaleString(), " · ", came)];
}
