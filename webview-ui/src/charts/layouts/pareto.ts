/**
 * Two objectives against each other: every trial, the Pareto front with its line, and the file's own values; beside it,
 * or below where there is little room, how the hypervolume grew. With more objectives the front is that of all of them,
 * seen from two, and has no line. Pure.
 */
import { numberAxis, unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import { formatNumber } from '../../../../src/core/format.js';
import {
  type HypervolumeHistory,
  hypervolumeHistory,
} from '../../../../src/core/study/objectives/hypervolume.js';
import { paretoFront } from '../../../../src/core/study/objectives/pareto.js';
import { type Column, cellOf } from '../../../../src/core/study/table/table.js';
import type { Trial } from '../../../../src/core/study/trial.js';
import { type Box, frameOf } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target, within } from '../kit/scene.js';
import { inSight, type ZoomFrame } from '../kit/zoom.js';
import {
  type ChartInput,
  chosenOf,
  counts,
  MOST_MARKS,
  sampled,
  statesOf,
  trialMarks,
  trialTip,
} from './input.js';

/** From this width on the two pictures stand side by side. */
const BESIDE = 640;
const AIR = 0.05;
/** Least height of the upper picture, and that of the lower, where they stand one below the other. */
const UPPER = 220;
const LOWER = 170;
/** Axes of the hypervolume's course. */
const TRIALS = 'pareto:trial';
const VOLUMES = 'pareto:hypervolume';

const objectivesOf = (input: ChartInput): readonly Column[] =>
  input.columns.filter(({ kind }) => kind === 'objective');

/** The objectives of the horizontal and the vertical axis: those chosen, else the first two. */
export function planeOf(input: ChartInput): readonly [Column, Column] | undefined {
  const all = objectivesOf(input);
  const x = all.find(({ id }) => id === input.plane[0]) ?? all[0];
  const y =
    all.find((column) => column.id === input.plane[1] && column !== x) ?? all.find((column) => column !== x);
  return x && y ? [x, y] : undefined;
}

const goal = ({ label, direction }: Column): string =>
  `${label} (${direction === 'maximize' ? 'more is better' : 'less is better'})`;

const reached = (input: ChartInput, trial: Trial, column: Column): number => {
  const cell = cellOf(trial, column, input.now);
  return typeof cell === 'number' ? cell : Number.NaN;
};

/** A little room beyond the ends, so that the ends of the front do not stand on the frame. */
function airy(axis: ValueAxis): ValueAxis {
  if (axis.kind !== 'number') return axis;
  if (axis.log) {
    const factor = (axis.high / axis.low) ** AIR;
    return { ...axis, low: axis.low / factor, high: axis.high * factor };
  }
  const pad = (axis.high - axis.low) * AIR;
  return { ...axis, low: axis.low - pad, high: axis.high + pad };
}

export function layoutPareto(input: ChartInput): Scene {
  const { width, height, study, trials } = input;
  const plane = planeOf(input);
  if (!plane) return emptyScene(width, height, 'The study has one objective: there is no front.');
  const settings = study.settings;
  const front = paretoFront({ objectives: study.objectives, trials, settings });
  if (front.length === 0) return emptyScene(width, height, 'No trial has completed with every objective.');
  const history = hypervolumeHistory({ objectives: study.objectives, trials, settings });
  const beside = width >= BESIDE;
  const left = beside ? Math.round(width * 0.6) : width;
  const upper = beside ? height : Math.max(UPPER, height - LOWER);
  const total = beside ? height : upper + LOWER;
  const plot = frontPlot(input, plane, front, { left: 4, top: 0, width: left - 4, height: upper });
  const course = coursePlot(
    input,
    history,
    beside
      ? { left: left + 12, top: 0, width: width - left - 12, height }
      : { left: 4, top: upper, width: width - 4, height: LOWER },
  );
  const volume = history.steps.at(-1)?.value ?? 0;
  const reference = study.objectives.map(
    ({ metric }, m) => `${metric} ${formatNumber(history.reference[m] ?? Number.NaN, 3)}`,
  );
  return {
    width,
    height: total,
    shapes: [...plot.shapes, ...course.shapes],
    targets: [...plot.targets, ...course.targets],
    description: `Pareto front of ${study.objectives.map(({ metric }) => metric).join(', ')}: ${front.length} of ${trials.length} trials, hypervolume ${formatNumber(volume, 3)}.`,
    note: `${front.length} on the front · hypervolume ${formatNumber(volume, 3)} up to ${reference.join(', ')}`,
    frames: [plot.frame, course.frame],
    outside: plot.outside,
    logPossible: plot.logPossible,
    states: statesOf(plot.shown),
    table: () => {
      const members = new Set(front);
      const metrics = study.objectives.map(({ metric }) => metric);
      const volumes = new Map(history.steps.map(({ trial, value }) => [trial.number, value]));
      return {
        header: ['trial', ...metrics, 'front', 'hypervolume'],
        rows: trials
          .filter((trial) => volumes.has(trial.number))
          .map((trial) => [
            trial.number,
            ...metrics.map((_, m) => trial.objectives?.[m] ?? ''),
            members.has(trial) ? 'yes' : 'no',
            volumes.get(trial.number) ?? '',
          ]),
      };
    },
  };
}

