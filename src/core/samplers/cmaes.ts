/**
 * CMA-ES (cma/): for numeric spaces and hundreds of trials and more. Generations of 4 + 3 ln d trials, in number order;
 * any number of them may run at a time, since all are drawn from the distribution that the last finished generation
 * left. Failed trials and those that break an outcome constraint rank last. The state is derived from the trials: a
 * study that is resumed, or replayed, gives the same suggestions.
 */
import { derivedSeed, random } from '../random.js';
import type { Direction, Trial } from '../study/trial.js';
import { type Member, Search } from './cma/search.js';
import { startOf } from './cma/start.js';
import { newPoint, suggestedPoints } from './novelty.js';
import { bestFirst } from './ranking.js';
import type { Sampler, SamplerContext } from './sampler.js';
import { type UnitSpace, unitSpace } from './unit-space.js';

/** A generation is closed without its unfinished trials once this many times its size of later ones have finished. */
const OVERTAKEN = 2;

/** A search, and the trials that it has taken in: all before place `next` of the list, all numbers below `number`. */
interface Progress {
  readonly search: Search;
  next: number;
  number: number;
  /** The last trial taken in: a list that lost or changed it is another list. */
  last: Trial | undefined;
}
const progressOf = new WeakMap<
  readonly Trial[],
  { readonly unit: UnitSpace; readonly seed: number; readonly progress: Progress }
>();

const isOpen = ({ state }: Trial): boolean => state === 'running' || state === 'waiting';

/** Takes in generations as long as there are complete ones. */
function advance(progress: Progress, context: SamplerContext, overtaken: boolean): void {
  const { trials, directions, outcomeViolation } = context;
  const direction: Direction = directions[0] ?? 'minimize';
  const { search } = progress;
  for (;;) {
    const { lambda } = search;
    const end = progress.number + lambda;
    if ((trials.at(-1)?.number ?? -1) < end - 1) return;
    let next = progress.next;
    while (next < trials.length && (trials[next] as Trial).number < end) next++;
    const generation = trials.slice(progress.next, next);
    const finished = generation.filter((trial) => !isOpen(trial));
    if (finished.length < generation.length) {
      if (!overtaken) return;
      let later = 0;
      for (let i = next; i < trials.length && later < OVERTAKEN * lambda; i++) {
        if (!isOpen(trials[i] as Trial)) later++;
      }
      if (later < OVERTAKEN * lambda) return;
    }
    const ranked = bestFirst(finished, finished.length, direction, outcomeViolation);
    const members = ranked.map(({ number, params }): Member => ({ number, x: search.unit.encode(params) }));
    const sign = direction === 'maximize' ? -1 : 1;
    const values = ranked
      .filter(({ state }) => state === 'complete')
      .map(({ objectives }) => sign * (objectives?.[0] ?? Number.NaN))
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    search.advance(members, values);
    progress.next = next;
    progress.number = end;
    progress.last = trials[next - 1];
  }
}

/** The search as the trials have left it. */
function searchOf(unit: UnitSpace, context: SamplerContext): Search {
  const { trials, seed, directions } = context;
  let known = progressOf.get(trials);
  if (
    !known ||
    known.unit !== unit ||
    known.seed !== seed ||
    trials[known.progress.next - 1] !== known.progress.last
  ) {
    // Trials of earlier studies have numbers below zero.
    const own = trials.findIndex((trial) => trial.number >= 0);
    const next = own < 0 ? trials.length : own;
    const start = startOf(unit, trials.slice(0, next), directions[0] ?? 'minimize');
    const search = new Search(unit, derivedSeed(seed, 'cmaes'), start);
    known = { unit, seed, progress: { search, next, number: 0, last: trials[next - 1] } };
    progressOf.set(trials, known);
  }
  const { progress } = known;
  advance(progress, context, false);
  if (!trials.slice(progress.next).some(isOpen)) return progress.search;
  // What an unfinished trial will turn out to be is not known: that state is not kept.
  const ahead = { ...progress, search: progress.search.copy() };
  advance(ahead, context, true);
  return ahead.search;
}

export const cmaesSampler: Sampler = {
  name: 'cmaes',
  ask(context) {
    const { space, trials, seed, number } = context;
    const unit = unitSpace(space);
    const search = searchOf(unit, context);
    const source = random(seed, number, 'cmaes');
    const draw = () => unit.decode(search.sample(source));
    const params = newPoint(space, suggestedPoints(trials), source, draw, context);
    if (params === 'exhausted') return params;
    const { evolution, restarts } = search;
    const again = restarts > 0 ? ` after restart ${restarts}` : '';
    const step = Number((100 * evolution.sigma).toPrecision(2));
    const drawn =
      evolution.mean.length > 0
        ? `around its mean with a step size of ${step} % of the range`
        : 'by the chances that each choice has come to have';
    return {
      params,
      sampler: 'cmaes',
      reason: `generation ${evolution.generation + 1}${again}, drawn ${drawn}`,
    };
  },
};
