import { el } from "../dom.js";
import { openDialog } from "./dialog.js";

const GROUPS = {
  Everywhere: [
    ["Ctrl K", "Go to anything"],
    ["/", "Find a table"],
    ["Ctrl B", "Show or hide the sidebar"],
    ["Ctrl S", "See the SQL of what is staged"],
    ["?", "These keys"],
  ],
  "In the grid": [
    ["← ↑ → ↓", "Move; with Shift: select"],
    ["Home End", "First or last column; with Ctrl: cell"],
    ["PgUp PgDn", "A screen up or down"],
    ["Enter F2", "Edit, or see the whole value"],
    ["Space", "Open the row"],
    ["Esc", "Leave the editor without a change"],
    ["Tab", "Keep what was typed and go to the next cell"],
    ["Delete", "Set NULL"],
    ["Ctrl C", "Copy as tab-separated values"],
    ["Ctrl V", "Paste into the cells"],
    ["Ctrl Z", "Take the last staged change back"],
    ["Shift F10", "What can be done with a cell or a column"],
    ["Alt ← →", "On a column's head: narrower or wider"],
    ["Alt Enter", "Follow the foreign key"],
  ],
  SQL: [
    ["Ctrl Enter", "Run the statement under the cursor"],
    ["Ctrl Shift Enter", "Run everything"],
    ["Ctrl Space", "Complete"],
    ["Esc Tab", "Leave the editor"],
  ],
};

let open = false;

/** The list of all keys. */
export async function showKeys() {
  if (open) return;
  open = true;
  await openDialog("Keys", (close) => [
    Object.entries(GROUPS).map(([name, keys]) =>
      el(
        "section.stack.keys",
        {},
        el("h3", {}, name),
        el("dl", {}, keys.map(([key, meaning]) => [el("dt", {}, key.split(" ").map((one) => el("kbd", {}, one))), el("dd", {}, meaning)]).flat()),
      ),
    ),
    el("div.line.end", {}, el("button.button", { type: "button", autofocus: true, onclick: () => close() }, "Close")),
  ].flat());
  open = false;
}
