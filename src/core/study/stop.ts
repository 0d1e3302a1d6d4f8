/** When a study has done enough: the criteria of `@sweep`'s `stop`. */
import { bestTrial, isBetter, isExcluded, objectiveOf } from './best.js';
import type { Study } from './trial.js';

/** Why the study should start no more trials, in a sentence; undefined to go on. `now` in ms since the epoch. */
export function stopReason(study: Study, now: number): string | undefined {
  const { stop } = study.settings;
  const direction = study.objectives[0]?.direction ?? 'minimize';

  if (stop.target !== undefined) {
    const best = bestTrial(study);
    const value = best && objectiveOf(best);
    if (best && value !== undefined && !isBetter(stop.target, value, direction)) {
      return `the target ${stop.target} was reached by trial ${best.number}`;
    }
  }
  if (
    stop.plateau !== undefined &&
    study.trials.length > stop.plateau &&
    sinceImprovement(study) >= stop.plateau
  ) {
    return `no improvement in ${stop.plateau} completed trials`;
  }
  if (stop.trials !== undefined && startedAtLeast(study, stop.trials)) {
    return `all ${stop.trials} trials were started`;
  }
  if (stop.minutes !== undefined && runningMs(study, now) >= stop.minutes * 60_000) {
    return `${stop.minutes} minutes of running time are over`;
  }
  return undefined;
}

/** Excluded trials count: they were started, and a budget is a budget. */
const startedAtLeast = ({ trials }: Study, wanted: number): boolean =>
  // Asked before every trial: most of the time the length alone decides.
  trials.length >= wanted && trials.filter(({ state }) => state !== 'waiting').length >= wanted;

/** Milliseconds that engines have worked on the study, the present one included. */
export function runningMs(study: Pick<Study, 'elapsedMs' | 'runningSince'>, now: number): number {
  return study.elapsedMs + (study.runningSince ? Math.max(0, now - Date.parse(study.runningSince)) : 0);
}

/** Completed trials after the last improvement, in the order in which they completed. */
function sinceImprovement(study: Study): number {
  const direction = study.objectives[0]?.direction ?? 'minimize';
  const completed = study.trials
    .filter((trial) => trial.state === 'complete' && !isExcluded(trial))
    .toSorted((a, b) => (a.finishedAt ?? '').localeCompare(b.finishedAt ?? '') || a.number - b.number);
  let best = Number.NaN;
  let since = 0;
  for (const trial of completed) {
    const value = objectiveOf(trial) ?? Number.NaN;
    if (isBetter(value, best, direction)) {
      best = value;
      since = 0;
    } else since++;
  }
  return since;
}
