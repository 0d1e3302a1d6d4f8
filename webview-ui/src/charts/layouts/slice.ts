/** The metric against each parameter, side by side, with the smoothed course and the spread of the trials around it. */
import { unitOf } from '../../../../src/core/analysis/axis.js';
import { smoothLine } from '../../../../src/core/analysis/surface.js';
import { type Column, cellOf } from '../../../../src/core/study/table.js';
import type { Trial } from '../../../../src/core/study/trial.js';
import { type Box, type Frame, frameOf } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target } from '../kit/scene.js';
import {
  axisOf,
  type ChartInput,
  cellText,
  chosenOf,
  MOST_MARKS,
  measured,
  parameters,
  sampled,
  statesOf,
  trialMarks,
  trialTip,
} from './input.js';

const LEAST_WIDTH = 170;
const LEAST_HEIGHT = 128;
const PLACES = 41;

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
  const fitting = Math.max(1, Math.min(columns.length, Math.floor(width / LEAST_WIDTH)));
  const down = Math.ceil(columns.length / fitting);
  const across = Math.ceil(columns.length / down);
  const height = Math.max(input.height, down * LEAST_HEIGHT);
  const shapes: Shape[] = [];
  const targets: Target[] = [];
  columns.forEach((column, index) => {
    const outer: Box = {
      left: 4 + ((index % across) * (width - 4)) / across,
      top: (Math.floor(index / across) * height) / down,
      width: (width - 4) / across,
      height: height / down,
    };
    const x = axisOf(input, column);
    const first = index % across === 0;
    const frame = frameOf(
      outer,
      { x, y, xName: column.label, ...(first ? { yName: input.metric.label } : {}) },
      theme,
    );
    shapes.push(...frame.shapes);
    const dots = drawn.flatMap((trial) => {
      const u = unitOf(x, trial.params[column.name]);
      if (u === undefined) return [];
      const value = measured(input, trial);
      const v = value === undefined ? 0 : unitOf(y, value);
      if (v === undefined) return [];
      const spread = x.kind === 'category' ? (jitter(trial.number) * 0.5) / x.choices.length : 0;
      const [px, py] = frame.at(u + spread, Math.max(0, Math.min(1, v)));
      return [{ trial, x: px, y: py, u, v, beyond: value !== undefined && (v < 0 || v > 1) }];
    });
    const inside = dots.filter(
      ({ trial, v }) =>
        trial.state === 'complete' && v >= 0 && v <= 1 && measured(input, trial) !== undefined,
    );
    shapes.push(...course(input, x.kind === 'category' ? x.choices.length : 0, inside, frame));
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
    outside: y.outside,
    logPossible: y.logPossible,
    states: statesOf(drawn),
    ...(drawn.length < input.trials.length
      ? { note: `${drawn.length} of ${input.trials.length} trials are drawn` }
      : {}),
    table: () => rowsOf(input, columns),
  };
}

/** Between -0.5 and 0.5, the same for a trial at every drawing. */
const jitter = (number: number): number => ((number * 0.618034) % 1) - 0.5;

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
