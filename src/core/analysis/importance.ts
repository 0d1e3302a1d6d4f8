/**
 * How much each parameter decides whether a trial is among the good ones: PED-ANOVA (Watanabe, Bansal & Hutter,
 * "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces", IJCAI 2023). Density estimates
 * and one sum per parameter, so it may run while a study does. Says nothing of interactions.
 */
import { random } from '../random.js';
import type { Parameter, Space } from '../space/parameter.js';
import { compareResults, objectiveOf } from '../study/best.js';
import { mergedTrials } from '../study/repeats.js';
import type { Study, Trial } from '../study/trial.js';
import { parameterAxis, unitOf } from './axis.js';

export interface Importance {
  readonly name: string;
  /** Share of all parameters' importance, summing to 1. */
  readonly share: number;
  /** Completed trials in which the parameter was active: what the estimate rests on. */
  readonly trials: number;
  /** Whether the parameter has a condition: it is judged among the trials that had it. */
  readonly conditional: boolean;
}

/** γ of the paper: what counts as good. */
const QUANTILE = 0.1;
/** Places at which densities of a numeric parameter are compared. */
const GRID = 50;
/** Fewer trials than this say nothing. */
export const LEAST_TRIALS = 10;
const MOST_TRIALS = 3000;
const LEAST_TOP = 3;
/** Samples by which chance is judged. */
const DRAWS = 24;

/**
 * Importances, the greatest first; empty with fewer than LEAST_TRIALS completed trials, and where no parameter makes a
 * difference. A point counts once, however often it was run. A conditional parameter is judged among the trials in which
 * it was active, and counts by the share of the good trials that had it: a parameter of a branch that never wins decides
 * little.
 */
export function importanceOf(study: Pick<Study, 'objectives' | 'space' | 'trials'>): readonly Importance[] {
  const direction = study.objectives[0]?.direction ?? 'minimize';
  const done = evenSample(mergedTrials(study.trials).filter((trial) => objectiveOf(trial) !== undefined));
  if (done.length < LEAST_TRIALS) return [];
  const value = (trial: Trial): number => objectiveOf(trial) ?? Number.NaN;
  const ranked = [...done].sort((a, b) => compareResults(value(a), value(b), direction));
  const good = ranked.slice(0, topCount(ranked.length));
  const raw = namesOf(study.space, done).map((name) => {
    const active = ranked.filter((trial) => Object.hasOwn(trial.params, name));
    const weight = good.filter((trial) => Object.hasOwn(trial.params, name)).length / good.length;
    const parameter = study.space[name];
    return {
      name,
      trials: active.length,
      conditional: parameter?.when !== undefined,
      weight: active.length < LEAST_TRIALS ? 0 : weight * divergence(name, parameter, active),
    };
  });
  const total = raw.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) return [];
  return raw
    .map(({ weight, ...rest }) => ({ ...rest, share: weight / total }))
    .sort((a, b) => b.share - a.share);
}

/** Of very many trials an even sample: more would only cost time. */
function evenSample(trials: readonly Trial[]): readonly Trial[] {
  const step = Math.ceil(trials.length / MOST_TRIALS);
  return step <= 1 ? trials : trials.filter((_, index) => index % step === 0);
}

/** A tenth, but never so few that chance alone decides which they are. */
const topCount = (count: number): number =>
  Math.max(LEAST_TOP, Math.ceil(QUANTILE * count), Math.min(8, Math.floor(count / 3)));

function namesOf(space: Space, trials: readonly Trial[]): readonly string[] {
  const names = Object.keys(space);
  return names.length > 0 ? names : [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
}

/**
 * Pearson's divergence of the good trials' density from that of all, less what as many trials drawn at random show:
 * a small sample differs from the whole by chance alone. `ranked`: best first.
 */
function divergence(name: string, parameter: Parameter | undefined, ranked: readonly Trial[]): number {
  const axis = parameterAxis(
    parameter,
    ranked.map(({ params }) => params[name] ?? null),
  );
  const units = ranked.flatMap(({ params }) => unitOf(axis, params[name]) ?? []);
  if (units.length < LEAST_TRIALS) return 0;
  const density = (of: readonly number[]): Float64Array =>
    axis.kind === 'category' ? counted(of, axis.choices.length) : smoothed(of);
  const all = density(units);
  const top = topCount(units.length);
  const { next } = random('importance', name);
  let chance = 0;
  for (let draw = 0; draw < DRAWS; draw++) chance += pearson(density(drawn(units, top, next)), all) / DRAWS;
  return Math.max(0, pearson(density(units.slice(0, top)), all) - chance);
}

function pearson(top: Float64Array, all: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < all.length; i++) {
    const p = (all[i] ?? 0) + 1e-12;
    sum += p * (((top[i] ?? 0) + 1e-12) / p - 1) ** 2;
  }
  return sum;
}

const drawn = (units: readonly number[], count: number, next: () => number): readonly number[] =>
  Array.from({ length: count }, () => units[Math.floor(next() * units.length)] as number);

/** A categorical's shares, with a prior of one observation spread over all choices. */
function counted(units: readonly number[], choices: number): Float64Array {
  const p = new Float64Array(choices).fill(1 / choices);
  for (const unit of units) p[Math.min(choices - 1, Math.floor(unit * choices))]! += 1;
  return p.map((x) => x / (units.length + 1));
}

/** A Gaussian density on the grid, with Scott's rule for its width (eq. 14 of the paper's appendix) and a flat prior. */
function smoothed(units: readonly number[]): Float64Array {
  const n = units.length;
  const mean = units.reduce((sum, unit) => sum + unit, 0) / n;
  const deviation = Math.sqrt(units.reduce((sum, unit) => sum + (unit - mean) ** 2, 0) / Math.max(1, n - 1));
  const sorted = [...units].sort((a, b) => a - b);
  const spread =
    ((sorted[Math.floor(0.75 * (n - 1))] ?? 0) - (sorted[Math.floor(0.25 * (n - 1))] ?? 0)) / 1.34;
  const width = Math.max(1.059 * Math.min(deviation, spread || deviation) * n ** -0.2, 0.5 / GRID);
  // Values are counted by cell first, so that the cost does not grow with the number of trials.
  const cells = new Float64Array(GRID);
  for (const unit of units) cells[Math.max(0, Math.min(GRID - 1, Math.floor(unit * GRID)))]! += 1;
  const p = new Float64Array(GRID).fill(1 / GRID / n);
  for (let from = 0; from < GRID; from++) {
    if (cells[from] === 0) continue;
    const kernel = Float64Array.from({ length: GRID }, (_, to) =>
      Math.exp(-0.5 * ((to - from) / GRID / width) ** 2),
    );
    const mass = kernel.reduce((sum, x) => sum + x, 0);
    for (let to = 0; to < GRID; to++) p[to]! += ((cells[from] ?? 0) * (kernel[to] ?? 0)) / mass / n;
  }
  const total = p.reduce((sum, x) => sum + x, 0);
  return p.map((x) => x / total);
}
