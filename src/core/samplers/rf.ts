/**
 * Search with a random forest, by the recipe of SMAC: Hutter, Hoos and Leyton-Brown (LION 2011); Lindauer et al.,
 * "SMAC3", JMLR 23 (2022). A quasi-random start; then the point of the largest expected improvement by the forest of
 * rf/forest.ts, looked for among random points and by local search from the best of them and of the trials, with a
 * random point in between now and then. Our results are warped as for the Gaussian process (SMAC takes logarithms) and
 * the start is shorter. Costs grow little faster than the number of trials; at home with choices and conditions.
 */
import { derivedSeed, random } from '../random.js';
import { pointKey } from '../space/point.js';
import type { Suggestion } from '../study/trial.js';
import { explain } from './explain.js';
import { neighbour } from './gp/acquire.js';
import { warp } from './gp/warp.js';
import { logImprovement } from './normal.js';
import { drawUniform, newPoint, suggestedPoints } from './novelty.js';
import { fitSize, type Observation, observations, representative } from './observations.js';
import { priorLogDensity, type UnitPrior } from './prior.js';
import { sobolPoint } from './qmc.js';
import { Forest } from './rf/forest.js';
import type { Sampler, SamplerContext } from './sampler.js';
import { type Axis, believedCoordinate, coordinateOf, type UnitSpace, unitSpace } from './unit-space.js';

const startTrials = (dimensions: number): number => Math.min(8, dimensions + 2);
/** One suggestion in so many is a random point. */
const RANDOM_EVERY = 8;
/** Observations that the forest takes, at most. */
const MOST = 1000;
const CANDIDATES = 600;
const STARTS = 8;
/** Changes tried per step of the local search, and steps. */
const NEIGHBOURS = 12;
const STEPS = 12;
const NEAREST = 3;
/** β of πBO, as in gp.ts. */
const BELIEF = 10;
/** A forest is never surer than this: results are scaled to a variance of 1. */
const LEAST_VARIANCE = 1e-4;

interface Grown {
  readonly observed: readonly Observation[];
  readonly forest: Forest;
}
/** The last forest per space and seed: it serves until enough results have come. */
const grown = new WeakMap<UnitSpace, Map<number, Grown>>();

function forestOf(unit: UnitSpace, observed: readonly Observation[], seed: number): Forest {
  const bySeed = grown.get(unit) ?? new Map<number, Grown>();
  grown.set(unit, bySeed);
  const known = bySeed.get(seed);
  if (
    known &&
    known.observed.length === observed.length &&
    known.observed.every(({ x, value }, i) => x === observed[i]?.x && value === observed[i]?.value)
  ) {
    return known.forest;
  }
  const { y } = warp(observed.map(({ value }) => value));
  const rows = observed.map(({ x }) => x);
  const forest = new Forest(unit.axes, rows, y, random(seed, observed.length, 'rf forest'));
  bySeed.clear();
  bySeed.set(seed, { observed, forest });
  return forest;
}

