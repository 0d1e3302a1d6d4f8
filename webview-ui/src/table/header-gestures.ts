/**
 * What a pointer does with the heads of the wide table's columns: dragging the edge makes one wider, dragging its name
 * moves it, a click sorts. Holds no more than the gesture that is under way.
 */
import type { Column } from '../../../src/core/study/table/table.js';
import type { App } from '../app.js';
import { bounded, moved, widthOf } from './column-layout.js';

/** Pixels that a pointer may tremble in a click. */
const TREMBLE = 6;

export class HeaderGestures {
  #resizing: { readonly column: Column; readonly from: number; readonly width: number } | undefined;
  #moving:
    | { readonly column: Column; readonly from: number; over: string | undefined; on: boolean }
    | undefined;
  #took = false;

  constructor(
    private readonly app: () => App,
    private readonly columns: () => readonly Column[],
    private readonly changed: () => void,
  ) {}

  /** The column before which a dragged one would land: where the mark is drawn. `null`: nothing is dragged. */
  get target(): string | undefined | null {
    return this.#moving?.on ? this.#moving.over : null;
  }

  /** Whether the click that follows ends a gesture and must not sort; asks once. */
  took(): boolean {
    const took = this.#took;
    this.#took = false;
    return took;
  }

  grabEdge(event: PointerEvent, column: Column): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const width = widthOf(column, this.app().ui.widths.value);
    this.#resizing = { column, from: event.clientX, width };
  }

  dragEdge(event: PointerEvent): void {
    if (!this.#resizing) return;
    event.stopPropagation();
    const { column, from, width } = this.#resizing;
    this.resize(column, width + event.clientX - from);
  }

  dropEdge(event: PointerEvent): void {
    event.stopPropagation();
    this.#resizing = undefined;
  }

  /** Gives the column its first width back. */
  reset(column: Column): void {
    const { [column.id]: _, ...others } = this.app().ui.widths.value;
    this.app().ui.widths.value = others;
  }

  resize(column: Column, width: number): void {
    const { ui } = this.app();
    ui.widths.value = { ...ui.widths.value, [column.id]: bounded(width) };
  }

  /** With the keys: one place to the left (-1) or to the right (1). */
  shift(column: Column, by: -1 | 1): void {
    const columns = this.columns().filter(({ kind }) => kind !== 'number');
    const at = columns.indexOf(column);
    const before = columns[by < 0 ? at - 1 : at + 2];
    if (at < 0 || (by < 0 && at === 0)) return;
    this.#place(column, before?.id);
  }

  grab(event: PointerEvent, column: Column): void {
    this.#took = false;
    if (event.button !== 0 || column.kind === 'number') return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#moving = { column, from: event.clientX, over: column.id, on: false };
  }

  /** `middles`: where each column's middle is on the screen, in the order shown. */
  drag(event: PointerEvent, middles: readonly number[]): void {
    const moving = this.#moving;
    if (!moving) return;
    if (!moving.on && Math.abs(event.clientX - moving.from) < TREMBLE) return;
    moving.on = true;
    const columns = this.columns();
    const next = columns.findIndex(
      ({ kind }, index) => kind !== 'number' && (middles[index] ?? 0) > event.clientX,
    );
    moving.over = next < 0 ? undefined : columns[next]?.id;
    this.changed();
  }

  drop(): void {
    const moving = this.#moving;
    this.#moving = undefined;
    if (!moving?.on) return;
    this.#took = true;
    this.#place(moving.column, moving.over);
    this.changed();
  }

  #place(column: Column, before: string | undefined): void {
    const { ui } = this.app();
    ui.columnOrder.value = moved(
      this.columns(),
      column.id,
      before === column.id ? afterOf(this.columns(), column) : before,
    );
  }
}

/** What follows a column: dropping it on itself leaves it there. */
function afterOf(columns: readonly Column[], column: Column): string | undefined {
  return columns[columns.indexOf(column) + 1]?.id;
}
