/**
 * Trials that ended early as samplers see them that know no fidelities (partial-results.ts is for the Gaussian process,
 * which does): at one fidelity, the full training. What a paused or pruned trial would have reached is foretold from those
 * that went further: by a least-squares line from the values at its last step to the results of completed trials, or, while
 * those are few, from step to step of where trials ended. Samplers then learn from every trial, also of those given up, where
 * models of the highest rung alone (Falkner, Klein and Hutter, "BOHB", ICML 2018) forget the many below.
 */
import { isBetter } from './best.js';
import { plainTrial } from './packed/trials.js';
import { isPaused } from './pause.js';
import type { Direction, Objective, Trial } from './trial.js';

/** Pairs from which a line is drawn; with fewer, the median difference. */
export const MIN_PAIRS = 4;
/** Trials that lines are drawn through, the latest: more would cost time, and change little. */
const RECENT = 500;

interface Partial {
  readonly trial: Trial;
  readonly step: number;
}

/** Whether a trial ended, or waits, before its end. */
export const isPartial = (trial: Trial): boolean => trial.state === 'pruned' || isPaused(trial);

/** The list itself where nothing is to be seen otherwise. */
export function comparableTrials(
  trials: readonly Trial[],
  objectives: readonly Objective[],
): readonly Trial[] {
  const partial = new Map<number, Partial>();
  for (const trial of trials) {
    const step = isPartial(trial) ? trial.reports.at(-1)?.step : undefined;
    if (step !== undefined) partial.set(trial.number, { trial, step });
  }
  if (partial.size === 0) return trials;
  const asPruned = (trial: Trial): Trial =>
    isPaused(trial) ? { ...plainTrial(trial), state: 'pruned' } : trial;
  const direction = objectives[0]?.direction ?? 'minimize';
  if (objectives.length > 1) return trials.map(asPruned);
  const foretell = forecaster(trials, partial, direction);
  return trials.map((trial) => {
    const known = partial.get(trial.number);
    const value = known && foretell(known);
    if (value === undefined) return asPruned(trial);
    return { ...plainTrial(trial), state: 'complete', objectives: [value] };
  });
}

/** The best value of a trial up to a step, where it came that far. */
export function bestUpTo(trial: Trial, step: number, direction: Direction): number | undefined {
  let best = Number.NaN;
  for (const report of trial.reports) {
    if (report.step > step) break;
    if (isBetter(report.value, best, direction)) best = report.value;
  }
  const last = trial.reports.at(-1)?.step ?? 0;
  return last < step || Number.isNaN(best) ? undefined : best;
}

/** What a trial had at a step, and later. */
export type Pair = readonly [number, number];

/** The result of a trial that came to its end. */
export const endOf = (trial: Trial): number | undefined =>
  trial.state === 'complete' ? trial.objectives?.[0] : undefined;

/** What the latest trials had at a step, and what became of them. */
export const pairsAt = (
  trials: readonly Trial[],
  step: number,
  later: (trial: Trial) => number | undefined,
  direction: Direction,
): readonly Pair[] =>
  trials.slice(-RECENT).flatMap((trial) => {
    const y = later(trial);
    const x = y === undefined || !Number.isFinite(y) ? undefined : bestUpTo(trial, step, direction);
    return x === undefined || y === undefined ? [] : [[x, y] as const];
  });

type Line = (x: number) => number;

function lineThrough(pairs: readonly Pair[]): Line | undefined {
  const n = pairs.length;
  if (n === 0) return undefined;
  const differences = pairs.map(([x, y]) => y - x).sort((a, b) => a - b);
  const shift = differences[Math.floor(n / 2)] as number;
  if (n < MIN_PAIRS) return (x) => x + shift;
  const mx = pairs.reduce((sum, [x]) => sum + x, 0) / n;
  const my = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
  let [sxx, sxy] = [0, 0];
  for (const [x, y] of pairs) {
    sxx += (x - mx) ** 2;
    sxy += (x - mx) * (y - my);
  }
  // Never steeper than what it is at the rung itself, and never turned round.
  const slope = sxx > 0 ? Math.min(1, Math.max(0.1, sxy / sxx)) : 1;
  return (x) => my + slope * (x - mx);
}

/** The value at the end of a full training: from the step reached, or from rung to rung. */
function forecaster(
  trials: readonly Trial[],
  partial: ReadonlyMap<number, Partial>,
  direction: Direction,
): (known: Partial) => number | undefined {
  const rungs = [...new Set([...partial.values()].map(({ step }) => step))].sort((a, b) => a - b);
  const direct = rungs.map((rung) => {
    const known = pairsAt(trials, rung, endOf, direction);
    return known.length >= MIN_PAIRS ? lineThrough(known) : undefined;
  });
  const onwards = rungs.map((rung, i) => {
    const next = rungs[i + 1];
    const later = next === undefined ? endOf : (trial: Trial) => bestUpTo(trial, next, direction);
    return lineThrough(pairsAt(trials, rung, later, direction));
  });
  return ({ trial, step }) => {
    let value = bestUpTo(trial, step, direction);
    for (let i = rungs.indexOf(step); i < rungs.length && value !== undefined; i++) {
      const line = direct[i];
      if (line) return line(value);
      value = onwards[i]?.(value) ?? value;
    }
    return value;
  };
}
