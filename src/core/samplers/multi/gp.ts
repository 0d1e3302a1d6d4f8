/**
 * Bayesian optimisation of several objectives: a Gaussian process per objective, and the point from which the largest
 * growth of the hypervolume is expected (ehvi.ts, rays.ts), over the front of the posterior means. Trials that are running
 * count with the values predicted for them. With three objectives and more every second suggestion looks at one weighted
 * maximum instead, modelled by itself (scalarise.ts).
 */
import { derivedSeed, type Random, random } from '../../random.js';
import type { Params } from '../../space/parameter.js';
import { pointKey } from '../../space/point.js';
import { type Costs, crowdingDistances, paretoRanks } from '../../study/objectives/pareto.js';
import type { Suggestion } from '../../study/trial.js';
import { type AcquireOptions, acquire } from '../gp/acquire.js';
import { factorise, fitHyperparameters, type Hyperparameters } from '../gp/fit.js';
import { Points } from '../gp/kernel.js';
import { Model } from '../gp/model.js';
import { Posterior } from '../gp/posterior.js';
import type { Warp } from '../gp/warp.js';
import { normalCdf, normalQuantile } from '../normal.js';
import { suggestedPoints } from '../novelty.js';
import { fitSize } from '../observations.js';
import type { SamplerContext } from '../sampler.js';
import type { UnitSpace } from '../unit-space.js';
import { cornerOf } from './corner.js';
import { ExpectedGain, type Gain, type Marginal } from './ehvi.js';
import { type ManyObserved, representative } from './observe.js';
import { predictMany } from './predict.js';
import { RayGain } from './rays.js';
import { fromTheBest, fromTheReference } from './scalarise.js';
import { standardise, standardiseAll } from './standardise.js';

/**
 * With three objectives and more, one suggestion in so many looks at a weighted maximum: models of single objectives, each
 * fitted to what it varies by most, may all believe in a gain where the trade-off between them, which that one sees, has
 * none.
 */
const WEIGHTED_EVERY = 2;
/** Members of a front of two objectives that are told apart. */
const FRONT_OF_TWO = 60;
/** Members of the front around which candidates are looked for. */
const LOCAL = 10;
/** β of πBO, as in ../gp.ts. */
const BELIEF = 10;

