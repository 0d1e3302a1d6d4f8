/**
 * How people come nearer to a part of a chart, the same on every chart: Ctrl and the wheel (or a pinch) at the pointer,
 * Shift and a drag for a box, Alt and a drag to move, + - 0 by the keys, double-click or Escape for the whole again.
 * Listens on the plot before the chart does, and keeps from it what it takes itself.
 */
import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import { boxed, frameAt, panned, type Zoom, type ZoomFrame, zoomedAt } from './kit/zoom.js';

const NEARER = 0.8;
const FARTHER = 1 / NEARER;
/** A drag below this many pixels is a click. */
const LEAST_DRAG = 4;
const WHOLE: Zoom = {};

type Place = readonly [number, number];

export interface ZoomedChart {
  /** The element with the focus, which hears the gestures. */
  readonly plot: () => HTMLElement;
  /** The element from whose corner the frames are measured, which may scroll within the plot. */
  readonly sheet?: () => HTMLElement;
  readonly frames: () => readonly ZoomFrame[] | undefined;
  /** Around where the keys zoom; else the middle of the first frame. */
  readonly pointed?: () => Place | undefined;
}

interface Drag {
  readonly kind: 'box' | 'move';
  readonly frame: ZoomFrame;
  readonly from: Place;
  readonly zoom: Zoom;
  to: Place;
}

export class ZoomGestures implements ReactiveController {
  #zoom: Zoom = WHOLE;
  #chart = '';
  #plot: HTMLElement | undefined;
  #drag: Drag | undefined;
  #dragged = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly chart: ZoomedChart,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    if (this.#plot) return;
    const plot = this.chart.plot();
    this.#plot = plot;
    const hear = <Name extends keyof HTMLElementEventMap>(
      name: Name,
      take: (event: HTMLElementEventMap[Name]) => boolean,
    ): void => {
      plot.addEventListener(
        name,
        (event) => {
          if (!take(event)) return;
          event.preventDefault();
          event.stopImmediatePropagation();
        },
        { capture: true, passive: false },
      );
    };
    hear('wheel', (event) => this.#wheel(event));
    hear('pointerdown', (event) => this.#down(event));
    hear('pointermove', (event) => this.#move(event));
    hear('pointerup', () => this.#up());
    hear('pointercancel', () => this.#up());
    hear('click', () => this.#click());
    hear('dblclick', () => this.reset());
    hear('keydown', (event) => this.#key(event));
  }

  /** What is in sight of a chart: another chart begins with the whole. */
  of(chart: string): Zoom {
    if (chart !== this.#chart) this.#zoom = WHOLE;
    this.#chart = chart;
    return this.#zoom;
  }

  /** Shows the whole again; whether it was not shown. */
  reset(): boolean {
    if (this.#zoom === WHOLE) return false;
    this.#set(WHOLE);
    return true;
  }

  /** The button to show the whole again, where not all is in sight. */
  render(): TemplateResult | typeof nothing {
    if (this.#zoom === WHOLE) return nothing;
    return html`<button
      class="link reset-zoom"
      title="Show the whole again: double-click, Escape or 0. Alt and a drag moves what is in sight."
      @click=${() => this.reset()}
    >
      Reset zoom
    </button>`;
  }

  /** The box that is being drawn; belongs into the sheet. */
  renderBox(): TemplateResult | typeof nothing {
    if (this.#drag?.kind !== 'box') return nothing;
    const { from, to } = this.#drag;
    const [left, top] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
    const [width, height] = [Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])];
    return html`<i
      class="zoom-box"
      .style=${`left:${left}px;top:${top}px;width:${width}px;height:${height}px`}
    ></i>`;
  }

  /** How it works, for those who cannot see it. */
  get hint(): string {
    return this.#frames.length > 0 ? 'Plus, minus and 0 zoom.' : '';
  }

  get #frames(): readonly ZoomFrame[] {
    return (this.chart.frames() ?? []).filter(
      ({ x, y }) => x?.axis.kind === 'number' || y?.axis.kind === 'number',
    );
  }

  #place(event: MouseEvent): Place {
    const box = (this.chart.sheet ?? this.chart.plot)().getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #set(zoom: Zoom): void {
    this.#zoom = Object.keys(zoom).length > 0 ? zoom : WHOLE;
    this.host.requestUpdate();
  }

  #wheel(event: WheelEvent): boolean {
    if (!event.ctrlKey && !event.metaKey) return false;
    const at = this.#place(event);
    const frame = frameAt(this.#frames, ...at);
    if (frame) this.#set(zoomedAt(this.#zoom, frame, at, event.deltaY < 0 ? NEARER : FARTHER));
    return frame !== undefined;
  }

  #down(event: PointerEvent): boolean {
    this.#dragged = false;
    if (event.button !== 0 || !(event.shiftKey || event.altKey)) return false;
    const at = this.#place(event);
    const frame = frameAt(this.#frames, ...at);
    if (!frame) return false;
    this.#drag = { kind: event.shiftKey ? 'box' : 'move', frame, from: at, to: at, zoom: this.#zoom };
    this.#plot?.setPointerCapture(event.pointerId);
    this.#plot?.focus();
    return true;
  }

  #move(event: PointerEvent): boolean {
    const drag = this.#drag;
    if (!drag) return false;
    const at = this.#place(event);
    drag.to = at;
    if (drag.kind === 'move') {
      this.#set(panned(drag.zoom, drag.frame, at[0] - drag.from[0], at[1] - drag.from[1]));
    } else this.host.requestUpdate();
    return true;
  }

  #up(): boolean {
    const drag = this.#drag;
    this.#drag = undefined;
    if (!drag) return false;
    const [dx, dy] = [Math.abs(drag.to[0] - drag.from[0]), Math.abs(drag.to[1] - drag.from[1])];
    this.#dragged = dx >= LEAST_DRAG || dy >= LEAST_DRAG;
    if (drag.kind === 'box' && this.#dragged) this.#set(this.#boxed(drag, dx, dy));
    else this.host.requestUpdate();
    return true;
  }

  /** A box that is flat to a pixel or two means the whole of that axis. */
  #boxed({ zoom, frame, from, to }: Drag, dx: number, dy: number): Zoom {
    const { box } = frame;
    const [x0, x1] = dx >= LEAST_DRAG ? [from[0], to[0]] : [box.left, box.left + box.width];
    const [y0, y1] = dy >= LEAST_DRAG ? [from[1], to[1]] : [box.top, box.top + box.height];
    return boxed(zoom, frame, [x0, y0], [x1, y1]);
  }

  /** The click at the end of a drag means nothing. */
  #click(): boolean {
    const dragged = this.#dragged;
    this.#dragged = false;
    return dragged;
  }

  #key(event: KeyboardEvent): boolean {
    if (event.target !== this.#plot || event.ctrlKey || event.metaKey) return false;
    const pointed = this.chart.pointed?.();
    const frame = (pointed && frameAt(this.#frames, ...pointed)) ?? this.#frames[0];
    if (!frame) return false;
    const { left, top, width, height } = frame.box;
    const centre =
      pointed && frameAt([frame], ...pointed) ? pointed : ([left + width / 2, top + height / 2] as const);
    switch (event.key) {
      case '+':
      case '=':
        this.#set(zoomedAt(this.#zoom, frame, centre, NEARER));
        return true;
      case '-':
        this.#set(zoomedAt(this.#zoom, frame, centre, FARTHER));
        return true;
      case '0':
        this.reset();
        return true;
      case 'Escape':
        return this.reset();
      default:
        return false;
    }
  }
}
