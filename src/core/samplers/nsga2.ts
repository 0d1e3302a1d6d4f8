/**
 * NSGA-II: Deb et al., "A fast and elitist multiobjective genetic algorithm", IEEE TEC 6 (2002), with the operators of
 * Optuna (uniform crossover, mutation of one parameter in the mean), and polynomial mutation of ordered parameters. It
 * keeps no population: parents are the best of all results so far, by front and crowding, so that trials may end in any
 * order and a study is resumed from its results alone. Constraints by Deb's domination: what holds them comes first.
 */
import { derivedSeed, type Random, random } from '../random.js';
import type { Params } from '../space/parameter.js';
import { type Costs, crowdingDistances } from '../study/objectives/pareto.js';
import type { Trial } from '../study/trial.js';
import { bestFronts } from './multi/good.js';
import { newPoint, suggestedPoints } from './novelty.js';
import { sobolPoint } from './qmc.js';
import type { Sampler, SamplerContext } from './sampler.js';
import { type Axis, believedCoordinate, coordinateOf, type UnitSpace, unitSpace } from './unit-space.js';

/** Results before the first crossover. */
const STARTUP_TRIALS = 10;
/** Parents at most: Optuna's population. */
const POPULATION = 50;
/** And as a share of the results, so that a short study chooses, too. */
const SHARE = 0.3;
const CROSSOVER = 0.9;
const SWAP = 0.5;
/** Index of the polynomial distribution: larger for smaller changes (Deb and Agrawal, 1999). */
const ETA = 20;
/** Of mutations of ordered parameters, how many draw a new value from the whole range. */
const ANEW = 0.3;

interface Parent {
  readonly trial: Trial;
  readonly rank: number;
  readonly crowding: number;
}

/** The best of all results, by front, then by how alone they stand there. */
function parents(context: SamplerContext): readonly Parent[] {
  const { fronts, size } = bestFronts(context, (results) =>
    Math.min(POPULATION, Math.max(STARTUP_TRIALS, Math.round(SHARE * results))),
  );
  const chosen: Parent[] = [];
  for (const [rank, front] of fronts.entries()) {
    if (chosen.length >= size) break;
    const crowding = crowdingDistances(front.map(({ costs }): Costs => costs));
    const members = front.map(({ trial }, i) => ({ trial, rank, crowding: crowding[i] as number }));
    members.sort((a, b) => b.crowding - a.crowding || a.trial.number - b.trial.number);
    chosen.push(...members.slice(0, size - chosen.length));
  }
  return chosen;
}

function tournament(all: readonly Parent[], source: Random): Parent {
  const [a, b] = [all[source.int(all.length)] as Parent, all[source.int(all.length)] as Parent];
  if (a.rank !== b.rank) return a.rank < b.rank ? a : b;
  return a.crowding >= b.crowding ? a : b;
}

function mutated(axis: Axis, u: number, source: Random): number {
  if (axis.kind === 'category' || source.next() < ANEW) return coordinateOf(axis, source.next());
  const r = source.next();
  const delta =
    r < 0.5
      ? (2 * r + (1 - 2 * r) * (1 - u) ** (ETA + 1)) ** (1 / (ETA + 1)) - 1
      : 1 - (2 * (1 - r) + 2 * (r - 0.5) * u ** (ETA + 1)) ** (1 / (ETA + 1));
  return coordinateOf(axis, Math.min(1, Math.max(0, u + delta)));
}

function child(unit: UnitSpace, [first, second]: readonly [Params, Params], source: Random): Params {
  const [a, b] = [unit.encode(first), unit.encode(second)];
  const crossed = source.next() < CROSSOVER;
  const x = Float64Array.from(unit.axes, (axis, j) => {
    const other = crossed && source.next() < SWAP;
    const own = (other ? b[j] : a[j]) as number;
    // Inactive in the one parent, perhaps active in the child: the other parent's, or a new one.
    const inherited = Number.isNaN(own) ? ((other ? a[j] : b[j]) as number) : own;
    const u = Number.isNaN(inherited) ? believedCoordinate(axis, source.next()) : inherited;
    return source.next() < 1 / unit.axes.length ? mutated(axis, u, source) : u;
  });
  return unit.decode(x);
}

export const nsga2Sampler: Sampler = {
  name: 'nsga2',
  ask(context) {
    const { space, trials, seed, number } = context;
    const source = random(seed, number, 'nsga2');
    const unit = unitSpace(space);
    const seen = suggestedPoints(trials);
    const all = parents(context);
    if (all.length < STARTUP_TRIALS) {
      let index = number;
      const sequence = derivedSeed(seed, 'nsga2 start');
      const params = newPoint(space, seen, source, () => sobolPoint(unit, index++, sequence), context);
      if (params === 'exhausted') return params;
      const reason = `spread evenly: ${all.length} of the ${STARTUP_TRIALS} results that evolution starts from are in`;
      return { params, sampler: 'nsga2', reason };
    }
    let pair: readonly [Trial, Trial] = [(all[0] as Parent).trial, (all[0] as Parent).trial];
    const draw = (): Params => {
      const mother = tournament(all, source);
      let father = tournament(all, source);
      for (let again = 0; again < 3 && father === mother; again++) father = tournament(all, source);
      pair = [mother.trial, father.trial];
      return child(unit, [mother.trial.params, father.trial.params], source);
    };
    const params = newPoint(space, seen, source, draw, context);
    if (params === 'exhausted') return params;
    const [a, b] = pair;
    const reason = `crossed and mutated from #${a.number} and #${b.number}, two of the ${all.length} best so far`;
    return { params, sampler: 'nsga2', reason };
  },
};
