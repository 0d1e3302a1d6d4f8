/**
 * What trials had reached on the way to the end, for a model that knows the fidelity of a result: the best value up to
 * each of a few steps, shifted and stretched to the scale of ends, so that what is left for the model to learn is how far
 * the order of trials still changes. The factor between fidelities is that of Kennedy and O'Hagan, "Predicting the output
 * from a complex computer code when fast approximations are available" (Biometrika 2000).
 */
import { bestUpTo, endOf, isPartial, MIN_PAIRS, type Pair, pairsAt } from './fidelity.js';
import type { Direction, Objective, Trial } from './trial.js';

/** Steps at which trials that went further are compared with those that ended there, at most. */
const LEVELS = 3;
/** How much a difference may grow or shrink from a step to the end. */
const STRETCH = { least: 0.2, most: 3 };

interface PartialResult {
  /** The step's logarithm as a share of that of a full training, from 0 to less than 1. */
  readonly fidelity: number;
  /** Of the first objective, on the scale of ends. */
  readonly value: number;
}

interface OnTheWay {
  /** Whether it went no further. */
  readonly early: boolean;
  readonly results: readonly PartialResult[];
}

/** By the trial's number. */
export type PartialResults = ReadonlyMap<number, OnTheWay>;

type Line = (x: number) => number;
const same: Line = (x) => x;

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

function deviation(xs: readonly number[]): number {
  const centre = mean(xs);
  return Math.sqrt(mean(xs.map((x) => (x - centre) ** 2)));
}

/** Gives what trials had the mean and deviation of what became of them; while pairs are few, the median difference. */
function alignment(pairs: readonly Pair[]): Line {
  if (pairs.length === 0) return same;
  const from = pairs.map(([x]) => x);
  const to = pairs.map(([, y]) => y);
  if (pairs.length < MIN_PAIRS) {
    const differences = pairs.map(([x, y]) => y - x).sort((a, b) => a - b);
    const shift = differences[Math.floor(differences.length / 2)] as number;
    return (x) => x + shift;
  }
  const spread = deviation(from);
  const ratio = spread > 0 ? deviation(to) / spread : 1;
  const slope = Math.min(STRETCH.most, Math.max(STRETCH.least, ratio));
  const [centre, end] = [mean(from), mean(to)];
  return (x) => end + slope * (x - centre);
}

/** The steps at which trials ended early, or so many that stand for them. */
function levelsOf(early: readonly number[]): readonly number[] {
  const sorted = early.toSorted((a, b) => a - b);
  const distinct = [...new Set(sorted)];
  if (distinct.length <= LEVELS) return distinct;
  const middle = (k: number): number => sorted[Math.floor(((k + 0.5) * sorted.length) / LEVELS)] as number;
  return [...new Set(Array.from({ length: LEVELS }, (_, k) => middle(k)))];
}

/** From each level to the end; where too few went from there to the end, by way of the next level. */
function alignments(
  levels: readonly number[],
  trials: readonly Trial[],
  direction: Direction,
): readonly Line[] {
  const lines: Line[] = [];
  for (let k = levels.length - 1; k >= 0; k--) {
    const level = levels[k] as number;
    const next = levels[k + 1];
    const direct = pairsAt(trials, level, endOf, direction);
    const onwards = lines[0];
    if (next === undefined || onwards === undefined || direct.length >= MIN_PAIRS) {
      lines.unshift(alignment(direct));
      continue;
    }
    const step = alignment(pairsAt(trials, level, (trial) => bestUpTo(trial, next, direction), direction));
    lines.unshift((x) => onwards(step(x)));
  }
  return lines;
}

/** Undefined where no trial ended early, none came to the end, or there are several objectives. */
export function partialResults(
  trials: readonly Trial[],
  objectives: readonly Objective[],
): PartialResults | undefined {
  const [objective] = objectives;
  if (!objective || objectives.length > 1) return undefined;
  const { direction } = objective;
  const lastStep = ({ reports }: Trial): number => reports.at(-1)?.step ?? 0;
  const early = trials.filter((trial) => isPartial(trial) && lastStep(trial) > 0).map(lastStep);
  const full = trials.reduce(
    (most, trial) => (endOf(trial) === undefined ? most : Math.max(most, lastStep(trial))),
    1,
  );
  if (early.length === 0 || full === 1) return undefined;
  const levels = levelsOf(early);
  const lines = alignments(levels, trials, direction);
  const nearest = (step: number): Line => {
    const far = levels.map((level) => Math.abs(Math.log(level / step)));
    return lines[far.indexOf(Math.min(...far))] ?? same;
  };
  const results = new Map<number, OnTheWay>();
  for (const trial of trials) {
    if (trial.state === 'failed') continue;
    const last = lastStep(trial);
    const early = isPartial(trial);
    const passed = levels.filter((level) => (trial.state === 'running' ? level <= last : level < last));
    const own = (early && last > 0 ? [...passed, last] : passed).flatMap((step): PartialResult[] => {
      const value = bestUpTo(trial, step, direction);
      if (value === undefined || !Number.isFinite(value)) return [];
      const fidelity = Math.min(1 - 1e-3, Math.log(step) / Math.log(full));
      return [{ fidelity, value: nearest(step)(value) }];
    });
    if (own.length > 0) results.set(trial.number, { early, results: own });
  }
  return results;
}
