/**
 * Which trial is better than which, those without a result included: completed ones by value, then those that break an
 * outcome constraint by how much, then pruned ones by how far they came and how well, then failed ones, then those that
 * have said nothing yet. Feasible before infeasible: Deb, "An efficient constraint handling method for genetic
 * algorithms" (2000); the order of the pruned as in Optuna (optuna/samplers/_tpe/sampler.py).
 */
import type { Direction, Trial } from '../study/trial.js';
import type { SamplerContext } from './sampler.js';

type Key = readonly [number, number, number, number];

/** Smaller is better; lexicographic. */
function rankKey(trial: Trial, sign: number, violation: SamplerContext['outcomeViolation']): Key {
  const value = (x: number | undefined): number => (x === undefined || Number.isNaN(x) ? Infinity : sign * x);
  switch (trial.state) {
    case 'complete': {
      const broken = violation?.(trial.values) ?? 0;
      return [broken > 0 ? 1 : 0, broken, value(trial.objectives?.[0]), trial.number];
    }
    case 'pruned': {
      const last = trial.reports.at(-1);
      return [2, -(last?.step ?? 0), value(last?.value), trial.number];
    }
    case 'failed':
      return [3, 0, 0, trial.number];
    case 'running':
    case 'waiting':
      return [4, 0, 0, trial.number];
    default:
      return trial.state satisfies never;
  }
}

function isBefore(a: Key, b: Key): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number);
  }
  return false;
}

/** The `size` best, best first. One pass: there may be ten thousand trials, and few are good. */
export function bestFirst(
  trials: readonly Trial[],
  size: number,
  direction: Direction,
  violation?: SamplerContext['outcomeViolation'],
): readonly Trial[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const best: { readonly trial: Trial; readonly key: Key }[] = [];
  for (const trial of trials) {
    const key = rankKey(trial, sign, violation);
    const last = best[size - 1];
    if (last && !isBefore(key, last.key)) continue;
    let place = best.length;
    while (place > 0 && isBefore(key, (best[place - 1] as { key: Key }).key)) place--;
    best.splice(place, 0, { trial, key });
    best.length = Math.min(best.length, size);
  }
  return best.map(({ trial }) => trial);
}
