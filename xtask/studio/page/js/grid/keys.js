/** Where a key leads in a grid. */

/**
 * @param {KeyboardEvent} event
 * @param {import("./selection.js").Cell} at
 * @param {{ rows: number, columns: number, screen: number }} grid screen: rows that fit
 * @returns {import("./selection.js").Cell|null}
 */
export function moved(event, at, { rows, columns, screen }) {
  const command = event.ctrlKey || event.metaKey;
  const { row, column } = at;
  const lastRow = rows - 1;
  const lastColumn = columns - 1;
  const to = {
    ArrowLeft: () => ({ row, column: command ? 0 : column - 1 }),
    ArrowRight: () => ({ row, column: command ? lastColumn : column + 1 }),
    ArrowUp: () => ({ row: command ? 0 : row - 1, column }),
    ArrowDown: () => ({ row: command ? lastRow : row + 1, column }),
    Home: () => ({ row: command ? 0 : row, column: 0 }),
    End: () => ({ row: command ? lastRow : row, column: lastColumn }),
    PageUp: () => ({ row: Math.max(row - screen, Math.min(row, 0)), column }),
    PageDown: () => ({ row: row + screen, column }),
  }[event.key]?.();
  if (!to) return null;
  return { row: Math.max(-1, Math.min(to.row, lastRow)), column: Math.max(0, Math.min(to.column, lastColumn)) };
}
