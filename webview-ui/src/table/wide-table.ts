/** The results panel's table: every column of every trial, windowed, with a sticky header and first column. */
import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatDuration, formatNumber, formatValue, NOTHING } from '../../../src/core/format.js';
import { jsonEqual } from '../../../src/core/json.js';
import { objectiveOf } from '../../../src/core/study/best.js';
import { type Column, cellOf, constantColumns } from '../../../src/core/study/table.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { StudyView } from '../feed.js';
import {
  applyIcon,
  compareIcon,
  downIcon,
  logIcon,
  starIcon,
  stateIcon,
  stateWord,
  upIcon,
} from '../icons.js';
import { base } from '../styles.js';
import { type GroupRow, isGroup } from './model.js';
import { sparkline } from './sparkline.js';
import { tableStyles } from './table-styles.js';
import { TrialsTable } from './trials-table.js';

const ROW_HEIGHT = 24;
const WIDTH: Readonly<Record<Column['kind'], number>> = {
  number: 66,
  state: 104,
  objective: 96,
  metric: 96,
  param: 96,
  curve: 84,
  duration: 84,
  reason: 320,
};
/** Room of the row's actions, so that the last column is never under them. */
const ACTIONS = 84;

/** Wide enough for the column's name, within reason. */
const widthOf = ({ kind, label }: Column): number =>
  Math.max(WIDTH[kind], Math.min(220, Math.round(label.length * 6.6) + 34));

@customElement('sweet-wide-table')
export class WideTable extends TrialsTable {
  static override styles = [
    base,
    tableStyles,
    css`
      :host {
        --sweet-background: var(--vscode-editor-background);
        --sweet-border: var(--vscode-panel-border, var(--vscode-contrastBorder));
      }
      .line {
        display: flex;
        min-width: 100%;
        width: var(--sweet-width);
      }
      /* Nothing in a row or a cell can move what is outside it: new contents cost no layout of the page. */
      .row {
        contain: strict;
        height: ${ROW_HEIGHT}px;
      }
      .row .cell {
        contain: strict;
      }
      .cell {
        flex: none;
        height: 24px;
        padding: 0 10px;
        line-height: 24px;
      }
      .cell.end {
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      .cell.last {
        flex: 1 0 auto;
      }
      .head .cell {
        display: flex;
        align-items: center;
        gap: 2px;
      }
      .head .cell {
        height: 23px;
      }
      .head .cell.end {
        flex-direction: row-reverse;
      }

      .cell.state {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .cell.first {
        position: sticky;
        left: 0;
        z-index: 1;
        display: flex;
        align-items: center;
        justify-content: flex-end;
        gap: 4px;
        background: linear-gradient(var(--sweet-row, transparent), var(--sweet-row, transparent)),
          var(--sweet-background);
      }
      .head .cell.first {
        justify-content: flex-start;
      }
      .cell.best {
        font-weight: 600;
      }
      .spark {
        width: 64px;
        height: 16px;
        margin-top: 4px;
        fill: none;
        stroke: var(--vscode-charts-blue);
        stroke-width: 1.2;
      }
      .row[aria-selected='true'] .spark {
        stroke: currentColor;
      }
      .sort-place {
        font-size: 9px;
      }
      .group {
        font-weight: 600;
        border-top: 1px solid var(--sweet-border);
      }
      .group .cell {
        position: sticky;
        left: 0;
        padding-left: 14px;
      }
      .group small {
        font-size: 11px;
        font-weight: normal;
        color: var(--vscode-descriptionForeground);
      }
      .actions {
        position: sticky;
        right: 0;
        display: flex;
        align-items: center;
        gap: 2px;
        width: ${ACTIONS}px;
        height: 24px;
        padding: 0 6px;
        visibility: hidden;
        background: linear-gradient(var(--sweet-row, transparent), var(--sweet-row, transparent)),
          var(--sweet-background);
      }
      .row:hover .actions {
        visibility: visible;
      }
    `,
  ];

