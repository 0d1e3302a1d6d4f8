/** Nearer to a part of a chart: intervals of values by column, from a place, a box or a shift in pixels. Pure. */
import { numberAt, unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import type { Box } from './axes.js';

/** What is in sight of each column, low and high, in its own values; columns that are not named are seen whole. */
export type Zoom = Readonly<Record<string, readonly [number, number]>>;

/** A plot and what its axes stand for: column ids, or names of their own. An axis without one cannot be zoomed. */
export interface ZoomFrame {
  readonly box: Box;
  readonly x?: { readonly id: string; readonly axis: ValueAxis };
  readonly y?: { readonly id: string; readonly axis: ValueAxis };
  /** y grows downwards. */
  readonly turned?: boolean;
}

const SIGHTS = new WeakMap<ValueAxis, { readonly key: string; readonly axis: ValueAxis }>();

/**
 * The axis as far as it is in sight; the same object for the same sight, so that what is found once for an axis holds.
 * Nothing lies beyond the ends of one that somebody chose: `outside` is 0.
 */
export function inSight<Axis extends ValueAxis>(
  axis: Axis,
  sight: readonly [number, number] | undefined,
): Axis {
  if (!sight || axis.kind !== 'number' || (axis.log && sight[0] <= 0)) return axis;
  const key = sight.join();
  const known = SIGHTS.get(axis);
  if (known?.key === key) return known.axis as Axis;
  const seen: Axis = { ...axis, low: sight[0], high: sight[1], outside: 0 };
  SIGHTS.set(axis, { key, axis: seen });
  return seen;
}

export const frameAt = (frames: readonly ZoomFrame[], x: number, y: number): ZoomFrame | undefined =>
  frames.find(
    ({ box }) => x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height,
  );

/** Narrower than this an interval holds nothing but rounding. */
const LEAST = 1e-9;

/** The part of the frame between two corners, in pixels; the zoom itself where that is next to nothing. */
export function boxed(
  zoom: Zoom,
  { box, x, y, turned = false }: ZoomFrame,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
): Zoom {
  const across = (px: number): number => (px - box.left) / box.width;
  const down = (py: number): number => (py - box.top) / box.height;
  const up = (py: number): number => (turned ? down(py) : 1 - down(py));
  const next: Record<string, readonly [number, number]> = { ...zoom };
  const narrow = (axis: ZoomFrame['x'], a: number, b: number): void => {
    if (axis?.axis.kind !== 'number') return;
    const [low, high] = [numberAt(axis.axis, Math.min(a, b)), numberAt(axis.axis, Math.max(a, b))];
    const middle = unitOf(axis.axis, high);
    if (!(high - low > LEAST * Math.max(Math.abs(low), Math.abs(high))) || middle === undefined) return;
    next[axis.id] = [low, high];
  };
  narrow(x, across(x0), across(x1));
  narrow(y, up(y0), up(y1));
  return next;
}

/** Nearer (factor below 1) around a place that stays where it is. */
export function zoomedAt(zoom: Zoom, frame: ZoomFrame, at: readonly [number, number], factor: number): Zoom {
  const { box } = frame;
  const [left, top] = [at[0] - factor * (at[0] - box.left), at[1] - factor * (at[1] - box.top)];
  return boxed(zoom, frame, [left, top], [left + factor * box.width, top + factor * box.height]);
}

/** Everything moved by so many pixels, as the pointer drags it. */
export function panned(zoom: Zoom, frame: ZoomFrame, dx: number, dy: number): Zoom {
  const { left, top, width, height } = frame.box;
  return boxed(zoom, frame, [left - dx, top - dy], [left - dx + width, top - dy + height]);
}
