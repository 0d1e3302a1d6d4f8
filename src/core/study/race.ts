/**
 * The race at the end of a study: near-ties among the best few get further runs with other seeds, one each per round,
 * until the leader is better than every rival with the wanted probability, or all have had their runs. Successive
 * elimination as in Maron and Moore, "The racing algorithm" (1997), with the posterior of winner.ts in place of their
 * bounds. A trial that rises to the top because others fell is raced, too. With several objectives members of the front
 * are no rivals: the most balanced ones all get their runs, so that the front stands on means, and one that the means
 * show to be dominated makes room.
 */
import { mergedStudy } from './best.js';
import { balancedTrial, paretoFront } from './objectives/pareto.js';
import { repeatOf } from './repeats.js';
import type { Study, Suggestion } from './trial.js';
import { probabilityBetter, standing } from './winner.js';

/** So many of the best are raced. */
const CONTENDERS = 3;
/** As sure as this is sure enough. */
const SURE = 0.95;

export const RACE_SAMPLER = 'race';

/** The next run of the race; undefined when it is over, or has to wait for runs under way. */
export function nextInRace(study: Study): Suggestion | undefined {
  const { trials, settings } = study;
  const { race = 0 } = settings;
  if (race === 0) return undefined;
  const made = new Map<number, number>();
  for (const trial of trials) {
    const point = repeatOf(trial);
    if (trial.suggestion?.sampler === RACE_SAMPLER && point !== undefined)
      made.set(point, (made.get(point) ?? 0) + 1);
  }
  const runsOf = (number: number): number => made.get(number) ?? 0;
  const rerun = (of: readonly number[], top: readonly number[]): Suggestion | undefined => {
    const next = of.filter((number) => runsOf(number) < race).sort((a, b) => runsOf(a) - runsOf(b))[0];
    const trial = next === undefined ? undefined : trials[next];
    if (next === undefined || !trial) return undefined;
    return {
      params: trial.params,
      sampler: RACE_SAMPLER,
      reason: `run ${runsOf(next) + 1} of at most ${race} in the race of trials ${top.join(', ')}`,
      repeatOf: next,
    };
  };
  if (study.objectives.length > 1) {
    const top = balancedMembers(study);
    return rerun(top, top);
  }
  const { contenders, noise, prior } = standing(study);
  const top = contenders.slice(0, CONTENDERS);
  const [leader] = top;
  if (!leader || top.length < 2) return undefined;
  // A rival is open while it may still win; before the first round nothing is known about the noise.
  const open = top.slice(1).filter((rival) => {
    const unknown = !noise || runsOf(leader.number) === 0 || runsOf(rival.number) === 0;
    return unknown || probabilityBetter(leader, rival, { noise, ...(prior && { prior }) }) < SURE;
  });
  if (open.length === 0) return undefined;
  return rerun(
    [leader, ...open].map(({ number }) => number),
    top.map(({ number }) => number),
  );
}

/** The members of the front that are nearest to the best of every objective. */
function balancedMembers(study: Study): readonly number[] {
  const directions = study.objectives.map(({ direction }) => direction);
  let front = paretoFront(mergedStudy(study));
  const members: number[] = [];
  while (members.length < CONTENDERS) {
    const next = balancedTrial(front, directions);
    if (!next) break;
    members.push(next.number);
    front = front.filter(({ number }) => number !== next.number);
  }
  return members;
}

/** How many runs the race has taken. */
export const raceRuns = ({ trials }: Study): number =>
  trials.filter(({ suggestion }) => suggestion?.sampler === RACE_SAMPLER).length;
