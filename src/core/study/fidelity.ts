/**
 * Trials that ended early as samplers see them: at one fidelity, the full training. What a paused or pruned trial would
 * have reached is foretold from those that went further: by a least-squares line from the values at its last step to the
 * results of completed trials, or, while those are few, from step to step of where trials ended. Samplers then learn from every trial, also of those given up,
 * where models of the highest rung alone (Falkner, Klein and Hutter, "BOHB", ICML 2018) forget the many below.
 */
import { isBetter } from './best.js';
import { plainTrial } from './packed/trials.js';
import { isPaused } from './pause.js';
import type { Direction, Objective, Trial } from './trial.js';

/** Pairs from which a line is drawn; with fewer, the median difference. */
const LINE = 4;
/** Trials that lines are drawn through, the latest: more would cost time, and change little. */
const RECENT = 500;

interface Partial {
  readonly trial: Trial;
  readonly step: number;
}

/** The list itself where nothing is to be seen otherwise. */
export function comparableTrials(
  trials: readonly Trial[],
  objectives: readonly Objective[],
): readonly Trial[] {
  const partial = new Map<number, Partial>();
  for (const trial of trials) {
    const over = trial.state === 'pruned' || isPaused(trial);
    const step = over ? trial.reports.at(-1)?.step : undefined;
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
function bestUpTo(trial: Trial, step: number, direction: Direction): number | undefined {
  let best = Number.NaN;
  for (const report of trial.reports) {
    if (report.step > step) break;
    if (isBetter(report.value, best, direction)) best = report.value;
  }
  const last = trial.reports.at(-1)?.step ?? 0;
  return last < step || Number.isNaN(best) ? undefined : best;
}

/** What a trial had at a step, and later. */
type Pair = readonly [number, number];
type Line = (x: number) => number;

function lineThrough(pairs: readonly Pair[]): Line | undefined {
  const n = pairs.length;
  if (n === 0) return undefined;
  const differences = pairs.map(([x, y]) => y - x).sort((a, b) => a - b);
  const shift = differences[Math.floor(n / 2)] as number;
  if (n < LINE) return (x) => x + shift;
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
  const recent = trials.slice(-RECENT);
  const atEnd = (trial: Trial): number | undefined =>
    trial.state === 'complete' ? trial.objectives?.[0] : undefined;
  const pairs = (rung: number, to: (trial: Trial) => number | undefined): readonly Pair[] =>
    recent.flatMap((trial) => {
      const y = to(trial);
      const x = y === undefined || !Number.isFinite(y) ? undefined : bestUpTo(trial, rung, direction);
      return x === undefined || y === undefined ? [] : [[x, y] as const];
    });
  const direct = rungs.map((rung) => {
    const known = pairs(rung, atEnd);
    return known.length >= LINE ? lineThrough(known) : undefined;
  });
  const onwards = rungs.map((rung, i) => {
    const next = rungs[i + 1];
    return lineThrough(pairs(rung, next === undefined ? atEnd : (trial) => bestUpTo(trial, next, direction)));
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
