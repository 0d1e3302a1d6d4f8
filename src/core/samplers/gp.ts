/**
 * Bayesian optimisation with a Gaussian process: a short quasi-random start, then the point of the largest expected
 * improvement over the best posterior mean. Matérn 5/2 with a length-scale per parameter, Hamming distance for choices,
 * conditional parameters in the kernel, HalfRank warping of the results; a trial that is running counts with the value
 * predicted for it ("kriging believer": Ginsbourger, Le Riche and Carraro 2010), a failed one with the worst there was.
 * The parts are in gp/. Costs grow with the cube of the number of trials: for hundreds, not for thousands.
 */
import { derivedSeed, random } from '../random.js';
import { pointKey } from '../space/point.js';
import type { Direction, Suggestion, Trial } from '../study/trial.js';
import { explain } from './explain.js';
import { acquire } from './gp/acquire.js';
import { fitHyperparameters, type Hyperparameters } from './gp/fit.js';
import { Points } from './gp/kernel.js';
import { Model } from './gp/model.js';
import { warp } from './gp/warp.js';
import { observeMany, suggestMany } from './multi/gp.js';
import { drawUniform, newPoint, suggestedPoints } from './novelty.js';
import { sobolPoint } from './qmc.js';
import type { Sampler, SamplerContext } from './sampler.js';
import { type UnitSpace, unitSpace } from './unit-space.js';

/** Quasi-random trials before the first model. */
const startTrials = (dimensions: number): number => Math.min(4, dimensions + 2);
/** Evaluations of the likelihood per fit: fewer where each takes long, since a running sweep waits for it. */
const fitEvaluations = (n: number): number => Math.min(40, Math.max(12, Math.round(4000 / n)));
/** Observations that the model takes, at most: its time grows with their cube. */
const MOST = 300;
/** β of πBO: the user's priors count with the exponent β/n after n results. */
const BELIEF = 10;
/** Best trials around which candidates are looked for. */
const LOCAL = 5;
/** Trials a suggestion names as nearest. */
const NEAREST = 3;

interface Observation {
  /** The trial's. */
  readonly number: number;
  readonly x: Float64Array;
  /** To be minimised. */
  readonly value: number;
}

/** What finished trials say, in the order of their numbers. */
function observations(
  unit: UnitSpace,
  trials: readonly Trial[],
  direction: Direction,
): readonly Observation[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const resultOf = (trial: Trial): number | undefined => {
    const value = trial.state === 'complete' ? trial.objectives?.[0] : trial.reports.at(-1)?.value;
    return value !== undefined && Number.isFinite(value) ? sign * value : undefined;
  };
  const complete = trials
    .filter(({ state }) => state === 'complete')
    .map(resultOf)
    .filter((value) => value !== undefined)
    .sort((a, b) => a - b);
  if (complete.length === 0) return [];
  const median = complete[Math.floor(complete.length / 2)] as number;
  const worst = complete.at(-1) as number;
  return trials.flatMap((trial) => {
    const value = resultOf(trial);
    const { number } = trial;
    const x = (): Float64Array => unit.encode(trial.params);
    switch (trial.state) {
      case 'complete':
        return [{ number, x: x(), value: value ?? worst }];
      case 'pruned':
        // It was given up for being worse than others: what it had reached is no end result.
        return [{ number, x: x(), value: Math.max(value ?? worst, median) }];
      case 'failed':
        return [{ number, x: x(), value: worst }];
      case 'running':
      case 'waiting':
        return [];
      default:
        return trial.state satisfies never;
    }
  });
}

/** The model is fitted anew at these numbers of observations only; between them the last fit serves. */
function fitSize(n: number): number {
  const interval = n < 30 ? 1 : n < 60 ? 2 : n < 100 ? 4 : Math.floor(n / 20);
  return n - (n % interval);
}

/** Of more observations than MOST the model gets the best, and as many of the others, evenly by their numbers. */
function representative(observed: readonly Observation[]): readonly Observation[] {
  if (observed.length <= MOST) return observed;
  const order = [...observed.keys()].sort(
    (a, b) => (observed[a] as Observation).value - (observed[b] as Observation).value || a - b,
  );
  const kept = order.slice(0, MOST / 2);
  const others = order.slice(MOST / 2).sort((a, b) => a - b);
  for (let i = 0; i < MOST / 2; i++) {
    kept.push(others[Math.floor(((i + 0.5) * others.length) / (MOST / 2))] as number);
  }
  return kept.sort((a, b) => a - b).map((i) => observed[i] as Observation);
}

