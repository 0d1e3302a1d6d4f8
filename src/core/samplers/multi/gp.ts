/**
 * Bayesian optimisation of several objectives: a Gaussian process per objective, and the point from which the largest
 * growth of the hypervolume is expected (ehvi.ts), over the front of the posterior means. Trials that are running count
 * with the values predicted for them. With three objectives every second suggestion looks at one weighted maximum
 * instead, modelled by itself, and from four on, where boxes become too many, every one: Knowles, "ParEGO", IEEE TEC 10
 * (2006).
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
import { normalCdf } from '../normal.js';
import { suggestedPoints } from '../novelty.js';
import { fitSize } from '../observations.js';
import type { SamplerContext } from '../sampler.js';
import type { UnitSpace } from '../unit-space.js';
import { ExpectedGain, type Marginal } from './ehvi.js';
import { nadir } from './nadir.js';
import { type ManyObserved, representative } from './observe.js';
import { predictMany } from './predict.js';
import { standardise } from './standardise.js';

/** Boxes are used up to so many objectives. */
const MOST_OBJECTIVES = 3;
/**
 * With three, one suggestion in so many looks at a weighted maximum: models of single objectives, each fitted to what it
 * varies by most, may all believe in a gain where the trade-off between them, which that one sees, has none.
 */
const WEIGHTED_EVERY = 2;
/** Members of the front whose boxes are built, by number of objectives. */
const FRONT = [0, 1, 60, 16] as const;
/** Members of the front around which candidates are looked for. */
const LOCAL = 10;
/** The reference lies so far beyond the worst of the front, as a share of the range of all results: its ends count. */
const BEYOND = 0.4;
/**
 * With three objectives it lies nearer, beyond the corners of the front (nadir.ts), and what is further below the least
 * of an objective than the share BELOW of the range counts for no more. Where an objective has a bound, as DTLZ2's have
 * at 0, a model that does not know it hopes for a little less everywhere along the bound, and a little less there is a
 * volume as wide as the other objectives' ranges: nothing else would be tried.
 */
const BEYOND_OF_THREE = 0.1;
const BELOW = 0.03;
/** β of πBO, as in ../gp.ts. */
const BELIEF = 10;
/** Share of the sum in a weighted maximum. */
const AUGMENTATION = 0.05;

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
  const y = (observed[0]?.costs ?? []).map(
    (_, m) => standardise(observed.map(({ costs }) => costs[m] as number)).y,
  );
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
    readonly gain: ExpectedGain,
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

/** A gain of less than this share of the range in one objective is not worth much in another. */
const SLIGHT = 0.05;

/** Members of a front that no other betters but for a slight loss: what is worth trading for. */
function worthwhile(front: readonly Costs[], ranges: readonly number[]): readonly Costs[] {
  const slight = ranges.map((range) => SLIGHT * range);
  return front.filter(
    (point) =>
      !front.some(
        (other) =>
          other.every((cost, m) => cost <= (point[m] as number) + (slight[m] as number)) &&
          other.some((cost, m) => cost < (point[m] as number) - (slight[m] as number)),
      ),
  );
}

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
  readonly pending: readonly Float64Array[];
  /** One per objective: how its results are seen, and the model of them. */
  readonly warps: readonly Warp[];
  readonly models: readonly Believer[];
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
  const pending = trials
    .filter(({ state }) => state === 'running' || state === 'waiting')
    .map(({ params }) => unit.encode(params));
  const warps = directions.map((_, m) => standardise(observed.map(({ costs }) => costs[m] as number)));
  const hyper = fitted(unit, representative(all.slice(0, fitSize(all.length))));
  const models = warps.map(({ y }, m) => new Believer(unit, rows, pending, y, hyper[m] as Hyperparameters));
  const seen = suggestedPoints(trials);
  const climb: Setting['climb'] = (model, best) =>
    acquire({
      unit,
      model,
      best,
      source,
      seed: derivedSeed(seed, number, 'gp candidates'),
      candidates: candidateCount(rows.length + pending.length, unit.axes.length),
      belief: BELIEF / Math.max(1, all.length),
      ...(allows && { allows: (x: Float64Array) => allows(unit.decode(x)) }),
    })
      .map(({ x }) => unit.decode(x))
      .find((params) => !seen.has(pointKey(params)));
  const setting: Setting = { unit, context, source, observed, rows, pending, warps, models, climb };
  const weighted =
    directions.length > MOST_OBJECTIVES ||
    (directions.length === MOST_OBJECTIVES && number % WEIGHTED_EVERY === 1);
  return weighted ? byWeightedMaximum(setting) : byGrowth(setting);
}

