/**
 * Bayesian optimisation of several objectives: a Gaussian process per objective, and the point from which the largest
 * growth of the hypervolume is expected (ehvi.ts), over the front of the posterior means. Trials that are running count
 * with the values predicted for them. With three objectives every second suggestion, and from four on, where boxes become
 * too many, each of them looks at one weighted maximum instead, modelled by itself: Knowles, "ParEGO", IEEE TEC 10 (2006).
 */
import { derivedSeed, random } from '../../random.js';
import { pointKey } from '../../space/point.js';
import { isExcluded } from '../../study/best.js';
import { type Costs, crowdingDistances, paretoRanks } from '../../study/objectives/pareto.js';
import type { Suggestion, Trial } from '../../study/trial.js';
import { acquire } from '../gp/acquire.js';
import { factorise, fitHyperparameters, type Hyperparameters } from '../gp/fit.js';
import { Points } from '../gp/kernel.js';
import { Model } from '../gp/model.js';
import { Posterior } from '../gp/posterior.js';
import { normalCdf } from '../normal.js';
import { suggestedPoints } from '../novelty.js';
import type { SamplerContext } from '../sampler.js';
import type { UnitSpace } from '../unit-space.js';
import { ExpectedGain, type Marginal } from './ehvi.js';
import { nadir } from './nadir.js';
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
/** Observations that a model takes, at most. */
const MOST = 250;
/** Members of the front around which candidates are looked for. */
const LOCAL = 10;
/** The reference lies so far beyond the worst of the front, as a share of the range of all results: its ends count. */
const BEYOND = 0.4;
/**
 * With three objectives it lies nearer, beyond the corners of the front (nadir.ts), and what is further below the least of an objective than the share BELOW of the
 * range counts for no more. Where an objective has a bound, as DTLZ2's have at 0, a model that does not know it hopes for a
 * little less everywhere along the bound, and a little less there is a volume as wide as the other objectives' ranges:
 * nothing else would be tried.
 */
const BEYOND_OF_THREE = 0.1;
const BELOW = 0.03;
/** Share of the sum in a weighted maximum. */
const AUGMENTATION = 0.05;

export interface ManyObserved {
  readonly x: Float64Array;
  readonly costs: Costs;
  /** By how much the outcome constraints are broken. */
  readonly violation: number;
}

/** What finished trials say, in the order of their numbers; failed ones count as the worst of everything. */
export function observeMany(unit: UnitSpace, context: SamplerContext): readonly ManyObserved[] {
  const { trials, directions, outcomeViolation } = context;
  const told = (trial: Trial): readonly (number | undefined)[] =>
    directions.map((direction, m) => {
      const value = trial.objectives?.[m];
      if (value === undefined || !Number.isFinite(value)) return undefined;
      return direction === 'maximize' ? -value : value;
    });
  const complete = trials.filter((trial) => trial.state === 'complete' && !isExcluded(trial)).map(told);
  const sorted = directions.map((_, m) => complete.flatMap((costs) => costs[m] ?? []).sort((a, b) => a - b));
  if (sorted.some(({ length }) => length === 0)) return [];
  const worst = sorted.map((costs) => costs.at(-1) as number);
  const middle = sorted.map((costs) => costs[Math.floor(costs.length / 2)] as number);
  return trials.flatMap((trial) => {
    const violation = outcomeViolation?.(trial.values) ?? 0;
    const x = (): Float64Array => unit.encode(trial.params);
    switch (trial.state) {
      case 'complete':
        return [{ x: x(), costs: told(trial).map((cost, m) => cost ?? (worst[m] as number)), violation }];
      case 'pruned': {
        // It was given up for being worse than others: what it had reached is no end result.
        const costs = told(trial).map((cost, m) =>
          Math.max(cost ?? (worst[m] as number), middle[m] as number),
        );
        return [{ x: x(), costs, violation }];
      }
      case 'failed':
        return [{ x: x(), costs: worst, violation: 0 }];
      case 'running':
      case 'waiting':
        return [];
      default:
        return trial.state satisfies never;
    }
  });
}

/** The model is fitted anew at these numbers of observations only. */
function fitSize(n: number): number {
  const interval = n < 30 ? 1 : n < 60 ? 2 : n < 100 ? 4 : Math.floor(n / 20);
  return n - (n % interval);
}

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

