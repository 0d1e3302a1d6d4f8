/**
 * The tree-structured Parzen estimator: Bergstra et al., "Algorithms for hyper-parameter optimization" (2011), in the
 * joint form of Falkner et al., "BOHB" (2018), with the defaults of Optuna 5 (optuna/samplers/_tpe/sampler.py): good
 * set min(ceil(0.1 n), 25), 24 candidates, running trials counted as bad ("constant liar"), pruned ones ordered after
 * the completed by how far they came and after those that break an outcome constraint (ranking.ts). Ours are: a
 * quasi-random start, parameters that occur together modelled together (`group`), and a categorical kernel that keeps as
 * much mass for all choices as for the one observed however many observations there are, without which the joint model
 * locks on to the first lucky combination.
 */
import { derivedSeed, type Random, random } from '../random.js';
import type { Params } from '../space/parameter.js';
import { pointKey } from '../space/point.js';
import type { Trial } from '../study/trial.js';
import { goodSizeOfMany, goodTrials } from './multi/good.js';
import { newPoint, suggestedPoints } from './novelty.js';
import { Mixture } from './parzen.js';
import { sobolPoint } from './qmc.js';
import { bestFirst } from './ranking.js';
import type { Sampler } from './sampler.js';
import { type Axis, type UnitSpace, unitSpace } from './unit-space.js';

const STARTUP_TRIALS = 10;
const CANDIDATES = 24;
/** Observations that keep full weight; older ones fade linearly. */
const RECENT = 25;
/** Bad trials the model keeps; of more, the recent ones and every so many of the old. */
const BAD = 150;

const goodSize = (n: number): number => Math.min(Math.ceil(0.1 * n), 25);

/** Weights of n observations, oldest first. */
function weights(n: number): Float64Array {
  const old = Math.max(0, n - RECENT);
  return Float64Array.from({ length: n }, (_, i) =>
    i < old ? 1 / n + (i * (1 - 1 / n)) / Math.max(1, old - 1) : 1,
  );
}

type Group = readonly { readonly axis: Axis; readonly at: number }[];
const groupsOf = new WeakMap<UnitSpace, readonly Group[]>();

/** The parameters that are decided together: those that no condition, or the very same condition, governs. */
function groups(unit: UnitSpace): readonly Group[] {
  let result = groupsOf.get(unit);
  if (!result) {
    const byCondition = new Map<string, { axis: Axis; at: number }[]>();
    unit.axes.forEach((axis, at) => {
      const key = JSON.stringify(unit.space[axis.name]?.when ?? null);
      byCondition.set(key, [...(byCondition.get(key) ?? []), { axis, at }]);
    });
    result = [...byCondition.values()];
    groupsOf.set(unit, result);
  }
  return result;
}

interface Observed {
  readonly row: Float64Array;
  readonly weight: number;
}

/** Trials with their weights by age; of more than `most`, every so many of the old stand for their neighbours. */
function observe(unit: UnitSpace, trials: readonly Trial[], most: number): readonly Observed[] {
  const all = weights(trials.length);
  const kept = Math.min(trials.length, most);
  const old = trials.length - RECENT;
  const keptOld = kept - RECENT;
  return Array.from({ length: kept }, (_, i) => {
    const thinned = trials.length > most;
    const at = !thinned
      ? i
      : i < keptOld
        ? Math.floor(((i + 0.5) * old) / keptOld)
        : i - kept + trials.length;
    const weight = (all[at] as number) * (thinned && i < keptOld ? old / keptOld : 1);
    return { row: unit.encode((trials[at] as Trial).params), weight };
  });
}

/** `believed`: whether the prior is the user's, as it is of the good trials alone. */
function mixture(group: Group, observed: readonly Observed[], total: number, believed: boolean): Mixture {
  const inside = observed.filter(({ row }) => group.every(({ at }) => !Number.isNaN(row[at])));
  const rows = inside.map(({ row }) => row);
  return new Mixture(
    group,
    rows,
    Float64Array.from([...inside.map(({ weight }) => weight), 1]),
    total,
    believed,
  );
}

