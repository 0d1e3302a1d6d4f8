/**
 * The optimisation history as shapes: each trial's result, the best so far, and what the file's own values reached. Also
 * says where each trial's mark lies, so that the pointer and the keyboard can find it. Of marks that fall on the same
 * spot one is drawn, so a hundred thousand cost what fills the picture. Pure.
 */
import { type NumberAxis, numberAxis } from '../../../../src/core/analysis/axis.js';
import type { History, HistoryPoint } from '../../../../src/core/analysis/history.js';
import type { Theme } from '../../theme.js';
import { frameOf } from '../kit/axes.js';
import { type MarkShape, type Shape, within } from '../kit/scene.js';
import { inSight, type Zoom, type ZoomFrame } from '../kit/zoom.js';

export interface HistoryChoices {
  readonly log: boolean;
  /** Show every value, however wild. */
  readonly full: boolean;
  readonly selected: readonly number[];
  readonly best: number | undefined;
  readonly metric: string;
  /** What is in sight, where not all is. */
  readonly zoom?: Zoom;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface HistoryLayout {
  /** Nothing has a value: there is no axis to speak of. */
  readonly empty: boolean;
  readonly shapes: readonly Shape[];
  readonly points: readonly HistoryPoint[];
  /** Pixels of each point's mark. A value beyond the axis stands at its edge, no value on the bottom line. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** 1 for a value above the axis, -1 below, else 0. */
  readonly beyond: Int8Array;
  /** Whether the point of an index is in sight: one that is zoomed leaves some out. */
  readonly seen: (index: number) => boolean;
  /** Values that lie outside what is shown. */
  readonly outside: number;
  /** Whether a logarithmic axis could show every value. */
  readonly logPossible: boolean;
  readonly frames: readonly ZoomFrame[];
}

/** From so many marks on they are drawn small and see-through. */
const MANY = 2000;
const AIR = 0.08;

/** Room above and below what there is to see. */
function airy(axis: NumberAxis): NumberAxis {
  if (!axis.log) {
    const pad = (axis.high - axis.low) * AIR;
    return { ...axis, low: axis.low - pad, high: axis.high + pad };
  }
  const factor = (axis.high / axis.low) ** AIR;
  return { ...axis, low: axis.low / factor, high: axis.high * factor };
}

export function layoutHistory(history: History, choices: HistoryChoices, theme: Theme): HistoryLayout {
  const { points } = history;
  const values: number[] = [];
  for (const { value } of points) if (value !== undefined) values.push(value);
  const keep = [history.baseline, history.best.at(-1)?.value].filter((value) => value !== undefined);
  const found = numberAxis(values, { full: choices.full, log: choices.log, keep });
  const yAxis = inSight(airy(found), choices.zoom?.[VALUES]);
  const last = Math.max(history.last, 1);
  const xAxis = inSight({ ...NO_AXIS, low: -last * 0.02, high: last * 1.02 }, choices.zoom?.[TRIALS]);
  const { width, height } = choices;
  const frame = frameOf(
    { left: 4, top: 0, width: width - 4, height },
    { x: xAxis, y: yAxis, xName: 'trial', xWhole: true, yName: choices.metric },
    theme,
  );
  const { left, top, width: w, height: h } = frame.box;
  const unit = (value: number): number =>
    yAxis.log
      ? Math.log(value / yAxis.low) / Math.log(yAxis.high / yAxis.low)
      : (value - yAxis.low) / (yAxis.high - yAxis.low);
  const xOf = (trial: number): number => left + ((trial - xAxis.low) / (xAxis.high - xAxis.low)) * w;
  const edge = (value: number): number => top + (1 - Math.max(0, Math.min(1, unit(value)))) * h;
  // What is zoomed ends at its edges; what is seen whole has a mark there for what lies beyond.
  const cut = choices.zoom?.[VALUES] !== undefined;
  const yOf = cut ? (value: number): number => top + (1 - unit(value)) * h : edge;
  const x = new Float32Array(points.length);
  const y = new Float32Array(points.length);
  const beyond = new Int8Array(points.length);
  points.forEach(({ trial, value }, index) => {
    x[index] = xOf(trial);
    y[index] = value === undefined ? top + h : yOf(value);
    if (value === undefined) return;
    beyond[index] = value > yAxis.high ? 1 : value < yAxis.low ? -1 : 0;
  });
  const seen = (index: number): boolean => {
    const [px, py] = [x[index] as number, y[index] as number];
    return px >= left - 0.5 && px <= left + w + 0.5 && py >= top - 0.5 && py <= top + h + 0.5;
  };
  const marked = { points, x, y, beyond, seen };
  const path = steps(history, xOf, yOf);
  const shapes: Shape[] = [
    ...frame.shapes,
    within(frame.box, baselineShapes(history, yOf, left, w, theme)),
    ...pointShapes(marked, theme),
    within(frame.box, [{ kind: 'path', points: path, stroke: theme.green, width: 1.5 }]),
    ...chosenShapes(marked, choices, theme),
  ];
  return {
    empty: values.length === 0,
    shapes,
    points,
    x,
    y,
    beyond,
    seen,
    frames: [{ box: frame.box, x: { id: TRIALS, axis: xAxis }, y: { id: VALUES, axis: yAxis } }],
    outside: yAxis.outside,
    logPossible: found.logPossible,
  };
}

const TRIALS = 'history:trial';
const VALUES = 'history:value';

const NO_AXIS: NumberAxis = {
  kind: 'number',
  log: false,
  low: 0,
  high: 1,
  outside: 0,
  logPossible: false,
};

type Marked = Pick<HistoryLayout, 'points' | 'x' | 'y' | 'beyond' | 'seen'>;

/** The places of marks of one kind. */
class Places {
  /** x and y of each, by turns. */
  readonly at: number[] = [];
  readonly #taken = new Set<number>();

