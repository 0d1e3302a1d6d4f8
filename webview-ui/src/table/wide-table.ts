/**
 * The results panel's table: every column of every trial, windowed, with a sticky header and first column. Columns are
 * resized, moved and filtered at their heads. What a cell shows is in wide-cells.ts.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { formatNumber, formatValue, NOTHING } from '../../../src/core/format.js';
import { isExcluded, objectiveOf } from '../../../src/core/study/best.js';
import { type Column, constantColumns } from '../../../src/core/study/table/table.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { StudyView } from '../feed.js';
import { applyIcon, compareIcon, downIcon, filterIcon, logIcon, upIcon } from '../icons.js';
import { base } from '../styles.js';
import { BAR_STEPS, type BarScale, barScale } from './bars.js';
import './column-filter.js';
import { ordered, widthOf } from './column-layout.js';
import { canFilter } from './column-values.js';
import { HeaderGestures } from './header-gestures.js';
import { type GroupRow, isGroup } from './model.js';
import { tableStyles } from './table-styles.js';
import { TrialsTable } from './trials-table.js';
import { cellContent } from './wide-cells.js';
import { ACTIONS, ROW_HEIGHT, wideStyles } from './wide-styles.js';

/** Pixels by which a key makes a column wider. */
const KEY_STEP = 12;
const FILTER_WIDTH = 240;

@customElement('sweet-wide-table')
export class WideTable extends TrialsTable {
  static override styles = [base, tableStyles, wideStyles];

