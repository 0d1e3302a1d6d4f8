/** What every layout is given, and what they share: reading a column, colours by result, marks by state. Pure. */

import { numberAxis, parameterAxis, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import { formatNumber, formatValue } from '../../../../src/core/format.js';
import type { Json } from '../../../../src/core/json.js';
import { isExcluded } from '../../../../src/core/study/best.js';
import { reasonOf } from '../../../../src/core/study/reason.js';
import type { Brush } from '../../../../src/core/study/table/filter.js';
import { type Column, cellOf } from '../../../../src/core/study/table/table.js';
import type { Study, Trial } from '../../../../src/core/study/trial.js';
import type { PeerStudy } from '../../../../src/protocol/panel.js';
import { trialWord } from '../../icons.js';
import type { Theme } from '../../theme.js';
import type { BestOutcome } from '../../validations.js';
import { mix } from '../kit/colour.js';
import type { Scene, Shape } from '../kit/scene.js';
import { inSight, type Zoom } from '../kit/zoom.js';

export interface ChartInput {
  readonly study: Study;
  readonly columns: readonly Column[];
  /** Those that pass the filter. */
  readonly trials: readonly Trial[];
  readonly all: readonly Trial[];
  readonly best: Trial | undefined;
  readonly selected: readonly number[];
  /** What is measured: an objective, another metric, or the duration. */
  readonly metric: Column;
  /** How importance is judged; absent: PED-ANOVA. */
  readonly importance?: 'ped' | 'fanova';
  readonly log: boolean;
  readonly full: boolean;
  /** What is in sight of the columns, where not all is. */
  readonly zoom?: Zoom;
  /** Axes of the parallel coordinates: ids in order, hidden and turned ones. */
  readonly order: readonly string[];
  readonly hiddenAxes: readonly string[];
  readonly turned: readonly string[];
  readonly brushes: readonly Brush[];
  /** A brush is being drawn: a part of the lines will do. */
  readonly quick: boolean;
  /** Parameters of the contour, as column ids. */
  readonly pair: readonly [string | undefined, string | undefined];
  /** Objectives of the Pareto front's axes, as column ids. */
  readonly plane: readonly [string | undefined, string | undefined];
  /** What the best trial's model made of the validation rows; absent where its trainer does not say. */
  readonly outcome?: BestOutcome | undefined;
  /** Other studies, to be compared with; absent for none. */
  readonly peers?: readonly PeerStudy[];
  readonly width: number;
  readonly height: number;
  readonly now: number;
  readonly theme: Theme;
}

/** Marks that are drawn before a picture is only a blot, and slow. */
export const MOST_MARKS = 6000;

/** Every so-manieth, so that the whole course of a study is seen. The chosen are always among them. */
export function sampled(
  trials: readonly Trial[],
  most: number,
  chosen: ReadonlySet<number>,
): readonly Trial[] {
  if (trials.length <= most) return trials;
  const step = trials.length / most;
  let next = 0;
  return trials.filter((trial, index) => {
    if (index >= next) {
      next += step;
      return true;
    }
    return chosen.has(trial.number);
  });
}

const numberOf = (trial: Trial, column: Column, now: number): number | undefined => {
  const cell = cellOf(trial, column, now);
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : undefined;
};

/** The measured value of a trial: of one that did not complete, its last report. */
export const measured = (input: ChartInput, trial: Trial): number | undefined =>
  numberOf(trial, input.metric, input.now);

/** Completed, and nobody has said that it does not count. */
export const counts = (trial: Trial): boolean => trial.state === 'complete' && !isExcluded(trial);

export const parameters = (input: ChartInput): readonly Column[] =>
  input.columns.filter(({ kind }) => kind === 'param');

/** The same axis for the same trials: a brush is drawn, and the chart laid out, many times over them. */
const AXES = new WeakMap<readonly Trial[], Map<string, ValueAxis>>();

/** The axis of a column, as far as it is in sight. */
export const axisOf = (
  input: ChartInput,
  column: Column,
  log = false,
  trials: readonly Trial[] = column.kind === 'param' ? input.all : input.trials,
): ValueAxis => inSight(wholeAxis(input, column, log, trials), input.zoom?.[column.id]);

function wholeAxis(input: ChartInput, column: Column, log: boolean, trials: readonly Trial[]): ValueAxis {
  let axes = AXES.get(trials);
  if (!axes) {
    axes = new Map();
    AXES.set(trials, axes);
  }
  const key = `${column.id} ${log} ${input.full} ${input.best?.number}`;
  const known = axes.get(key);
  if (known) return known;
  const axis = makeAxis(input, column, log, trials);
  axes.set(key, axis);
  return axis;
}

function makeAxis(input: ChartInput, column: Column, log: boolean, trials: readonly Trial[]): ValueAxis {
  if (column.kind === 'param') {
    const parameter = input.study.space[column.name];
    if (parameter) return parameterAxis(parameter, []);
    return parameterAxis(undefined, trials.flatMap(({ params }) => params[column.name] ?? []) as Json[]);
  }
  const values: number[] = [];
  for (const trial of trials) {
    const value = numberOf(trial, column, input.now);
    if (value !== undefined && (trial.state === 'complete' || column.kind !== 'duration')) values.push(value);
  }
  const keep = input.best ? [numberOf(input.best, column, input.now) ?? Number.NaN] : [];
  return numberAxis(values, { full: input.full, log, keep });
}

/** Whether a place is on the axis at all: one that is zoomed leaves some out. */
export const onAxis = (unit: number): boolean => unit >= -1e-9 && unit <= 1 + 1e-9;

/** Whether more of the metric is better; undefined for one that nobody optimises. */
export function maximized({ metric }: ChartInput): boolean {
  return metric.direction === 'maximize';
}

const valueText = (column: Column, value: Json | undefined): string =>
  column.kind === 'duration' && typeof value === 'number'
    ? `${formatNumber(value / 1000, 3)} s`
    : formatValue(value);

/** The lines of a trial's tooltip. */
export function trialTip(
  input: ChartInput,
  trial: Trial,
  columns: readonly Column[] = [input.metric],
): readonly string[] {
  const best = input.best === trial ? ', best' : '';
  const reason = reasonOf(input.study, trial);
  return [
    `Trial ${trial.number} · ${trialWord(trial).toLowerCase()}${best}${isExcluded(trial) ? ', excluded' : ''}`,
    ...columns.map(
      (column) => `${column.label} ${valueText(column, cellOf(trial, column, input.now)) || 'no value'}`,
    ),
    ...(reason === undefined ? [] : [reason]),
  ];
}

/** From worst (share 0) to best (share 1). */
export function resultColour(theme: Theme, share: number): string {
  const worst = mix(theme.background, theme.foreground, theme.highContrast ? 0.45 : 0.3);
  return share < 0.5 ? mix(worst, theme.blue, share * 2) : mix(theme.blue, theme.green, share * 2 - 1);
}

interface Dot {
  readonly trial: Trial;
  readonly x: number;
  readonly y: number;
  /** Its value lies outside the axis: it stands at the edge. */
  readonly beyond?: boolean;
}

/**
 * Triangles at the edge for what lies beyond it, dots for what completed, diamonds for what was pruned, crosses for what
 * failed, struck rings for what is excluded; rings around the selected.
 */
export function trialMarks(input: ChartInput, dots: readonly Dot[], size = 6): readonly Shape[] {
  const { theme } = input;
  const many = dots.length > 1500;
  const at = (look: Look): number[] =>
    dots.flatMap(({ trial, x, y, beyond }) => (lookOf(trial) === look && !beyond ? [x, y] : []));
  const chosen = new Set(input.selected);
  const best = dots.find(({ trial }) => trial === input.best);
  const shown = many ? Math.max(3, size - 2) : size;
  const alpha = theme.highContrast ? 1 : many ? 0.4 : 0.7;
  return [
    { kind: 'marks', shape: 'dot', at: at('complete'), size: shown, colour: theme.blue, alpha },
    { kind: 'marks', shape: 'ring', at: at('running'), size: shown, colour: theme.blue, alpha },
    {
      kind: 'marks',
      shape: 'up',
      at: dots.flatMap(({ x, y, beyond }) => (beyond ? [x, y] : [])),
      size: shown + 1,
      colour: theme.muted,
    },
    {
      kind: 'marks',
      shape: 'diamond',
      at: at('pruned'),
      size: shown + 2,
      colour: theme.orange,
      alpha: many ? 0.5 : 1,
    },
    {
      kind: 'marks',
      shape: 'cross',
      at: at('failed'),
      size: shown + 1,
      colour: theme.red,
      alpha: many ? 0.5 : 1,
    },
    {
      kind: 'marks',
      shape: 'struck',
      at: at('excluded'),
      size: shown + 2,
      colour: theme.muted,
    },
    ...(best
      ? [
          {
            kind: 'marks' as const,
            shape: 'dot' as const,
            at: [best.x, best.y],
            size: size + 3,
            colour: theme.green,
          },
        ]
      : []),
    {
      kind: 'marks',
      shape: 'ring',
      at: dots.flatMap(({ trial, x, y }) => (chosen.has(trial.number) ? [x, y] : [])),
      size: size + 7,
      colour: theme.foreground,
    },
  ];
}

/** What a trial's mark looks like. */
type Look = Trial['state'] | 'excluded';
const lookOf = (trial: Trial): Look => (isExcluded(trial) ? 'excluded' : trial.state);

const ORDER = ['complete', 'running', 'pruned', 'failed', 'excluded'] as const;

/** The looks that the trials have, for the legend. */
export function statesOf(trials: readonly Trial[], look: (trial: Trial) => Look = lookOf): Scene['states'] {
  const present = new Set(trials.map(look));
  return ORDER.filter((state) => present.has(state));
}

/** The chosen, which no sampling may leave out. */
export const chosenOf = (input: ChartInput): ReadonlySet<number> =>
  new Set([...input.selected, ...(input.best ? [input.best.number] : [])]);

/** Numbers for people, cells for spreadsheets. */
export const cellText = (value: Json | undefined): string | number =>
  value === undefined
    ? ''
    : typeof value === 'number'
      ? value
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
