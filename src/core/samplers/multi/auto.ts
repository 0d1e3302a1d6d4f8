/**
 * What `auto` does with several objectives, by the benchmark (bench/README.md): the Gaussian processes are ahead
 * of the Parzen estimator and of NSGA-II at every budget up to 100 trials; later they cost too much, and take turns with
 * the estimator, which then goes on alone.
 */
import { gpSampler } from '../gp.js';
import type { Sampler, SamplerContext } from '../sampler.js';
import { tpeSampler } from '../tpe.js';

/** Up to here every suggestion comes from the Gaussian processes; up to the next every second one. */
const MODEL_ALL = 250;
const MODEL_SOME = 1000;

/** The sampler for the next trial, and why, to be added to its reason. */
export function chooseForMany({ trials, number, directions }: SamplerContext): {
  readonly sampler: Sampler;
  readonly why: string;
} {
  const many = `${directions.length} objectives`;
  if (trials.length <= MODEL_ALL) return { sampler: gpSampler, why: ` (chosen for ${many})` };
  if (trials.length > MODEL_SOME) {
    return { sampler: tpeSampler, why: ` (chosen for its speed with more than ${MODEL_SOME} trials)` };
  }
  const why = ` (taking turns with more than ${MODEL_ALL} trials and ${many})`;
  return { sampler: number % 2 === 0 ? gpSampler : tpeSampler, why };
}
