/**
 * The default: whichever sampler does best in the benchmark (bench/README.md) at the number of trials there are. Up to
 * a few hundred that is the Gaussian process, on numeric, mixed and conditional spaces alike; then its cost grows, and
 * it takes turns with the Parzen estimator, which knows all trials; with thousands the estimator goes on alone, or, in a
 * space of numbers without conditions, CMA-ES. The choice depends on nothing but the trials, so it is the same when a study is resumed.
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
  if (trials.length <= MODEL_ALL) return { sampler: gpSampler, why: '' };
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
    if (suggestion === 'exhausted' || why === '') return suggestion;
    return { ...suggestion, reason: `${suggestion.reason}${why}` };
  },
};
