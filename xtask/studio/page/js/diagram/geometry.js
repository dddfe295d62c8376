/** Shapes of the diagram; the layout itself comes from the server. */

/** @typedef {[number, number]} Point */

const CORNER = 8;
const LEAST = 0.08;
const MOST = 2.5;

/** A line through points with rounded corners. @param {Point[]} points */
export function rounded(points) {
  const [first, ...rest] = points;
  let path = `M${first[0]} ${first[1]}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (!next) {
      path += `L${point[0]} ${point[1]}`;
      return;
    }
    const before = index === 0 ? first : rest[index - 1];
    const into = towards(point, before);
    const out = towards(point, next);
    path += `L${into[0]} ${into[1]}Q${point[0]} ${point[1]} ${out[0]} ${out[1]}`;
  });
  return path;
}

/** A point near a corner, on the way to another. */
function towards([x, y], [toX, toY]) {
  const length = Math.hypot(toX - x, toY - y);
  if (length === 0) return [x, y];
  const step = Math.min(CORNER, length / 2);
  return [x + ((toX - x) / length) * step, y + ((toY - y) / length) * step];
}

/** What is seen: a place and a scale, between limits. */
export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  /** The smallest scale: that of a very large drawing shows it whole. */
  #least = LEAST;

  /** @param {number} width @param {number} height of the drawing @param {{ width: number, height: number }} view */
  fit(width, height, view) {
    const margin = 32;
    const scale = Math.min((view.width - 2 * margin) / width, (view.height - 2 * margin) / height, 1.25);
    this.#least = Math.min(LEAST, Math.max(scale, Number.EPSILON));
    this.scale = this.#clamp(scale);
    this.x = (view.width - width * this.scale) / 2;
    this.y = Math.max(margin, (view.height - height * this.scale) / 2);
  }

  /** Zooms so that what is at a point of the view stays there. @param {number} factor @param {number} x @param {number} y */
  zoom(factor, x, y) {
    const scale = this.#clamp(this.scale * factor);
    this.x = x - ((x - this.x) / this.scale) * scale;
    this.y = y - ((y - this.y) / this.scale) * scale;
    this.scale = scale;
  }

  /** @param {number} x @param {number} y a point of the drawing @param {{ width: number, height: number }} view */
  centre(x, y, view) {
    this.scale = Math.max(this.scale, 0.7);
    this.x = view.width / 2 - x * this.scale;
    this.y = view.height / 2 - y * this.scale;
  }

  get transform() {
    return `translate(${this.x} ${this.y}) scale(${this.scale})`;
  }

  #clamp(scale) {
    return Math.max(this.#least, Math.min(scale, MOST));
  }
}
