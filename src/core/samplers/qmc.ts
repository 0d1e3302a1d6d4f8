/**
 * Quasi-random points: a scrambled Sobol sequence (`qmc`) or Halton sequence (`halton`), which fill a space more evenly
 * than independent draws. Every parameter has a dimension of its own, active or not; a categorical one is its choices
 * side by side in that dimension. Sobol, "On the distribution of points in a cube", USSR Comput. Math. Math. Phys. 7
 * (1967); Halton, "On the efficiency of certain quasi-random sequences of points", Numer. Math. 2 (1960).
 */
import { derivedSeed, random } from '../random.js';
import type { Params } from '../space/parameter.js';
import { newPoint, suggestedPoints } from './novelty.js';
import { halton } from './qmc/halton.js';
import { sobol } from './qmc/sobol.js';
import type { Sampler } from './sampler.js';
import { believedCoordinate, type UnitSpace, unitSpace } from './unit-space.js';

/** Coordinate `dimension` of point `index` of the sequence that belongs to the seed. */
type Sequence = (index: number, dimension: number, seed: number) => number;

const pointOf = (unit: UnitSpace, sequence: Sequence, index: number, seed: number): Params =>
  unit.decode(Float64Array.from(unit.axes, (axis, j) => believedCoordinate(axis, sequence(index, j, seed))));

/** The index-th point of the Sobol sequence that belongs to the seed. */
export const sobolPoint = (unit: UnitSpace, index: number, seed: number): Params =>
  pointOf(unit, sobol, index, seed);

const sequenceSampler = (name: 'qmc' | 'halton', sequence: Sequence): Sampler => ({
  name,
  ask(context) {
    const { space, trials, seed, number } = context;
    const unit = unitSpace(space);
    const own = derivedSeed(seed, name);
    let index = number;
    const draw = (): Params => pointOf(unit, sequence, index++, own);
    const params = newPoint(space, suggestedPoints(trials), random(seed, number, name), draw, context);
    if (params === 'exhausted') return params;
    return { params, sampler: name, reason: 'the next point of an even spread' };
  },
});

export const qmcSampler = sequenceSampler('qmc', sobol);
export const haltonSampler = sequenceSampler('halton', halton);
