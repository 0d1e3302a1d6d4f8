/**
 * The metric against each parameter, side by side, with the partial dependence and how sure it is; thin lines: what the
 * selected trials would have reached with other values. Before there is a model, the smoothed course of the trials.
 */
import { type NumberAxis, unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import {
  type Dependence,
  individualDependence,
  partialDependence,
} from '../../../../src/core/analysis/partial-dependence.js';
import type { Response } from '../../../../src/core/analysis/response.js';
import { smoothLine } from '../../../../src/core/analysis/surface.js';
import { type Column, cellOf } from '../../../../src/core/study/table/table.js';
import type { Trial } from '../../../../src/core/study/trial.js';
import { type Box, type Frame, frameOf } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target, within } from '../kit/scene.js';
import type { ZoomFrame } from '../kit/zoom.js';
import {
  axisOf,
  type ChartInput,
  cellText,
  chosenOf,
  counts,
  MOST_MARKS,
  measured,
  onAxis,
  parameters,
  sampled,
  statesOf,
  trialMarks,
  trialTip,
} from './input.js';
import { modelNote, modelOf } from './model.js';

const LEAST_WIDTH = 170;
const LEAST_HEIGHT = 128;
const PLACES = 41;
/** Trials whose own lines are drawn. */
const MOST_SINGLE = 5;

export function layoutSlice(input: ChartInput): Scene {
  const { width, theme } = input;
  const columns = parameters(input);
  const drawn = sampled(
    input.trials.filter(({ state }) => state !== 'waiting'),
    Math.max(500, Math.floor((2 * MOST_MARKS) / Math.max(1, columns.length))),
    chosenOf(input),
  );
  if (columns.length === 0 || drawn.length === 0) {
    return emptyScene(width, input.height, 'No trial to slice.');
  }
  const y = axisOf(input, input.metric, input.log);
  if (y.kind !== 'number') return emptyScene(width, input.height, 'The metric has no numbers.');
  const cut = input.zoom?.[input.metric.id] !== undefined;
  const model = modelOf(input, y.log);
  const { across, down, high } = gridOf(columns.length, width, input.height);
  const height = down * high;
  const shapes: Shape[] = [];
  const targets: Target[] = [];
  const frames: ZoomFrame[] = [];
  columns.forEach((column, index) => {
    const outer: Box = {
      left: 4 + ((index % across) * (width - 4)) / across,
      top: Math.floor(index / across) * high,
      width: (width - 4) / across,
      height: high,
    };
    const x = axisOf(input, column);
    const first = index % across === 0;
    const frame = frameOf(
      outer,
      { x, y, xName: column.label, ...(first ? { yName: input.metric.label } : {}) },
      theme,
    );
    shapes.push(...frame.shapes);
    frames.push({ box: frame.box, x: { id: column.id, axis: x }, y: { id: input.metric.id, axis: y } });
    const dots = drawn.flatMap((trial) => {
      const u = unitOf(x, trial.params[column.name]);
      if (u === undefined || !onAxis(u)) return [];
      const value = measured(input, trial);
      const v = value === undefined ? 0 : unitOf(y, value);
      // Zoomed, what lies beyond is not shown; seen whole, it stands at the edge.
      if (v === undefined || (cut && (value === undefined || !onAxis(v)))) return [];
      const spread = x.kind === 'category' ? (jitter(trial.number) * 0.5) / x.choices.length : 0;
      const [px, py] = frame.at(u + spread, Math.max(0, Math.min(1, v)));
      return [{ trial, x: px, y: py, u, v, beyond: value !== undefined && (v < 0 || v > 1) }];
    });
    const inside = dots.filter(
      ({ trial, v }) => counts(trial) && v >= 0 && v <= 1 && measured(input, trial) !== undefined,
    );
    shapes.push(
      within(
        frame.box,
        modelled(input, model, column.name, x, y, frame) ??
          course(input, x.kind === 'category' ? x.choices.length : 0, inside, frame),
      ),
    );
    shapes.push(...trialMarks(input, dots, 5));
    for (const dot of dots) {
      targets.push({
        x: dot.x,
        y: dot.y,
        trial: dot.trial.number,
        tip: () => trialTip(input, dot.trial, [input.metric, column]),
      });
    }
  });
  return {
    width,
    height,
    shapes,
    targets,
    description: `Slices: ${input.metric.name} against each of ${columns.length} parameters, ${drawn.length} trials.`,
    frames,
    outside: y.outside,
    logPossible: y.logPossible,
    states: statesOf(drawn),
    note: [
      ...(height > input.height ? [`scroll: ${columns.length} parameters`] : []),
      model ? `line: partial dependence, band: ± one deviation (${modelNote(model)})` : 'line: smoothed',
      ...(drawn.length < input.trials.length
        ? [`${drawn.length} of ${input.trials.length} trials are drawn`]
        : []),
    ].join(' · '),
    table: () => rowsOf(input, columns),
  };
}

/** So many plots side by side and below one another; those in sight at once are seen whole, none is cut. */
function gridOf(
  count: number,
  width: number,
  height: number,
): { readonly across: number; readonly down: number; readonly high: number } {
  const fitting = Math.max(1, Math.min(count, Math.floor(width / LEAST_WIDTH)));
  const down = Math.ceil(count / fitting);
  const inSight = Math.max(1, Math.min(down, Math.floor(height / LEAST_HEIGHT)));
  return { across: Math.ceil(count / down), down, high: Math.max(LEAST_HEIGHT, height / inSight) };
}

/** Between -0.5 and 0.5, the same for a trial at every drawing. */
const jitter = (number: number): number => ((number * 0.618034) % 1) - 0.5;

