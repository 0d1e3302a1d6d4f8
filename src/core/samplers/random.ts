/**
 * Independent uniform draws (uniform in the logarithm where the parameter says `log`): Bergstra and Bengio, "Random
 * search for hyper-parameter optimization", JMLR 13 (2012).
 */
import { type Random, random } from '../random.js';
import { decodeUnit } from '../space/encode.js';
import type { Params, Space } from '../space/parameter.js';
import { buildPoint } from '../space/point.js';
import { newPoint, suggestedPoints } from './novelty.js';
import type { Sampler } from './sampler.js';

export const drawUniform = (space: Space, source: Random): Params =>
  buildPoint(space, (_name, parameter) => decodeUnit(parameter, source.next()));

export const randomSampler: Sampler = {
  name: 'random',
  ask({ space, trials, seed, number }) {
    const source = random(seed, number, 'random');
    const params = newPoint(space, suggestedPoints(trials), source, () => drawUniform(space, source));
    return params === 'exhausted' ? params : { params, sampler: 'random', reason: 'drawn at random' };
  },
};
