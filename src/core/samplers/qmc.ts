/**
 * Quasi-random points: a scrambled Sobol sequence, which fills a space more evenly than independent draws. Every
 * parameter has a dimension of its own, active or not; a categorical one is its choices side by side in that dimension.
 * Sobol, "On the distribution of points in a cube", USSR Comput. Math. Math. Phys. 7 (1967).
 */
import type { Params } from '../space/parameter.js';
import { sobol } from './qmc/sobol.js';
import { coordinateOf, type UnitSpace } from './unit-space.js';

/** The index-th point of the sequence that belongs to the seed. */
export function sobolPoint(unit: UnitSpace, index: number, seed: number): Params {
  return unit.decode(Float64Array.from(unit.axes, (axis, j) => coordinateOf(axis, sobol(index, j, seed))));
}
