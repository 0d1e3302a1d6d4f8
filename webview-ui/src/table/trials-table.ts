/**
 * What the wide table and the sidebar's have in common: sorted rows, sorting by the headers, one active cell walked
 * with the keyboard, selection, and the native context menu. How a row looks is the subclass's part.
 */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { LitElement, type PropertyValues } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { isExcluded } from '../../../src/core/study/best.js';
import type { Sort } from '../../../src/core/study/table/sorting.js';
import { type Column, cellOf, defaultSort } from '../../../src/core/study/table/table.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { App } from '../app.js';
import { tsv } from '../charts/kit/scene.js';
import { cellText } from '../charts/layouts/input.js';
import { type Cell, moveInGrid } from './grid-keys.js';
import { isGroup, type TableRow, TrialRows } from './model.js';
import { VirtualRows } from './virtual-rows.js';

const HEADER_HEIGHT = 24;

export abstract class TrialsTable extends SignalWatcher(LitElement) {
  @property({ attribute: false }) app!: App;
  @state() protected active: Cell = { row: 0, column: 0 };
  @query('.scroller') protected scroller!: HTMLElement;

  protected abstract readonly virtual: VirtualRows;
  protected rows: readonly TableRow[] = [];
  protected columns: readonly Column[] = [];
  readonly #rows = new TrialRows();
  #anchor: number | undefined;
  #revealActive = false;
  #revealed: number | undefined;

  protected rowWindow(rowHeight: number): VirtualRows {
    return new VirtualRows(this, {
      scroller: () => this.scroller,
      rowHeight,
      headerHeight: HEADER_HEIGHT,
    });
  }

  protected get sorts(): readonly Sort[] {
    const view = this.app.feed.view.value;
    return (
      this.app.ui.sort.value ?? (view ? [defaultSort(view.study)] : [{ column: 'number', descending: false }])
    );
  }

  /** Sets `columns` and `rows` for this rendering. `sortable` may hold more columns than are shown. */
  protected arrange(shown: readonly Column[], sortable: readonly Column[], group?: string): void {
    this.columns = shown;
    const { trials } = this.app.filtered.value;
    const all = this.app.feed.view.value?.trials ?? [];
    this.rows = this.#rows.arranged(all, trials, sortable, this.sorts, group);
  }

  /** `more`: sorts within what is sorted already. */
  protected sortBy(column: Column, more = false): void {
    const before = this.sorts;
    const own = before.find((sort) => sort.column === column.id);
    const sort: Sort = {
      column: column.id,
      descending: own && (more || own === before[0]) ? !own.descending : column.descendingFirst,
    };
    if (!more) this.app.ui.sort.value = [sort];
    else if (own) this.app.ui.sort.value = before.map((other) => (other === own ? sort : other));
    else this.app.ui.sort.value = [...before, sort];
  }

  protected sortOf(column: Column): 'ascending' | 'descending' | 'none' {
    const sort = this.sorts.find((one) => one.column === column.id);
    if (!sort) return 'none';
    return sort.descending ? 'descending' : 'ascending';
  }

  /** The trial of a row; undefined for a group's. */
  protected trialAt(row: number): Trial | undefined {
    const found = this.rows[row];
    return found === undefined || isGroup(found) ? undefined : found;
  }

  protected rowOf(trial: number | undefined): number {
    return this.rows.findIndex((row) => !isGroup(row) && row.number === trial);
  }

  /** Points at the trial of the row under the pointer, on every page of the study; at none where it leaves. */
  protected onPoint(event: PointerEvent): void {
    const row = (event.target as Element).closest('[role=row]');
    const trial = row ? this.trialAt(Number(row.getAttribute('aria-rowindex')) - 2) : undefined;
    this.app.ui.point(event.type === 'pointerleave' ? undefined : trial?.number);
  }

  /** What Enter and a double click do. */
  protected openTrial(trial: Trial): void {
    this.app.trialAction(trial.number, 'compare');
  }

