import { el, replace, svg } from "../dom.js";

const WIDTH = 180;
const HEIGHT = 200;

/** The whole drawing in small, with a frame around what is seen; a press goes there. */
export class Minimap {
  element = el("div.minimap", { "aria-hidden": "true", hidden: true });
  #frame = svg("rect.minimap-frame");

  /** @param {(x: number, y: number) => void} go to a point of the drawing */
  constructor(go) {
    this.element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const follow = (at) => {
        const box = this.element.getBoundingClientRect();
        go((at.clientX - box.left) / this.scale, (at.clientY - box.top) / this.scale);
      };
      follow(event);
      addEventListener("pointermove", follow);
      addEventListener("pointerup", () => removeEventListener("pointermove", follow), { once: true });
    });
  }

  /** @param {import("./drawing.js").Diagram} diagram */
  show({ width, height, nodes }) {
    this.scale = Math.min(WIDTH / width, HEIGHT / height);
    const cards = nodes.map((node) => svg("rect", { x: node.x, y: node.y, width: node.width, height: node.height }));
    replace(this.element, svg("svg", { width: width * this.scale, height: height * this.scale, viewBox: `0 0 ${width} ${height}` }, cards, this.#frame));
  }

  /** @param {import("./geometry.js").Camera} camera @param {{ width: number, height: number }} view */
  frame(camera, view) {
    const place = { x: -camera.x / camera.scale, y: -camera.y / camera.scale, width: view.width / camera.scale, height: view.height / camera.scale };
    for (const [attribute, value] of Object.entries(place)) this.#frame.setAttribute(attribute, String(value));
  }
}
