/**
 * The expected hypervolume improvement for any number of objectives: the integral, over what the front does not
 * dominate, of the probability that a point's result dominates it (Emmerich et al., "Hypervolume-based expected
 * improvement", CEC 2011). Along rays from the reference, evenly spread, what is not dominated begins where the front
 * ends: the hypervolume as a mean over such rays is Deng and Zhang, "Approximating hypervolume and hypervolume
 * contributions using polar coordinate", IEEE TEC 23 (2019); Golovin and Zhang, "Random hypervolume scalarizations for
 * provable multi-objective black box optimization", ICML 2020. Unlike boxes their number does not grow with the front.
 * In logarithms, so that it has a slope where it is nearly nothing.
 */
import type { Costs } from '../../study/objectives/pareto.js';
import { logNormalCdf, normalPdf, normalQuantile } from '../normal.js';
import { sobol } from '../qmc/sobol.js';
import { type Gain, logSum, type Marginal } from './ehvi.js';

const RAYS = 64;
/** Gauss and Legendre's four points, squared: what is gained lies mostly close to the front. */
const NODES = [
  { root: 0.06943184420297371, weight: 0.17392742256872692 },
  { root: 0.33000947820757187, weight: 0.32607257743127305 },
  { root: 0.6699905217924281, weight: 0.32607257743127305 },
  { root: 0.9305681557970262, weight: 0.17392742256872692 },
] as const;

/** ln Φ and its derivative in tables, linear between; beyond LOW by their asymptotes. */
const [LOW, HIGH, STEPS] = [-12, 8, 64] as const;
const entries = (HIGH - LOW) * STEPS + 2;
const logTable = Float64Array.from({ length: entries }, (_, i) => logNormalCdf(LOW + i / STEPS));
const slopeTable = logTable.map((log, i) => normalPdf(LOW + i / STEPS) / Math.exp(log));
const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

function between(table: Float64Array, z: number): number {
  const position = (z - LOW) * STEPS;
  const i = Math.floor(position);
  const below = table[i] as number;
  return below + (position - i) * ((table[i + 1] as number) - below);
}
function logCdf(z: number): number {
  if (z >= HIGH) return 0;
  if (z > LOW) return between(logTable, z);
  return -0.5 * z * z - LOG_SQRT_2PI - Math.log(-z) + Math.log1p(-1 / (z * z));
}
function logCdfSlope(z: number): number {
  if (z >= HIGH) return 0;
  return z > LOW ? between(slopeTable, z) : -z - 1 / z;
}

/** How far one can go from the reference along a ray (both in shares of the box) without leaving what a point dominates. */
function reach(point: readonly number[], ray: readonly number[]): number {
  let least = Infinity;
  for (let m = 0; m < ray.length; m++) least = Math.min(least, (point[m] as number) / (ray[m] as number));
  return least;
}

export class RayGain implements Gain {
  readonly #count: number;
  /** Places that are not dominated, one number per objective each, and the logarithms of the volumes they stand for. */
  readonly #places: Float64Array;
  readonly #volumes: Float64Array;
  readonly #terms: Float64Array;
  #marginals: readonly Marginal[] = [];

  /**
   * @param points the front; what lies beyond the reference adds nothing
   * @param floor below every point: what a result is below it counts for no more
   * @param seed of the rays
   */
  constructor(points: readonly Costs[], reference: Costs, floor: Costs, seed: number) {
    const count = reference.length;
    this.#count = count;
    const span = reference.map((corner, m) => corner - (floor[m] as number));
    const shares = points.map((point) =>
      point.map((cost, m) => ((reference[m] as number) - cost) / (span[m] as number)),
    );
    const places: number[] = [];
    const volumes: number[] = [];
    for (let k = 0; k < RAYS; k++) {
      const ray = reference.map(
        (_, m) => Math.abs(normalQuantile(0.5 + 0.499999 * sobol(k, m, seed))) + 1e-9,
      );
      const length = Math.hypot(...ray);
      for (let m = 0; m < count; m++) ray[m] = (ray[m] as number) / length;
      const from = shares.reduce((most, share) => Math.max(most, reach(share, ray)), 0);
      const to = 1 / Math.max(...ray);
      if (!(to > from)) continue;
      for (const { root, weight } of NODES) {
        const way = from + (to - from) * root * root;
        ray.forEach((part, m) => {
          places.push((reference[m] as number) - way * part * (span[m] as number));
        });
        volumes.push(Math.log(2 * weight * root * (to - from)) + (count - 1) * Math.log(way));
      }
    }
    this.#places = Float64Array.from(places);
    this.#volumes = Float64Array.from(volumes);
    this.#terms = new Float64Array(volumes.length);
  }

  /** Logarithm of the expected improvement, but for a constant. */
  log(marginals: readonly Marginal[]): number {
    this.#marginals = marginals;
    let largest = -Infinity;
    for (let k = 0; k < this.#terms.length; k++) {
      let term = this.#volumes[k] as number;
      for (let m = 0; m < this.#count; m++) term += logCdf(this.#standard(k, m));
      this.#terms[k] = term;
      if (term > largest) largest = term;
    }
    return logSum(this.#terms, largest);
  }

  slopes(): { readonly byMean: Float64Array; readonly byDeviation: Float64Array } {
    const byMean = new Float64Array(this.#count);
    const byDeviation = new Float64Array(this.#count);
    const largest = this.#terms.reduce((a, b) => Math.max(a, b), -Infinity);
    const shares = this.#terms.map((term) => (largest > -Infinity ? Math.exp(term - largest) : 0));
    const sum = shares.reduce((a, b) => a + b, 0);
    shares.forEach((share, k) => {
      if (!(share > 1e-12)) return;
      for (let m = 0; m < this.#count; m++) {
        const z = this.#standard(k, m);
        const slope = ((share / sum) * logCdfSlope(z)) / (this.#marginals[m] as Marginal).deviation;
        byMean[m] = (byMean[m] as number) - slope;
        byDeviation[m] = (byDeviation[m] as number) - slope * z;
      }
    });
    return { byMean, byDeviation };
  }

  #standard(k: number, m: number): number {
    const { mean, deviation } = this.#marginals[m] as Marginal;
    return ((this.#places[k * this.#count + m] as number) - mean) / deviation;
  }
}
