/** What pruners read out of the reports of trials. */
import { isBetter } from '../study/best.js';
import type { Direction, Report, Trial } from '../study/trial.js';
import type { PrunerContext, Verdict } from './pruner.js';

export const short = (x: number): string => String(Number(x.toPrecision(4)));

/** The direction of the first objective. */
export const directionOf = ({ objectives }: Pick<PrunerContext, 'objectives'>): Direction =>
  objectives[0]?.direction ?? 'minimize';

/** The best value among the reports; NaN where none is a number. */
export function bestValue(reports: readonly Report[], direction: Direction): number {
  let best = Number.NaN;
  for (const { value } of reports) if (isBetter(value, best, direction)) best = value;
  return best;
}

/** What every pruner says about a trial without a report, or whose newest value is NaN; else undefined. */
export function plainVerdict({ trial }: PrunerContext): Verdict | undefined {
  const last = trial.reports.at(-1);
  if (!last) return { prune: false, reason: 'nothing reported yet' };
  if (!Number.isNaN(last.value)) return undefined;
  return { prune: true, reason: `the metric is NaN at step ${last.step}` };
}

/**
 * Whether the newest report is the first one of an interval of steps after the warm-up: where several steps lie
 * between two reports, the first at or after the step counts (optuna/pruners/_percentile.py).
 */
export function isDue(trial: Trial, warmupSteps: number, intervalSteps: number): boolean {
  const last = trial.reports.at(-1)?.step ?? 0;
  // Steps count from 1: the first after the warm-up is warmupSteps + 1.
  if (last <= warmupSteps) return false;
  const before = trial.reports.at(-2)?.step ?? 0;
  const due = Math.floor((last - 1 - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps + 1;
  return before < due;
}