  /** `cell`: of the marks in one square of so many pixels only the first is kept; 0 keeps all. */
  constructor(private readonly cell: number) {}

  add(x: number, y: number): void {
    if (this.cell > 0) {
      const key = Math.floor(x / this.cell) * 65536 + Math.floor(y / this.cell);
      if (this.#taken.has(key)) return;
      this.#taken.add(key);
    }
    this.at.push(x, y);
  }
}

function pointShapes({ points, x, y, beyond, seen }: Marked, theme: Theme): readonly Shape[] {
  const many = points.length > MANY;
  const cell = many ? 2 : 0;
  const places = {
    complete: new Places(cell),
    pruned: new Places(2 * cell),
    failed: new Places(2 * cell),
    excluded: new Places(2 * cell),
    up: new Places(cell),
    down: new Places(cell),
  };
  points.forEach(({ state, excluded }, index) => {
    if (!seen(index)) return;
    const side = beyond[index] as number;
    const look = excluded ? 'excluded' : state;
    places[side === 0 ? look : side > 0 ? 'up' : 'down'].add(x[index] as number, y[index] as number);
  });
  const faint = theme.highContrast ? 1 : many ? 0.45 : 0.65;
  const alpha = many ? 0.55 : 1;
  const complete = places.complete.at;
  const mark = (shape: MarkShape, { at }: Places, size: number, colour: string): Shape => ({
    kind: 'marks',
    shape,
    at,
    size,
    colour,
    alpha,
  });
  return [
    many
      ? { kind: 'rects', at: squares(complete, 3), fill: theme.blue, alpha: faint }
      : { kind: 'marks', shape: 'dot', at: complete, size: 6, colour: theme.blue, alpha: faint },
    mark('diamond', places.pruned, many ? 5 : 8, theme.orange),
    mark('cross', places.failed, many ? 4 : 7, theme.red),
    mark('struck', places.excluded, many ? 5 : 8, theme.muted),
    mark('up', places.up, many ? 4 : 7, theme.muted),
    mark('down', places.down, many ? 4 : 7, theme.muted),
  ];
}

/** The best and the selected, over everything else. */
function chosenShapes(
  { points, x, y, seen }: Marked,
  choices: HistoryChoices,
  theme: Theme,
): readonly Shape[] {
  const at = (trials: readonly number[]): number[] => {
    const meant = new Set(trials);
    const places = new Places(0);
    if (meant.size > 0)
      points.forEach(({ trial }, index) => {
        if (meant.has(trial) && seen(index)) places.add(x[index] as number, y[index] as number);
      });
    return places.at;
  };
  const best = choices.best === undefined ? [] : [choices.best];
  return [
    { kind: 'marks', shape: 'dot', at: at(best), size: 9, colour: theme.green },
    { kind: 'marks', shape: 'ring', at: at(choices.selected), size: 13, colour: theme.foreground },
  ];
}

function squares(at: readonly number[], size: number): number[] {
  const rects: number[] = [];
  for (let i = 0; i + 1 < at.length; i += 2) {
    rects.push((at[i] as number) - size / 2, (at[i + 1] as number) - size / 2, size, size);
  }
  return rects;
}

/** A tread as far as the next improvement, then the riser. */
function steps(
  { best, last }: History,
  xOf: (trial: number) => number,
  yOf: (value: number) => number,
): number[] {
  const path: number[] = [];
  best.forEach(({ trial, value }, index) => {
    const next = best[index + 1];
    const y = yOf(value);
    path.push(xOf(trial), y, xOf(next?.trial ?? Math.max(last, trial)), y);
  });
  return path;
}

function baselineShapes(
  { baseline }: History,
  yOf: (value: number) => number,
  left: number,
  width: number,
  theme: Theme,
): readonly Shape[] {
  if (baseline === undefined) return [];
  const y = yOf(baseline);
  return [{ kind: 'path', points: [left, y, left + width, y], stroke: theme.muted, width: 1, dash: [4, 4] }];
}
