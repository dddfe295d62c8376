import { saveFile } from "../drawer/field.js";

const PROPERTIES = ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "opacity"];

/**
 * The diagram as a file of its own, with the colours that it has here.
 *
 * @param {SVGElement} shown
 * @param {{ width: number, height: number }} size
 * @param {string} name
 */
export function saveSvg(shown, { width, height }, name) {
  const copy = /** @type {SVGElement} */ (shown.cloneNode(true));
  const originals = [shown, ...shown.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, index) => {
    const style = getComputedStyle(originals[index]);
    if (element instanceof SVGTitleElement || element instanceof SVGMarkerElement) return;
    for (const property of PROPERTIES) {
      const value = style.getPropertyValue(property);
      if (value && !element.hasAttribute(property)) element.setAttribute(property, value);
    }
    // Links and states belong to the page.
    for (const attribute of ["class", "href", "tabindex", "data-dim"]) element.removeAttribute(attribute);
  });
  const margin = 24;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`);
  copy.setAttribute("width", String(width + 2 * margin));
  copy.setAttribute("height", String(height + 2 * margin));
  copy.querySelector("g[transform]")?.removeAttribute("transform");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [attribute, value] of Object.entries({ x: -margin, y: -margin, width: width + 2 * margin, height: height + 2 * margin })) {
    ground.setAttribute(attribute, String(value));
  }
  ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(ground);
  saveFile(`${name}.svg`, new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
}