/** Of more observations than the models take, those of the first fronts and as many of the others, evenly. */
function representative(observed: readonly ManyObserved[]): readonly ManyObserved[] {
  if (observed.length <= MOST) return observed;
  const ranks = paretoRanks(
    observed.map(({ costs }) => costs),
    observed.map(({ violation }) => violation),
  );
  const order = [...observed.keys()].sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
  const kept = order.slice(0, MOST / 2);
  const others = order.slice(MOST / 2).sort((a, b) => a - b);
  for (let i = 0; i < MOST / 2; i++) {
    kept.push(others[Math.floor(((i + 0.5) * others.length) / (MOST / 2))] as number);
  }
  return kept.sort((a, b) => a - b).map((i) => observed[i] as ManyObserved);
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

/** What `acquire` climbs: the expected growth of the hypervolume, times the probability that constraints hold. */
class Growth {
  readonly #scratch: Float64Array;

  constructor(
    readonly models: readonly Believer[],
    readonly gain: ExpectedGain,
    readonly feasible: Believer | undefined,
    readonly limit: number,
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
    const { posterior } = this.feasible;
    posterior.at(x);
    return Math.max(1e-6, normalCdf((this.limit - posterior.mean) / posterior.deviation));
  }

  /** Of the expected growth alone: the probability is a factor that changes slowly. */
  gradient(_x: Float64Array, axes: readonly number[], out: Float64Array): void {
    const { byMean, byDeviation } = this.gain.slopes();
    out.fill(0, 0, axes.length);
    this.models.forEach(({ posterior }, m) => {
      posterior.gradient(_x, axes, byMean[m] as number, byDeviation[m] as number, this.#scratch);
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

/** The next point of a Gaussian process over several objectives; undefined where it knows only points that were tried. */
export function suggestMany(
  unit: UnitSpace,
  all: readonly ManyObserved[],
  context: SamplerContext,
): Suggestion | undefined {
  const { trials, seed, number, directions, allows } = context;
  const source = random(seed, number, 'gp');
  const observed = representative(all);
  const fitOn = representative(all.slice(0, fitSize(all.length)));
  const rows = observed.map(({ x }) => x);
  const pending = trials
    .filter(({ state }) => state === 'running' || state === 'waiting')
    .map(({ params }) => unit.encode(params));
  const warps = directions.map((_, m) => standardise(observed.map(({ costs }) => costs[m] as number)));
  const search = {
    unit,
    source,
    seed: derivedSeed(seed, number, 'gp candidates'),
    candidates: candidateCount(rows.length + pending.length, unit.axes.length),
    belief: 10 / Math.max(1, all.length),
    ...(allows && { allows: (x: Float64Array) => allows(unit.decode(x)) }),
  };
  const seen = suggestedPoints(trials);
  const isNew = ({ x }: { readonly x: Float64Array }): boolean => !seen.has(pointKey(unit.decode(x)));

  const hyper = fitted(unit, fitOn);
  const models = warps.map(({ y }, m) => new Believer(unit, rows, pending, y, hyper[m] as Hyperparameters));
  const predicted = (x: Float64Array): Pick<Suggestion, 'prediction'> => {
    const prediction = predictMany(models, warps, directions, x);
    return prediction ? { prediction } : {};
  };
  const three = directions.length === MOST_OBJECTIVES;
  if (directions.length > MOST_OBJECTIVES || (three && number % WEIGHTED_EVERY === 1)) {
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
    const own = fitHyperparameters(new Points(unit.axes, rows), y, unit.axes.length, 15);
    const model = new Model(unit.axes, rows, y, pending, own);
    const best = [...rows.keys()]
      .sort((a, b) => (model.means[a] as number) - (model.means[b] as number))
      .slice(0, LOCAL)
      .map((i) => rows[i] as Float64Array);
    const chosen = acquire({ ...search, model, best }).find(isNew);
    if (!chosen) return undefined;
    const shares = weights.map((weight) => `${Math.round((100 * weight) / total)} %`).join(', ');
    const reason = `the largest expected improvement when the objectives count ${shares}`;
    const params = unit.decode(chosen.x);
    return { params, sampler: 'gp', reason, ...predicted(unit.encode(params)) };
  }

  const means = [
    ...rows.map((_, i) => models.map((model) => model.means[i] as number)),
    ...pending.map((_, i) => models.map((model) => model.believed[i] as number)),
  ];
  const violations = [...observed.map(({ violation }) => violation), ...pending.map(() => 0)];
  const constrained = violations.some((violation) => violation > 0);
  const ranks = paretoRanks(means, violations);
  const first = [...means.keys()].filter((i) => ranks[i] === 0);
  const front = thinned(first, means, FRONT[directions.length] ?? 1).map((i) => means[i] as Costs);
  const lows = directions.map((_, m) => Math.min(...means.map((point) => point[m] as number)));
  const ranges = directions.map(
    (_, m) => Math.max(...means.map((point) => point[m] as number)) - (lows[m] as number) || 1,
  );
  const members = first.map((i) => means[i] as Costs);
  const solid = worthwhile(members, ranges);
  const worst = three
    ? nadir(members, lows, ranges)
    : directions.map((_, m) => Math.max(...solid.map((point) => point[m] as number)));
  const reference = worst.map((high, m) => high + (three ? BEYOND_OF_THREE : BEYOND) * (ranges[m] as number));
  // Of the results themselves: the means may have been drawn below all of them by a misfit.
  const floor = three ? warps.map(({ y }, m) => Math.min(...y) - BELOW * (ranges[m] as number)) : undefined;
  const anyFeasible = observed.some(({ violation }) => violation === 0);
  const gain = new ExpectedGain(anyFeasible ? front : [], reference, floor);

  let feasible: Believer | undefined;
  let limit = 0;
  if (constrained) {
    // How much is broken matters on a scale of its own; infinite where a metric is missing.
    const raw = observed.map(({ violation }) => Math.log1p(Math.min(violation, 1e6)));
    const { y } = standardise(raw);
    const broken = y.filter((_, i) => (raw[i] as number) > 0);
    const held = y.filter((_, i) => raw[i] === 0);
    limit = held.length > 0 ? (Math.max(...held) + Math.min(...broken)) / 2 : Math.min(...broken);
    const points = new Points(unit.axes, rows);
    feasible = new Believer(unit, rows, [], y, fitHyperparameters(points, y, unit.axes.length, 12));
  }
  const growth = new Growth(models, gain, feasible, limit, unit.axes.length);
  const best = thinned(
    first.filter((i) => i < rows.length),
    means,
    LOCAL,
  ).map((i) => rows[i] as Float64Array);
  const chosen = acquire({ ...search, model: growth, best }).find(isNew);
  if (!chosen) return undefined;
  const params = unit.decode(chosen.x);
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
