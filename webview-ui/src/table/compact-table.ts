/**
 * The sidebar's table, for 200 to 600 pixels: two lines a trial. The first says number, objective and how it compares;
 * the second what differs from the file, or why the trial did not complete.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatDuration, formatNumber, formatValue, NOTHING } from '../../../src/core/format.js';
import { isExcluded } from '../../../src/core/study/best.js';
import { isPaused } from '../../../src/core/study/pause.js';
import { reasonOf } from '../../../src/core/study/reason.js';
import {
  type Column,
  changesFromFile,
  columnsOf,
  durationOf,
  marksText,
  metricOf,
  shortNames,
} from '../../../src/core/study/table/table.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { StudyView } from '../feed.js';
import { downIcon, starIcon, stateIcon, trialWord, upIcon } from '../icons.js';
import { base } from '../styles.js';
import { type BarScale, barScale } from './bars.js';
import { tableStyles } from './table-styles.js';
import { TrialsTable } from './trials-table.js';

const ROW_HEIGHT = 42;

interface Drawn {
  readonly view: StudyView;
  /** Columns to sort by, and those of them that are seen. */
  readonly all: readonly Column[];
  readonly shown: readonly Column[];
  readonly labels: ReadonlyMap<string, string>;
  readonly bars: BarScale;
}

@customElement('sweet-compact-table')
export class CompactTable extends TrialsTable {
  static override styles = [
    base,
    tableStyles,
    css`
      :host {
        container-type: inline-size;
        --sweet-background: var(--vscode-sideBar-background, var(--vscode-editor-background));
        --sweet-border: var(--vscode-sideBarSectionHeader-border, var(--vscode-panel-border, transparent));
      }
      .line {
        display: grid;
        grid-template-columns: 36px 42px minmax(76px, auto) minmax(0, 1fr) 62px;
        align-items: center;
        width: 100%;
        padding-right: 12px;
      }
      .head {
        padding: 0;
      }
      .head .cell {
        display: flex;
        align-items: center;
        gap: 2px;
        height: 23px;
        font-size: 11px;
        font-weight: 600;
        color: var(--vscode-descriptionForeground);
        cursor: pointer;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .head .cell:hover,
      .head .cell:not([aria-sort='none']) {
        color: var(--vscode-foreground);
      }
      .row {
        contain: strict;
        height: ${ROW_HEIGHT}px;
        padding-top: 3px;
        padding-bottom: 3px;
        grid-template-rows: 18px 18px;
      }
      .cell.state {
        grid-column: 1;
        display: flex;
        justify-content: center;
      }
      .head .cell.state {
        justify-content: center;
        padding-left: 0;
      }
      .cell.trial {
        display: flex;
        align-items: center;
        gap: 2px;
        font-variant-numeric: tabular-nums;
      }
      .cell.value {
        padding-right: 8px;
        font-variant-numeric: tabular-nums;
      }
      .cell.best {
        font-weight: 600;
      }
      .bar {
        height: 4px;
        border-radius: 2px;
        background: var(--vscode-charts-blue);
        opacity: 0.55;
        transform-origin: left;
      }
      .best-bar {
        background: var(--vscode-charts-green);
        opacity: 1;
      }
      .time {
        text-align: right;
        justify-content: flex-end;
        font-variant-numeric: tabular-nums;
      }
      .detail {
        grid-column: 2 / -1;
        font-size: 0.92em;
      }
      .detail b {
        font-weight: normal;
        color: var(--vscode-foreground);
      }
      .scroller:focus-visible .row[aria-selected='true'] .detail b {
        color: inherit;
      }
      @container (max-width: 259px) {
        .line {
          grid-template-columns: 28px 36px minmax(68px, auto) minmax(0, 1fr) 0;
        }
        .time {
          visibility: hidden;
        }
      }
    `,
  ];

  protected readonly virtual = this.rowWindow(ROW_HEIGHT);

  #drawn: Drawn | undefined;

  /** What every row needs, found once per view: a table that is scrolled is drawn with every frame. */
  #drawnOf(view: StudyView): Drawn {
    if (this.#drawn?.view === view) return this.#drawn;
    const metric = view.study.objectives[0]?.metric ?? 'value';
    const all = columnsOf({ ...view.study, trials: [] }).filter(({ kind }) => kind !== 'curve');
    const order = ['state', 'number', 'objective', 'duration'];
    const shown = all
      .filter(({ kind, name }) => order.includes(kind) && (kind !== 'objective' || name === metric))
      .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    const labels = shortNames(Object.keys(view.study.space));
    this.#drawn = { view, all, shown, labels, bars: barScale(view, metric) };
    return this.#drawn;
  }

