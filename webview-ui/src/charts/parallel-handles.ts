/**
 * What can be done with the axes of the parallel coordinates: drag along one to brush it, drag its name to move it,
 * click its name to turn it, Delete to hide it. Holds no more than the gesture that is under way.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.js';
import { brushBetween } from './layouts/brush.js';
import type { ParallelAxis, ParallelScene } from './layouts/parallel.js';

/** Pixels beside an axis that still mean it. */
const NEAR = 12;

export class AxisHandles {
  #brushing: { readonly axis: ParallelAxis; readonly from: number } | undefined;
  #moving: { readonly id: string; readonly from: number; moved: boolean } | undefined;
  #took = false;

  constructor(
    private readonly app: () => App,
    private readonly scene: () => ParallelScene | undefined,
  ) {}

  /** A button over each axis' name. */
  render({ axes }: ParallelScene): TemplateResult {
    const gap = (axes[1]?.x ?? 0) - (axes[0]?.x ?? 0);
    return html`${axes.map(
      ({ column, x, turned }) => html`<button
        class="axis"
        .style=${`left:${x}px;width:${Math.max(30, gap - 12)}px`}
        title="${column.name}: click turns, drag moves, Delete hides"
        aria-label="Axis ${column.name}${turned ? ', turned' : ''}. Enter turns, arrow keys move, Delete hides."
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, column.id)}
        @pointerdown=${(event: PointerEvent) => this.#grab(event, column.id)}
        @pointerup=${(event: PointerEvent) => this.#drop(event, column.id)}
        @click=${(event: MouseEvent) => this.#turn(event, column.id)}
      >
        ${column.label}
      </button>`,
    )}`;
  }

  /** How it works, for those who see it the first time: until something is brushed. */
  hint(): TemplateResult | typeof nothing {
    return this.app().ui.filter.value.brushes.length > 0
      ? nothing
      : html`<span>drag along an axis to filter, drag its name to move it</span>`;
  }

  /** Brings back what was hidden, and the first order. */
  restore(): TemplateResult | typeof nothing {
    const { ui } = this.app();
    const { hiddenAxes, order, turned } = ui.charts.value;
    if (hiddenAxes.length + order.length + turned.length === 0) return nothing;
    const label = hiddenAxes.length > 0 ? `Reset axes (${hiddenAxes.length} hidden)` : 'Reset axes';
    return html`<button class="link" @click=${() => ui.chart({ hiddenAxes: [], order: [], turned: [] })}>
      ${label}
    </button>`;
  }

  /** Whether a brush is being drawn. */
  get brushing(): boolean {
    return this.#brushing !== undefined && this.#took;
  }

  /** True where an axis is taken hold of. */
  down(x: number, y: number): boolean {
    const scene = this.scene();
    const axis = scene?.axes.find((one) => Math.abs(one.x - x) <= NEAR);
    if (!scene || !axis || y < scene.top - 6 || y > scene.bottom + 8) return false;
    this.#brushing = { axis, from: y - scene.top };
    this.#took = false;
    return true;
  }

  /** True while a brush is drawn. */
  move(_x: number, y: number): boolean {
    const scene = this.scene();
    if (!this.#brushing || !scene) return false;
    const { axis, from } = this.#brushing;
    const brush = brushBetween(axis, from, y - scene.top, scene.bottom - scene.top);
    if (brush) {
      this.#took = true;
      this.app().ui.brush(axis.column.id, brush);
    }
    return this.#took;
  }

  up(x: number, y: number): void {
    const scene = this.scene();
    const held = this.#brushing;
    this.#brushing = undefined;
    if (!held || !scene || this.#took) return;
    // A click on a brushed axis takes the brush away; elsewhere it selects.
    const brushed = this.app().ui.filter.value.brushes.some(({ column }) => column === held.axis.column.id);
    if (!brushed || Math.abs(held.axis.x - x) > NEAR || Math.abs(held.from - (y - scene.top)) > 4) return;
    this.#took = true;
    this.app().ui.brush(held.axis.column.id, undefined);
  }

  /** Whether the click that follows was part of a gesture; asks once. */
  took(): boolean {
    const took = this.#took;
    this.#took = false;
    return took;
  }

  #grab(event: PointerEvent, id: string): void {
    event.stopPropagation();
    const button = event.currentTarget as HTMLElement;
    button.setPointerCapture(event.pointerId);
    button.classList.add('moving');
    this.#moving = { id, from: event.clientX, moved: false };
  }

  #drop(event: PointerEvent, id: string): void {
    event.stopPropagation();
    const button = event.currentTarget as HTMLElement;
    button.classList.remove('moving');
    const moving = this.#moving;
    const scene = this.scene();
    if (!moving || !scene || Math.abs(event.clientX - moving.from) < 8) return;
    moving.moved = true;
    const axis = scene.axes.find(({ column }) => column.id === id);
    const at = (axis?.x ?? 0) + event.clientX - moving.from;
    const others = scene.axes.filter(({ column }) => column.id !== id);
    const before = others.filter(({ x }) => x < at).length;
    const ids = others.map(({ column }) => column.id);
    this.app().ui.chart({ order: [...ids.slice(0, before), id, ...ids.slice(before)] });
  }

  #turn(event: MouseEvent, id: string): void {
    event.stopPropagation();
    const moved = this.#moving?.moved === true;
    this.#moving = undefined;
    if (moved) return;
    const { ui } = this.app();
    const { turned } = ui.charts.value;
    ui.chart({ turned: turned.includes(id) ? turned.filter((one) => one !== id) : [...turned, id] });
  }

  #onKey(event: KeyboardEvent, id: string): void {
    const scene = this.scene();
    const { ui } = this.app();
    const ids = scene?.axes.map(({ column }) => column.id) ?? [];
    const at = ids.indexOf(id);
    const to = event.key === 'ArrowRight' ? at + 1 : event.key === 'ArrowLeft' ? at - 1 : undefined;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      ui.chart({ hiddenAxes: [...ui.charts.value.hiddenAxes, id] });
      ui.brush(id, undefined);
    } else if (to !== undefined && to >= 0 && to < ids.length) {
      const without = ids.filter((one) => one !== id);
      ui.chart({ order: [...without.slice(0, to), id, ...without.slice(to)] });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
