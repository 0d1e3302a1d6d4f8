/**
 * Repeated trainings of one point, to see through noise: every repeat is a trial of its own with its own seed, which says
 * of which trial it is a repeat; for samplers and for the best the runs of a point are one trial with their mean. With
 * `repeats: n` each point whose first run completed gets n runs; a `race` at the end is in race.ts.
 */
import { PackedTrial, plainTrial } from './packed/trials.js';
import type { Study, Suggestion, Trial } from './trial.js';

/** The number of the trial that this one repeats. */
export const repeatOf = (trial: Trial): number | undefined =>
  trial instanceof PackedTrial ? trial.repeatOf : trial.suggestion?.repeatOf;

/** Whether a study repeats points at all. */
export const hasRepeats = ({ settings: { repeats = 1, race = 0 } }: Pick<Study, 'settings'>): boolean =>
  repeats > 1 || race > 0;

/** The trials that are no repeats; the list itself where none is. */
export const withoutRepeats = (trials: readonly Trial[]): readonly Trial[] =>
  trials.some((trial) => repeatOf(trial) !== undefined)
    ? trials.filter((trial) => repeatOf(trial) === undefined)
    : trials;

/** Runs of each point, by the number of its first trial, in order. Excluded runs are left out. */
export function runsByPoint(trials: readonly Trial[]): ReadonlyMap<number, readonly Trial[]> {
  const runs = new Map<number, Trial[]>();
  for (const trial of trials) {
    if (trial.marks?.excluded !== undefined) continue;
    const first = repeatOf(trial) ?? trial.number;
    const known = runs.get(first);
    if (known) known.push(trial);
    else runs.set(first, [trial]);
  }
  return runs;
}

/** One trial per point: the first run, with the mean of the completed runs. The list itself where nothing is repeated. */
export function mergedTrials(trials: readonly Trial[]): readonly Trial[] {
  const firsts = withoutRepeats(trials);
  if (firsts === trials) return trials;
  const runs = runsByPoint(trials);
  return firsts.map((first) => {
    const complete = (runs.get(first.number) ?? []).filter(({ state }) => state === 'complete');
    return complete.length > 1 && first.state === 'complete' ? meanOf(first, complete) : first;
  });
}

/** Of equal results it is the result itself: rounding must not part points that came out the same. */
export function meanOfRuns(values: readonly number[]): number {
  const [first = Number.NaN] = values;
  if (values.every((value) => value === first)) return first;
  const sum = values.reduce((sum, value) => sum + value, 0);
  if (Number.isFinite(sum)) return sum / values.length;
  return values.reduce((mean, value) => mean + value / values.length, 0);
}

function meanOf(first: Trial, runs: readonly Trial[]): Trial {
  const mean = (resultOf: (run: Trial) => number | undefined): number =>
    meanOfRuns(runs.map((run) => resultOf(run) ?? Number.NaN));
  return {
    ...plainTrial(first),
    objectives: (first.objectives ?? []).map((_, i) => mean((run) => run.objectives?.[i])),
    values: Object.fromEntries(
      Object.keys(first.values).map((metric) => [metric, mean((run) => run.values[metric])]),
    ),
  };
}

/** The next repeat that `repeats` asks for, the earliest point first. */
export function dueRepeat({ trials, settings: { repeats = 1 } }: Study): Suggestion | undefined {
  if (repeats < 2) return undefined;
  for (const [number, runs] of runsByPoint(trials)) {
    const first = trials[number];
    if (first?.state !== 'complete' || first.marks?.excluded !== undefined || runs.length >= repeats)
      continue;
    return {
      params: first.params,
      sampler: 'repeat',
      reason: `run ${runs.length + 1} of ${repeats} of trial ${number}`,
      repeatOf: number,
    };
  }
  return undefined;
}

/** Whether the runs that `repeats` asks for have all been made: before that, one lucky run may decide nothing. */
export const isSettled = ({ trials, settings: { repeats = 1 } }: Study, number: number): boolean =>
  repeats < 2 ||
  (runsByPoint(trials)
    .get(number)
    ?.filter(({ state }) => state !== 'running').length ?? 0) >= repeats;