interface Plot {
  readonly shapes: readonly Shape[];
  readonly targets: readonly Target[];
  readonly frame: ZoomFrame;
}

function frontPlot(
  input: ChartInput,
  [xColumn, yColumn]: readonly [Column, Column],
  front: readonly Trial[],
  outer: Box,
): Plot & { readonly outside: number; readonly logPossible: boolean; readonly shown: readonly Trial[] } {
  const { theme, trials, log, full, all } = input;
  const onFront = new Set(front);
  const placed = trials.filter((trial) =>
    [xColumn, yColumn].every((column) => Number.isFinite(reached(input, trial, column))),
  );
  const complete = placed.filter(counts);
  const base = all[0]?.number === 0 && complete.includes(all[0]) ? all[0] : undefined;
  const axes = [xColumn, yColumn].map((column) =>
    inSight(
      airy(
        numberAxis(
          complete.map((trial) => reached(input, trial, column)),
          {
            full,
            log,
            keep: [...front, ...(base ? [base] : [])].map((trial) => reached(input, trial, column)),
          },
        ),
      ),
      input.zoom?.[column.id],
    ),
  );
  const [x, y] = axes as [ValueAxis, ValueAxis];
  const frame = frameOf(outer, { x, y, xName: goal(xColumn), yName: goal(yColumn) }, theme);
  const units = (trial: Trial): readonly [number, number] => [
    unitOf(x, reached(input, trial, xColumn)) ?? -1,
    unitOf(y, reached(input, trial, yColumn)) ?? -1,
  ];
  const clamp = (u: number): number => Math.max(0, Math.min(1, u));
  const kept = new Set([...chosenOf(input), ...front.map(({ number }) => number), 0]);
  const shown = sampled(placed, MOST_MARKS, kept);
  // Zoomed, what lies beyond is not shown; seen whole, it stands at the edge.
  const zoomed = [xColumn, yColumn].some(({ id }) => input.zoom?.[id]);
  const dots = shown.flatMap((trial) => {
    const [u, v] = units(trial);
    const beyond = u < 0 || u > 1 || v < 0 || v > 1;
    if (beyond && zoomed) return [];
    const [px, py] = frame.at(clamp(u), clamp(v));
    return [{ trial, x: px, y: py, beyond }];
  });
  const members = dots.filter(({ trial }) => onFront.has(trial));
  const stairs = front.map((trial) => {
    const [px, py] = frame.at(...units(trial));
    return { x: px, y: py };
  });
  const shapes: Shape[] = [...frame.shapes];
  const baseDot = dots.find(({ trial }) => trial === base);
  if (baseDot && base) {
    const { box } = frame;
    const cross = { kind: 'path', stroke: theme.muted, width: 1, dash: [4, 4] } as const;
    const right = baseDot.x > box.left + box.width * 0.6;
    shapes.push(
      { ...cross, points: [box.left, baseDot.y, box.left + box.width, baseDot.y] },
      { ...cross, points: [baseDot.x, box.top, baseDot.x, box.top + box.height] },
      {
        kind: 'text',
        x: baseDot.x + (right ? -6 : 6),
        y: box.top + 8,
        text: input.study.config.file === '' ? 'trial 0' : 'values in the file',
        colour: theme.muted,
        align: right ? 'right' : 'left',
      },
    );
  }
  if (input.study.objectives.length === 2) {
    const points = staircase(stairs, xColumn.direction !== 'maximize');
    shapes.push(within(frame.box, [{ kind: 'path', points, stroke: theme.green, width: 1.5 }]));
  }
  shapes.push(
    ...trialMarks(
      input,
      dots.filter(({ trial }) => !onFront.has(trial) || trial === input.best),
    ),
    // A shape of their own: no meaning by colour alone.
    {
      kind: 'marks',
      shape: 'square',
      at: members.flatMap((dot) => [dot.x, dot.y]),
      size: 8,
      colour: theme.green,
    },
  );
  const best = members.find(({ trial }) => trial.number === input.best?.number);
  if (best) {
    shapes.push({ kind: 'marks', shape: 'square', at: [best.x, best.y], size: 12, colour: theme.green });
  }
  const selected = new Set(input.selected);
  const rings = members.flatMap((dot) => (selected.has(dot.trial.number) ? [dot.x, dot.y] : []));
  shapes.push({ kind: 'marks', shape: 'ring', at: rings, size: 15, colour: theme.foreground });
  const columns = objectivesOf(input);
  return {
    shapes,
    frame: { box: frame.box, x: { id: xColumn.id, axis: x }, y: { id: yColumn.id, axis: y } },
    targets: dots.map((dot) => ({
      x: dot.x,
      y: dot.y,
      trial: dot.trial.number,
      tip: () => [
        ...trialTip(input, dot.trial, columns),
        ...(onFront.has(dot.trial) ? ['on the Pareto front'] : []),
        ...(dot.trial === base ? ['the values in the file'] : []),
        ...(dot.beyond ? ['beyond the axes'] : []),
      ],
    })),
    outside: dots.filter(({ beyond }) => beyond).length,
    logPossible: axes.some((axis) => axis.kind === 'number' && axis.logPossible),
    shown,
  };
}

