/**
 * The tree-structured Parzen estimator: Bergstra et al., "Algorithms for hyper-parameter optimization" (2011), in the
 * joint form of Falkner et al., "BOHB" (2018), with the defaults of Optuna 5 (optuna/samplers/_tpe/sampler.py): good
 * set min(ceil(0.1 n), 25), 24 candidates, running trials counted as bad ("constant liar"), pruned ones ordered after
 * the completed by how far they came. Ours are: parameters that occur together are modelled together (`group`), and a
 * categorical kernel keeps prior mass 1/C for each of its C choices however many observations there are, without
 * which the joint model locks on to the first lucky combination.
 */
import type { Json } from '../json.js';
import { type Random, random } from '../random.js';
import { evaluateCondition } from '../space/condition.js';
import type { Params, Space } from '../space/parameter.js';
import { decisionOrder } from '../space/point.js';
import type { Direction, Trial } from '../study/trial.js';
import { newPoint, suggestedPoints } from './novelty.js';
import { type Kernels, kernels } from './parzen.js';
import { drawUniform } from './random.js';
import type { Sampler } from './sampler.js';

const STARTUP_TRIALS = 10;
const CANDIDATES = 24;
/** Observations that keep full weight; older ones fade linearly. */
const RECENT = 25;

const goodSize = (n: number): number => Math.min(Math.ceil(0.1 * n), 25);

/** Weights of n observations, oldest first. */
export function weights(n: number): readonly number[] {
  if (n < RECENT) return new Array<number>(n).fill(1);
  const old = n - RECENT;
  return Array.from({ length: n }, (_, i) =>
    i < old ? 1 / n + (i * (1 - 1 / n)) / Math.max(1, old - 1) : 1,
  );
}

/** A mixture over observations of a product over parameters. */
class Mixture {
  readonly #kernels: ReadonlyMap<string, Kernels>;
  readonly #logWeights: readonly number[];

  constructor(space: Space, names: readonly string[], observations: readonly Params[]) {
    this.#kernels = new Map(
      names.map((name) => {
        const parameter = space[name] as Space[string];
        return [
          name,
          kernels(
            parameter,
            observations.map((params) => params[name] as Json),
          ),
        ];
      }),
    );
    const all = [...weights(observations.length), 1];
    const total = all.reduce((sum, weight) => sum + weight, 0);
    this.#logWeights = all.map((weight) => Math.log(weight / total));
  }

  draw(source: Random): Params {
    let u = source.next();
    let k = this.#logWeights.findIndex((logWeight) => {
      u -= Math.exp(logWeight);
      return u < 0;
    });
    if (k < 0) k = this.#logWeights.length - 1;
    return Object.fromEntries([...this.#kernels].map(([name, kernel]) => [name, kernel.draw(k, source)]));
  }

  logDensity(params: Params): number {
    const terms = this.#logWeights.map((logWeight, k) => {
      let sum = logWeight;
      for (const [name, kernel] of this.#kernels) sum += kernel.logDensity(k, params[name] as Json);
      return sum;
    });
    const largest = Math.max(...terms);
    return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
  }
}

/** Best first: completed by value, then pruned by how far they came and how well, then failed and running. */
function ranked(trials: readonly Trial[], direction: Direction): readonly Trial[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const key = (trial: Trial): readonly number[] => {
    const last = trial.reports.at(-1);
    const value = (x: number | undefined): number =>
      x === undefined || Number.isNaN(x) ? Infinity : sign * x;
    switch (trial.state) {
      case 'complete':
        return [0, value(trial.objectives?.[0])];
      case 'pruned':
        return [1, -(last?.step ?? 0), value(last?.value)];
      case 'failed':
        return [2];
      case 'running':
      case 'waiting':
        return [3];
    }
  };
  const keyed = trials.map((trial) => ({ trial, key: key(trial) }));
  keyed.sort((a, b) => {
    for (let i = 0; i < Math.max(a.key.length, b.key.length); i++) {
      const [x, y] = [a.key[i] ?? 0, b.key[i] ?? 0];
      if (x !== y) return x < y ? -1 : 1;
    }
    return a.trial.number - b.trial.number;
  });
  return keyed.map(({ trial }) => trial);
}

/** The parameters that are decided together: those that no condition, or the very same condition, governs. */
function groups(space: Space): readonly (readonly string[])[] {
  const byCondition = new Map<string, string[]>();
  for (const name of decisionOrder(space)) {
    const key = JSON.stringify(space[name]?.when ?? null);
    byCondition.set(key, [...(byCondition.get(key) ?? []), name]);
  }
  return [...byCondition.values()];
}

function suggest(space: Space, good: readonly Trial[], bad: readonly Trial[], source: Random): Params {
  let params: Params = {};
  for (const names of groups(space)) {
    const when = space[names[0] as string]?.when;
    if (when && !evaluateCondition(when, params)) continue;
    const observed = (trials: readonly Trial[]): readonly Params[] =>
      trials.map((trial) => trial.params).filter((p) => names.every((name) => name in p));
    const l = new Mixture(space, names, observed(good));
    const g = new Mixture(space, names, observed(bad));
    let best: { params: Params; score: number } | undefined;
    for (let i = 0; i < CANDIDATES; i++) {
      const candidate = l.draw(source);
      const score = l.logDensity(candidate) - g.logDensity(candidate);
      if (!best || score > best.score) best = { params: candidate, score };
    }
    params = { ...params, ...best?.params };
  }
  return params;
}

/** In the order of the space, so that equal points look equal wherever they are shown. */
const inOrder = (space: Space, params: Params): Params =>
  Object.fromEntries(
    Object.keys(space).flatMap((name) => (name in params ? [[name, params[name] as Json]] : [])),
  );

export const tpeSampler: Sampler = {
  name: 'tpe',
  ask({ space, directions, trials, seed, number }) {
    const source = random(seed, number, 'tpe');
    const seen = suggestedPoints(trials);
    const finished = trials.filter((trial) => trial.state === 'complete' || trial.state === 'pruned');
    if (finished.length < STARTUP_TRIALS) {
      const params = newPoint(space, seen, source, () => drawUniform(space, source));
      if (params === 'exhausted') return params;
      const reason = `drawn at random: ${finished.length} of the ${STARTUP_TRIALS} results that the model needs are in`;
      return { params, sampler: 'tpe', reason };
    }
    const order = ranked(trials, directions[0] ?? 'minimize');
    const size = goodSize(finished.length);
    const byNumber = (a: Trial, b: Trial): number => a.number - b.number;
    const good = order.slice(0, size).toSorted(byNumber);
    const bad = order.slice(size).toSorted(byNumber);
    const params = newPoint(space, seen, source, () => inOrder(space, suggest(space, good, bad, source)));
    if (params === 'exhausted') return params;
    const best = good.map((trial) => `#${trial.number}`).join(', ');
    return {
      params,
      sampler: 'tpe',
      reason: `likely among the best ${size} of ${finished.length} results (${best})`,
    };
  },
};
