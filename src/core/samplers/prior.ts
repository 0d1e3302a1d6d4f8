/**
 * What the user believes of a parameter, on the coordinates of unit-space.ts: nine tenths of the mass in a normal
 * distribution around a value, cut off at the bounds, and one tenth spread evenly, so that no belief rules anything out.
 */
import type { Parameter } from '../space/parameter.js';
import { normalCdf } from './normal.js';

/** On the unit interval. */
export interface UnitPrior {
  readonly mean: number;
  readonly sd: number;
}

const SHARE = 0.9;
/** Of a belief without a spread. */
const SD = 1 / 6;
/** Steps of the bisection: 2⁻⁴⁰ of the range. */
const BISECTIONS = 40;

/** The belief in a parameter, or undefined where there is none. */
export function unitPrior(parameter: Parameter): UnitPrior | undefined {
  const { prior } = parameter;
  if (!prior || (parameter.type !== 'float' && parameter.type !== 'int')) return undefined;
  const { low, high, log } = parameter;
  const forward = log ? Math.log : (x: number) => x;
  // Cells of a discrete parameter reach half a step beyond its bounds.
  const step = parameter.step ?? (parameter.type === 'int' ? 1 : 0);
  const a = forward(low - step / 2);
  const range = forward(high + step / 2) - a;
  const sd = prior.sd === undefined ? SD : (prior.sd * (log ? Math.LN10 : 1)) / range;
  return { mean: Math.min(1, Math.max(0, (forward(prior.mean) - a) / range)), sd };
}

/** The mass of the normal part inside the bounds. */
const inside = ({ mean, sd }: UnitPrior): number => normalCdf((1 - mean) / sd) - normalCdf(-mean / sd);

/** Probability density at u, with respect to the unit interval. */
function density(prior: UnitPrior, u: number): number {
  const z = (u - prior.mean) / prior.sd;
  const normal = Math.exp(-0.5 * z * z) / (prior.sd * Math.sqrt(2 * Math.PI) * inside(prior));
  return SHARE * normal + (1 - SHARE);
}

export const priorLogDensity = (prior: UnitPrior, u: number): number => Math.log(density(prior, u));

/** Derivative of the logarithm of the density. */
export function priorSlope(prior: UnitPrior, u: number): number {
  const total = density(prior, u);
  return ((total - (1 - SHARE)) * (prior.mean - u)) / (prior.sd * prior.sd * total);
}

/** The u below which the share p of the belief lies: turns uniform numbers into believed ones. */
export function priorQuantile(prior: UnitPrior, p: number): number {
  const below = normalCdf(-prior.mean / prior.sd);
  const mass = inside(prior);
  const cdf = (u: number): number =>
    (SHARE * (normalCdf((u - prior.mean) / prior.sd) - below)) / mass + (1 - SHARE) * u;
  let [low, high] = [0, 1];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