interface Fitted {
  readonly observed: readonly Observation[];
  readonly hyper: Hyperparameters;
}
/** Fits by space, the latest first: a sampler is asked again and again about a growing list of the same trials. */
const fits = new WeakMap<UnitSpace, readonly Fitted[]>();
const REMEMBERED = 8;

function fitted(unit: UnitSpace, observed: readonly Observation[]): Hyperparameters {
  const known = fits.get(unit) ?? [];
  const same = known.find(
    (entry) =>
      entry.observed.length === observed.length &&
      entry.observed.every(({ x, value }, i) => x === observed[i]?.x && value === observed[i]?.value),
  );
  if (same) return same.hyper;
  const { y } = warp(observed.map(({ value }) => value));
  const points = new Points(
    unit.axes,
    observed.map(({ x }) => x),
  );
  const hyper = fitHyperparameters(points, y, unit.axes.length, fitEvaluations(points.count));
  fits.set(unit, [{ observed, hyper }, ...known].slice(0, REMEMBERED));
  return hyper;
}

/** Points scored per suggestion: fewer where each costs more. */
const candidateCount = (n: number, dimensions: number): number =>
  Math.round(Math.min(1000, Math.max(200, 2e4 / n))) + 10 * dimensions;

function suggest(
  unit: UnitSpace,
  all: readonly Observation[],
  context: SamplerContext,
): Suggestion | undefined {
  const { trials, seed, number, directions, allows } = context;
  const source = random(seed, number, 'gp');
  const hyper = fitted(unit, representative(all.slice(0, fitSize(all.length))));
  const observed = representative(all);
  const { y, invert } = warp(observed.map(({ value }) => value));
  const rows = observed.map(({ x }) => x);
  const pending = trials
    .filter(({ state }) => state === 'running' || state === 'waiting')
    .map(({ params }) => unit.encode(params));
  const model = new Model(unit.axes, rows, y, pending, hyper);
  const best = [...rows.keys()]
    .sort((a, b) => (model.means[a] as number) - (model.means[b] as number))
    .slice(0, LOCAL)
    .map((i) => rows[i] as Float64Array);

  const seen = suggestedPoints(trials);
  const chosen = acquire({
    unit,
    model,
    best,
    source,
    seed: derivedSeed(seed, number, 'gp candidates'),
    candidates: candidateCount(rows.length + pending.length, unit.axes.length),
    belief: BELIEF / Math.max(1, all.length),
    ...(allows && { allows: (x: Float64Array) => allows(unit.decode(x)) }),
  });
  for (const { x } of chosen) {
    const params = unit.decode(x);
    if (seen.has(pointKey(params))) continue;
    const at = unit.encode(params);
    const { mean, deviation } = model.predict(at);
    const nearest = model.nearest(at, NEAREST).map((i) => (observed[i] as Observation).number);
    return {
      params,
      sampler: 'gp',
      ...explain({ mean, deviation, incumbent: model.incumbent, invert }, directions[0], nearest),
    };
  }
  return undefined;
}

export const gpSampler: Sampler = {
  name: 'gp',
  ask(context) {
    const { space, directions, trials, seed, number } = context;
    const unit = unitSpace(space);
    const many = directions.length > 1 ? observeMany(unit, context) : undefined;
    const one = many ? [] : observations(unit, trials, directions[0] ?? 'minimize');
    const observed = (many ?? one).length;
    const start = startTrials(unit.axes.length);
    const source = random(seed, number, 'gp start');
    const fallback = (draw: () => Suggestion['params'], why: string): Suggestion | 'exhausted' => {
      const params = newPoint(space, suggestedPoints(trials), source, draw, context);
      return params === 'exhausted' ? params : { params, sampler: 'gp', reason: why };
    };
    if (observed < start) {
      let index = number;
      const sequence = derivedSeed(seed, 'gp start');
      const draw = () => sobolPoint(unit, index++, sequence);
      return fallback(draw, `spread evenly: ${observed} of the ${start} results that the model needs are in`);
    }
    return (
      (many ? suggestMany(unit, many, context) : suggest(unit, one, context)) ??
      fallback(
        () => drawUniform(space, source),
        'drawn at random: the model knows only points that were tried',
      )
    );
  },
};
