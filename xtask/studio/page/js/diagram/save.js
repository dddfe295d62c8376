import { saveFile } from "../drawer/field.js";

const PROPERTIES = ["fill", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "font-family", "font-size", "font-weight", "opacity"];
const STATES = ["hidden", "data-dim", "data-near", "data-found"];

/**
 * The diagram as a file of its own, with the colours that it has here.
 *
 * @param {SVGElement} shown
 * @param {{ width: number, height: number }} size
 * @param {string} name
 */
export function saveSvg(shown, { width, height }, name) {
  const copy = /** @type {SVGElement} */ (shown.cloneNode(true));
  const parts = [copy, ...copy.querySelectorAll("*")];
  // However one looks at it just now is not part of it.
  for (const part of parts) for (const state of STATES) part.removeAttribute(state);
  copy.querySelector("g[transform]")?.removeAttribute("transform");
  // Only what is in the page has a style; beside the one that is shown it is under no pointer, and never seen.
  document.body.append(copy);
  for (const part of parts) {
    if (part instanceof SVGTitleElement || part instanceof SVGMarkerElement) continue;
    const style = getComputedStyle(part);
    for (const property of PROPERTIES) {
      const value = style.getPropertyValue(property);
      if (value && !part.hasAttribute(property)) part.setAttribute(property, value);
    }
  }
  copy.remove();
  for (const part of parts) for (const attribute of ["class", "href", "tabindex"]) part.removeAttribute(attribute);
  const margin = 24;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`);
  copy.setAttribute("width", String(width + 2 * margin));
  copy.setAttribute("height", String(height + 2 * margin));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [attribute, value] of Object.entries({ x: -margin, y: -margin, width: width + 2 * margin, height: height + 2 * margin })) {
    ground.setAttribute(attribute, String(value));
  }
  ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(ground);
  saveFile(`${name}.svg`, new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
}
