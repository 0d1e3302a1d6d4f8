/**
 * How people come nearer to a part of a chart: Ctrl and the wheel (or a pinch) at the pointer, Shift and a drag for a
 * box, Alt and a drag to move, + - 0 by the keys, double-click or Escape for the whole again.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { Scene, Shape } from './kit/scene.js';
import { boxed, frameAt, panned, type Zoom, type ZoomFrame, zoomedAt } from './kit/zoom.js';

const NEARER = 0.8;
const FARTHER = 1 / NEARER;
/** A drag below this many pixels is a click. */
const LEAST_DRAG = 4;
const WHOLE: Zoom = {};

type Place = readonly [number, number];

interface Drag {
  readonly kind: 'box' | 'move';
  readonly frame: ZoomFrame;
  readonly from: Place;
  readonly zoom: Zoom;
  to: Place;
}

export class ZoomGestures {
  #zoom: Zoom = WHOLE;
  #chart = '';
  #drag: Drag | undefined;
  #dragged = false;

  constructor(
    private readonly scene: () => Scene,
    private readonly changed: () => void,
  ) {}

  /** The zoom of a chart: another chart begins with the whole. */
  of(chart: string): Zoom {
    if (chart !== this.#chart) this.#zoom = WHOLE;
    this.#chart = chart;
    return this.#zoom;
  }

  get #frames(): readonly ZoomFrame[] {
    return (this.scene().frames ?? []).filter(
      ({ x, y }) => x?.axis.kind === 'number' || y?.axis.kind === 'number',
    );
  }

  #set(zoom: Zoom): void {
    this.#zoom = Object.keys(zoom).length > 0 ? zoom : WHOLE;
    this.changed();
  }

  reset(): boolean {
    if (this.#zoom === WHOLE) return false;
    this.#set(WHOLE);
    return true;
  }

  wheel(event: WheelEvent, at: Place): void {
    const frame = event.ctrlKey || event.metaKey ? frameAt(this.#frames, ...at) : undefined;
    if (!frame) return;
    event.preventDefault();
    this.#set(zoomedAt(this.#zoom, frame, at, event.deltaY < 0 ? NEARER : FARTHER));
  }

  /** Whether a drag has begun. */
  down(event: PointerEvent, at: Place): boolean {
    const frame = event.shiftKey || event.altKey ? frameAt(this.#frames, ...at) : undefined;
    if (!frame) return false;
    this.#drag = { kind: event.shiftKey ? 'box' : 'move', frame, from: at, to: at, zoom: this.#zoom };
    return true;
  }

  move(at: Place): boolean {
    const drag = this.#drag;
    if (!drag) return false;
    drag.to = at;
    if (drag.kind === 'move') {
      this.#set(panned(drag.zoom, drag.frame, at[0] - drag.from[0], at[1] - drag.from[1]));
    } else this.changed();
    return true;
  }

  up(): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (!drag) return;
    const [dx, dy] = [Math.abs(drag.to[0] - drag.from[0]), Math.abs(drag.to[1] - drag.from[1])];
    this.#dragged = dx >= LEAST_DRAG || dy >= LEAST_DRAG;
    if (drag.kind === 'box' && dx >= LEAST_DRAG && dy >= LEAST_DRAG) {
      this.#set(boxed(drag.zoom, drag.frame, drag.from, drag.to));
    } else this.changed();
  }

  /** Whether the click that comes now was the end of a drag. */
  took(): boolean {
    const dragged = this.#dragged;
    this.#dragged = false;
    return dragged;
  }

  /** Whether the key was one of these. `at`: around where; else the middle of the first plot. */
  key({ key }: KeyboardEvent, at: Place | undefined): boolean {
    const frame = (at && frameAt(this.#frames, ...at)) ?? this.#frames[0];
    if (!frame) return false;
    const { left, top, width, height } = frame.box;
    const centre = at && frameAt([frame], ...at) ? at : ([left + width / 2, top + height / 2] as const);
    if (key === '+' || key === '=') this.#set(zoomedAt(this.#zoom, frame, centre, NEARER));
    else if (key === '-') this.#set(zoomedAt(this.#zoom, frame, centre, FARTHER));
    else if (key === '0') this.reset();
    else return key === 'Escape' && this.reset();
    return true;
  }

  /** The box that is being drawn. */
  shapes(colour: string): readonly Shape[] {
    if (this.#drag?.kind !== 'box') return [];
    const [[x0, y0], [x1, y1]] = [this.#drag.from, this.#drag.to];
    const points = [x0, y0, x1, y0, x1, y1, x0, y1, x0, y0];
    return [{ kind: 'path', points, stroke: colour, width: 1, dash: [4, 3] }];
  }

  render(): TemplateResult | typeof nothing {
    if (this.#zoom === WHOLE) return nothing;
    return html`<button class="link" title="Double-click, Escape or 0" @click=${() => this.reset()}>
      Show all
    </button>`;
  }

  get hint(): string {
    return this.#frames.length > 0 ? 'Plus, minus and 0 zoom.' : '';
  }
}
