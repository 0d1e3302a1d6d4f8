/** When a study has done enough: the criteria of `@sweep`'s `stop`. */
import { outcomeViolation } from '../space/constraint.js';
import { bestOfFirst, isBetter, isExcluded, mergedStudy, objectiveOf } from './best.js';
import { byEnd, trialsSinceGrowth } from './objectives/hypervolume.js';
import { lastStepOf } from './packed/stored-trial.js';
import { isPaused } from './pause.js';
import { remainingRegret } from './regret.js';
import { hasRepeats, isSettled, mergedTrials } from './repeats.js';
import type { StopCriteria, Study, Trial } from './trial.js';

export interface Stop {
  readonly criterion: keyof StopCriteria;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** Why the study should start no more trials; undefined to go on. `now` in ms since the epoch. */
export function stopOf(study: Study, now: number): Stop | undefined {
  const { stop } = study.settings;
  const direction = study.objectives[0]?.direction ?? 'minimize';

  if (stop.target !== undefined) {
    const best = bestOfFirst(study);
    const value = best && objectiveOf(best);
    if (
      best &&
      value !== undefined &&
      !isBetter(stop.target, value, direction) &&
      isSettled(study, best.number)
    ) {
      return { criterion: 'target', reason: `the target ${stop.target} was reached by trial ${best.number}` };
    }
  }
  if (
    stop.plateau !== undefined &&
    study.trials.length > stop.plateau &&
    sinceImprovement(study) >= stop.plateau
  ) {
    const what = study.objectives.length > 1 ? 'growth of the hypervolume' : 'improvement';
    return {
      criterion: 'plateau',
      reason: `no ${what} in ${stop.plateau} completed ${stop.plateau === 1 ? 'trial' : 'trials'}`,
    };
  }
  if (stop.trials !== undefined && startedAtLeast(study, stop.trials)) {
    return {
      criterion: 'trials',
      reason: stop.trials === 1 ? 'its one trial was started' : `all ${stop.trials} trials were started`,
    };
  }
  if (stop.minutes !== undefined && runningMs(study, now) >= stop.minutes * 60_000) {
    return { criterion: 'minutes', reason: `${stop.minutes} minutes of running time are over` };
  }
  if (stop.epochs !== undefined) {
    const used = usedEpochs(study);
    if (used >= stop.epochs) {
      const reason = `${used} steps were reported, and stop.epochs allows ${stop.epochs}`;
      return { criterion: 'epochs', reason };
    }
  }
  if (stop.regret !== undefined) {
    const regret = remainingRegret(study);
    if (regret !== undefined && regret < stop.regret) {
      const left = Number(regret.toPrecision(3));
      const reason = `by the model no more than ${left} can still be gained, and stop.regret asks for less than ${stop.regret}`;
      return { criterion: 'regret', reason };
    }
  }
  return undefined;
}

/** Excluded trials count: they were started, and a budget is a budget. So do paused ones. */
const startedAtLeast = ({ trials }: Study, wanted: number): boolean =>
  // Asked before every trial: most of the time the length alone decides.
  trials.length >= wanted &&
  trials.filter((trial) => trial.state !== 'waiting' || isPaused(trial)).length >= wanted;

/**
 * Steps of all trials, each once however often it was interrupted: a trial that goes on begins at its checkpoint. One
 * that ended without a report counts as one evaluation.
 */
export function usedEpochs({ trials }: Pick<Study, 'trials'>): number {
  const ended = ({ state }: Trial): boolean => state !== 'waiting' && state !== 'running';
  let total = 0;
  for (const trial of trials) total += lastStepOf(trial) || (ended(trial) ? 1 : 0);
  return total;
}

/** Milliseconds that engines have worked on the study, the present one included. */
export function runningMs(study: Pick<Study, 'elapsedMs' | 'runningSince'>, now: number): number {
  return study.elapsedMs + (study.runningSince ? Math.max(0, now - Date.parse(study.runningSince)) : 0);
}

/**
 * Completed trials after the last improvement, in the order in which they completed. A result that breaks an outcome
 * constraint is none; before the first that breaks none, to break them less is (Deb 2000, as in samplers/ranking.ts).
 */
function sinceImprovement(study: Study): number {
  if (study.objectives.length > 1) return trialsSinceGrowth(mergedStudy(study));
  const direction = study.objectives[0]?.direction ?? 'minimize';
  const violation = outcomeViolation(study.settings.outcomeConstraints);
  const completed = (hasRepeats(study) ? mergedTrials(study.trials) : study.trials)
    .filter((trial) => trial.state === 'complete' && !isExcluded(trial))
    .toSorted(byEnd);
  let best = Number.NaN;
  let least = violation ? Infinity : 0;
  let since = 0;
  for (const trial of completed) {
    const value = objectiveOf(trial) ?? Number.NaN;
    const broken = violation?.(trial.values) ?? 0;
    if (broken < least || (broken === 0 && isBetter(value, best, direction))) {
      if (broken === 0) best = value;
      least = broken;
      since = 0;
    } else since++;
  }
  return since;
}