/**
 * Along the edge of what the members dominate, from left to right. Where less of x is better a step goes right first,
 * else it goes to the next one's height first.
 */
function staircase(members: readonly { readonly x: number; readonly y: number }[], lessX: boolean): number[] {
  const sorted = members.toSorted((a, b) => a.x - b.x || a.y - b.y);
  return sorted.flatMap(({ x, y }, i) => {
    const next = sorted[i + 1];
    if (!next) return [x, y];
    return lessX ? [x, y, next.x, y] : [x, y, x, next.y];
  });
}

/** The hypervolume after each trial. */
function coursePlot(input: ChartInput, { steps }: HypervolumeHistory, outer: Box): Plot {
  const { theme } = input;
  const last = Math.max(1, ...steps.map(({ trial }) => trial.number));
  const high = Math.max(steps.at(-1)?.value ?? 0, 1e-3) * 1.05;
  const axis = { kind: 'number', log: false, outside: 0, logPossible: false } as const;
  const x = inSight({ ...axis, low: 0, high: last * 1.02 }, input.zoom?.[TRIALS]);
  const y = inSight({ ...axis, low: 0, high }, input.zoom?.[VOLUMES]);
  const frame = frameOf(outer, { x, y, xName: 'trial', xWhole: true, yName: 'hypervolume' }, theme);
  const sorted = steps.toSorted((a, b) => a.trial.number - b.trial.number);
  // In the order in which trials ended the volume grows; by number it may look back, so the best so far is drawn.
  let before = 0;
  const places = sorted.map((step) => {
    before = Math.max(before, step.value);
    const [px, py] = frame.at(unitOf(x, step.trial.number) ?? 0, unitOf(y, before) ?? 0);
    return { ...step, value: before, x: px, y: py };
  });
  const path = places.flatMap((place, i) => [
    place.x,
    i === 0 ? place.y : (places[i - 1]?.y ?? place.y),
    place.x,
    place.y,
  ]);
  const { left, top, width, height } = frame.box;
  const joined = places.filter(
    (place) =>
      place.joined && place.x >= left && place.x <= left + width && place.y >= top && place.y <= top + height,
  );
  return {
    frame: { box: frame.box, x: { id: TRIALS, axis: x }, y: { id: VOLUMES, axis: y } },
    shapes: [
      ...frame.shapes,
      within(frame.box, [{ kind: 'path', points: path, stroke: theme.green, width: 1.5 }]),
      {
        kind: 'marks',
        shape: 'square',
        at: joined.flatMap((place) => [place.x, place.y]),
        size: 5,
        colour: theme.green,
      },
    ],
    targets: joined.map((place) => ({
      x: place.x,
      y: place.y,
      trial: place.trial.number,
      tip: () => [
        ...trialTip(input, place.trial, objectivesOf(input)),
        `joined the front: hypervolume ${formatNumber(place.value, 4)}`,
      ],
    })),
  };
}
