import { el } from "../dom.js";
import { icon } from "../icons.js";

/** Brings a hidden sidebar back; stands at the beginning of every toolbar. */
export function sideButton() {
  return el(
    "button.button.quiet.square.side-button",
    {
      type: "button",
      "aria-label": "Show the sidebar",
      title: "Show the sidebar (Ctrl+B)",
      onclick: (event) => event.currentTarget.dispatchEvent(new CustomEvent("toggle-side", { bubbles: true })),
    },
    icon("menu"),
  );
}
