import { dragging } from "./drag.js";

/**
 * Follows the pointer while a column's edge is dragged.
 *
 * @param {PointerEvent} event the press that began it
 * @param {number} width at the beginning
 * @param {(width: number, done: boolean) => void} set
 */
export function resizing(event, width, set) {
  const from = event.clientX;
  let last = width;
  const move = (/** @type {PointerEvent} */ now) => {
    last = width + now.clientX - from;
    set(last, false);
  };
  dragging(move, () => {
    // A press without a move is the first half of a double click, which must find the same head again.
    if (last !== width) set(last, true);
  });
}