  protected override render(): TemplateResult {
    const view = this.app.feed.view.value;
    if (!view) return html``;
    const { all, shown, labels, bars } = this.#drawnOf(view);
    this.arrange(shown, all);
    const rows = this.virtual.rows(this.rows.length);
    return html`
      <div
        class="scroller"
        role="grid"
        tabindex="0"
        aria-label="Trials. Enter compares with the file, Space selects."
        aria-multiselectable="true"
        aria-rowcount=${this.rows.length + 1}
        aria-activedescendant=${this.cellId(this.active.row, this.active.column)}
        @keydown=${this.onKey}
        @pointerover=${this.onPoint}
        @pointerleave=${this.onPoint}
      >
        <div role="rowgroup" class="head">
          <div role="row" aria-rowindex="1" class="line">
            ${shown.map((column, index) => this.#headerCell(column, index))}
          </div>
        </div>
        <div role="rowgroup" .style=${`height:${this.virtual.totalHeight}px;position:relative`}>
          <div
            role="presentation"
            class="window"
            .style=${`transform:translateY(${rows[0]?.start ?? 0}px)`}
          >
            ${rows.map(({ index }) => this.#row(view, bars, labels, index))}
          </div>
        </div>
      </div>
    `;
  }

  #headerCell(column: Column, index: number): TemplateResult {
    const sorted = this.sortOf(column);
    const place = { state: 'state', number: 'trial', objective: 'value', duration: 'time' }[
      column.kind as 'state'
    ];
    const active = this.active.row === -1 && this.active.column === index ? 'active' : '';
    const span = column.kind === 'objective' ? 'grid-column:3 / 5' : '';
    return html`<div
      id=${this.cellId(-1, index)}
      role="columnheader"
      class="cell ${place} ${active}"
      aria-sort=${sorted}
      title="Sort by ${column.name}"
      .style=${span}
      @click=${(event: MouseEvent) => this.sortBy(column, event.shiftKey)}
    >
      ${column.kind === 'state' ? html`<span class="quiet">State</span>` : html`<span class="name">${column.kind === 'duration' ? 'Time' : column.label}</span>`}
      ${sorted === 'none' ? nothing : sorted === 'ascending' ? upIcon : downIcon}
    </div>`;
  }

  #row(
    view: StudyView,
    bars: BarScale,
    labels: ReadonlyMap<string, string>,
    index: number,
  ): TemplateResult | typeof nothing {
    const trial = this.trialAt(index);
    if (!trial) return nothing;
    const best = view.best === trial;
    const excluded = isExcluded(trial);
    const value = metricOf(trial, view.study.objectives[0]?.metric ?? 'value');
    const share = bars(trial);
    const time = durationOf(trial, trial.state === 'running' ? this.app.now.value : 0);
    const id = (column: number): string => this.cellId(index, column);
    const active = (column: number): string =>
      this.active.row === index && this.active.column === column ? 'active' : '';
    return html`<div
      role="row"
      class="line row ${excluded ? 'excluded' : ''} ${this.app.ui.pointed.value === trial.number ? 'pointed' : ''}"
      aria-rowindex=${index + 2}
      aria-selected=${this.app.ui.selected.value.includes(trial.number)}
      title=${reasonOf(view.study, trial) ?? trial.suggestion?.reason ?? ''}
      @click=${(event: MouseEvent) => this.onRowClick(index, event)}
      @dblclick=${() => this.app.trialAction(trial.number, 'compare')}
      @contextmenu=${() => this.onContextMenu(trial)}
    >
      <div id=${id(0)} role="gridcell" class="cell state ${active(0)}">
        ${best ? starIcon : stateIcon(excluded ? 'excluded' : trial.state)}
        <span class="quiet">${best ? 'Best' : trialWord(trial)}</span>
      </div>
      <div id=${id(1)} role="gridcell" class="cell trial muted ${active(1)}">${trial.number}</div>
      <div
        id=${id(2)}
        role="gridcell"
        class="cell value ${best ? 'best' : ''} ${trial.state === 'complete' ? '' : 'muted'} ${active(2)}"
      >
        ${value === undefined ? NOTHING : formatNumber(value)}
      </div>
      <div role="presentation">
        ${share === undefined ? nothing : html`<div class="bar ${best ? 'best-bar' : ''}" .style=${`transform:scaleX(${share})`}></div>`}
      </div>
      <div id=${id(3)} role="gridcell" class="cell time muted ${active(3)}">
        ${time === undefined ? NOTHING : formatDuration(time)}
      </div>
      <div role="gridcell" class="cell detail muted">${this.#detail(view, trial, labels)}</div>
    </div>`;
  }

  #detail(view: StudyView, trial: Trial, labels: ReadonlyMap<string, string>): TemplateResult | string {
    if (isPaused(trial) && trial.reason !== undefined) return trial.reason;
    if (trial.state === 'pruned' || trial.state === 'failed') {
      return html`${trialWord(trial)}${trial.reason ? html`: ${trial.reason}` : nothing}`;
    }
    const marks = [reasonOf(view.study, trial), trial.marks && marksText(trial.marks)]
      .filter(Boolean)
      .join(' · ');
    const changes = changesFromFile(trial, view.study.baseline, labels);
    if (changes.length === 0) return marks === '' ? 'the values in the file' : marks;
    return html`${marks === '' ? nothing : html`${marks} · `}${changes.map(
      ({ label, value }, index) => html`${index > 0 ? ' · ' : ''}${label} <b>${formatValue(value)}</b>`,
    )}`;
  }
}
