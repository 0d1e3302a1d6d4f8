/**
 * Bayesian optimisation with a Gaussian process: a short quasi-random start, then the point of the largest expected
 * improvement over the best posterior mean. Matérn 5/2 with a length-scale per parameter, Hamming distance for choices,
 * conditional parameters in the kernel, bad results squashed where that helps (gp/choose.ts); a trial that is running counts with the value
 * predicted for it ("kriging believer": Ginsbourger, Le Riche and Carraro 2010), failed ones and those
 * that break an outcome constraint count with the worst there was, and teach a second model where not to go
 * (gp/feasibility.ts). What a trial had on the way to its end, or when it was stopped, counts as that: at its fidelity,
 * which is one more coordinate (gp/fidelity-axis.ts), and the improvement is looked for at the end of a training.
 * The parts are in gp/. Costs grow with the cube of the number of trials: for hundreds, not for thousands.
 */
import { derivedSeed, random } from '../random.js';
import { pointKey } from '../space/point.js';
import type { Suggestion } from '../study/trial.js';
import { explain } from './explain.js';
import { acquire } from './gp/acquire.js';
import { chooseView, type View } from './gp/choose.js';
import { Feasibility } from './gp/feasibility.js';
import { pointsAt } from './gp/fidelity-axis.js';
import { fitHyperparameters } from './gp/fit.js';
import type { Points } from './gp/kernel.js';
import { Model } from './gp/model.js';
import { warp } from './gp/warp.js';
import { suggestMany } from './multi/gp.js';
import { observeMany } from './multi/observe.js';
import { drawUniform, newPoint, suggestedPoints } from './novelty.js';
import { fitSize, type Observation, observations, representative } from './observations.js';
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

interface Fitted {
  readonly rows: readonly Float64Array[];
  readonly fidelities: readonly number[] | undefined;
  readonly values: readonly number[];
  readonly view: View;
}
/** Fits by space, the latest first: a sampler is asked again and again about a growing list of the same trials. */
const fits = new WeakMap<UnitSpace, readonly Fitted[]>();
const REMEMBERED = 8;

function fitted(
  unit: UnitSpace,
  observed: readonly Observation[],
  fidelities: readonly number[] | undefined,
  numberOf: (one: Observation) => number,
  fit: (points: Points, values: readonly number[], dimensions: number, evaluations: number) => View,
): View {
  const known = fits.get(unit) ?? [];
  const same = known.find(
    (other) =>
      other.rows.length === observed.length &&
      observed.every(
        (one, i) =>
          one.x === other.rows[i] &&
          numberOf(one) === other.values[i] &&
          fidelities?.[i] === other.fidelities?.[i],
      ),
  );
  if (same) return same.view;
  const rows = observed.map(({ x }) => x);
  const values = observed.map(numberOf);
  const points = pointsAt(unit.axes, rows, fidelities);
  const dimensions = unit.axes.length + (fidelities ? 1 : 0);
  const view = fit(points, values, dimensions, fitEvaluations(points.count));
  fits.set(unit, [{ rows, fidelities, values, view }, ...known].slice(0, REMEMBERED));
  return view;
}

const label = ({ feasible }: Observation): number => (feasible ? 1 : -1);

/** Where trials failed or broke an outcome constraint: how likely others are not to. */
function feasibility(unit: UnitSpace, results: readonly Observation[]): Feasibility | undefined {
  if (results.every(({ feasible }) => feasible)) return undefined;
  const all = results.filter(({ number }, i) => results[i + 1]?.number !== number);
  const fit = representative(all.slice(0, fitSize(all.length)), MOST);
  const { hyper } = fitted(unit, fit, undefined, label, (points, labels, dimensions, evaluations) => ({
    tail: 'plain',
    hyper: fitHyperparameters(points, Float64Array.from(labels), dimensions, evaluations),
  }));
  const observed = representative(all, MOST);
  const rows = observed.map(({ x }) => x);
  return new Feasibility(unit.axes, rows, Float64Array.from(observed, label), hyper);
}

/** Points scored per suggestion: fewer where each costs more. */
const candidateCount = (n: number, dimensions: number): number =>
  Math.round(Math.min(1000, Math.max(200, 2e4 / n))) + 10 * dimensions;

/** Whether an item is there for the first time: a trial may have several results. */
const isFirst = <T>(item: T, at: number, items: readonly T[]): boolean => items.indexOf(item) === at;

const trialCount = (results: readonly Observation[]): number =>
  new Set(results.map(({ number }) => number)).size;

function suggest(
  unit: UnitSpace,
  all: readonly Observation[],
  context: SamplerContext,
): Suggestion | undefined {
  const { trials, seed, number, directions, allows } = context;
  const source = random(seed, number, 'gp');
  const isPartial = all.some(({ fidelity }) => fidelity < 1);
  const fidelitiesOf = (some: readonly Observation[]): readonly number[] | undefined =>
    isPartial ? some.map(({ fidelity }) => fidelity) : undefined;
  const fit = representative(all.slice(0, fitSize(all.length)), MOST);
  const { tail, hyper } = fitted(unit, fit, fidelitiesOf(fit), ({ value }) => value, chooseView);
  const observed = representative(all, MOST);
  const chance = feasibility(unit, all);
  const { y, invert } = warp(
    observed.map(({ value }) => value),
    tail,
  );
  const rows = observed.map(({ x }) => x);
  const pending = trials
    .filter(({ state }) => state === 'running' || state === 'waiting')
    .map(({ params }) => unit.encode(params));
  const model = new Model(
    unit.axes,
    rows,
    y,
    pending,
    hyper,
    fidelitiesOf(observed),
    chance && { feasible: observed.map(({ feasible }) => feasible), chance },
  );
  const best = [...rows.keys()]
    .sort((a, b) => (model.means[a] as number) - (model.means[b] as number))
    .map((i) => rows[i] as Float64Array)
    .filter(isFirst)
    .slice(0, LOCAL);

  const seen = suggestedPoints(trials);
  const chosen = acquire({
    unit,
    model,
    best,
    source,
    seed: derivedSeed(seed, number, 'gp candidates'),
    candidates: candidateCount(rows.length + pending.length, unit.axes.length),
    belief: BELIEF / Math.max(1, trialCount(all)),
    ...(allows && { allows: (x: Float64Array) => allows(unit.decode(x)) }),
  });
  for (const { x } of chosen) {
    const params = unit.decode(x);
    if (seen.has(pointKey(params))) continue;
    const at = unit.encode(params);
    const { mean, deviation } = model.predict(at);
    const nearest = model
      .nearest(at, rows.length)
      .map((i) => (observed[i] as Observation).number)
      .filter(isFirst)
      .slice(0, NEAREST);
    const said = explain({ mean, deviation, incumbent: model.incumbent, invert }, directions[0], nearest);
    const likely =
      chance && `; a chance of ${Math.round(100 * Math.exp(chance.logChance(at)))} % that it works`;
    return { params, sampler: 'gp', ...said, reason: `${said.reason}${likely ?? ''}` };
  }
  return undefined;
}

export const gpSampler: Sampler = {
  name: 'gp',
  ask(context) {
    const { space, directions, trials, seed, number } = context;
    const unit = unitSpace(space);
    const many = directions.length > 1 ? observeMany(unit, context) : undefined;
    const [direction = 'minimize'] = directions;
    const one = many
      ? []
      : observations(unit, trials, direction, context.outcomeViolation, context.partial?.());
    const observed = many ? many.length : trialCount(one);
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
