/** Where a key leads in a grid (ARIA Authoring Practices, "Grid"). Row -1 is the header. Pure. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows that one page key moves by. */
  readonly page: number;
}

/** The cell that the key leads to, or undefined where the key is not about moving. */
export function moveInGrid(
  key: string,
  ctrl: boolean,
  { row, column }: Cell,
  size: GridSize,
): Cell | undefined {
  const to = (r: number, c: number): Cell => ({
    row: Math.max(-1, Math.min(size.rows - 1, r)),
    column: Math.max(0, Math.min(size.columns - 1, c)),
  });
  switch (key) {
    case 'ArrowDown':
      return to(row + 1, column);
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'PageDown':
      return to(row + size.page, column);
    case 'PageUp':
      return to(Math.max(0, row - size.page), column);
    case 'Home':
      return to(ctrl ? 0 : row, 0);
    case 'End':
      return to(ctrl ? size.rows - 1 : row, size.columns - 1);
    default:
      return undefined;
  }
}
