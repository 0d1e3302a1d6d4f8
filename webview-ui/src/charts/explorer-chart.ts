/**
 * Every chart beyond the overview, one at a time: asks a layout for a scene, paints it, and lets people point, select,
 * brush, and walk along it with the keys. What a chart looks like is in layouts/.
 */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Column } from '../../../src/core/study/table/table.js';
import type { App } from '../app.js';
import { base } from '../styles.js';
import { theme } from '../theme.js';
import type { ChartTab } from '../ui-state.js';
import { chartStyles } from './chart-styles.js';
import { explorerStyles } from './explorer-styles.js';
import { paintScene } from './kit/paint.js';
import { emptyScene, type Scene, type Shape, type Target, targetAt } from './kit/scene.js';
import { bestWord, isMeasure, LAYOUTS, MEASURED, PAIRED, ROBUST, SCALED, STACKED } from './layouts/all.js';
import { pairOf } from './layouts/contour.js';
import type { ChartInput } from './layouts/input.js';
import type { ParallelScene } from './layouts/parallel.js';
import { planeOf } from './layouts/pareto.js';
import { type LegendItem, renderLegend, stateItems } from './legend.js';
import { AxisHandles } from './parallel-handles.js';
import type { Picture } from './savers.js';
import { renderLog, renderOutliers } from './scale-checks.js';
import { comparedPeers, renderPeerPicks } from './study-picks.js';
import { placeTip, stopsOf, tipOf } from './tip.js';
import { ZoomGestures } from './zoom-gestures.js';

@customElement('sweet-explorer')
export class ExplorerChart extends SignalWatcher(LitElement) {
  static override styles = [base, chartStyles, explorerStyles];

