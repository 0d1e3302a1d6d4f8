/**
 * A whole search by CMA-ES, derived again from the trials: generations are runs of so many consecutive trial numbers, so
 * the state follows from the trials alone and a trial that ends late changes nothing but its own generation. What a
 * journal does not keep is drawn again from the distribution, with the trial's number as seed: where inside its cell a
 * stepped value was, and where an inactive parameter would have been. Categories follow probabilities of their own,
 * moved towards the better half: Hamano et al., "CatCMA", GECCO 2024 (arXiv 2405.09962), with its margin but a fixed
 * rate. Restarts: BIPOP, Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed" (2009).
 */
import { type Random, random } from '../../random.js';
import { normalCdf, normalQuantile } from '../normal.js';
import { type Axis, cellCentre, cellEnds, cellIndex, type UnitSpace } from '../unit-space.js';
import { defaultLambda, Evolution } from './evolution.js';
import { keepMargin } from './margin.js';

/** A trial as a generation sees it. */
export interface Member {
  readonly number: number;
  /** One number per axis, NaN where inactive. */
  readonly x: Float64Array;
}

export interface Start {
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly covariance?: Float64Array;
}

/** The share of the distance to the better half that probabilities of categories move per generation. */
const CATEGORY_RATE = 0.3;
/** Below this largest deviation, as a share of the range, a run has converged: nobody tunes finer. */
const CONVERGED = 1e-5;
/** Generations whose best results differ by less than this share of the first generation's spread are flat. */
const FLAT = 1e-8;
const MAX_CONDITION = 1e14;
/** Deviation of a restart, as a share of the range. */
const RESTART_SIGMA = 0.25;

export class Search {
  evolution: Evolution;
  restarts = 0;
  readonly #numeric: readonly number[];
  readonly #categories: readonly number[];
  /** Probabilities per categorical axis. */
  #chances: Float64Array[];
  /** Best value of each generation of this run, and the spread of its first. */
  #history: number[] = [];
  #spread = 0;
  #large = 1;
  /** Trials that runs of either regime have had. */
  #spent: [large: number, small: number] = [0, 0];
  #isLarge = true;

  constructor(
    readonly unit: UnitSpace,
    readonly seed: number,
    start: Start,
  ) {
    this.#numeric = numericAxes(unit);
    this.#categories = [...unit.axes.keys()].filter((j) => unit.axes[j]?.kind === 'category');
    this.#chances = this.#evenChances();
    this.evolution = new Evolution(
      start.mean,
      start.sigma,
      defaultLambda(unit.axes.length),
      start.covariance,
    );
    this.#correct();
  }

  copy(): Search {
    const other = new Search(this.unit, this.seed, { mean: this.evolution.mean, sigma: 1 });
    other.evolution = this.evolution.copy();
    other.restarts = this.restarts;
    other.#chances = this.#chances.map((chances) => chances.slice());
    other.#history = this.#history.slice();
    other.#spread = this.#spread;
    other.#large = this.#large;
    other.#spent = [...this.#spent];
    other.#isLarge = this.#isLarge;
    return other;
  }

  get lambda(): number {
    return this.evolution.lambda;
  }

