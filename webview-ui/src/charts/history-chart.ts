/**
 * The optimisation history: each trial's result, the best so far, and what the file's own values reached. Hovering
 * names a trial, clicking selects it; with the keyboard, arrows walk along the trials and Enter selects.
 */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { type History, historyOf } from '../../../src/core/analysis/history.js';
import { formatNumber } from '../../../src/core/format.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { stateIcon, stateWord } from '../icons.js';
import { base } from '../styles.js';
import { type Theme, theme } from '../theme.js';
import { chartStyles } from './chart-styles.js';
import { type Chart, createChart } from './echarts.js';
import { type HistoryChoices, type HistoryLayout, layoutHistory, type Mark } from './history-option.js';
import { placeTip } from './tip.js';

/** Pixels from the pointer within which a mark is meant. */
const REACH = 14;

@customElement('sweet-history')
export class HistoryChart extends SignalWatcher(LitElement) {
  static override styles = [base, chartStyles];

  @property({ attribute: false }) app!: App;
  @state() private focused: Mark | undefined;
  @query('.canvas') private canvas!: HTMLElement;
  @query('.tip') private tip!: HTMLElement;

  #chart: Chart | undefined;
  #resize: ResizeObserver | undefined;
  #layout: HistoryLayout | undefined;
  #laidFor: { readonly view: StudyView; readonly colours: Theme; readonly key: string } | undefined;
  #drawn: HistoryLayout | undefined;
  #history: { readonly trials: readonly Trial[]; readonly history: History } | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    this.#chart?.dispose();
    this.#chart = undefined;
  }

  protected override render(): TemplateResult {
    const { feed, ui } = this.app;
    const view = feed.view.value;
    const colours = theme().value;
    const layout = view && colours ? this.#lay(view, colours) : undefined;
    this.#layout = layout;
    const empty = !layout || layout.empty;
    const running = view?.study.status.kind === 'running';
    return html`
      <div class="bar">
        <h2 id="title">Optimization History</h2>
        <span class="fill"></span>
        ${
          layout && (layout.outside > 0 || ui.fullRange.value)
            ? html`<vscode-checkbox
                ?checked=${ui.fullRange.value}
                @change=${(event: Event) => {
                  ui.fullRange.value = (event.target as HTMLInputElement).checked;
                }}
                >Outliers${layout.outside > 0 ? ` (${layout.outside} hidden)` : ''}</vscode-checkbox
              >`
            : nothing
        }
        <vscode-checkbox
          ?hidden=${empty}
          ?checked=${ui.logHistory.value && layout?.logPossible}
          ?disabled=${!layout?.logPossible}
          @change=${(event: Event) => {
            ui.logHistory.value = (event.target as HTMLInputElement).checked;
          }}
          >Log scale</vscode-checkbox
        >
      </div>
      <div
        class="plot ${this.focused ? 'pointing' : ''}"
        tabindex="0"
        role="group"
        aria-label=${view ? describe(view) : 'Optimization history'}
        @pointermove=${this.#onPointer}
        @pointerleave=${() => this.#focus(undefined)}
        @click=${this.#onClick}
        @keydown=${this.#onKey}
        @blur=${() => this.#focus(undefined)}
      >
        <div class="canvas" aria-hidden="true" ?hidden=${empty}></div>
        <div class="axis-name" ?hidden=${empty}>${view?.study.objectives[0]?.metric}</div>
        ${empty ? html`<div class="empty">${running ? 'No trial has a result yet.' : 'No trial has a result.'}</div>` : nothing}
        <div class="tip" role="status" ?hidden=${!this.focused}>${this.focused ? this.#tip(this.focused) : nothing}</div>
      </div>
      ${empty ? nothing : this.#legend(view)}
    `;
  }

  /** The same layout as long as nothing of it changes: hovering must not draw anew. */
  #lay(view: StudyView, colours: Theme): HistoryLayout {
    const { ui } = this.app;
    const choices: HistoryChoices = {
      log: ui.logHistory.value,
      full: ui.fullRange.value,
      selected: ui.selected.value,
      best: view.best?.number,
    };
    const key = JSON.stringify(choices);
    const { trials } = this.app.filtered.value;
    if (
      this.#layout &&
      this.#laidFor?.view === view &&
      this.#laidFor.colours === colours &&
      this.#laidFor.key === key &&
      this.#history?.trials === trials
    ) {
      return this.#layout;
    }
    this.#laidFor = { view, colours, key };
    if (this.#history?.trials !== trials) {
      this.#history = { trials, history: historyOf({ objectives: view.study.objectives, trials }) };
    }
    return layoutHistory(this.#history.history, choices, colours);
  }

  #legend(view: StudyView | undefined): TemplateResult {
    const { counts, study } = view!;
    const baseline = this.#history?.history.baseline;
    return html`<div class="legend" aria-hidden="true">
      <span>${stateIcon('complete')}complete</span>
      ${counts.pruned > 0 ? html`<span>${stateIcon('pruned')}pruned</span>` : nothing}
      ${counts.failed > 0 ? html`<span>${stateIcon('failed')}failed</span>` : nothing}
      <span><i class="swatch best"></i>best so far</span>
      ${
        baseline === undefined
          ? nothing
          : html`<span><i class="swatch baseline"></i>${study.config.file === '' ? 'trial 0' : 'values in the file'}
              ${formatNumber(baseline)}</span
            >`
      }
      <span class="axis-end">trial</span>
    </div>`;
  }

  #tip({ point, beyond }: Mark): TemplateResult {
    const view = this.app.feed.view.value;
    const metric = view?.study.objectives[0]?.metric ?? 'value';
    const reason = view?.trials[point.trial]?.reason;
    const value = point.value === undefined ? 'no value' : `${metric} ${formatNumber(point.value, 5)}`;
    const best = view?.best?.number === point.trial ? ' · best' : '';
    return html`<b>Trial ${point.trial}</b> ${stateWord[point.state].toLowerCase()}${best}
      <div class="number">${value}${beyond ? ` (${beyond} the axis)` : ''}</div>
      ${reason ? html`<div class="muted">${reason}</div>` : nothing}`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.#chart) {
      this.#chart = createChart(this.canvas);
      this.#resize = new ResizeObserver(() => {
        this.#chart?.resize();
      });
      this.#resize.observe(this.canvas);
    }
    if (this.#layout && this.#layout !== this.#drawn) {
      this.#drawn = this.#layout;
      this.#chart.setOption(this.#layout.option, { notMerge: true });
    }
    if (this.focused) placeTip(this.tip, this.#pixel(this.focused));
  }

  #pixel({ point, y }: Mark): readonly [number, number] {
    const [left = 0, top = 0] = this.#chart?.convertToPixel('grid', [point.trial, y]) ?? [];
    return [left, top];
  }

  #nearest(event: PointerEvent | MouseEvent): Mark | undefined {
    const box = this.canvas.getBoundingClientRect();
    let nearest: Mark | undefined;
    let least = REACH ** 2;
    const at = event.clientX - box.left;
    const [first = 0] = this.#chart?.convertFromPixel('grid', [at - REACH, 0]) ?? [];
    const [last = 0] = this.#chart?.convertFromPixel('grid', [at + REACH, 0]) ?? [];
    for (const mark of this.#layout?.marks ?? []) {
      if (mark.point.trial < first || mark.point.trial > last) continue;
      const [x, y] = this.#pixel(mark);
      const distance = (x - at) ** 2 + (y - (event.clientY - box.top)) ** 2;
      if (distance < least) {
        least = distance;
        nearest = mark;
      }
    }
    return nearest;
  }

  #focus(mark: Mark | undefined): void {
    if (mark?.point !== this.focused?.point) this.focused = mark;
  }

  #onPointer(event: PointerEvent): void {
    this.#focus(this.#nearest(event));
  }

  #onClick(event: MouseEvent): void {
    const mark = this.#nearest(event);
    if (mark) this.app.ui.select(mark.point.trial, event.ctrlKey || event.metaKey);
  }

  #onKey(event: KeyboardEvent): void {
    const marks = this.#layout?.marks ?? [];
    if (marks.length === 0) return;
    const at = marks.findIndex(({ point }) => point.trial === this.focused?.point.trial);
    const go = (index: number): void => {
      this.#focus(marks[Math.max(0, Math.min(marks.length - 1, index))]);
    };
    if (event.key === 'ArrowRight') go(at + 1);
    else if (event.key === 'ArrowLeft') go(at < 0 ? marks.length - 1 : at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(marks.length - 1);
    else if ((event.key === 'Enter' || event.key === ' ') && this.focused) {
      this.app.ui.select(this.focused.point.trial, event.ctrlKey || event.metaKey);
    } else if (event.key === 'Escape') this.#focus(undefined);
    else return;
    event.preventDefault();
  }
}

function describe(view: StudyView): string {
  const metric = view.study.objectives[0]?.metric ?? 'value';
  const best = view.best?.objectives?.[0];
  const result =
    best === undefined
      ? 'none complete'
      : `best ${metric} ${formatNumber(best)} in trial ${view.best?.number}`;
  return `Optimization history: ${view.trials.length} trials, ${result}. Arrow keys walk along the trials, Enter selects.`;
}