/** The largest expected improvement of one weighted maximum of the objectives, with weights drawn anew. */
function byWeightedMaximum(setting: Setting): Suggestion | undefined {
  const { unit, context, source, rows, pending, warps, models, climb } = setting;
  const { directions } = context;
  const weights = directions.map(() => -Math.log(1 - source.next()));
  const total = weights.reduce((a, b) => a + b, 0);
  const least = warps.map(({ y }) => Math.min(...y));
  const scalar = rows.map((_, i) => {
    const parts = warps.map(
      ({ y }, m) => ((weights[m] as number) / total) * ((y[i] as number) - (least[m] as number)),
    );
    return Math.max(...parts) + AUGMENTATION * parts.reduce((a, b) => a + b, 0);
  });
  const { y } = standardise(scalar);
  const hyper = fitHyperparameters(new Points(unit.axes, rows), y, unit.axes.length, 15);
  const model = new Model(unit.axes, rows, y, pending, hyper);
  const best = [...rows.keys()]
    .sort((a, b) => (model.means[a] as number) - (model.means[b] as number))
    .slice(0, LOCAL)
    .map((i) => rows[i] as Float64Array);
  const params = climb(model, best);
  if (!params) return undefined;
  const shares = weights.map((weight) => `${Math.round((100 * weight) / total)} %`).join(', ');
  const prediction = predictMany(models, warps, directions, unit.encode(params));
  return {
    params,
    sampler: 'gp',
    reason: `the largest expected improvement when the objectives count ${shares}`,
    ...(prediction && { prediction }),
  };
}

/** The largest expected growth of the hypervolume over the front of the posterior means. */
function byGrowth(setting: Setting): Suggestion | undefined {
  const { unit, context, observed, rows, pending, warps, models, climb } = setting;
  const { directions } = context;
  const means = [
    ...rows.map((_, i) => models.map((model) => model.means[i] as number)),
    ...pending.map((_, i) => models.map((model) => model.believed[i] as number)),
  ];
  const ranks = paretoRanks(means, [...observed.map(({ violation }) => violation), ...pending.map(() => 0)]);
  const first = [...means.keys()].filter((i) => ranks[i] === 0);
  const front = thinned(first, means, FRONT[directions.length] ?? 1).map((i) => means[i] as Costs);
  const members = first.map((i) => means[i] as Costs);
  const corner = cornerOf(members, means, warps);
  const anyFeasible = observed.some(({ violation }) => violation === 0);
  const gain = new ExpectedGain(anyFeasible ? front : [], corner.reference, corner.floor);
  const growth = new Growth(models, gain, feasibilityOf(unit, observed), unit.axes.length);
  const best = thinned(
    first.filter((i) => i < rows.length),
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
    reason: `the largest expected growth of the front, over ${front.length} of its members; the models predict ${expected.join(' and ')}`,
    ...(prediction && { prediction }),
  };
}

/** Up to where volume is counted, and, with three objectives, from where on. */
function cornerOf(
  members: readonly Costs[],
  means: readonly Costs[],
  warps: readonly Warp[],
): { readonly reference: Costs; readonly floor: Costs | undefined } {
  const lows = warps.map((_, m) => Math.min(...means.map((point) => point[m] as number)));
  const ranges = warps.map(
    (_, m) => Math.max(...means.map((point) => point[m] as number)) - (lows[m] as number) || 1,
  );
  const beyond = (worst: Costs, share: number): Costs =>
    worst.map((high, m) => high + share * (ranges[m] as number));
  if (warps.length < MOST_OBJECTIVES) {
    const solid = worthwhile(members, ranges);
    const worst = warps.map((_, m) => Math.max(...solid.map((point) => point[m] as number)));
    return { reference: beyond(worst, BEYOND), floor: undefined };
  }
  return {
    reference: beyond(nadir(members, lows, ranges), BEYOND_OF_THREE),
    // Of the results themselves: the means may have been drawn below all of them by a misfit.
    floor: warps.map(({ y }, m) => Math.min(...y) - BELOW * (ranges[m] as number)),
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
