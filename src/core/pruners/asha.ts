/**
 * Asynchronous successive halving: Li et al., "A system for massively parallel hyperparameter tuning" (MLSys 2020), in
 * the form that stops instead of pausing (Optuna's SuccessiveHalvingPruner). At the steps 1, η, η², … a trial goes on if
 * its best value so far is among the best 1/η of all trials that came as far, the present one included; while fewer
 * than η have, only the best of them goes on. NaN is always pruned.
 */
import { isBetter } from '../study/best.js';
import type { Direction, Trial } from '../study/trial.js';
import type { Pruner } from './pruner.js';

/** η: of so many trials one goes on. */
const REDUCTION = 3;

/** The highest rung that is at most the step; steps count from 1. */
function rungAt(step: number): number {
  let rung = 1;
  while (rung * REDUCTION <= step) rung *= REDUCTION;
  return rung;
}

/** The best value up to the first report at or after the rung; undefined where the trial did not come that far. */
function valueAtRung({ reports }: Trial, rung: number, direction: Direction): number | undefined {
  let best = Number.NaN;
  for (const { step, value } of reports) {
    if (isBetter(value, best, direction)) best = value;
    if (step >= rung) return Number.isNaN(best) ? undefined : best;
  }
  return undefined;
}

const short = (x: number): string => String(Number(x.toPrecision(4)));

export const ashaPruner: Pruner = {
  name: 'asha',
  judge({ direction, trials, trial }) {
    const last = trial.reports.at(-1);
    if (!last) return { prune: false, reason: 'nothing reported yet' };
    if (Number.isNaN(last.value)) return { prune: true, reason: `the metric is NaN at step ${last.step}` };
    const rung = rungAt(last.step);
    const before = trial.reports.at(-2)?.step ?? 0;
    if (before >= rung) {
      return { prune: false, reason: `the next comparison is at step ${rung * REDUCTION}` };
    }
    const own = valueAtRung(trial, rung, direction) ?? last.value;
    const others = trials
      .filter(({ number }) => number !== trial.number)
      .map((other) => valueAtRung(other, rung, direction))
      .filter((value) => value !== undefined);
    const better = others.filter((value) => isBetter(value, own, direction)).length;
    const reached = others.length + 1;
    const places = Math.max(1, Math.floor(reached / REDUCTION));
    const prune = better >= places;
    const goOn = places === 1 ? 'one goes on' : `${places} go on`;
    const reason = `${short(own)} is number ${better + 1} of ${reached} trials at step ${rung}, of which ${goOn}`;
    return { prune, reason };
  },
};
