/**
 * Parallel coordinates: an axis for each parameter and one for the metric, a line for each trial. What brushes leave out
 * stays as a shadow. Axes can be moved, turned, hidden and brushed; doing so is the element's part (../parallel.ts).
 */
import { unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import { isExcluded } from '../../../../src/core/study/best.js';
import type { Brush } from '../../../../src/core/study/table/filter.js';
import { type Column, cellOf } from '../../../../src/core/study/table/table.js';
import type { Trial } from '../../../../src/core/study/trial.js';
import type { Theme } from '../../theme.js';
import { fitted, ticksOf } from '../kit/axes.js';
import { mix } from '../kit/colour.js';
import { emptyScene, type Scene, type Shape, type Target } from '../kit/scene.js';
import type { ZoomFrame } from '../kit/zoom.js';
import { brushUnits } from './brush.js';
import {
  axisOf,
  type ChartInput,
  cellText,
  chosenOf,
  maximized,
  resultColour,
  sampled,
  statesOf,
  trialTip,
} from './input.js';

const MOST_LINES = 2000;
const MOST_SHADOWS = 800;
/** While a brush is drawn, each frame shows one in so many. */
const QUICK = 4;
const BUCKETS = 12;
const LEAST_GAP = 84;
/** Pixels over the axes for their names, and under them for what has no value. */
const TOP = 34;
const BOTTOM = 26;

export interface ParallelAxis {
  readonly column: Column;
  readonly axis: ValueAxis;
  readonly turned: boolean;
  readonly x: number;
}

export interface ParallelScene extends Scene {
  readonly axes: readonly ParallelAxis[];
  readonly top: number;
  readonly bottom: number;
}

/** The columns with an axis, in the order chosen; the metric stands last unless moved. */
function parallelColumns(input: ChartInput): readonly Column[] {
  const all = [...input.columns.filter(({ kind }) => kind === 'param'), input.metric];
  const place = ({ id }: Column): number => {
    const at = input.order.indexOf(id);
    return at < 0 ? input.order.length + all.findIndex((column) => column.id === id) : at;
  };
  return all.sort((a, b) => place(a) - place(b)).filter(({ id }) => !input.hiddenAxes.includes(id));
}

export function layoutParallel(input: ChartInput): ParallelScene {
  const columns = parallelColumns(input);
  const nothing = (text: string): ParallelScene => ({
    ...emptyScene(input.width, input.height, text),
    axes: [],
    top: 0,
    bottom: 0,
  });
  if (input.all.length === 0) return nothing('No trial yet.');
  if (columns.length < 2) return nothing('Parallel coordinates need two axes.');
  const width = Math.max(input.width, columns.length * LEAST_GAP);
  const { height, theme } = input;
  const [top, bottom] = [TOP, height - BOTTOM];
  const side = Math.min(70, width / columns.length / 2);
  const axes = columns.map((column, index): ParallelAxis => {
    // Over all trials: an axis must not move away under the brush that is drawn on it.
    const axis = axisOf(input, column, input.log && column === input.metric, input.all);
    return {
      column,
      axis,
      turned: input.turned.includes(column.id),
      x: side + (index * (width - 2 * side)) / (columns.length - 1),
    };
  });
  const units = new Map(axes.map((axis) => [axis, unitsOf(input, axis)]));
  const yOf = (axis: ParallelAxis, { number }: Trial): number => {
    const unit = units.get(axis)?.[number] ?? Number.NaN;
    // What has no value passes below the axis.
    if (Number.isNaN(unit)) return bottom + 14;
    return bottom - (axis.turned ? 1 - unit : unit) * (bottom - top);
  };
  const lineOf = (trial: Trial): number[] => axes.flatMap((axis) => [axis.x, yOf(axis, trial)]);
  const drawn = sampled(
    input.trials.filter(ready),
    input.quick ? MOST_LINES / QUICK : MOST_LINES,
    chosenOf(input),
  );
  const shadows = shadowsOf(input);
  const metricAxis = axes.find(({ column }) => column === input.metric);
  const z = metricAxis?.axis ?? axisOf(input, input.metric, input.log);
  const shapes: Shape[] = [
    ...together(shadows, lineOf, {
      stroke: mix(theme.background, theme.foreground, 0.16),
      width: 1,
      alpha: 0.5,
    }),
    ...resultLines(input, drawn, z, lineOf),
    ...axisShapes(axes, input, top, bottom),
    ...ends(input, drawn, axes.at(-1), yOf),
    ...brushShapes(axes, input.brushes, theme, top, bottom),
  ];
  // Made when somebody points: a picture that only flies past under a brush needs none.
  let targets: readonly Target[] | undefined;
  const findTargets = (): readonly Target[] =>
    drawn.flatMap((trial) =>
      axes.map(
        (axis): Target => ({
          x: axis.x,
          y: yOf(axis, trial),
          trial: trial.number,
          tip: () => trialTip(input, trial, columns),
        }),
      ),
    );
  const notes = [
    ...(drawn.length < input.trials.length
      ? [`${drawn.length} of ${input.trials.length} trials are drawn`]
      : []),
    ...(columns.some(({ id }) => input.zoom?.[id])
      ? ['what lies beyond a zoomed axis passes through its end']
      : []),
  ];
  return {
    axes,
    top,
    bottom,
    width,
    height,
    shapes,
    frames: framesOf(axes, top, bottom),
    get targets() {
      targets ??= findTargets();
      return targets;
    },
    description: `Parallel coordinates of ${columns.length} axes, ${input.trials.length} of ${input.all.length} trials pass the filter.`,
    ...(notes.length > 0 ? { note: notes.join(' · ') } : {}),
    outside: z.kind === 'number' ? z.outside : 0,
    logPossible: z.kind === 'number' && z.logPossible,
    states: statesOf(drawn),
    table: () => ({
      header: ['trial', 'state', ...columns.map(({ name }) => name)],
      rows: input.trials.map((trial) => [
        trial.number,
        trial.state,
        ...columns.map((column) => cellText(cellOf(trial, column, input.now))),
      ]),
    }),
  };
}

/** Each axis is zoomed by itself, from half-way to its neighbours. */
function framesOf(axes: readonly ParallelAxis[], top: number, bottom: number): readonly ZoomFrame[] {
  const gap = (axes[1]?.x ?? 0) - (axes[0]?.x ?? 0);
  return axes
    .filter(({ axis }) => axis.kind === 'number')
    .map(({ axis, column, turned, x }) => ({
      box: { left: x - gap / 2, top, width: gap, height: bottom - top },
      y: { id: column.id, axis },
      turned,
    }));
}

const ready = (trial: Trial): boolean => trial.state !== 'waiting';

/** Where every trial crosses an axis: 0 at its low end, NaN without a value. Found once per axis. */
function unitsOf(input: ChartInput, { axis, column }: ParallelAxis): Float32Array {
  const known = UNITS.get(axis);
  if (known) return known;
  const units = new Float32Array(input.all.length);
  input.all.forEach((trial, index) => {
    const unit = unitOf(axis, cellOf(trial, column, input.now));
    units[index] = unit === undefined ? Number.NaN : Math.max(0, Math.min(1, unit));
  });
  UNITS.set(axis, units);
  return units;
}

/** An axis belongs to one column of one list of trials, see `axisOf`. */
const UNITS = new WeakMap<ValueAxis, Float32Array>();

/** Some of what the filter leaves out. */
function shadowsOf({ all, trials, quick }: ChartInput): readonly Trial[] {
  if (trials.length === all.length) return [];
  const passing = new Uint8Array(all.length);
  for (const { number } of trials) passing[number] = 1;
  return sampled(
    all.filter((trial) => passing[trial.number] !== 1 && ready(trial)),
    quick ? MOST_SHADOWS / QUICK : MOST_SHADOWS,
    new Set(),
  );
}

interface Stroke {
  readonly stroke: string;
  readonly width: number;
  readonly alpha?: number;
  readonly dash?: readonly number[];
}

/** Many lines as one path: the canvas strokes them at once. */
function together(
  trials: readonly Trial[],
  lineOf: (trial: Trial) => number[],
  stroke: Stroke,
): readonly Shape[] {
  if (trials.length === 0) return [];
  const points: number[] = [];
  for (const trial of trials) points.push(...lineOf(trial), Number.NaN, Number.NaN);
  return [{ kind: 'path', points, ...stroke }];
}

function resultLines(
  input: ChartInput,
  drawn: readonly Trial[],
  z: ValueAxis,
  lineOf: (trial: Trial) => number[],
): readonly Shape[] {
  const { theme } = input;
  const many = drawn.length > 300;
  const alpha = theme.highContrast ? 0.9 : many ? 0.35 : 0.6;
  const buckets = Array.from({ length: BUCKETS }, (): Trial[] => []);
  const other: Record<'pruned' | 'failed' | 'running', Trial[]> = { pruned: [], failed: [], running: [] };
  const excluded: Trial[] = [];
  for (const trial of drawn) {
    if (isExcluded(trial)) {
      excluded.push(trial);
      continue;
    }
    if (trial.state !== 'complete') {
      if (trial.state !== 'waiting') other[trial.state].push(trial);
      continue;
    }
    const unit = Math.max(0, Math.min(1, unitOf(z, cellOf(trial, input.metric, input.now)) ?? 0));
    const share = maximized(input) ? unit : 1 - unit;
    buckets[Math.min(BUCKETS - 1, Math.floor(share * BUCKETS))]?.push(trial);
  }
  const chosen = new Set(input.selected);
  return [
    ...together(excluded, lineOf, { stroke: theme.muted, width: 1, alpha: alpha * 0.7, dash: [2, 6] }),
    ...together(other.failed, lineOf, { stroke: theme.red, width: 1, alpha: alpha * 0.7, dash: [1, 4] }),
    ...together(other.pruned, lineOf, { stroke: theme.orange, width: 1, alpha: alpha * 0.7, dash: [5, 4] }),
    ...buckets.flatMap((trials, bucket) =>
      together(trials, lineOf, {
        stroke: resultColour(theme, (bucket + 0.5) / BUCKETS),
        width: bucket === BUCKETS - 1 ? 1.5 : 1,
        alpha: Math.min(1, alpha + (0.35 * bucket) / BUCKETS),
      }),
    ),
    ...together(other.running, lineOf, { stroke: theme.blue, width: 1.5 }),
    ...together(
      drawn.filter((trial) => trial === input.best),
      lineOf,
      { stroke: theme.green, width: 2.5 },
    ),
    ...together(
      drawn.filter(({ number }) => chosen.has(number)),
      lineOf,
      { stroke: theme.foreground, width: 2 },
    ),
  ];
}

/** How a trial ended, as a shape on the last axis. */
function ends(
  { theme }: ChartInput,
  drawn: readonly Trial[],
  last: ParallelAxis | undefined,
  yOf: (axis: ParallelAxis, trial: Trial) => number,
): readonly Shape[] {
  if (!last) return [];
  const place = (trial: Trial): number[] => [last.x, yOf(last, trial)];
  const at = (state: Trial['state']): number[] =>
    drawn.flatMap((trial) => (trial.state === state && !isExcluded(trial) ? place(trial) : []));
  return [
    {
      kind: 'marks',
      shape: 'struck',
      at: drawn.filter(isExcluded).flatMap(place),
      size: 8,
      colour: theme.muted,
    },
    { kind: 'marks', shape: 'diamond', at: at('pruned'), size: 8, colour: theme.orange },
    { kind: 'marks', shape: 'cross', at: at('failed'), size: 7, colour: theme.red },
  ];
}

function axisShapes(
  axes: readonly ParallelAxis[],
  { theme, height }: ChartInput,
  top: number,
  bottom: number,
): readonly Shape[] {
  const gap = (axes[1]?.x ?? 0) - (axes[0]?.x ?? 0);
  return axes.flatMap(({ axis, turned, x, column }, index): Shape[] => {
    const list = ticksOf(axis, Math.max(2, Math.round(height / 60)));
    const lastOne = index === axes.length - 1;
    const side = lastOne ? -6 : 6;
    return [
      // What the file names show the picture without its buttons.
      { kind: 'path', points: [x, top, x, bottom], stroke: theme.muted, width: 1 },
      {
        kind: 'text',
        x,
        y: 12,
        text: `${fitted(column.label, gap - 22)}${turned ? ' ↓' : ''}`,
        colour: theme.foreground,
        align: 'center',
      },
      ...list.flatMap(({ unit, label }): Shape[] => {
        const y = bottom - (turned ? 1 - unit : unit) * (bottom - top);
        const text = fitted(label, gap / 2);
        const halo = text.length * 6.4;
        return [
          { kind: 'path', points: [x - 3, y, x + 3, y], stroke: theme.muted, width: 1 },
          {
            kind: 'rects',
            at: [lastOne ? x + side - halo : x + side - 1, y - 7, halo + 1, 14],
            fill: theme.background,
            alpha: 0.7,
          },
          {
            kind: 'text',
            x: x + side,
            y,
            text,
            colour: theme.foreground,
            align: lastOne ? 'right' : 'left',
          },
        ];
      }),
    ];
  });
}

function brushShapes(
  axes: readonly ParallelAxis[],
  brushes: readonly Brush[],
  theme: Theme,
  top: number,
  bottom: number,
): readonly Shape[] {
  return brushes.flatMap((brush): Shape[] => {
    const axis = axes.find(({ column }) => column.id === brush.column);
    if (!axis) return [];
    const range = brushUnits(axis.axis, brush);
    if (!range) return [];
    const y = (unit: number): number =>
      bottom - Math.max(0, Math.min(1, axis.turned ? 1 - unit : unit)) * (bottom - top);
    const [a, b] = [y(range[0]), y(range[1])];
    const at = [axis.x - 7, Math.min(a, b), 14, Math.max(3, Math.abs(a - b))] as const;
    const [x0 = 0, y0 = 0, w = 0, h = 0] = at;
    return [
      { kind: 'rects', at, fill: theme.foreground, alpha: 0.22 },
      {
        kind: 'path',
        points: [x0, y0, x0 + w, y0, x0 + w, y0 + h, x0, y0 + h, x0, y0],
        stroke: theme.foreground,
        width: 1,
      },
    ];
  });
}
