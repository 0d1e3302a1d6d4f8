/**
 * What the user believes of a parameter, on the coordinates of unit-space.ts: nine tenths of the mass in a normal
 * distribution around a value, cut off at the bounds, or on choices by their weights, and one tenth spread evenly, so
 * that no belief rules anything out.
 */
import type { Parameter } from '../space/parameter.js';
import { normalCdf } from './normal.js';

/** On the unit interval. */
interface NormalPrior {
  readonly kind: 'normal';
  readonly mean: number;
  readonly sd: number;
}

interface ChoicePrior {
  readonly kind: 'choice';
  /** Probability of each choice; they add up to 1. */
  readonly shares: readonly number[];
}

export type UnitPrior = NormalPrior | ChoicePrior;

const SHARE = 0.9;
/** Of a belief without a spread. */
const SD = 1 / 6;
/** Spreads beyond these are as good as none and as good as certain, and their squares would over- or underflow. */
const [LEAST_SD, MOST_SD] = [1e-6, 1e3];
const bounded = (sd: number): number => Math.min(MOST_SD, Math.max(LEAST_SD, sd));
/** Steps of the bisection: 2⁻⁴⁰ of the range. */
const BISECTIONS = 40;

/** The belief in a parameter, or undefined where there is none. */
export function unitPrior(parameter: Parameter): UnitPrior | undefined {
  const { prior, weights } = parameter;
  if (parameter.type === 'categorical' || parameter.type === 'bool') {
    if (!weights) return undefined;
    const largest = Math.max(...weights);
    const total = weights.reduce((sum, weight) => sum + weight / largest, 0);
    const shares = weights.map(
      (weight) => (SHARE * (weight / largest)) / total + (1 - SHARE) / weights.length,
    );
    return { kind: 'choice', shares };
  }
  if (!prior) return undefined;
  if (parameter.type === 'ordinal') {
    const n = parameter.choices.length;
    const sd = prior.sd === undefined ? SD : bounded(prior.sd / n);
    return { kind: 'normal', mean: (prior.mean + 0.5) / n, sd };
  }
  const { low, high, log } = parameter;
  const forward = log ? Math.log : (x: number) => x;
  // Cells of a discrete parameter reach half a step beyond its bounds.
  const step = parameter.step ?? (parameter.type === 'int' ? 1 : 0);
  const a = forward(low - step / 2);
  const range = forward(high + step / 2) - a;
  const sd = prior.sd === undefined ? SD : bounded((prior.sd * (log ? Math.LN10 : 1)) / range);
  return { kind: 'normal', mean: Math.min(1, Math.max(0, (forward(prior.mean) - a) / range)), sd };
}

/** The mass of the normal part inside the bounds. */
const inside = ({ mean, sd }: NormalPrior): number => normalCdf((1 - mean) / sd) - normalCdf(-mean / sd);

/** Probability density at u, with respect to the unit interval; of a choice u is its place. */
function density(prior: UnitPrior, u: number): number {
  if (prior.kind === 'choice') return (prior.shares[u] ?? 0) * prior.shares.length;
  const z = (u - prior.mean) / prior.sd;
  const normal = Math.exp(-0.5 * z * z) / (prior.sd * Math.sqrt(2 * Math.PI) * inside(prior));
  return SHARE * normal + (1 - SHARE);
}

export const priorLogDensity = (prior: UnitPrior, u: number): number => Math.log(density(prior, u));

/** Derivative of the logarithm of the density; choices have none. */
export function priorSlope(prior: UnitPrior, u: number): number {
  if (prior.kind === 'choice') return 0;
  const total = density(prior, u);
  return ((total - (1 - SHARE)) * (prior.mean - u)) / (prior.sd * prior.sd * total);
}

/** The u below which the share p of the belief lies: turns uniform numbers into believed ones. */
export function priorQuantile(prior: UnitPrior, p: number): number {
  if (prior.kind === 'choice') {
    const { shares } = prior;
    let below = 0;
    for (const [k, share] of shares.entries()) {
      if (p < below + share) return (k + (p - below) / share) / shares.length;
      below += share;
    }
    return 1;
  }
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
