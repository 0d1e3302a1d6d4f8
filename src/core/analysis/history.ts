/**
 * The course of a study: what each trial reached, the best so far, what the file's own values reached, and a range of
 * values in which the interesting part can be seen. Pure; drawing it is the page's work.
 */
import { extent, min, quickselect } from 'd3-array';
import { outcomeViolation } from '../space/constraint.js';
import { baselineTrial, isBetter, isExcluded, objectiveOf } from '../study/best.js';
import { mergedTrials } from '../study/repeats.js';
import { lastFinite } from '../study/table/table.js';
import type { Direction, Study } from '../study/trial.js';

export interface HistoryPoint {
  readonly trial: number;
  readonly state: 'complete' | 'pruned' | 'failed';
  /** The first objective; of a trial that did not complete, its last finite report. undefined: it never said one. */
  readonly value: number | undefined;
  /** It does not count, as somebody has said. */
  readonly excluded?: true;
}

export interface History {
  readonly points: readonly HistoryPoint[];
  /** One entry per improvement, in the order of trials; of a point that was run more than once by the mean of its runs. */
  readonly best: readonly { readonly trial: number; readonly value: number }[];
  /** What trial 0, the file's own values, reached; the mean where it was run more than once. */
  readonly baseline: number | undefined;
  /** The highest number among the trials drawn; -1 when there are none. */
  readonly last: number;
}

export function historyOf(
  study: Pick<Study, 'objectives' | 'trials'> & Partial<Pick<Study, 'settings'>>,
): History {
  const direction: Direction = study.objectives[0]?.direction ?? 'minimize';
  const violation = outcomeViolation(study.settings?.outcomeConstraints);
  const points: HistoryPoint[] = [];
  const best: { trial: number; value: number }[] = [];
  let last = -1;
  for (const trial of study.trials) {
    if (trial.state === 'running' || trial.state === 'waiting') continue;
    last = Math.max(last, trial.number);
    points.push({
      trial: trial.number,
      state: trial.state,
      value: objectiveOf(trial) ?? lastFinite(trial),
      ...(isExcluded(trial) ? { excluded: true } : {}),
    });
  }
  for (const trial of mergedTrials(study.trials)) {
    const value = objectiveOf(trial);
    const leader = best.at(-1);
    if (value === undefined || (leader && !isBetter(value, leader.value, direction))) continue;
    if (!violation || violation(trial.values) === 0) best.push({ trial: trial.number, value });
  }
  return { points, best, baseline: baselineOf(study), last };
}

/** The objective of trial 0, when it completed; the mean where it was run more than once. */
export function baselineOf(study: Pick<Study, 'trials'>): number | undefined {
  const baseline = baselineTrial(study);
  return baseline && objectiveOf(baseline);
}

export interface Improvement {
  /** How much better than the file's own values, always positive when better, in the metric's unit. */
  readonly gain: number;
  /** Best minus baseline, and the same as a fraction of the baseline's size (undefined for a baseline of 0). */
  readonly change: number;
  readonly fraction: number | undefined;
}

/** What the search has won over the file's own values. undefined while either is unknown. */
export function improvementOf(
  best: number | undefined,
  baseline: number | undefined,
  direction: Direction,
): Improvement | undefined {
  if (best === undefined || baseline === undefined) return undefined;
  const change = best - baseline;
  return {
    gain: direction === 'maximize' ? change : -change,
    change,
    fraction: baseline === 0 ? undefined : change / Math.abs(baseline),
  };
}

export interface Range {
  readonly low: number;
  readonly high: number;
  /** How many of the values lie outside. */
  readonly outside: number;
}

/**
 * A range that a few wild values cannot flatten: Tukey's far-out fences (quartiles ± 3 interquartile ranges; Tukey,
 * Exploratory Data Analysis, 1977), widened to hold `keep`. The whole range where that would win less than half of it.
 * Non-finite values are passed over; undefined when none is left. Linear in the number of values.
 */
export function robustRange(values: readonly number[], keep: readonly number[] = []): Range | undefined {
  const finite = finiteOf(values);
  const kept = keep.filter(Number.isFinite);
  const [least, most] = extent(finite);
  if (least === undefined || most === undefined) return undefined;
  const whole: Range = { low: Math.min(least, ...kept), high: Math.max(most, ...kept), outside: 0 };
  const q1 = quantile(finite, 0.25);
  const q3 = quantile(finite, 0.75);
  if (!(q3 > q1)) return whole;
  const reach = 3 * (q3 - q1);
  // The furthest values within the fences, not the fences themselves.
  let [low, high] = [most, least];
  for (let i = 0; i < finite.length; i++) {
    const value = finite[i] as number;
    if (value >= q1 - reach && value < low) low = value;
    if (value <= q3 + reach && value > high) high = value;
  }
  low = Math.min(low, ...kept);
  high = Math.max(high, ...kept);
  if (whole.high - whole.low < 2 * (high - low)) return whole;
  let outside = 0;
  for (let i = 0; i < finite.length; i++)
    if ((finite[i] as number) < low || (finite[i] as number) > high) outside++;
  return { low, high, outside };
}

/** By hand, as the loops above: charts call this at each redraw of a hundred thousand trials. */
function finiteOf(values: readonly number[]): Float64Array {
  const finite = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) finite[count++] = value;
  }
  return finite.subarray(0, count);
}

/** Linear interpolation between the two nearest ranks. `values` must not be empty; they are brought into another order. */
function quantile(values: Float64Array, p: number): number {
  const at = p * (values.length - 1);
  const rank = Math.floor(at);
  quickselect(values, rank);
  const below = values[rank] ?? Number.NaN;
  // What lies behind the selected rank is no less than it; the next rank is the least of that.
  const above = rank === at ? below : min(values.subarray(rank + 1));
  return below + ((above ?? below) - below) * (at - rank);
}
