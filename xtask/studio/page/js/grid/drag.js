/**
 * Follows the pointer until it is let go.
 *
 * @param {(event: PointerEvent) => void} move
 * @param {() => void} [done]
 */
export function dragging(move, done = () => {}) {
  addEventListener("pointermove", move);
  const end = () => {
    removeEventListener("pointermove", move);
    done();
  };
  addEventListener("pointerup", end, { once: true });
}