  @property({ attribute: false }) app!: App;
  @state() private pointed: Target | undefined;
  @state() private size = { width: 0, height: 0 };
  @query('canvas.picture') private picture!: HTMLCanvasElement;
  @query('canvas.over') private over!: HTMLCanvasElement;
  @query('.plot') private plot!: HTMLElement;
  @query('.tip') private tip!: HTMLElement;
  readonly #handles = new AxisHandles(
    () => this.app,
    () => this.#parallel(),
  );
  readonly #zoom = new ZoomGestures(this, {
    plot: () => this.plot,
    sheet: () => this.picture,
    frames: () => this.#scene.frames,
    pointed: () => this.pointed && [this.pointed.x, this.pointed.y],
  });
  #resize: ResizeObserver | undefined;
  #scene: Scene = emptyScene(0, 0, '');
  #laidFor: readonly unknown[] = [];
  #painted: Scene | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    this.#resize = undefined;
  }

  #metric(columns: readonly Column[]): Column | undefined {
    const { metric } = this.app.ui.charts.value;
    const possible = columns.filter(({ kind }) => isMeasure(kind));
    return possible.find(({ id }) => id === metric) ?? possible[0];
  }

  /** The same scene as long as nothing it shows has changed: pointing must not lay out anew. */
  #layout(): { scene: Scene; input: ChartInput | undefined } {
    const { app, size } = this;
    const view = app.feed.view.value;
    const colours = theme().value;
    const columns = app.columns.value;
    const metric = this.#metric(columns);
    const { tab, ...choices } = app.ui.charts.value;
    if (!view || !colours || !metric || tab === 'overview' || size.width < 60) {
      return { scene: emptyScene(size.width, size.height, ''), input: undefined };
    }
    const filtered = app.filtered.value;
    const now = tab === 'timeline' || metric.kind === 'duration' ? app.now.value : 0;
    const input: ChartInput = {
      study: view.study,
      columns,
      trials: filtered.trials,
      all: view.trials,
      best: view.best,
      selected: app.ui.selected.value,
      brushes: app.ui.filter.value.brushes,
      quick: this.#handles.brushing,
      ...choices,
      metric,
      log: choices.log && SCALED.has(tab),
      peers: tab === 'studies' ? comparedPeers(app) : [],
      outcome: app.validations.best.value,
      zoom: this.#zoom.of([tab, metric.id, ...choices.pair, view.ref.id].join('|')),
      width: size.width,
      height: size.height,
      now: now || Date.now(),
      theme: colours,
    };
    const key = [
      view,
      filtered,
      app.ui.charts.value,
      input.selected,
      size,
      colours,
      metric,
      now,
      input.quick,
      input.zoom,
      app.peers.all.value,
      input.outcome,
    ];
    if (key.some((part, index) => part !== this.#laidFor[index])) {
      this.#laidFor = key;
      this.#scene = LAYOUTS[tab](input);
      if (this.pointed && !this.#scene.targets.includes(this.pointed)) this.pointed = undefined;
    }
    return { scene: this.#scene, input };
  }

  #parallel(): ParallelScene | undefined {
    return 'axes' in this.#scene ? (this.#scene as ParallelScene) : undefined;
  }

  protected override render(): TemplateResult {
    const { ui } = this.app;
    const { tab, full, log } = ui.charts.value;
    const { scene, input } = this.#layout();
    const parallel = tab === 'parallel' ? this.#parallel() : undefined;
    // Read here, so that pointing elsewhere is seen.
    void this.app.ui.pointed.value;
    const shown = scene.empty === undefined;
    const stacked = STACKED.has(tab) && !(tab === 'errors' && input?.outcome?.outcome.kind === 'classes');
    const outliers = ROBUST.has(tab) && (scene.outside > 0 || full);
    const barred = SCALED.has(tab) || tab === 'importance' || outliers;
    return html`
      <div class="bar" ?hidden=${!barred}>
        ${input ? this.#choices(input, tab) : nothing}
        <span class="fill"></span>
        ${barred ? this.#zoom.render() : nothing}
        ${ROBUST.has(tab) ? renderOutliers(scene.outside, full, (checked) => ui.chart({ full: checked })) : nothing}
        ${SCALED.has(tab) && scene.logPossible ? renderLog(log, (checked) => ui.chart({ log: checked })) : nothing}
      </div>
      ${barred ? nothing : html`<div class="over-plot">${this.#zoom.render()}</div>`}
      <div
        class="plot ${this.pointed ? 'pointing' : ''} ${parallel ? 'parallel' : ''} ${stacked ? 'stacked' : ''}"
        tabindex="0"
        role="group"
        aria-label="${scene.description} ${shown ? 'Arrow keys walk along it, Enter selects.' : ''} ${this.#zoom.hint}"
        @pointermove=${this.#onMove}
        @pointerdown=${this.#onDown}
        @pointerup=${this.#onUp}
        @pointerleave=${() => this.#point(undefined)}
        @click=${this.#onClick}
        @keydown=${this.#onKey}
        @blur=${() => this.#point(undefined)}
      >
        <div class="sheet" .style=${`width:${scene.width}px;height:${scene.height}px`}>
          <canvas class="picture" aria-hidden="true"></canvas>
          <canvas class="over" aria-hidden="true"></canvas>
          ${this.#zoom.renderBox()}
          ${parallel && shown ? this.#handles.render(parallel) : nothing}
          ${shown ? nothing : html`<div class="empty">${scene.empty}</div>`}
          <div class="tip" role="status" ?hidden=${!this.pointed}>${this.pointed ? tipOf(this.pointed) : nothing}</div>
        </div>
      </div>
      <div class="legend">
        ${renderLegend(this.#legend(scene, input))}${parallel && shown ? this.#handles.hint() : nothing}
        ${renderLegend([], scene.note)}
      </div>
    `;
  }

  #legend({ states }: Scene, input: ChartInput | undefined): readonly LegendItem[] {
    const best = states.length > 0 ? input?.best : undefined;
    if (!input || !best) return stateItems(states);
    const word = this.app.ui.charts.value.tab === 'pareto' ? 'front; balanced' : bestWord(input);
    return [...stateItems(states), { look: { line: 'best' }, text: `${word}, #${best.number}` }];
  }

  #choices(input: ChartInput, tab: ChartTab): TemplateResult {
    const measures = input.columns.filter(({ kind }) => isMeasure(kind));
    const params = input.columns.filter(({ kind }) => kind === 'param');
    const pair = PAIRED.has(tab) ? pairOf(input) : undefined;
    const anova = tab === 'importance' && this.app.ui.charts.value.importance === 'fanova';
    const plane = tab === 'pareto' ? planeOf(input) : undefined;
    return html`
      ${tab === 'importance' ? this.#method() : nothing}
      ${tab === 'studies' ? renderPeerPicks(this.app) : nothing}
      ${
        (anova || (MEASURED.has(tab) && tab !== 'pareto')) && measures.length > 1
          ? this.#pick('Metric', measures, input.metric.id, (metric) => this.app.ui.chart({ metric }))
          : nothing
      }
      ${
        pair
          ? html`<span class="pair"
              ><span class="muted first">over</span>
              ${this.#pick('Horizontal axis', params, pair[0].id, (id) => this.app.ui.chart({ pair: [id, pair[1].id === id ? pair[0].id : pair[1].id] }))}
              <span class="muted">and</span>
              ${this.#pick('Vertical axis', params, pair[1].id, (id) => this.app.ui.chart({ pair: [pair[0].id === id ? pair[1].id : pair[0].id, id] }))}</span>`
          : nothing
      }
      ${plane ? this.#planePicks(input, plane) : nothing}
      ${tab === 'parallel' ? this.#handles.restore() : nothing}
    `;
  }

  /** How importance is judged: what makes the best, or what makes any difference. */
  #method(): TemplateResult {
    const change = (event: Event): void =>
      this.app.ui.chart({ importance: (event.target as HTMLSelectElement).value as 'ped' | 'fanova' });
    return html`<vscode-dropdown
      aria-label="Method"
      title="PED-ANOVA: what tells the best tenth from the rest. fANOVA: what the metric varies with over the whole space, with interactions."
      .value=${this.app.ui.charts.value.importance ?? 'ped'}
      @change=${change}
    >
      <vscode-option value="ped">PED-ANOVA</vscode-option>
      <vscode-option value="fanova">fANOVA</vscode-option>
    </vscode-dropdown>`;
  }

  /** Which two objectives are seen, where there are more. */
  #planePicks(input: ChartInput, [x, y]: readonly [Column, Column]): TemplateResult | typeof nothing {
    const objectives = input.columns.filter(({ kind }) => kind === 'objective');
    if (objectives.length < 3) return nothing;
    const { ui } = this.app;
    return html`<span class="muted">Objectives</span>
      ${this.#pick('Horizontal objective', objectives, x.id, (id) => ui.chart({ plane: [id, id === y.id ? x.id : y.id] }))}
      <span class="muted">and</span>
      ${this.#pick('Vertical objective', objectives, y.id, (id) => ui.chart({ plane: [id === x.id ? y.id : x.id, id] }))}`;
  }

  #pick(
    label: string,
    columns: readonly Column[],
    value: string,
    choose: (id: string) => void,
  ): TemplateResult {
    return html`<vscode-dropdown
      aria-label=${label}
      title=${label}
      .value=${value}
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
    >
      ${columns.map(({ id, label: name }) => html`<vscode-option value=${id}>${name}</vscode-option>`)}
    </vscode-dropdown>`;
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
    const colours = theme().value;
    if (!colours) return;
    const scale = window.devicePixelRatio || 1;
    if (this.#painted !== this.#scene) {
      this.#painted = this.#scene;
      paintScene(this.picture, this.#scene, colours.fontFamily, scale);
    }
    paintScene(
      this.over,
      { ...this.#scene, shapes: this.#highlight(colours.foreground) },
      colours.fontFamily,
      scale,
    );
    if (this.pointed) placeTip(this.tip, [this.pointed.x, this.pointed.y]);
  }

  /** The trial pointed at, wherever the chart shows it. */
  #highlight(colour: string): readonly Shape[] {
    const elsewhere = this.app.ui.pointed.value;
    const pointed =
      this.pointed ??
      (elsewhere === undefined ? undefined : this.#scene.targets.find(({ trial }) => trial === elsewhere));
    if (!pointed) return [];
    if (pointed.reach) {
      const [w, h] = pointed.reach;
      const [x0, x1, y0, y1] = [pointed.x - w, pointed.x + w, pointed.y - h, pointed.y + h];
      return [{ kind: 'path', points: [x0, y0, x1, y0, x1, y1, x0, y1, x0, y0], stroke: colour, width: 1 }];
    }
    const same = this.#scene.targets.filter(({ trial }) => trial === pointed.trial);
    const at = same.flatMap(({ x, y }) => [x, y]);
    return [
      ...('axes' in this.#scene
        ? [{ kind: 'path' as const, points: at, stroke: colour, width: 2, alpha: 0.8 }]
        : []),
      { kind: 'marks', shape: 'ring', at, size: 11, colour },
    ];
  }

  #place(event: MouseEvent): readonly [number, number] {
    const box = this.picture.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #point(target: Target | undefined): void {
    if (target === this.pointed) return;
    this.pointed = target;
    this.app.ui.point(target?.trial);
  }

  #onMove(event: PointerEvent): void {
    const [x, y] = this.#place(event);
    if (this.#handles.move(x, y)) this.#point(undefined);
    else this.#point(targetAt(this.#scene.targets, x, y));
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    const [x, y] = this.#place(event);
    if (this.app.ui.charts.value.tab === 'parallel' && this.#handles.down(x, y)) {
      this.plot.setPointerCapture(event.pointerId);
    }
  }

  #onUp(event: PointerEvent): void {
    const [x, y] = this.#place(event);
    this.#handles.up(x, y);
    this.requestUpdate();
  }

  #onClick(event: MouseEvent): void {
    if (this.#handles.took()) return;
    const [x, y] = this.#place(event);
    this.#choose(targetAt(this.#scene.targets, x, y), event.ctrlKey || event.metaKey);
  }

  #choose(target: Target | undefined, add: boolean): void {
    if (target?.trial !== undefined) this.app.ui.select(target.trial, add);
    else if (target?.pair) this.app.ui.chart({ tab: 'contour', pair: target.pair });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.plot) return;
    const stops = stopsOf(this.#scene.targets);
    if (stops.length === 0) return;
    const at = this.pointed ? stops.indexOf(this.pointed) : -1;
    const go = (index: number): void => {
      const target = stops[Math.max(0, Math.min(stops.length - 1, index))];
      this.#point(target);
      if (target) this.plot.scrollTo({ top: target.y - this.plot.clientHeight / 2 });
    };
    if (event.key === 'ArrowRight' || event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') go(at < 0 ? stops.length - 1 : at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(stops.length - 1);
    else if (event.key === 'Enter' || event.key === ' ') {
      this.#choose(this.pointed, event.ctrlKey || event.metaKey);
    } else if (event.key === 'Escape') this.#point(undefined);
    else return;
    event.preventDefault();
  }

  /** The chart as it is seen, to be saved. */
  get shown(): Picture {
    const { scene, input } = this.#layout();
    return { name: this.app.ui.charts.value.tab, scene, items: this.#legend(scene, input) };
  }
}