/** One point: group by group the candidate that is likeliest good rather than bad. */
function suggester(
  unit: UnitSpace,
  good: readonly Trial[],
  bad: readonly Trial[],
  source: Random,
  isNew: (params: Params) => boolean,
): () => Params {
  const [fromGood, fromBad] = [observe(unit, good, Infinity), observe(unit, bad, BAD)];
  const models = groups(unit).map((group) => {
    let pair: readonly [Mixture, Mixture] | undefined;
    return {
      group,
      at: group.map(({ at }) => at),
      /** Built when it is needed: a branch of the space that is not entered costs nothing. */
      pair: () => {
        pair ??= [
          mixture(group, fromGood, good.length + bad.length, true),
          mixture(group, fromBad, good.length + bad.length, false),
        ];
        return pair;
      },
    };
  });
  // In a space without branches a candidate that was tried can be passed over; with branches the point is drawn again.
  const whole = models.length === 1;
  return () => {
    const x = new Float64Array(unit.axes.length);
    const best = new Float64Array(unit.axes.length);
    const active = new Uint8Array(unit.axes.length);
    for (const { group, at, pair } of models) {
      unit.markActive(best, active);
      if (active[group[0]?.at as number] === 0) continue;
      const [l, g] = pair();
      let highest = -Infinity;
      for (let i = 0; i < CANDIDATES; i++) {
        l.draw(x, at, source);
        const score = l.logDensity(x, at) - g.logDensity(x, at);
        if (i > 0 && !(score > highest)) continue;
        const tried = whole && !isNew(unit.decode(x));
        if (tried && i > 0) continue;
        highest = tried ? -Infinity : score;
        for (const j of at) best[j] = x[j] as number;
      }
    }
    return unit.decode(best);
  };
}

/** Trials that a reason names: with several objectives there are many good ones, and every trial carries its reason. */
const NAMED = 25;

function named(trials: readonly Trial[]): string {
  const names = trials.slice(-NAMED).map(({ number }) => (number < 0 ? 'an earlier one' : `#${number}`));
  return `${names.join(', ')}${trials.length > NAMED ? ` and ${trials.length - NAMED} before them` : ''}`;
}

export const tpeSampler: Sampler = {
  name: 'tpe',
  ask(context) {
    const { space, directions, trials, seed, number, allows } = context;
    const source = random(seed, number, 'tpe');
    const unit = unitSpace(space);
    const seen = suggestedPoints(trials);
    const isNew = (params: Params): boolean => !seen.has(pointKey(params)) && (allows?.(params) ?? true);
    let finished = 0;
    for (const { state } of trials) if (state === 'complete' || state === 'pruned') finished++;
    if (finished < STARTUP_TRIALS) {
      let index = number;
      const sequence = derivedSeed(seed, 'tpe start');
      const params = newPoint(space, seen, source, () => sobolPoint(unit, index++, sequence), context);
      if (params === 'exhausted') return params;
      const reason = `spread evenly: ${finished} of the ${STARTUP_TRIALS} results that the model needs are in`;
      return { params, sampler: 'tpe', reason };
    }
    const several = directions.length > 1;
    const size = several ? goodSizeOfMany(finished) : goodSize(finished);
    const good = several
      ? goodTrials(context, size)
      : bestFirst(trials, size, directions[0] ?? 'minimize', context.outcomeViolation).toSorted(
          (a, b) => a.number - b.number,
        );
    const isGood = new Set(good);
    const bad = trials.filter((trial) => !isGood.has(trial));
    const params = newPoint(space, seen, source, suggester(unit, good, bad, source, isNew), context);
    if (params === 'exhausted') return params;
    return {
      params,
      sampler: 'tpe',
      reason: `likely among the best ${good.length} of ${finished} results (${named(good)})`,
    };
  },
};