  #evenChances(): Float64Array[] {
    return this.#categories.map((j) => {
      const { size } = this.unit.axes[j] as Axis;
      return new Float64Array(size).fill(1 / size);
    });
  }

  /** A point of the present distribution, a number for every axis; beyond a bound it is mirrored there. */
  sample(source: Random): Float64Array {
    const { axes } = this.unit;
    const x = new Float64Array(axes.length);
    const values = this.evolution.sample(source);
    this.#numeric.forEach((j, i) => {
      const axis = axes[j] as Axis;
      const u = mirrored(values[i] as number);
      x[j] = axis.kind === 'grid' ? cellCentre(axis, cellIndex(axis, u)) : u;
    });
    this.#categories.forEach((j, i) => {
      const u = source.next();
      let end = 0;
      const k = (this.#chances[i] as Float64Array).findIndex((chance) => {
        end += chance;
        return u < end;
      });
      x[j] = k < 0 ? (axes[j] as Axis).size - 1 : k;
    });
    return x;
  }

  /**
   * One generation.
   * @param members best first
   * @param values to be minimised, finite, in the same order; shorter where the rest have none
   */
  advance(members: readonly Member[], values: readonly number[]): void {
    const { evolution } = this;
    const { weights } = evolution;
    if (members.length > 0) {
      evolution.update(members.map((member) => this.#latent(member)));
      const better = Math.max(1, Math.floor(members.length / 2));
      this.#categories.forEach((j, i) => {
        const chances = this.#chances[i] as Float64Array;
        const active = members.slice(0, better).filter(({ x }) => !Number.isNaN(x[j]));
        const total = active.reduce((sum, _, rank) => sum + (weights[rank] as number), 0);
        if (total === 0) return;
        for (let k = 0; k < chances.length; k++) chances[k] = (1 - CATEGORY_RATE) * (chances[k] as number);
        active.forEach(({ x }, rank) => {
          const k = x[j] as number;
          chances[k] = (chances[k] as number) + (CATEGORY_RATE * (weights[rank] as number)) / total;
        });
      });
      this.#correct();
    }
    this.#spent[this.#isLarge ? 0 : 1] += evolution.lambda;
    if (values.length > 0) {
      const [best, worst] = [values[0] as number, values.at(-1) as number];
      if (this.#history.length === 0) this.#spread = worst / 2 - best / 2;
      this.#history.push(best);
    }
    if (this.#hasConverged()) this.#restart();
  }

  /** Numeric coordinates of a member, as the distribution may have drawn them. */
  #latent({ number, x }: Member): Float64Array {
    const { axes } = this.unit;
    const { evolution } = this;
    const source = random(this.seed, number, 'cmaes latent');
    return Float64Array.from(this.#numeric, (j, i) => {
      const axis = axes[j] as Axis;
      const u = x[j] as number;
      if (axis.kind === 'real' && !Number.isNaN(u)) return u;
      const p = (source.next() * (2 ** 32 - 1) + 0.5) / 2 ** 32;
      const [mean, deviation] = [evolution.mean[i] as number, evolution.deviation(i)];
      if (Number.isNaN(u)) return mean + deviation * normalQuantile(p);
      const k = cellIndex(axis, u);
      const [low, high] = cellEnds(axis, k);
      // The outermost cells reach to infinity, as the distribution does.
      const below = k === 0 ? 0 : normalCdf((low - mean) / deviation);
      const above = k === axis.size - 1 ? 1 : normalCdf((high - mean) / deviation);
      if (!(above - below > 1e-9)) return u;
      return mean + deviation * normalQuantile(below + p * (above - below));
    });
  }

  /** Keeps the mean within bounds, and every cell and choice possible. */
  #correct(): void {
    const { axes } = this.unit;
    const { evolution } = this;
    const alpha = 1 / (evolution.lambda * axes.length);
    this.#numeric.forEach((j, i) => {
      const axis = axes[j] as Axis;
      if (axis.kind === 'grid') keepMargin(evolution, i, axis, alpha);
      else evolution.mean[i] = Math.min(1, Math.max(0, evolution.mean[i] as number));
    });
    this.#chances.forEach((chances) => {
      // CatCMA, equation 23: all choices but one together have so much.
      const least = (1 - 0.73 ** (1 / this.#categories.length)) / Math.max(1, chances.length - 1);
      let total = 0;
      for (let k = 0; k < chances.length; k++) {
        chances[k] = Math.max(least, chances[k] as number);
        total += chances[k] as number;
      }
      for (let k = 0; k < chances.length; k++) chances[k] = (chances[k] as number) / total;
    });
  }

  #hasConverged(): boolean {
    const { evolution } = this;
    const n = this.#numeric.length;
    if (n === 0) return false;
    if (!(evolution.sigma > 0 && evolution.sigma < 1e6) || evolution.condition > MAX_CONDITION) return true;
    const reals = this.#numeric.filter((j) => this.unit.axes[j]?.kind === 'real');
    const small = this.#numeric.every(
      (j, i) => this.unit.axes[j]?.kind === 'grid' || evolution.deviation(i) < CONVERGED,
    );
    if (reals.length > 0 && small) return true;
    const window = 10 + Math.ceil((30 * n) / evolution.lambda);
    if (this.#history.length < window) return false;
    const recent = this.#history.slice(-window);
    return Math.max(...recent) / 2 - Math.min(...recent) / 2 <= FLAT * this.#spread;
  }

  #restart(): void {
    this.restarts++;
    const source = random(this.seed, this.restarts, 'cmaes restart');
    const base = defaultLambda(this.unit.axes.length);
    this.#isLarge = this.#spent[0] <= this.#spent[1];
    let lambda: number;
    let sigma = RESTART_SIGMA;
    if (this.#isLarge) {
      this.#large *= 2;
      lambda = base * this.#large;
    } else {
      lambda = Math.max(base, Math.floor(base * (this.#large / 2) ** (source.next() ** 2)));
      sigma *= 10 ** (-2 * source.next());
    }
    const mean = Float64Array.from(this.#numeric, () => source.next());
    this.evolution = new Evolution(mean, sigma, lambda);
    this.#chances = this.#evenChances();
    this.#history = [];
    this.#correct();
  }
}

/** Axes that the normal distribution is over, in its order. */
export const numericAxes = (unit: UnitSpace): readonly number[] =>
  [...unit.axes.keys()].filter((j) => unit.axes[j]?.kind !== 'category');

/** The point within [0, 1] that mirrors at both ends lead to. */
function mirrored(u: number): number {
  const folded = Math.abs(u % 2);
  return folded <= 1 ? folded : 2 - folded;
}
