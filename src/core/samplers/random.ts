/**
 * Independent uniform draws (uniform in the logarithm where the parameter says `log`): Bergstra and Bengio, "Random
 * search for hyper-parameter optimization", JMLR 13 (2012).
 */
import { random } from '../random.js';
import { drawUniform, newPoint, suggestedPoints } from './novelty.js';
import type { Sampler } from './sampler.js';

export const randomSampler: Sampler = {
  name: 'random',
  ask(context) {
    const { space, trials, seed, number } = context;
    const source = random(seed, number, 'random');
    const params = newPoint(
      space,
      suggestedPoints(trials),
      source,
      () => drawUniform(space, source),
      context,
    );
    return params === 'exhausted' ? params : { params, sampler: 'random', reason: 'drawn at random' };
  },
};
