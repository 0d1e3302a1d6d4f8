/**
 * The optimisation history as shapes: each trial's result, the best so far, and what the file's own values reached. Also
 * says where each trial's mark lies, so that the pointer and the keyboard can find it. Of marks that fall on the same
 * spot one is drawn, so a hundred thousand cost what fills the picture. Pure.
 */
import { numberAxis, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import type { History, HistoryPoint } from '../../../../src/core/analysis/history.js';
import type { Theme } from '../../theme.js';
import { frameOf } from '../kit/axes.js';
import type { Shape } from '../kit/scene.js';

export interface HistoryChoices {
  readonly log: boolean;
  /** Show every value, however wild. */
  readonly full: boolean;
  readonly selected: readonly number[];
  readonly best: number | undefined;
  readonly metric: string;
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
  /** Values that lie outside what is shown. */
  readonly outside: number;
  /** Whether a logarithmic axis could show every value. */
  readonly logPossible: boolean;
}

/** From so many marks on they are drawn small and see-through. */
const MANY = 2000;
const AIR = 0.08;

type NumberAxis = Extract<ValueAxis, { kind: 'number' }>;

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
  const yAxis = airy(found.kind === 'number' ? found : NO_AXIS);
  const last = Math.max(history.last, 1);
  const xAxis: NumberAxis = { ...NO_AXIS, low: -last * 0.02, high: last * 1.02 };
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
  const yOf = (value: number): number => top + (1 - Math.max(0, Math.min(1, unit(value)))) * h;
  const x = new Float32Array(points.length);
  const y = new Float32Array(points.length);
  const beyond = new Int8Array(points.length);
  points.forEach(({ trial, value }, index) => {
    x[index] = xOf(trial);
    y[index] = value === undefined ? top + h : yOf(value);
    if (value === undefined) return;
    beyond[index] = value > yAxis.high ? 1 : value < yAxis.low ? -1 : 0;
  });
  const marked = { points, x, y, beyond };
  const shapes: Shape[] = [
    ...frame.shapes,
    ...baselineShapes(history, yOf, left, w, theme),
    ...pointShapes(marked, choices, theme, yOf, history, xOf),
  ];
  return {
    empty: values.length === 0,
    shapes,
    ...marked,
    outside: found.kind === 'number' ? found.outside : 0,
    logPossible: found.kind === 'number' && found.logPossible,
  };
}

const NO_AXIS: NumberAxis = {
  kind: 'number',
  log: false,
  low: 0,
  high: 1,
  outside: 0,
  logPossible: false,
};

type Marked = Pick<HistoryLayout, 'points' | 'x' | 'y' | 'beyond'>;

/** The places of the points that are meant, of those in one square of so many pixels only the first. */
function placesOf(
  { points, x, y, beyond }: Marked,
  means: (point: HistoryPoint, beyond: number) => boolean,
  cell: number,
): number[] {
  const at: number[] = [];
  const taken = new Set<number>();
  for (let index = 0; index < points.length; index++) {
    if (!means(points[index] as HistoryPoint, beyond[index] as number)) continue;
    const [px, py] = [x[index] as number, y[index] as number];
    if (cell > 0) {
      const key = Math.floor(px / cell) * 65536 + Math.floor(py / cell);
      if (taken.has(key)) continue;
      taken.add(key);
    }
    at.push(px, py);
  }
  return at;
}

function pointShapes(
  marked: Marked,
  choices: HistoryChoices,
  theme: Theme,
  yOf: (value: number) => number,
  history: History,
  xOf: (trial: number) => number,
): readonly Shape[] {
  const many = marked.points.length > MANY;
  const cell = many ? 2 : 0;
  const faint = theme.highContrast ? 1 : many ? 0.45 : 0.65;
  const inside = (state: HistoryPoint['state'], sparse = 1): number[] =>
    placesOf(marked, (point, beyond) => point.state === state && beyond === 0, cell * sparse);
  const complete = inside('complete');
  const selected = new Set(choices.selected);
  const at = (means: (point: HistoryPoint) => boolean): number[] => placesOf(marked, means, 0);
  const stroked = { alpha: many ? 0.55 : 1 };
  return [
    many
      ? { kind: 'rects', at: squares(complete, 3), fill: theme.blue, alpha: faint }
      : { kind: 'marks', shape: 'dot', at: complete, size: 6, colour: theme.blue, alpha: faint },
    {
      kind: 'marks',
      shape: 'diamond',
      at: inside('pruned', 2),
      size: many ? 5 : 8,
      colour: theme.orange,
      ...stroked,
    },
    {
      kind: 'marks',
      shape: 'cross',
      at: inside('failed', 2),
      size: many ? 4 : 7,
      colour: theme.red,
      ...stroked,
    },
    ...([1, -1] as const).map(
      (side): Shape => ({
        kind: 'marks',
        shape: side > 0 ? 'up' : 'down',
        at: placesOf(marked, (_, beyond) => beyond === side, cell),
        size: many ? 4 : 7,
        colour: theme.muted,
        ...stroked,
      }),
    ),
    { kind: 'path', points: steps(history, xOf, yOf), stroke: theme.green, width: 1.5 },
    {
      kind: 'marks',
      shape: 'dot',
      at: at(({ trial }) => trial === choices.best),
      size: 9,
      colour: theme.green,
    },
    {
      kind: 'marks',
      shape: 'ring',
      at: selected.size === 0 ? [] : at(({ trial }) => selected.has(trial)),
      size: 13,
      colour: theme.foreground,
    },
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