  protected readonly virtual = this.rowWindow(ROW_HEIGHT);
  @state() private filtering: { readonly column: Column; readonly left: number } | undefined;
  #bars: { view: StudyView | undefined; scales: Map<string, BarScale> } = {
    view: undefined,
    scales: new Map(),
  };
  readonly #gestures = new HeaderGestures(
    () => this.app,
    () => this.columns,
    () => this.requestUpdate(),
  );
  #constant: { readonly view: StudyView; readonly ids: ReadonlySet<string> } | undefined;

  /** Columns in which all trials agree, found once per view. */
  #constantOf(view: StudyView): ReadonlySet<string> {
    if (this.#constant?.view !== view) {
      this.#constant = { view, ids: constantColumns(view.trials, this.app.columns.value) };
    }
    return this.#constant.ids;
  }

  protected override openTrial(trial: Trial): void {
    const { ui } = this.app;
    if (!ui.selected.value.includes(trial.number)) ui.selectAll([trial.number]);
    ui.details.value = true;
  }

  protected override render(): TemplateResult {
    const view = this.app.feed.view.value;
    if (!view) return html``;
    const { ui } = this.app;
    const all = this.app.columns.value;
    const hidden = new Set([...ui.hidden.value, ...(ui.varyingOnly.value ? this.#constantOf(view) : [])]);
    this.arrange(
      ordered(
        all.filter(({ id }) => !hidden.has(id)),
        ui.columnOrder.value,
      ),
      all,
      ui.group.value,
    );
    const shown = this.columns;
    const rows = this.virtual.rows(this.rows.length);
    const { row, column } = this.active;
    return html`
      <div
        class="scroller"
        role="grid"
        tabindex="0"
        aria-label="Trials. Enter opens, Space selects, Control and C copies."
        aria-multiselectable="true"
        aria-rowcount=${this.rows.length + 1}
        aria-colcount=${shown.length}
        aria-activedescendant=${this.cellId(row, column)}
        @keydown=${this.onKey}
        @pointerover=${this.#onOver}
        @pointerleave=${this.onPoint}
        @scroll=${() => this.scroller.classList.toggle('sideways', this.scroller.scrollLeft > 0)}
      >
        <div role="rowgroup" class="line head" .style=${`--sweet-width:${this.#width()}px`}>${this.#header()}</div>
        <div role="rowgroup" .style=${`height:${this.virtual.totalHeight}px;width:${this.#width()}px;min-width:100%;position:relative;--sweet-width:${this.#width()}px`}>
          <div role="presentation" class="window" .style=${`transform:translateY(${rows[0]?.start ?? 0}px)`}>
            ${rows.map(({ index }) => this.#row(view, index))}
          </div>
        </div>
      </div>
      ${
        this.filtering
          ? html`<sweet-column-filter
              .app=${this.app}
              .column=${this.filtering.column}
              .style=${`left:${this.filtering.left}px;width:${FILTER_WIDTH}px`}
              @close=${() => {
                this.filtering = undefined;
                this.scroller.focus();
              }}
            ></sweet-column-filter>`
          : nothing
      }
    `;
  }

  #widthOf(column: Column): number {
    return widthOf(column, this.app.ui.widths.value);
  }

  #barsOf(view: StudyView, column: Column): BarScale {
    if (this.#bars.view !== view) this.#bars = { view, scales: new Map() };
    const known = this.#bars.scales.get(column.id);
    if (known) return known;
    const scale = barScale(view, column.name);
    this.#bars.scales.set(column.id, scale);
    return scale;
  }

  /** Tooltips are made when the pointer rests on a cell: hundreds of them per frame would slow scrolling. */
  #onOver(event: PointerEvent): void {
    this.onPoint(event);
    const cell = (event.target as Element).closest<HTMLElement>('[role=gridcell]');
    const row = Number(cell?.parentElement?.getAttribute('aria-rowindex')) - 2;
    const column = this.columns[Number(cell?.getAttribute('aria-colindex')) - 1];
    const view = this.app.feed.view.value;
    const trial = this.trialAt(row);
    if (!cell || !column || !view || !trial) return;
    cell.title = cellContent(view, trial, column, () => this.app.now.value).title;
  }

  #width(): number {
    return this.columns.reduce((sum, column) => sum + this.#widthOf(column), ACTIONS);
  }

  #header(): TemplateResult {
    return html`<div role="row" aria-rowindex="1" class="line" @click=${() => this.scroller.focus()}>
      ${this.columns.map((column, index) => this.#headerCell(column, index))}
    </div>`;
  }

  #headerCell(column: Column, index: number): TemplateResult {
    const sorted = this.sortOf(column);
    const active = this.active.row === -1 && this.active.column === index ? 'active' : '';
    const target = this.#gestures.target;
    const last = index === this.columns.length - 1;
    const lands = target === column.id ? 'lands' : target === undefined && last ? 'lands-last' : '';
    const brushed = this.app.ui.filter.value.brushes.some((brush) => brush.column === column.id);
    return html`<div
      id=${this.cellId(-1, index)}
      role="columnheader"
      class="cell ${column.numeric ? 'end' : ''} ${index === 0 ? 'first' : ''} ${active} ${lands}"
      aria-sort=${sorted}
      aria-colindex=${index + 1}
      title=${`${column.name}${column.direction ? ` (${column.direction})` : ''}\nClick sorts, shift and click sorts within what is sorted, dragging moves.\nKeys: shift and arrow resizes, alt and arrow moves, alt and down filters.`}
      .style=${`width:${this.#widthOf(column)}px`}
      @click=${(event: MouseEvent) => {
        if (!this.#gestures.took()) this.sortBy(column, event.shiftKey);
      }}
      @pointerdown=${(event: PointerEvent) => this.#gestures.grab(event, column)}
      @pointermove=${(event: PointerEvent) => this.#gestures.drag(event, this.#middles(event))}
      @pointerup=${() => this.#gestures.drop()}
    >
      <span class="name">${column.label}</span>${sorted === 'none' ? nothing : sorted === 'ascending' ? upIcon : downIcon}${
        sorted !== 'none' && this.sorts.length > 1
          ? html`<span class="sort-place">${this.sorts.findIndex(({ column: id }) => id === column.id) + 1}</span>`
          : nothing
      }${
        canFilter(column)
          ? html`<span
              class="funnel ${brushed ? 'on' : ''}"
              title="Filter by ${column.name}"
              @pointerdown=${(event: Event) => event.stopPropagation()}
              @click=${(event: Event) => {
                event.stopPropagation();
                this.#openFilter(column, event.currentTarget as Element);
              }}
              >${filterIcon}</span
            >`
          : nothing
      }
      <span
        class="edge"
        @pointerdown=${(event: PointerEvent) => this.#gestures.grabEdge(event, column)}
        @pointermove=${(event: PointerEvent) => this.#gestures.dragEdge(event)}
        @pointerup=${(event: PointerEvent) => this.#gestures.dropEdge(event)}
        @click=${(event: Event) => event.stopPropagation()}
        @dblclick=${() => this.#gestures.reset(column)}
      ></span>
    </div>`;
  }

  /** Looked up only while a head is dragged. */
  #middles(event: PointerEvent): readonly number[] {
    if (event.buttons === 0) return [];
    return [...this.renderRoot.querySelectorAll('[role=columnheader]')].map((head) => {
      const { left, width } = head.getBoundingClientRect();
      return left + width / 2;
    });
  }

  #openFilter(column: Column, at: Element): void {
    const own = this.getBoundingClientRect();
    const { left } = at.getBoundingClientRect();
    const room = Math.max(0, own.width - FILTER_WIDTH);
    this.filtering = { column, left: Math.max(0, Math.min(room, left - own.left - 20)) };
  }

  /** Shift and an arrow resizes the active column, alt and an arrow moves it, alt and down filters by it. */
  protected override onKey(event: KeyboardEvent): void {
    const column = this.active.row === -1 ? this.columns[this.active.column] : undefined;
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : undefined;
    if (column && event.altKey && event.key === 'ArrowDown' && canFilter(column)) {
      const head = this.renderRoot.querySelector(`#${this.cellId(-1, this.active.column)}`);
      if (head) this.#openFilter(column, head);
    } else if (column && by !== undefined && event.shiftKey) {
      this.#gestures.resize(column, this.#widthOf(column) + by * KEY_STEP);
    } else if (column && by !== undefined && event.altKey) {
      this.#gestures.shift(column, by);
      const to = ordered(this.columns, this.app.ui.columnOrder.value).findIndex(({ id }) => id === column.id);
      this.active = { row: -1, column: to };
    } else {
      super.onKey(event);
      return;
    }
    event.preventDefault();
  }

  #row(view: StudyView, index: number): TemplateResult | typeof nothing {
    const row = this.rows[index];
    if (isGroup(row)) return this.#group(row, index);
    const trial = row;
    if (!trial) return nothing;
    const selected = this.app.ui.selected.value.includes(trial.number);
    const pointed = this.app.ui.pointed.value === trial.number;
    // Made where they can be reached: those of every row would slow scrolling.
    const acting = pointed || this.active.row === index;
    return html`<div
      role="row"
      class="line row ${isExcluded(trial) ? 'excluded' : ''} ${pointed ? 'pointed' : ''}"
      aria-rowindex=${index + 2}
      aria-selected=${selected}
      @click=${(event: MouseEvent) => this.onRowClick(index, event)}
      @dblclick=${() => this.openTrial(trial)}
      @contextmenu=${() => this.onContextMenu(trial)}
    >
      ${this.columns.map((column, position) => this.#cell(view, trial, column, index, position))}
      <div class="actions" role="gridcell">${acting ? this.#actions(trial) : nothing}</div>
    </div>`;
  }

  #group({ value, trials }: GroupRow, index: number): TemplateResult {
    const values = trials.flatMap((trial) => objectiveOf(trial) ?? []);
    const column = this.app.columns.value.find(({ id }) => id === this.app.ui.group.value);
    const median = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
    const maximize = this.app.feed.view.value?.study.objectives[0]?.direction === 'maximize';
    const best = values.reduce(
      (a, b) => (maximize ? Math.max(a, b) : Math.min(a, b)),
      maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    );
    return html`<div
      role="row"
      class="line row group"
      aria-rowindex=${index + 2}
    >
      <div id=${this.cellId(index, 0)} role="gridcell" class="cell ${this.active.row === index ? 'active' : ''}">
        ${column?.label} ${value === undefined ? NOTHING : formatValue(value)}
        <small>
          ${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}${
            values.length > 0
              ? `, best ${formatNumber(best)}, median ${formatNumber(median ?? Number.NaN)}`
              : ''
          }
        </small>
      </div>
    </div>`;
  }

  #actions(trial: Trial): TemplateResult {
    const act = (action: 'compare' | 'apply' | 'log') => (event: Event) => {
      event.stopPropagation();
      this.app.trialAction(trial.number, action);
    };
    const button = (action: 'compare' | 'apply' | 'log', label: string, icon: TemplateResult) =>
      html`<button
        class="icon"
        tabindex="-1"
        aria-label="${label} of trial ${trial.number}"
        title=${label}
        @click=${act(action)}
      >
        ${icon}
      </button>`;
    return html`${button('compare', 'Compare values with the file', compareIcon)}
    ${button('apply', 'Apply values to the file', applyIcon)} ${button('log', 'Open the log', logIcon)}`;
  }

  #cell(view: StudyView, trial: Trial, column: Column, row: number, position: number): TemplateResult {
    const active = this.active.row === row && this.active.column === position;
    const best = view.best === trial && column.kind === 'objective' ? 'best' : '';
    const { content, muted } = cellContent(view, trial, column, () => this.app.now.value);
    const share = column.kind === 'objective' ? this.#barsOf(view, column)(trial) : undefined;
    const kind = position === 0 ? 'first' : column.kind === 'state' ? 'state' : '';
    return html`<div
      id=${active ? this.cellId(row, position) : nothing}
      role="gridcell"
      aria-colindex=${position + 1}
      class="cell ${column.numeric ? 'end' : ''} ${kind} ${muted ? 'muted' : ''} ${best} ${active ? 'active' : ''}"
      .style=${`width:${this.#widthOf(column)}px`}
    >
      ${content}${share === undefined ? nothing : html`<i class="bar b${Math.round(share * BAR_STEPS)}"></i>`}
    </div>`;
  }
}
