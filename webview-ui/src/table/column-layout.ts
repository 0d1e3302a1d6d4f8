/** How the wide table's columns lie: how wide, and in which order. Pure; what a person chose is kept in the page's state. */
import type { Column } from '../../../src/core/study/table/table.js';

const WIDTH: Readonly<Record<Column['kind'], number>> = {
  number: 66,
  state: 104,
  marks: 120,
  objective: 96,
  metric: 96,
  param: 96,
  curve: 84,
  duration: 84,
  reason: 320,
};
const NARROWEST = 44;
const WIDEST = 900;

/** Wide enough for the column's name, within reason, or as wide as it was made. */
export function widthOf({ id, kind, label }: Column, chosen: Readonly<Record<string, number>>): number {
  return chosen[id] ?? Math.max(WIDTH[kind], Math.min(220, Math.round(label.length * 6.6) + 34));
}

export const bounded = (width: number): number => Math.round(Math.max(NARROWEST, Math.min(WIDEST, width)));

/** The columns in the order chosen. Those it does not name follow as they come; the trial's number always leads. */
export function ordered(columns: readonly Column[], order: readonly string[]): readonly Column[] {
  if (order.length === 0) return columns;
  const place = (column: Column, index: number): number => {
    if (column.kind === 'number') return -1;
    const at = order.indexOf(column.id);
    return at < 0 ? order.length + index : at;
  };
  const places = new Map(columns.map((column, index) => [column, place(column, index)]));
  return [...columns].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** The order after moving a column before another (undefined: to the end). The first column stays where it is. */
export function moved(columns: readonly Column[], id: string, before: string | undefined): readonly string[] {
  const ids = columns.filter(({ kind }) => kind !== 'number').map((column) => column.id);
  if (!ids.includes(id) || id === before) return ids;
  const others = ids.filter((other) => other !== id);
  const at = before === undefined ? others.length : others.indexOf(before);
  // Nothing goes before the first column.
  const to = at < 0 ? 0 : at;
  return [...others.slice(0, to), id, ...others.slice(to)];
}