  protected onRowClick(row: number, event: MouseEvent, column = this.active.column): void {
    const trial = this.trialAt(row);
    if (!trial) return;
    this.active = { row, column };
    const { ui } = this.app;
    if (event.shiftKey && this.#anchor !== undefined) {
      const from = this.rowOf(this.#anchor);
      const [first, last] = [Math.min(from, row), Math.max(from, row)];
      if (from >= 0) {
        const chosen = this.rows.slice(first, last + 1);
        ui.selectAll(chosen.flatMap((one) => (isGroup(one) ? [] : [one.number])));
        return;
      }
    }
    this.#anchor = trial.number;
    this.#revealed = trial.number;
    ui.select(trial.number, event.ctrlKey || event.metaKey);
  }

  protected onKey(event: KeyboardEvent): void {
    const ctrl = event.ctrlKey || event.metaKey;
    const size = { rows: this.rows.length, columns: this.columns.length, page: this.virtual.pageSize };
    const next = moveInGrid(event.key, ctrl, this.active, size);
    const trial = this.trialAt(this.active.row);
    if (next) {
      this.active = next;
      this.#revealActive = true;
      if (next.row >= 0) this.virtual.reveal(next.row);
    } else if (event.key === 'Enter' || event.key === ' ') {
      const column = this.columns[this.active.column];
      if (this.active.row < 0) {
        if (column) this.sortBy(column, event.shiftKey);
      } else if (trial && event.key === 'Enter') this.openTrial(trial);
      else if (trial) {
        this.#revealed = trial.number;
        this.app.ui.select(trial.number, ctrl);
      }
    } else if (ctrl && event.key.toLowerCase() === 'c') {
      this.#copy();
    } else if (ctrl && event.key.toLowerCase() === 'a') {
      this.app.ui.selectAll(this.rows.flatMap((row) => (isGroup(row) ? [] : [row.number])));
    } else if (event.key === 'Escape' && this.app.ui.selected.value.length > 0) {
      this.app.ui.selectAll([]);
    } else return;
    event.preventDefault();
  }

  /** The selected rows as tab-separated text with a header, in the order shown; without any, the active row. */
  #copy(): void {
    const chosen = new Set(this.app.ui.selected.value);
    const active = this.trialAt(this.active.row);
    const shown = this.rows.flatMap((row) => (isGroup(row) ? [] : [row]));
    const trials =
      chosen.size > 0 ? shown.filter(({ number }) => chosen.has(number)) : active ? [active] : [];
    const columns = this.columns.filter(({ kind }) => kind !== 'curve');
    const now = Date.now();
    this.app.copy(
      tsv({
        header: columns.map(({ id, name }) => (id === 'duration' ? 'Duration (ms)' : name)),
        rows: trials.map((trial) => columns.map((column) => cellText(cellOf(trial, column, now)))),
      }),
    );
  }

  /** VS Code reads the attribute from the elements around the pointer, but cannot look into a shadow root. */
  protected onContextMenu(trial: Trial): void {
    document.body.dataset.vscodeContext = JSON.stringify({
      webviewSection: 'trial',
      journal: this.app.feed.page.value?.study?.id,
      trial: trial.number,
      trialExcluded: isExcluded(trial),
      preventDefaultContextMenuItems: true,
    });
  }

  protected cellId(row: number, column: number): string {
    return `cell-${row}-${column}`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#revealSelected();
    if (!this.#revealActive) return;
    this.#revealActive = false;
    const cell = this.renderRoot.querySelector(`#${this.cellId(this.active.row, this.active.column)}`);
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** A trial selected elsewhere comes into sight once; scrolling away from it stays possible. */
  #revealSelected(): void {
    const chosen = this.app.ui.selected.value.at(-1);
    if (chosen === this.#revealed) return;
    this.#revealed = chosen;
    const row = this.rowOf(chosen);
    if (row < 0) return;
    this.active = { ...this.active, row };
    this.virtual.reveal(row);
  }
}
