/**
 * The optimisation history: each trial's result, the best so far, and what the file's own values reached. Hovering
 * names a trial, clicking selects it; with the keyboard, arrows walk along the trials and Enter selects.
 */

import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { type History, historyOf } from '../../../src/core/analysis/history.js';
import { formatNumber } from '../../../src/core/format.js';
import { reasonOf } from '../../../src/core/study/reason.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { stateWord } from '../icons.js';
import { base } from '../styles.js';
import { type Theme, theme } from '../theme.js';
import { chartStyles } from './chart-styles.js';
import { paintScene } from './kit/paint.js';
import { emptyScene } from './kit/scene.js';
import { type HistoryChoices, type HistoryLayout, layoutHistory } from './layouts/history.js';
import { historyTable } from './layouts/overview.js';
import { type LegendItem, renderLegend, stateItems } from './legend.js';
import { saverStyles } from './saver-styles.js';
import { type Picture, renderSavers } from './savers.js';
import { renderLog, renderOutliers } from './scale-checks.js';
import { placeTip } from './tip.js';
import { ZoomGestures } from './zoom-gestures.js';

/** Pixels from the pointer within which a mark is meant. */
const REACH = 14;

@customElement('sweet-history')
export class HistoryChart extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    chartStyles,
    saverStyles,
    css`
      .ring {
        position: absolute;
        left: -7px;
        top: -7px;
        width: 14px;
        height: 14px;
        border: 1.5px solid var(--vscode-foreground);
        border-radius: 50%;
        pointer-events: none;
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
    `,
  ];

  @property({ attribute: false }) app!: App;
  /** Number of the trial pointed at. */
  @state() private focused: number | undefined;
  @state() private size = { width: 0, height: 0 };
  @query('.plot') private plot!: HTMLElement;
  @query('canvas') private canvas!: HTMLCanvasElement;
  @query('.tip') private tip!: HTMLElement;
  @query('.ring') private ring!: HTMLElement;

  readonly #zoom = new ZoomGestures(this, {
    plot: () => this.plot,
    frames: () => this.#layout?.frames,
    pointed: () => {
      const at = this.focused === undefined ? -1 : this.#indexOf(this.focused);
      return at < 0 ? undefined : [this.#layout?.x[at] ?? 0, this.#layout?.y[at] ?? 0];
    },
  });
  #resize: ResizeObserver | undefined;
  #layout: HistoryLayout | undefined;
  #laidFor: { readonly view: StudyView; readonly colours: Theme; readonly key: string } | undefined;
  #drawn: HistoryLayout | undefined;
  #history: { readonly trials: readonly Trial[]; readonly history: History } | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    this.#resize = undefined;
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
        ${this.#zoom.render()}
        ${
          layout
            ? renderOutliers(layout.outside, ui.fullRange.value, (checked) => {
                ui.fullRange.value = checked;
              })
            : nothing
        }
        ${renderLog(
          ui.logHistory.value && layout?.logPossible === true,
          (checked) => {
            ui.logHistory.value = checked;
          },
          { hidden: empty, disabled: !layout?.logPossible },
        )}
      </div>
      ${empty ? nothing : html`<div class="savers">${renderSavers(this.app, () => this.#picture(), 'the optimization history')}</div>`}
      <div
        class="plot ${this.focused === undefined ? '' : 'pointing'}"
        tabindex="0"
        role="group"
        aria-label=${view ? `${describe(view)} ${this.#zoom.hint}` : 'Optimization history'}
        @pointermove=${this.#onPointer}
        @pointerleave=${() => this.#point(undefined)}
        @click=${this.#onClick}
        @keydown=${this.#onKey}
        @blur=${() => this.#point(undefined)}
      >
        <canvas aria-hidden="true" ?hidden=${empty}></canvas>
        ${empty ? html`<div class="empty">${running ? 'No trial has a result yet.' : 'No trial has a result.'}</div>` : nothing}
        ${this.#zoom.renderBox()}
        <i class="ring" ?hidden=${empty || !this.#shows(ui.pointed.value)}></i>
        <div class="tip" role="status" ?hidden=${this.focused === undefined}>${this.focused === undefined ? nothing : this.#tip(this.focused)}</div>
      </div>
      ${empty || !view ? nothing : html`<div class="legend" aria-hidden="true">${renderLegend(this.#legend(view))}</div>`}
    `;
  }

  #picture(): Picture | undefined {
    const view = this.app.feed.view.value;
    const history = this.#history?.history;
    if (!view || !history || !this.#layout) return undefined;
    const { width, height } = this.size;
    const metric = view.study.objectives[0]?.metric ?? 'value';
    const scene = {
      ...emptyScene(width, height, describe(view)),
      shapes: this.#layout.shapes,
      table: () => historyTable(history, metric),
    };
    return { name: 'history', scene, items: this.#legend(view) };
  }

  /** The same layout as long as nothing of it changes: hovering must not draw anew. */
  #lay(view: StudyView, colours: Theme): HistoryLayout {
    const { ui } = this.app;
    const choices: HistoryChoices = {
      log: ui.logHistory.value,
      full: ui.fullRange.value,
      selected: ui.selected.value,
      best: view.best?.number,
      metric: view.study.objectives[0]?.metric ?? 'value',
      zoom: this.#zoom.of(`${view.ref.id} ${ui.logHistory.value}`),
      ...this.size,
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
      this.#history = { trials, history: historyOf({ ...view.study, trials }) };
    }
    return layoutHistory(this.#history.history, choices, colours);
  }

  #legend(view: StudyView): readonly LegendItem[] {
    const { counts, study } = view;
    const { baseline, points = [] } = this.#history?.history ?? {};
    const states = (['complete', 'pruned', 'failed', 'excluded'] as const).filter((state) =>
      state === 'excluded'
        ? points.some(({ excluded }) => excluded)
        : state === 'complete' || counts[state] > 0,
    );
    const name = study.config.file === '' ? 'trial 0' : 'values in the file';
    return [
      ...stateItems(states),
      { look: { line: 'best' }, text: 'best so far' },
      ...(baseline === undefined
        ? []
        : [{ look: { line: 'baseline' as const }, text: `${name} ${formatNumber(baseline)}` }]),
    ];
  }

  #tip(trial: number): TemplateResult {
    const view = this.app.feed.view.value;
    const index = this.#indexOf(trial);
    const point = this.#layout?.points[index];
    if (!view || !point) return html``;
    const metric = view.study.objectives[0]?.metric ?? 'value';
    const told = view.trials[trial];
    const reason = told && reasonOf(view.study, told);
    const value = point.value === undefined ? 'no value' : `${metric} ${formatNumber(point.value, 5)}`;
    const beyond = this.#layout?.beyond[index] ?? 0;
    const side = beyond > 0 ? ' (above the axis)' : beyond < 0 ? ' (below the axis)' : '';
    const note = view.best?.number === trial ? ' · best' : point.excluded ? ' · excluded' : '';
    return html`<b>Trial ${trial}</b> ${stateWord[point.state].toLowerCase()}${note}
      <div class="number">${value}${side}</div>
      ${reason ? html`<div class="muted">${reason}</div>` : nothing}`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.#resize) {
      this.#resize = new ResizeObserver(() => {
        const { clientWidth: width, clientHeight: height } = this.plot;
        if (width !== this.size.width || height !== this.size.height) this.size = { width, height };
      });
      this.#resize.observe(this.plot);
    }
    const layout = this.#layout;
    if (layout && layout !== this.#drawn) {
      this.#drawn = layout;
      const { width, height } = this.size;
      const scene = { ...emptyScene(width, height, ''), shapes: layout.empty ? [] : layout.shapes };
      paintScene(this.canvas, scene, theme().value?.fontFamily ?? '', window.devicePixelRatio || 1);
    }
    const pointed = this.app.ui.pointed.value;
    const at = pointed === undefined ? -1 : this.#indexOf(pointed);
    if (layout && at >= 0) {
      this.ring.style.transform = `translate(${layout.x[at]}px, ${layout.y[at]}px)`;
    }
    const index = this.focused === undefined ? -1 : this.#indexOf(this.focused);
    if (layout && index >= 0) placeTip(this.tip, [layout.x[index] ?? 0, layout.y[index] ?? 0]);
  }

  /** Whether a trial has a mark in sight. */
  #shows(trial: number | undefined): boolean {
    const at = trial === undefined ? -1 : this.#indexOf(trial);
    return at >= 0 && this.#layout?.seen(at) === true;
  }

  /** Where a trial stands among the points, which come by number; -1 where it is not among them. */
  #indexOf(trial: number): number {
    const points = this.#layout?.points ?? [];
    let [low, high] = [0, points.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = points[middle]?.trial ?? 0;
      if (found === trial) return middle;
      if (found < trial) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #nearest(event: PointerEvent | MouseEvent): number | undefined {
    const layout = this.#layout;
    if (!layout) return undefined;
    const box = this.plot.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let nearest: number | undefined;
    let least = REACH ** 2;
    for (let index = 0; index < layout.points.length; index++) {
      const dx = (layout.x[index] as number) - px;
      if (dx > REACH) break;
      if (dx < -REACH || !layout.seen(index)) continue;
      const distance = dx ** 2 + ((layout.y[index] as number) - py) ** 2;
      if (distance < least) {
        least = distance;
        nearest = layout.points[index]?.trial;
      }
    }
    return nearest;
  }

  #point(trial: number | undefined): void {
    this.focused = trial;
    this.app.ui.point(trial);
  }

  #onPointer(event: PointerEvent): void {
    this.#point(this.#nearest(event));
  }

  #onClick(event: MouseEvent): void {
    const trial = this.#nearest(event);
    if (trial !== undefined) this.app.ui.select(trial, event.ctrlKey || event.metaKey);
  }

  #onKey(event: KeyboardEvent): void {
    const points = (this.#layout?.points ?? []).filter((_, index) => this.#layout?.seen(index));
    if (points.length === 0) return;
    const at = points.findIndex(({ trial }) => trial === this.focused);
    const go = (index: number): void => {
      this.#point(points[Math.max(0, Math.min(points.length - 1, index))]?.trial);
    };
    if (event.key === 'ArrowRight') go(at + 1);
    else if (event.key === 'ArrowLeft') go(at < 0 ? points.length - 1 : at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(points.length - 1);
    else if ((event.key === 'Enter' || event.key === ' ') && this.focused !== undefined) {
      this.app.ui.select(this.focused, event.ctrlKey || event.metaKey);
    } else if (event.key === 'Escape') this.#point(undefined);
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
