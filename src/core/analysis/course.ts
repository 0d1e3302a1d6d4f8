/**
 * What a study comes down to beside others: when it got better, and how its results are distributed. Small however long
 * the study is, so that several can be handed to a page at once. Pure.
 */
import { objectiveOf } from '../study/best.js';
import type { Direction, Study } from '../study/trial.js';
import { historyOf } from './history.js';

export interface Course {
  readonly direction: Direction;
  /** Trials, and those of them that completed. */
  readonly trials: number;
  readonly completed: number;
  /** One entry per improvement of the first objective, in the order of trials. */
  readonly best: readonly { readonly trial: number; readonly value: number }[];
  /** The highest number among the trials that ended; -1 when there are none. */
  readonly last: number;
  /** The first objective of completed trials, ascending, each with the share of them that is at most there. */
  readonly distribution: readonly { readonly value: number; readonly share: number }[];
}

/** Points of a distribution: more are closer together than pixels. */
const MOST_POINTS = 300;

/** The course of a study's first objective; of long studies evenly spaced order statistics, both ends included. */
export function courseOf(study: Pick<Study, 'objectives' | 'trials' | 'settings'>): Course {
  const { best, last } = historyOf(study);
  const values: number[] = [];
  for (const trial of study.trials) {
    const value = trial.state === 'complete' ? objectiveOf(trial) : undefined;
    if (value !== undefined && Number.isFinite(value)) values.push(value);
  }
  const sorted = Float64Array.from(values).sort();
  const points = Math.min(MOST_POINTS, sorted.length);
  const distribution = Array.from({ length: points }, (_, index) => {
    const rank = points === 1 ? 0 : Math.round((index * (sorted.length - 1)) / (points - 1));
    return { value: sorted[rank] ?? Number.NaN, share: (rank + 1) / sorted.length };
  });
  return {
    direction: study.objectives[0]?.direction ?? 'minimize',
    trials: study.trials.length,
    completed: sorted.length,
    best,
    last,
    distribution,
  };
}
