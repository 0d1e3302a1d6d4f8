/**
 * What the wide table and the sidebar's have in common: sorted rows, sorting by the headers, one active cell walked
 * with the keyboard, selection, and the native context menu. How a row looks is the subclass's part.
 */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { LitElement, type PropertyValues } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { type Column, defaultSort, type Sort } from '../../../src/core/study/table.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { type Cell, moveInGrid } from './grid-keys.js';
import { TrialRows } from './model.js';
import { VirtualRows } from './virtual-rows.js';

const HEADER_HEIGHT = 24;

export abstract class TrialsTable extends SignalWatcher(LitElement) {
  @property({ attribute: false }) app!: App;
  @state() protected active: Cell = { row: 0, column: 0 };
  @query('.scroller') protected scroller!: HTMLElement;

  protected abstract readonly virtual: VirtualRows;
  protected trials: readonly Trial[] = [];
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

  protected get sort(): Sort {
    const view = this.app.feed.view.value;
    return (
      this.app.ui.sort.value ?? (view ? defaultSort(view.study) : { column: 'number', descending: false })
    );
  }

  /** Sets `columns` and `trials` for this rendering. `sortable` may hold more columns than are shown. */
  protected arrange(view: StudyView, shown: readonly Column[], sortable: readonly Column[]): void {
    this.columns = shown;
    this.trials = this.#rows.sorted(view.trials, sortable, this.sort);
  }

  protected sortBy(column: Column): void {
    const { column: current, descending } = this.sort;
    this.app.ui.sort.value = {
      column: column.id,
      descending: current === column.id ? !descending : column.descendingFirst,
    };
  }

  protected sortOf(column: Column): 'ascending' | 'descending' | 'none' {
    const { column: current, descending } = this.sort;
    if (current !== column.id) return 'none';
    return descending ? 'descending' : 'ascending';
  }

  protected onRowClick(row: number, event: MouseEvent, column = this.active.column): void {
    const trial = this.trials[row];
    if (!trial) return;
    this.active = { row, column };
    const { ui } = this.app;
    if (event.shiftKey && this.#anchor !== undefined) {
      const from = this.trials.findIndex(({ number }) => number === this.#anchor);
      const [first, last] = [Math.min(from, row), Math.max(from, row)];
      if (from >= 0) {
        ui.selectAll(this.trials.slice(first, last + 1).map(({ number }) => number));
        return;
      }
    }
    this.#anchor = trial.number;
    this.#revealed = trial.number;
    ui.select(trial.number, event.ctrlKey || event.metaKey);
  }

  protected onKey(event: KeyboardEvent): void {
    const ctrl = event.ctrlKey || event.metaKey;
    const size = { rows: this.trials.length, columns: this.columns.length, page: this.virtual.pageSize };
    const next = moveInGrid(event.key, ctrl, this.active, size);
    const trial = this.trials[this.active.row];
    if (next) {
      this.active = next;
      this.#revealActive = true;
      if (next.row >= 0) this.virtual.reveal(next.row);
    } else if (event.key === 'Enter' || event.key === ' ') {
      const column = this.columns[this.active.column];
      if (this.active.row < 0) {
        if (column) this.sortBy(column);
      } else if (trial && event.key === 'Enter') this.app.trialAction(trial.number, 'compare');
      else if (trial) {
        this.#revealed = trial.number;
        this.app.ui.select(trial.number, ctrl);
      }
    } else if (event.key === 'Escape' && this.app.ui.selected.value.length > 0) {
      this.app.ui.selectAll([]);
    } else return;
    event.preventDefault();
  }

  /** VS Code reads the attribute from the elements around the pointer, but cannot look into a shadow root. */
  protected onContextMenu(trial: Trial): void {
    document.body.dataset.vscodeContext = JSON.stringify({
      webviewSection: 'trial',
      journal: this.app.feed.page.value?.study?.id,
      trial: trial.number,
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
    const row = this.trials.findIndex(({ number }) => number === chosen);
    if (row < 0) return;
    this.active = { ...this.active, row };
    this.virtual.reveal(row);
  }
}