function suggest(
  unit: UnitSpace,
  all: readonly Observation[],
  context: SamplerContext,
): Suggestion | undefined {
  const { trials, seed, number, directions, allows } = context;
  const { axes } = unit;
  const source = random(seed, number, 'rf');
  const observed = representative(all.slice(0, fitSize(all.length)), MOST);
  const forest = forestOf(unit, observed, seed);
  const { y, invert } = warp(observed.map(({ value }) => value));
  const seen = suggestedPoints(trials);
  const incumbent = Math.min(...y);
  const active = new Uint8Array(axes.length);
  const masked = new Float64Array(axes.length);
  const belief = BELIEF / all.length;
  const believed = [...axes.keys()].filter((j) => axes[j]?.prior);
  const mask = (x: Float64Array): Float64Array => {
    unit.markActive(x, active);
    for (let j = 0; j < axes.length; j++) masked[j] = active[j] ? (x[j] as number) : Number.NaN;
    return masked;
  };
  const score = (x: Float64Array): number => {
    const { mean, variance } = forest.predict(mask(x));
    const deviation = Math.sqrt(Math.max(LEAST_VARIANCE, variance));
    let value = logImprovement((incumbent - mean) / deviation).value + Math.log(deviation);
    for (const j of believed) {
      if (active[j]) value += belief * priorLogDensity(axes[j]?.prior as UnitPrior, x[j] as number);
    }
    return value;
  };
  const isNew = (x: Float64Array): boolean => {
    const params = unit.decode(x);
    return !seen.has(pointKey(params)) && (allows?.(params) ?? true);
  };

  const pool: { x: Float64Array; score: number }[] = [];
  const add = (x: Float64Array): void => {
    if (!allows || allows(unit.decode(x))) pool.push({ x, score: score(x) });
  };
  for (let i = 0; i < CANDIDATES; i++) {
    add(Float64Array.from(axes, (axis) => believedCoordinate(axis, source.next())));
  }
  const best = [...y.keys()].sort((a, b) => (y[a] as number) - (y[b] as number)).slice(0, STARTS);
  for (const i of best) {
    const row = (observed[i] as Observation).x;
    add(row.map((u, j) => (Number.isNaN(u) ? coordinateOf(axes[j] as Axis, source.next()) : u)));
  }
  const starts = [
    ...pool.slice(-best.length),
    ...pool.toSorted((a, b) => b.score - a.score).slice(0, STARTS),
  ];
  for (const start of starts) {
    let at = start;
    for (let step = 0; step < STEPS; step++) {
      const before = at;
      for (let k = 0; k < NEIGHBOURS; k++) {
        const x = neighbour(axes, before.x, source);
        const value = score(x);
        if (value > at.score && isNew(x)) at = { x, score: value };
      }
      if (at === before) break;
      pool.push(at);
    }
  }
  pool.sort((a, b) => b.score - a.score);
  const chosen = pool.find(({ x }) => isNew(x));
  if (!chosen) return undefined;
  const params = unit.decode(chosen.x);
  const { mean, variance } = forest.predict(mask(chosen.x));
  const deviation = Math.sqrt(Math.max(LEAST_VARIANCE, variance));
  return {
    params,
    sampler: 'rf',
    ...explain({ mean, deviation, incumbent, invert }, directions[0], nearest(axes, observed, masked)),
  };
}

/** The trials that differ least, a differing choice or an inactive parameter counting as the whole range. */
function nearest(axes: readonly Axis[], observed: readonly Observation[], x: Float64Array): number[] {
  const distance = (row: Float64Array): number =>
    axes.reduce((sum, { kind }, j) => {
      const [u, v] = [x[j] as number, row[j] as number];
      if (Number.isNaN(u) || Number.isNaN(v)) return sum + (Number.isNaN(u) && Number.isNaN(v) ? 0 : 1);
      return sum + (kind === 'category' ? (u === v ? 0 : 1) : (u - v) ** 2);
    }, 0);
  return observed
    .map((one) => ({ number: one.number, far: distance(one.x) }))
    .sort((a, b) => a.far - b.far || b.number - a.number)
    .slice(0, NEAREST)
    .map(({ number }) => number);
}

export const rfSampler: Sampler = {
  name: 'rf',
  ask(context) {
    const { space, directions, trials, seed, number, outcomeViolation } = context;
    const unit = unitSpace(space);
    const observed = observations(unit, trials, directions[0] ?? 'minimize', outcomeViolation);
    const start = startTrials(unit.axes.length);
    const source = random(seed, number, 'rf start');
    const fallback = (draw: () => Suggestion['params'], reason: string): Suggestion | 'exhausted' => {
      const params = newPoint(space, suggestedPoints(trials), source, draw, context);
      return params === 'exhausted' ? params : { params, sampler: 'rf', reason };
    };
    if (observed.length < start) {
      let index = number;
      const sequence = derivedSeed(seed, 'rf start');
      const reason = `spread evenly: ${observed.length} of the ${start} results that the model needs are in`;
      return fallback(() => sobolPoint(unit, index++, sequence), reason);
    }
    const drawn = () => drawUniform(space, source);
    if (source.int(RANDOM_EVERY) === 0) {
      return fallback(drawn, `drawn at random, as one in ${RANDOM_EVERY} is, so that no region is forgotten`);
    }
    return (
      suggest(unit, observed, context) ??
      fallback(drawn, 'drawn at random: the model knows only points that were tried')
    );
  },
};