  protected readonly virtual = this.rowWindow(ROW_HEIGHT);
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
      all.filter(({ id }) => !hidden.has(id)),
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
      >
        <div role="rowgroup" class="line head">${this.#header()}</div>
        <div role="rowgroup" .style=${`height:${this.virtual.totalHeight}px;width:${this.#width()}px;min-width:100%;position:relative;--sweet-width:${this.#width()}px`}>
          <div role="presentation" class="window" .style=${`transform:translateY(${rows[0]?.start ?? 0}px)`}>
            ${rows.map(({ index }) => this.#row(view, index))}
          </div>
        </div>
      </div>
    `;
  }

  #width(): number {
    return this.columns.reduce((sum, column) => sum + widthOf(column), ACTIONS);
  }

  #header(): TemplateResult {
    return html`<div role="row" aria-rowindex="1" class="line" @click=${() => this.scroller.focus()}>
      ${this.columns.map((column, index) => this.#headerCell(column, index))}
    </div>`;
  }

  #headerCell(column: Column, index: number): TemplateResult {
    const sorted = this.sortOf(column);
    const active = this.active.row === -1 && this.active.column === index ? 'active' : '';
    return html`<div
      id=${this.cellId(-1, index)}
      role="columnheader"
      class="cell ${column.numeric ? 'end' : ''} ${index === 0 ? 'first' : ''} ${active}"
      aria-sort=${sorted}
      aria-colindex=${index + 1}
      title=${`${column.name}${column.direction ? ` (${column.direction})` : ''}\nShift and click sorts within what is sorted`}
      .style=${`width:${widthOf(column)}px`}
      @click=${(event: MouseEvent) => this.sortBy(column, event.shiftKey)}
    >
      <span>${column.label}</span>${sorted === 'none' ? nothing : sorted === 'ascending' ? upIcon : downIcon}${
        sorted !== 'none' && this.sorts.length > 1
          ? html`<span class="sort-place">${this.sorts.findIndex(({ column: id }) => id === column.id) + 1}</span>`
          : nothing
      }
    </div>`;
  }

  #row(view: StudyView, index: number): TemplateResult | typeof nothing {
    const row = this.rows[index];
    if (isGroup(row)) return this.#group(row, index);
    const trial = row;
    if (!trial) return nothing;
    const selected = this.app.ui.selected.value.includes(trial.number);
    return html`<div
      role="row"
      class="line row"
      aria-rowindex=${index + 2}
      aria-selected=${selected}
      @click=${(event: MouseEvent) => this.onRowClick(index, event)}
      @dblclick=${() => this.openTrial(trial)}
      @contextmenu=${() => this.onContextMenu(trial)}
    >
      ${this.columns.map((column, position) => this.#cell(view, trial, column, index, position))}
      <div class="actions" role="gridcell">${this.#actions(trial)}</div>
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
    const active = this.active.row === row && this.active.column === position ? 'active' : '';
    const best = view.best === trial && column.kind === 'objective' ? 'best' : '';
    const { content, title, muted } = this.#content(view, trial, column);
    const kind = position === 0 ? 'first' : column.kind === 'state' ? 'state' : '';
    return html`<div
      id=${this.cellId(row, position)}
      role="gridcell"
      aria-colindex=${position + 1}
      class="cell ${column.numeric ? 'end' : ''} ${kind} ${muted ? 'muted' : ''} ${best} ${active}"
      title=${title}
      .style=${`width:${widthOf(column)}px`}
    >
      ${content}
    </div>`;
  }

  #content(
    view: StudyView,
    trial: Trial,
    column: Column,
  ): { content: TemplateResult | string; title: string; muted: boolean } {
    const now = trial.state === 'running' ? this.app.now.value : 0;
    const value = cellOf(trial, column, now);
    switch (column.kind) {
      case 'number': {
        const best = view.best === trial;
        const content = html`${best ? html`${starIcon}<span class="quiet">best</span>` : nothing}${trial.number}`;
        return { content, title: trial.suggestion?.reason ?? '', muted: false };
      }
      case 'state':
        return {
          content: html`${stateIcon(trial.state)}${stateWord[trial.state]}`,
          title: trial.reason ?? '',
          muted: false,
        };
      case 'objective':
      case 'metric': {
        if (typeof value !== 'number') return { content: NOTHING, title: '', muted: true };
        const final = trial.state === 'complete';
        const title = final ? String(value) : `${value}, as last reported`;
        return { content: formatNumber(value), title, muted: !final };
      }
      case 'param': {
        if (value === undefined) return { content: NOTHING, title: 'Not active in this trial', muted: true };
        const own = jsonEqual(view.study.baseline[column.name], value);
        const text = formatValue(value);
        const exact = typeof value === 'number' ? String(value) : text;
        return { content: text, title: own ? `${exact}, as in the file` : exact, muted: own };
      }
      case 'curve': {
        const path = sparkline(trial.reports);
        const content =
          path === ''
            ? NOTHING
            : html`<svg class="spark" viewBox="0 0 64 16" aria-hidden="true">${svg`<path d=${path}/>`}</svg>`;
        return {
          content,
          title: typeof value === 'number' ? `reported up to step ${value}` : '',
          muted: true,
        };
      }
      case 'duration':
        return {
          content: typeof value === 'number' ? formatDuration(value) : NOTHING,
          title: trial.startedAt ? `Started ${new Date(trial.startedAt).toLocaleString()}` : '',
          muted: typeof value !== 'number',
        };
      case 'reason':
        return { content: trial.reason ?? '', title: trial.reason ?? '', muted: true };
    }
  }
}
