/**
 * Quasi-random points: a scrambled Sobol sequence, which fills a space more evenly than independent draws. Every
 * parameter has a dimension of its own, active or not; a categorical one is its choices side by side in that dimension.
 * Sobol, "On the distribution of points in a cube", USSR Comput. Math. Math. Phys. 7 (1967).
 */
import { derivedSeed, random } from '../random.js';
import type { Params } from '../space/parameter.js';
import { newPoint, suggestedPoints } from './novelty.js';
import { sobol } from './qmc/sobol.js';
import type { Sampler } from './sampler.js';
import { coordinateOf, type UnitSpace, unitSpace } from './unit-space.js';

/** The index-th point of the sequence that belongs to the seed. */
export function sobolPoint(unit: UnitSpace, index: number, seed: number): Params {
  return unit.decode(Float64Array.from(unit.axes, (axis, j) => coordinateOf(axis, sobol(index, j, seed))));
}

export const qmcSampler: Sampler = {
  name: 'qmc',
  ask({ space, trials, seed, number }) {
    const unit = unitSpace(space);
    const sequence = derivedSeed(seed, 'qmc');
    let index = number;
    const draw = (): Params => sobolPoint(unit, index++, sequence);
    const params = newPoint(space, suggestedPoints(trials), random(seed, number, 'qmc'), draw);
    if (params === 'exhausted') return params;
    return { params, sampler: 'qmc', reason: 'the next point of an even spread' };
  },
};