/** Lines of the model along one parameter; undefined where it does not know the parameter. */
function modelled(
  input: ChartInput,
  model: Response | undefined,
  name: string,
  x: ValueAxis,
  y: NumberAxis,
  frame: Frame,
): readonly Shape[] | undefined {
  const line = model && partialDependence(model, name);
  if (!line) return undefined;
  const { theme } = input;
  const single = input.selected.slice(0, MOST_SINGLE).flatMap((number) => {
    const params = input.all[number]?.params;
    return (params && individualDependence(model, name, params)) ?? [];
  });
  const place = (value: number): number => unitOf(y, y.log ? 10 ** value : value) ?? 0;
  const clamp = (value: number): number =>
    input.zoom?.[input.metric.id] ? place(value) : Math.max(0, Math.min(1, place(value)));
  const half = x.kind === 'category' ? 0.3 / x.choices.length : 0;
  // Over a category a level line; along a number a course that reaches both ends.
  const whole = input.zoom?.[`param:${name}`] === undefined;
  const ends = x.kind === 'number' && model.unit.axes.find((axis) => axis.name === name)?.kind === 'real';
  const path = (of: Dependence, values: ArrayLike<number>): number[] => {
    const points: number[] = [];
    of.values.forEach((value, place) => {
      const [u, v] = [unitOf(x, value) ?? 0, clamp(values[place] as number)];
      if (half > 0) points.push(...frame.at(u - half, v), ...frame.at(u + half, v), Number.NaN, Number.NaN);
      else {
        if (ends && whole && place === 0) points.push(...frame.at(0, v));
        points.push(...frame.at(u, v));
        if (ends && whole && place === of.values.length - 1) points.push(...frame.at(1, v));
      }
    });
    return points;
  };
  const upper = line.mean.map((value, place) => value + (line.deviation[place] as number));
  const lower = line.mean.map((value, place) => value - (line.deviation[place] as number));
  const rings =
    half > 0
      ? line.values.map((value, place) => {
          const u = unitOf(x, value) ?? 0;
          const [top, low] = [clamp(upper[place] as number), clamp(lower[place] as number)];
          const corners = [
            [u - half, top],
            [u + half, top],
            [u + half, low],
            [u - half, low],
          ] as const;
          return corners.flatMap(([a, b]) => [...frame.at(a, b)]);
        })
      : [[...path(line, upper), ...turnedRound(path(line, lower))]];
  return [
    { kind: 'area', rings, fill: theme.foreground, alpha: theme.highContrast ? 0.25 : 0.12 },
    ...single.map(
      (one): Shape => ({
        kind: 'path',
        points: path(one, one.mean),
        stroke: theme.foreground,
        width: 1,
        dash: [3, 3],
        alpha: 0.6,
      }),
    ),
    { kind: 'path', points: path(line, line.mean), stroke: theme.foreground, width: 2, alpha: 0.9 },
  ];
}

/** A path from its end to its beginning. */
function turnedRound(points: readonly number[]): readonly number[] {
  const back: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) back.push(points[i] as number, points[i + 1] as number);
  return back;
}

/** The mean over the parameter with a band of one deviation; for categories a line and band over each. */
function course(
  input: ChartInput,
  categories: number,
  dots: readonly { readonly u: number; readonly v: number }[],
  frame: Frame,
): readonly Shape[] {
  if (dots.length < 5) return [];
  const { theme } = input;
  if (categories > 0) return categoryMeans(input, categories, dots, frame);
  const { mean, deviation } = smoothLine(
    dots.map(({ u }) => u),
    dots.map(({ v }) => v),
    PLACES,
  );
  const line: number[] = [];
  const upper: number[] = [];
  const lower: (readonly [number, number])[] = [];
  const clamp = (v: number): number => Math.max(0, Math.min(1, v));
  mean.forEach((value, place) => {
    if (Number.isNaN(value)) return;
    const x = place / (PLACES - 1);
    const spread = deviation[place] ?? 0;
    line.push(...frame.at(x, clamp(value)));
    upper.push(...frame.at(x, clamp(value + spread)));
    lower.push(frame.at(x, clamp(value - spread)));
  });
  return [
    { kind: 'area', rings: [[...upper, ...lower.reverse().flat()]], fill: theme.foreground, alpha: 0.1 },
    { kind: 'path', points: line, stroke: theme.foreground, width: 1.5, alpha: 0.75 },
  ];
}

function categoryMeans(
  { theme }: ChartInput,
  categories: number,
  dots: readonly { readonly u: number; readonly v: number }[],
  frame: Frame,
): readonly Shape[] {
  const shapes: Shape[] = [];
  for (let index = 0; index < categories; index++) {
    const here = dots.filter(({ u }) => Math.floor(u * categories) === index);
    if (here.length === 0) continue;
    const mean = here.reduce((sum, { v }) => sum + v, 0) / here.length;
    const from = frame.at((index + 0.2) / categories, mean);
    const to = frame.at((index + 0.8) / categories, mean);
    shapes.push({
      kind: 'path',
      points: [...from, ...to],
      stroke: theme.foreground,
      width: 1.5,
      alpha: 0.75,
    });
  }
  return shapes;
}

function rowsOf(input: ChartInput, columns: readonly Column[]) {
  const row = (trial: Trial): (string | number)[] => [
    trial.number,
    trial.state,
    cellText(measured(input, trial)),
    ...columns.map((column) => cellText(cellOf(trial, column, input.now))),
  ];
  return {
    header: ['trial', 'state', input.metric.name, ...columns.map(({ name }) => name)],
    rows: input.trials.map(row),
  };
}
