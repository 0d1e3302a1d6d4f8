/**
 * A chart as data: what is drawn, in pixels and plain colours, and what can be pointed at. Layouts make scenes, paint.ts
 * puts them on a canvas, svg.ts into a file; so what is saved is what was seen, and a layout is tested without a browser.
 */

import type { Box } from './axes.js';
import type { ZoomFrame } from './zoom.js';

/** Flat lists of coordinates: x, y, x, y, … A NaN in a path lifts the pen. */
type Points = readonly number[];

/** `struck`: a ring with a stroke through it. */
export type MarkShape = 'dot' | 'diamond' | 'cross' | 'ring' | 'struck' | 'square' | 'up' | 'down';

export type Shape =
  | {
      readonly kind: 'path';
      readonly points: Points;
      readonly stroke: string;
      readonly width: number;
      readonly dash?: readonly number[];
      readonly alpha?: number;
    }
  /** Filled rings; a ring inside another is a hole. */
  | {
      readonly kind: 'area';
      readonly rings: readonly Points[];
      readonly fill: string;
      readonly alpha?: number;
    }
  | {
      readonly kind: 'marks';
      readonly shape: MarkShape;
      readonly at: Points;
      /** Across, in pixels. */
      readonly size: number;
      readonly colour: string;
      readonly alpha?: number;
    }
  /** x, y, width, height of each. */
  | {
      readonly kind: 'rects';
      readonly at: Points;
      readonly fill: string;
      readonly alpha?: number;
      readonly stroke?: string;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly colour: string;
      readonly align: 'left' | 'center' | 'right';
      readonly size?: number;
      readonly bold?: boolean;
      /** Degrees, clockwise, around (x, y). */
      readonly turn?: number;
    }
  /** What leaves the box is cut off: lines of a plot that is zoomed. */
  | {
      readonly kind: 'clipped';
      readonly box: Box;
      readonly shapes: readonly Shape[];
    };

/** Something to point at: with the pointer (nearest, or within its box), or with the arrow keys in their order. */
export interface Target {
  readonly x: number;
  readonly y: number;
  /** Half of its width and height, where it is more than a point. */
  readonly reach?: readonly [number, number];
  readonly trial?: number;
  /** Columns that a click opens as a pair. */
  readonly pair?: readonly [string, string];
  /** The first line is the heading. */
  readonly tip: () => readonly string[];
}

/** What the chart shows, as rows to copy. */
export interface SceneTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Scene {
  readonly width: number;
  /** May be more than asked for: the chart scrolls then. */
  readonly height: number;
  readonly shapes: readonly Shape[];
  readonly targets: readonly Target[];
  /** For screen readers: what this is and what it says, in a sentence or two. */
  readonly description: string;
  /** In place of a picture. */
  readonly empty?: string;
  /** What is not shown, and why. */
  readonly note?: string;
  /** Values beyond the ends of a robust axis. */
  readonly outside: number;
  readonly logPossible: boolean;
  /** Drawn from these states, for the legend. */
  readonly states: readonly ('complete' | 'pruned' | 'failed' | 'running' | 'excluded')[];
  readonly table: () => SceneTable;
  /** Plots that can be zoomed. */
  readonly frames?: readonly ZoomFrame[];
}

/** Lines are seen in their whole width on the edge of a plot. */
const RIM = 2;

/** Lines of a plot, cut off where they leave it. */
export const within = ({ left, top, width, height }: Box, shapes: readonly Shape[]): Shape => ({
  kind: 'clipped',
  box: { left: left - RIM, top: top - RIM, width: width + 2 * RIM, height: height + 2 * RIM },
  shapes,
});

export const emptyScene = (width: number, height: number, empty: string): Scene => ({
  width,
  height,
  shapes: [],
  targets: [],
  description: empty,
  empty,
  outside: 0,
  logPossible: false,
  states: [],
  table: () => ({ header: [], rows: [] }),
});

/** Pixels from the pointer within which a point is meant. */
const REACH = 14;

/** What the pointer means: a box that it is in, else the nearest point within reach. */
export function targetAt(targets: readonly Target[], x: number, y: number): Target | undefined {
  let nearest: Target | undefined;
  let least = REACH ** 2;
  for (const target of targets) {
    const [dx, dy] = [Math.abs(target.x - x), Math.abs(target.y - y)];
    if (target.reach) {
      if (dx <= target.reach[0] && dy <= target.reach[1]) return target;
      continue;
    }
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      nearest = target;
    }
  }
  return nearest;
}

/** Tab-separated text with a header, as spreadsheets take it. */
export function tsv({ header, rows }: SceneTable): string {
  const clean = (cell: string | number): string => String(cell).replace(/[\t\r\n]+/g, ' ');
  return [header, ...rows].map((row) => row.map(clean).join('\t')).join('\n');
}