interface Fitted {
  readonly rows: readonly Float64Array[];
  readonly y: readonly Float64Array[];
  readonly hyper: readonly Hyperparameters[];
}
const fits = new WeakMap<UnitSpace, readonly Fitted[]>();
const REMEMBERED = 4;
const same = (a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** Hyperparameters of every objective from the first so many observations. */
function fitted(unit: UnitSpace, observed: readonly ManyObserved[]): readonly Hyperparameters[] {
  const rows = observed.map(({ x }) => x);
  const y = standardiseAll(observed).map((warp) => warp.y);
  const known = fits.get(unit) ?? [];
  const hit = known.find(
    (fit) =>
      fit.y.length === y.length &&
      same(fit.rows, rows) &&
      fit.y.every((values, m) => same(values, y[m] as Float64Array)),
  );
  if (hit) return hit.hyper;
  const points = new Points(unit.axes, rows);
  const evaluations = Math.min(40, Math.max(12, Math.round(4000 / points.count)));
  const hyper = y.map((values) => fitHyperparameters(points, values, unit.axes.length, evaluations));
  fits.set(unit, [{ rows, y, hyper }, ...known].slice(0, REMEMBERED));
  return hyper;
}

/** A Gaussian process with the trials that are running believed to give what it predicts. */
class Believer {
  readonly means: Float64Array;
  readonly posterior: Posterior;
  readonly believed: readonly number[];

  constructor(
    unit: UnitSpace,
    rows: readonly Float64Array[],
    pending: readonly Float64Array[],
    y: Float64Array,
    hyper: Hyperparameters,
  ) {
    const points = new Points(unit.axes, rows);
    const factors = factorise(points, y, hyper);
    const posterior = new Posterior(points, hyper, factors);
    this.means = y.map((value, i) => value - factors.noise * (factors.alpha[i] as number));
    this.believed = pending.map((row) => {
      posterior.at(row);
      return posterior.mean;
    });
    if (pending.length === 0) this.posterior = posterior;
    else {
      const all = new Points(unit.axes, [...rows, ...pending]);
      this.posterior = new Posterior(
        all,
        hyper,
        factorise(all, Float64Array.from([...y, ...this.believed]), hyper),
      );
    }
  }
}

/** A model of how much constraints are broken, and up to where on its scale they hold. */
interface Feasible {
  readonly model: Believer;
  readonly limit: number;
}

/** What `acquire` climbs: the expected growth of the hypervolume, times the probability that constraints hold. */
class Growth {
  readonly #scratch: Float64Array;

  constructor(
    readonly models: readonly Believer[],
    readonly gain: Gain,
    readonly feasible: Feasible | undefined,
    dimensions: number,
  ) {
    this.#scratch = new Float64Array(dimensions);
  }

  improvement(x: Float64Array): number {
    const marginals = this.models.map(({ posterior }): Marginal => {
      posterior.at(x);
      return { mean: posterior.mean, deviation: posterior.deviation };
    });
    return this.gain.log(marginals) + Math.log(this.probability(x));
  }

  /** That the outcome constraints hold at x. */
  probability(x: Float64Array): number {
    if (!this.feasible) return 1;
    const { model, limit } = this.feasible;
    model.posterior.at(x);
    return Math.max(1e-6, normalCdf((limit - model.posterior.mean) / model.posterior.deviation));
  }

  /** Of the expected growth alone: the probability is a factor that changes slowly. */
  gradient(x: Float64Array, axes: readonly number[], out: Float64Array): void {
    const { byMean, byDeviation } = this.gain.slopes();
    out.fill(0, 0, axes.length);
    this.models.forEach(({ posterior }, m) => {
      posterior.gradient(x, axes, byMean[m] as number, byDeviation[m] as number, this.#scratch);
      for (let i = 0; i < axes.length; i++) out[i] = (out[i] as number) + (this.#scratch[i] as number);
    });
  }
}

const candidateCount = (n: number, dimensions: number): number =>
  Math.round(Math.min(1000, Math.max(200, 2e4 / n))) + 10 * dimensions;

/** The most crowded go first where a front is too large. */
function thinned(indices: readonly number[], costs: readonly Costs[], most: number): readonly number[] {
  if (indices.length <= most) return indices;
  const distances = crowdingDistances(indices.map((i) => costs[i] as Costs));
  return [...indices.keys()]
    .sort((a, b) => (distances[b] as number) - (distances[a] as number) || a - b)
    .slice(0, most)
    .map((k) => indices[k] as number);
}

const short = (x: number): string => String(Number(x.toPrecision(4)));

/** What the two ways to choose a point have in common. */
interface Setting {
  readonly unit: UnitSpace;
  readonly context: SamplerContext;
  readonly source: Random;
  readonly observed: readonly ManyObserved[];
  readonly rows: readonly Float64Array[];
  /** Points of the trials that are running. */
  readonly running: readonly Float64Array[];
  /** One per objective: how its results are seen, and the model of them. */
  readonly warps: readonly Warp[];
  readonly models: readonly Believer[];
  /** What the models say of the results, then of the trials that are running, and which of these are on the front. */
  readonly means: readonly Costs[];
  readonly front: readonly number[];
  readonly corner: ReturnType<typeof cornerOf>;
  /** The first point that was not tried, of those where the model climbs highest; `best`: where to begin. */
  readonly climb: (model: AcquireOptions['model'], best: readonly Float64Array[]) => Params | undefined;
}

/** The next point of a Gaussian process over several objectives; undefined where it knows only points that were tried. */
export function suggestMany(
  unit: UnitSpace,
  all: readonly ManyObserved[],
  context: SamplerContext,
): Suggestion | undefined {
  const { trials, seed, number, directions, allows } = context;
  const source = random(seed, number, 'gp');
  const observed = representative(all);
  const rows = observed.map(({ x }) => x);
  const running = trials
    .filter(({ state }) => state === 'running' || state === 'waiting')
    .map(({ params }) => unit.encode(params));
  const warps = standardiseAll(observed);
  const hyper = fitted(unit, representative(all.slice(0, fitSize(all.length))));
  const models = warps.map(({ y }, m) => new Believer(unit, rows, running, y, hyper[m] as Hyperparameters));
  const means = [
    ...rows.map((_, i) => models.map((model) => model.means[i] as number)),
    ...running.map((_, i) => models.map((model) => model.believed[i] as number)),
  ];
  const ranks = paretoRanks(means, [...observed.map(({ violation }) => violation), ...running.map(() => 0)]);
  const front = [...means.keys()].filter((i) => ranks[i] === 0);
  const corner = cornerOf(
    front.map((i) => means[i] as Costs),
    means,
    warps.map(({ y }) => Math.min(...y)),
  );
  const seen = suggestedPoints(trials);
  const climb: Setting['climb'] = (model, best) =>
    acquire({
      unit,
      model,
      best,
      source,
      seed: derivedSeed(seed, number, 'gp candidates'),
      candidates: candidateCount(rows.length + running.length, unit.axes.length),
      belief: BELIEF / Math.max(1, all.length),
      ...(allows && { allows: (x: Float64Array) => allows(unit.decode(x)) }),
    })
      .map(({ x }) => unit.decode(x))
      .find((params) => !seen.has(pointKey(params)));
  const setting: Setting = {
    unit,
    context,
    source,
    observed,
    rows,
    running,
    warps,
    models,
    means,
    front,
    corner,
    climb,
  };
  const weighted = directions.length > 2 && number % WEIGHTED_EVERY === 1;
  return weighted ? byWeightedMaximum(setting) : byGrowth(setting);
}

/** One number for all costs, with weights drawn anew, and what it is in words: by turns from the best and the reference. */
function scalarisation({ context, source, warps, corner }: Setting): {
  readonly scalar: (costs: Costs) => number;
  readonly what: string;
} {
  const shares = (weights: readonly number[], sum: number): string =>
    weights.map((weight) => `${Math.round((100 * weight) / sum)} %`).join(', ');
  if (context.number % (2 * WEIGHTED_EVERY) === 1) {
    const drawn = warps.map(() => 1e-9 - normalQuantile((1 - source.next()) / 2));
    const length = Math.hypot(...drawn);
    const direction = drawn.map((part) => part / length);
    return {
      scalar: (costs) => fromTheReference(costs, corner.reference, direction),
      what: `what the objectives are to be ahead of the worst of the front in the proportions ${shares(
        drawn,
        drawn.reduce((a, b) => a + b, 0),
      )}`,
    };
  }
  const drawn = warps.map(() => -Math.log(1 - source.next()));
  const total = drawn.reduce((a, b) => a + b, 0);
  const weights = drawn.map((weight) => weight / total);
  const least = warps.map(({ y }) => Math.min(...y));
  return {
    scalar: (costs) => fromTheBest(costs, least, weights),
    what: `when the objectives count ${shares(drawn, total)}`,
  };
}

/** The largest expected improvement of one weighted maximum of the objectives. */
function byWeightedMaximum(setting: Setting): Suggestion | undefined {
  const { unit, context, observed, rows, running, warps, models, climb } = setting;
  const { scalar, what } = scalarisation(setting);
  const scalars = rows.map((_, i) => scalar(warps.map((warp) => warp.y[i] as number)));
  const worst = Math.max(...scalars);
  // What breaks an outcome constraint is worth nothing, whatever the objectives.
  const { y } = standardise(scalars.map((value, i) => (observed[i]?.violation === 0 ? value : worst)));
  const hyper = fitHyperparameters(new Points(unit.axes, rows), y, unit.axes.length, 15);
  const model = new Model(unit.axes, rows, y, running, hyper);
  const best = [...rows.keys()]
    .sort((a, b) => (model.means[a] as number) - (model.means[b] as number))
    .slice(0, LOCAL)
    .map((i) => rows[i] as Float64Array);
  const params = climb(model, best);
  if (!params) return undefined;
  const prediction = predictMany(models, warps, context.directions, unit.encode(params));
  return {
    params,
    sampler: 'gp',
    reason: `the largest expected improvement ${what}`,
    ...(prediction && { prediction }),
  };
}

/** The largest expected growth of the hypervolume over the front of the posterior means. */
function byGrowth(setting: Setting): Suggestion | undefined {
  const { unit, context, observed, rows, warps, models, means, front, corner, climb } = setting;
  const { directions, seed, number } = context;
  const { reference, floor } = corner;
  const counted = directions.length === 2 ? thinned(front, means, FRONT_OF_TWO) : front;
  const members = observed.some(({ violation }) => violation === 0)
    ? counted.map((i) => means[i] as Costs)
    : [];
  const gain =
    directions.length === 2
      ? new ExpectedGain(members, reference)
      : new RayGain(members, reference, floor, derivedSeed(seed, number, 'rays'));
  const growth = new Growth(models, gain, feasibilityOf(unit, observed), unit.axes.length);
  const best = thinned(
    front.filter((i) => i < rows.length),
    means,
    LOCAL,
  ).map((i) => rows[i] as Float64Array);
  const params = climb(growth, best);
  if (!params) return undefined;
  const prediction = predictMany(models, warps, directions, unit.encode(params));
  const expected = prediction
    ? [prediction, ...(prediction.others ?? [])].map(({ mean }) => short(mean))
    : [];
  return {
    params,
    sampler: 'gp',
    reason: `the largest expected growth of the front, over ${counted.length} of its members; the models predict ${expected.join(' and ')}`,
    ...(prediction && { prediction }),
  };
}

/** A model of how much the outcome constraints are broken; undefined where they never were. */
function feasibilityOf(unit: UnitSpace, observed: readonly ManyObserved[]): Feasible | undefined {
  if (observed.every(({ violation }) => violation === 0)) return undefined;
  // How much is broken matters on a scale of its own; infinite where a metric is missing.
  const raw = observed.map(({ violation }) => Math.log1p(Math.min(violation, 1e6)));
  const { y } = standardise(raw);
  const broken = y.filter((_, i) => (raw[i] as number) > 0);
  const held = y.filter((_, i) => raw[i] === 0);
  const limit = held.length > 0 ? (Math.max(...held) + Math.min(...broken)) / 2 : Math.min(...broken);
  const rows = observed.map(({ x }) => x);
  const hyper = fitHyperparameters(new Points(unit.axes, rows), y, unit.axes.length, 12);
  return { model: new Believer(unit, rows, [], y, hyper), limit };
}
