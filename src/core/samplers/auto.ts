/**
 * The default: whichever sampler did best in the benchmark at the number of trials there are. What decided each rule
 * (bench/README.md has method and figures; LNR is the logarithm of the regret between 0 and 1):
 * - The Gaussian process up to 300 trials, in every kind of space: on 38 problems that no constant was chosen on it was
 *   first in mean rank at 30, 60 and 100 trials, and in each of the groups numeric, mixed and conditional at 100.
 * - No rule about noise: on four noisy problems LNR after 100 trials was .77 with the process (20 seeds), .80 with TPE and
 *   .77 with CMA-ES (one to three seeds each): none of them is ahead.
 * - No rule about parallelism: with 16 trials running at a time, on ten problems, LNR after 100 trials was .54 (TPE .70,
 *   CMA-ES .77).
 * - No rule about the number of choices: with one parameter of 100 and of 500 choices it was ahead of TPE and of the
 *   random forest from 60 trials on.
 * - No rule about the number of parameters: with 40 of them and 200 trials it was ahead of or level with all others.
 * - From 300 to 1000 trials the process, by the trials that matter most, in turn with TPE, which knows all. From the same
 *   300 trials on to 500 (three numeric problems, one seed each: few) that was ahead of CMA-ES and of TPE alone on two and
 *   level on one; the process alone was no worse, but takes twice the time.
 * - After 1000 TPE alone, or, in a space of numbers without conditions, CMA-ES, which was ahead of TPE on three of four
 *   such problems.
 * The choice depends on nothing but the trials, so it is the same when a study is resumed; it is stated on each trial.
 */
import { cmaesSampler } from './cmaes.js';
import { gpSampler } from './gp.js';
import { chooseForMany } from './multi/auto.js';
import type { Sampler, SamplerContext } from './sampler.js';
import { tpeSampler } from './tpe.js';
import { unitSpace } from './unit-space.js';

/** Up to here every suggestion comes from the Gaussian process. */
const MODEL_ALL = 300;
/** Up to here every second one does, by a model of the trials that matter most. */
const MODEL_SOME = 1000;

function choose({ space, trials, number }: SamplerContext): {
  readonly sampler: Sampler;
  readonly why: string;
} {
  if (trials.length <= MODEL_ALL) {
    return { sampler: gpSampler, why: ` (chosen for up to ${MODEL_ALL} trials)` };
  }
  if (trials.length > MODEL_SOME) {
    const { axes, conditional } = unitSpace(space);
    if (!conditional && axes.every(({ kind }) => kind !== 'category')) {
      return {
        sampler: cmaesSampler,
        why: ` (chosen for numbers alone and more than ${MODEL_SOME} trials)`,
      };
    }
    return { sampler: tpeSampler, why: ` (chosen for its speed with more than ${MODEL_SOME} trials)` };
  }
  const why = ` (taking turns with more than ${MODEL_ALL} trials)`;
  return { sampler: number % 2 === 0 ? gpSampler : tpeSampler, why };
}

export const autoSampler: Sampler = {
  name: 'auto',
  ask(context) {
    const { sampler, why } = context.directions.length > 1 ? chooseForMany(context) : choose(context);
    const suggestion = sampler.ask(context);
    if (suggestion === 'exhausted') return suggestion;
    return { ...suggestion, reason: `${suggestion.reason}${why}` };
  },
};
