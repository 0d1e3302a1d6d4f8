/**
 * The live learning curves: a metric per step for every trial. The selected and the best stand out, running ones are
 * live, the rest are there to compare with. Hovering names a curve, clicking selects its trial.
 */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type uPlot from 'uplot';
import uPlotCss from 'uplot/dist/uPlot.min.css' with { type: 'text' };
import { formatNumber } from '../../../src/core/format.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { base } from '../styles.js';
import { theme } from '../theme.js';
import { chartStyles } from './chart-styles.js';
import {
  type CurveRole,
  type Curves,
  curvesOf,
  type OnCurve,
  reportedMetrics,
  walkCurves,
} from './curves-data.js';
import { createPlot, frameOfPlot } from './curves-plot.js';
import type { Zoom } from './kit/zoom.js';
import { curvesScene } from './layouts/overview.js';
import { type LegendItem, renderLegend } from './legend.js';
import { saverStyles } from './saver-styles.js';
import { type Picture, renderSavers } from './savers.js';
import { renderLog, renderOutliers } from './scale-checks.js';
import { placeTip } from './tip.js';
import { ZoomGestures } from './zoom-gestures.js';

/** More curves than this are redrawn at most every so many milliseconds. */
const MANY = 200;
const MANY_EVERY = 600;

@customElement('sweet-curves')
export class CurvesChart extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    chartStyles,
    saverStyles,
    unsafeCSS(uPlotCss),
    css`
      .dot {
        position: absolute;
        left: -4px;
        top: -4px;
        width: 8px;
        height: 8px;
        border: 1.5px solid var(--vscode-foreground);
        border-radius: 50%;
        background: var(--vscode-editor-background);
        pointer-events: none;
      }
      vscode-dropdown {
        min-width: 110px;
        --input-height: 22;
      }
      @media (max-width: 480px) {
        vscode-dropdown {
          min-width: 84px;
        }
      }
    `,
  ];

  @property({ attribute: false }) app!: App;
  @state() private pointed: OnCurve | undefined;
  @query('.plot') private area!: HTMLElement;
  @query('.canvas') private canvas!: HTMLElement;
  @query('.tip') private tip!: HTMLElement;
  @query('.dot') private dot!: HTMLElement;

  readonly #zoom = new ZoomGestures(this, {
    plot: () => this.area,
    frames: () => {
      const frame = this.#plot && frameOfPlot(this.#plot, this.app.ui.logCurves.value);
      return frame && [frame];
    },
  });
  #sight: Zoom = {};
  #plot: uPlot | undefined;
  #curves: Curves | undefined;
  #metrics: readonly string[] = [];
  #drawnFor = '';
  #drawnOn: readonly unknown[] = [];
  #resize: ResizeObserver | undefined;
  #gatheredFor: readonly unknown[] = [];
  #gatheredAt = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    this.#resize = undefined;
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#drawnFor = '';
    this.#drawnOn = [];
  }

  #metric(view: StudyView): string {
    const objective = view.study.objectives[0]?.metric ?? 'value';
    this.#metrics = reportedMetrics(view.trials, objective);
    const chosen = this.app.ui.metric.value;
    if (chosen !== undefined && this.#metrics.includes(chosen)) return chosen;
    return this.#metrics[0] ?? objective;
  }

  /** Very many live curves are drawn anew only so often: all of them cost more than a frame. */
  #gather(view: StudyView, metric: string): Curves {
    const { ui } = this.app;
    const { trials } = this.app.filtered.value;
    const scale = { log: ui.logCurves.value, full: ui.fullCurves.value };
    const chosen = [metric, ui.selected.value, scale.log, scale.full, ui.filter.value, view.ref.id];
    const wait = this.#gatheredAt + MANY_EVERY - performance.now();
    const same = chosen.every((one, index) => one === this.#gatheredFor[index]);
    if (this.#curves && same && this.#curves.curves.length > MANY && wait > 0) {
      this.#again ??= setTimeout(() => {
        this.#again = undefined;
        this.requestUpdate();
      }, wait);
      return this.#curves;
    }
    this.#gatheredFor = chosen;
    this.#gatheredAt = performance.now();
    return curvesOf(trials, metric, view.best?.number, ui.selected.value, scale);
  }

  protected override render(): TemplateResult {
    const { feed, ui } = this.app;
    const view = feed.view.value;
    const metric = view ? this.#metric(view) : '';
    this.#curves = view ? this.#gather(view, metric) : undefined;
    const drawn = this.#curves?.curves.length ?? 0;
    this.#sight = this.#zoom.of(JSON.stringify([view?.ref.id, metric, ui.logCurves.value]));
    return html`
      <div class="bar">
        <h2>Learning Curves</h2>
        <span class="fill"></span>
        ${this.#zoom.render()}
        ${
          this.#metrics.length > 1
            ? html`<vscode-dropdown
                aria-label="Metric of the learning curves"
                .value=${metric}
                @change=${(event: Event) => {
                  ui.metric.value = (event.target as HTMLSelectElement).value;
                }}
              >
                ${this.#metrics.map((name) => html`<vscode-option value=${name}>${name}</vscode-option>`)}
              </vscode-dropdown>`
            : nothing
        }
        ${renderOutliers(this.#curves?.range?.outside ?? 0, ui.fullCurves.value, (checked) => {
          ui.fullCurves.value = checked;
        })}
        ${renderLog(
          ui.logCurves.value,
          (checked) => {
            ui.logCurves.value = checked;
          },
          { hidden: drawn === 0 },
        )}
      </div>
      ${drawn === 0 ? nothing : html`<div class="savers">${renderSavers(this.app, () => this.#picture(), 'the learning curves')}</div>`}
      <div
        class="plot ${this.pointed ? 'pointing' : ''}"
        tabindex="0"
        role="group"
        aria-label="Learning curves: ${metric} by step of ${drawn} trials. Left and right walk along a curve, up and down to another, Enter selects its trial. ${this.#zoom.hint}"
        @click=${this.#onClick}
        @pointerleave=${() => this.#point(undefined)}
        @pointermove=${() => this.#movePointer()}
        @keydown=${this.#onKey}
        @blur=${() => this.#point(undefined)}
      >
        <div class="canvas" aria-hidden="true"></div>
        ${this.#zoom.renderBox()}
        ${
          drawn === 0
            ? html`<div class="empty">
                ${view?.study.status.kind === 'running' ? 'No trial has reported a step yet.' : 'No trial reported a step.'}
              </div>`
            : html`<div class="axis-name">${metric}</div>`
        }
        <div class="dot" ?hidden=${!this.pointed}></div>
        <div class="tip" role="status" ?hidden=${!this.pointed}>${this.pointed ? this.#tip(this.pointed) : nothing}</div>
      </div>
      ${drawn === 0 ? nothing : html`<div class="legend" aria-hidden="true">${renderLegend(this.#legend(view), 'step')}</div>`}
    `;
  }

  #picture(): Picture | undefined {
    const view = this.app.feed.view.value;
    const colours = theme().value;
    if (!view || !colours || !this.#curves) return undefined;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const choices = {
      metric: this.#metric(view),
      log: this.app.ui.logCurves.value,
      zoom: this.#sight,
      width,
      height,
    };
    const scene = curvesScene(this.#curves, choices, colours);
    return { name: 'curves', scene, items: this.#legend(view) };
  }

  #legend(view: StudyView | undefined): readonly LegendItem[] {
    const roles = new Set(this.#curves?.curves.map(({ role }) => role));
    const left = this.#curves?.left ?? 0;
    const words: Readonly<Record<CurveRole, string>> = {
      best: `best, #${view?.best?.number}`,
      running: 'running',
      selected: 'selected',
      other: `others${left > 0 ? ` (the newest; ${left} not drawn)` : ''}`,
    };
    return (['best', 'running', 'selected', 'other'] as const)
      .filter((role) => roles.has(role))
      .map((role) => ({ look: { line: role }, text: words[role] }));
  }

  #tip({ series, index }: OnCurve): TemplateResult {
    const curve = this.#curves?.curves[series - 1];
    const value = this.#curves?.rows[series]?.[index];
    const step = this.#curves?.rows[0][index];
    const role = curve && curve.role !== 'other' ? ` ${curve.role}` : '';
    return html`<b>Trial ${curve?.trial}</b>${role}
      <div class="number">step ${step}: ${typeof value === 'number' ? formatNumber(value, 5) : 'no value'}</div>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.#resize) {
      this.#resize = new ResizeObserver(() => {
        this.#draw();
      });
      this.#resize.observe(this.canvas);
    }
    this.#draw();
    this.#place();
  }

  /** New curves need a new plot; longer ones only new data. */
  #draw(): void {
    const colours = theme().value;
    const curves = this.#curves;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const on = [curves, colours, width, height, this.#sight];
    if (on.every((one, index) => one === this.#drawnOn[index])) return;
    this.#drawnOn = on;
    if (!colours || !curves || curves.curves.length === 0 || width < 40 || height < 40) {
      this.#plot?.destroy();
      this.#plot = undefined;
      this.#drawnFor = '';
      return;
    }
    const log = this.app.ui.logCurves.value;
    const drawnFor = JSON.stringify([curves.curves, curves.range, colours, log, this.app.ui.metric.value]);
    if (this.#plot && drawnFor === this.#drawnFor) {
      this.#plot.setData(curves.rows as unknown as uPlot.AlignedData);
      if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
      return;
    }
    this.#plot?.destroy();
    this.#drawnFor = drawnFor;
    this.#plot = createPlot(
      this.canvas,
      curves,
      { width, height, log, zoom: () => this.#sight },
      colours,
      (series) => {
        this.#point(series ?? undefined);
      },
    );
  }

  #point(series: number | undefined): void {
    const index = this.#plot?.cursor.idx;
    this.pointed = series === undefined || index == null ? undefined : { series, index };
  }

  #movePointer(): void {
    const index = this.#plot?.cursor.idx;
    if (this.pointed && index != null && index !== this.pointed.index) {
      this.pointed = { ...this.pointed, index };
    }
  }

  #place(): void {
    const plot = this.#plot;
    const value = this.pointed && this.#curves?.rows[this.pointed.series]?.[this.pointed.index];
    const step = this.pointed && this.#curves?.rows[0][this.pointed.index];
    if (!plot || typeof value !== 'number' || step === undefined) return;
    const box = plot.over;
    const at = [
      box.offsetLeft + plot.valToPos(step, 'x'),
      box.offsetTop + plot.valToPos(value, 'y'),
    ] as const;
    this.dot.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
    placeTip(this.tip, at);
  }

  #onClick(event: MouseEvent | KeyboardEvent): void {
    const curve = this.pointed && this.#curves?.curves[this.pointed.series - 1];
    if (curve) this.app.ui.select(curve.trial, event.ctrlKey || event.metaKey);
  }

  /** By the keys: along a curve from value to value, and from curve to curve, the ones that matter first. */
  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.area) return;
    const rows = this.#curves?.rows.slice(1) ?? [];
    const to = walkCurves(rows, this.pointed, event.key);
    if (to) this.pointed = to;
    else if (event.key === 'Enter' || event.key === ' ') this.#onClick(event);
    else if (event.key === 'Escape') this.#point(undefined);
    else return;
    event.preventDefault();
  }
}
