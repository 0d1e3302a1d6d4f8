/**
 * Several objectives: which trials no other betters, and in which order the others come. Everything here speaks of
 * costs, numbers to be minimised; `costsOf` makes them of a trial. The volume that a front dominates is in
 * hypervolume.ts.
 */
import { outcomeViolation } from '../../space/constraint.js';
import type { Direction, Study, Trial } from '../trial.js';

/** One number per objective, to be minimised. */
export type Costs = readonly number[];

/** What is needed of a study to compare its trials. */
type Comparable = Pick<Study, 'objectives' | 'trials'> & Partial<Pick<Study, 'settings'>>;

/** The objectives of a completed trial that counts, as costs; undefined where one is missing or not finite. */
export function costsOf(trial: Trial, directions: readonly Direction[]): Costs | undefined {
  if (trial.state !== 'complete' || trial.marks?.excluded !== undefined) return undefined;
  const costs = directions.map((direction, i) => {
    const value = trial.objectives?.[i] ?? Number.NaN;
    return direction === 'maximize' ? -value : value;
  });
  return costs.every(Number.isFinite) ? costs : undefined;
}

/** Whether `a` is nowhere worse than `b`, and somewhere better. */
export function dominates(a: Costs, b: Costs): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x > y) return false;
    if (x < y) better = true;
  }
  return better;
}

const compare = (a: Costs, b: Costs): number => {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  }
  return 0;
};

/**
 * The front each point belongs to, from 0 for those that no other dominates; equal points are in the same one.
 *
 * Two and three objectives: by a staircase per front, looked for by bisection, O(n log² n) (Jensen, "Reducing the run-time
 * complexity of multiobjective EAs", IEEE TEC 7 (2003)). More: one front after the other is taken from the sorted points
 * (Zhang et al., "An efficient approach to nondominated sorting", IEEE TEC 19 (2015)). With `violations` the points obey
 * Deb's constrained domination (NSGA-II, 2002): those with none by their costs, then the others by how much they violate.
 * @param costs finite
 * @param violations one per point, 0 where the constraints hold
 * @param enough with so many points in the fronts found, all others without a violation may share the next one
 */
export function paretoRanks(
  costs: readonly Costs[],
  violations?: readonly number[],
  enough = Number.POSITIVE_INFINITY,
): Int32Array {
  const ranks = new Int32Array(costs.length);
  const feasible: number[] = [];
  const infeasible: number[] = [];
  for (const i of costs.keys()) ((violations?.[i] ?? 0) > 0 ? infeasible : feasible).push(i);
  const order = feasible.sort((a, b) => compare(costs[a] as Costs, costs[b] as Costs) || a - b);
  let fronts = (costs[0]?.length ?? 0) <= 3 ? bisect(costs, order, ranks) : peel(costs, order, ranks, enough);

  infeasible.sort((a, b) => violation(a) - violation(b) || a - b);
  let last = Number.NaN;
  for (const i of infeasible) {
    if (violation(i) !== last) fronts++;
    last = violation(i);
    ranks[i] = fronts - 1;
  }
  return ranks;

  function violation(i: number): number {
    return violations?.[i] ?? 0;
  }
}

/** Second costs upwards, third ones downwards: of a front what may still dominate, the first costs being no greater. */
interface Stairs {
  readonly second: number[];
  readonly third: number[];
}

/** How many of the numbers, given upwards, are no greater than x. */
function countUpTo(sorted: readonly number[], x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ranks of up to three costs, given in lexicographic order; the number of fronts. */
function bisect(costs: readonly Costs[], order: readonly number[], ranks: Int32Array): number {
  const fronts: Stairs[] = [];
  let before: Costs | undefined;
  let rank = 0;
  for (const i of order) {
    const point = costs[i] as Costs;
    if (!before || compare(point, before) !== 0) {
      const [, y = 0, z = 0] = point;
      // Whoever is dominated by one of a front is by one of each front before it.
      let [low, high] = [0, fronts.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        const { second, third } = fronts[middle] as Stairs;
        const place = countUpTo(second, y);
        if (place > 0 && (third[place - 1] as number) <= z) low = middle + 1;
        else high = middle;
      }
      rank = low;
      fronts[rank] ??= { second: [], third: [] };
      const { second, third } = fronts[rank] as Stairs;
      const from = countUpTo(second, y);
      let to = from;
      while (to < third.length && (third[to] as number) >= z) to++;
      second.splice(from, to - from, y);
      third.splice(from, to - from, z);
    }
    ranks[i] = rank;
    before = point;
  }
  return fronts.length;
}

/** The same for any number of costs; what is left when `enough` have their ranks is one more front. */
function peel(costs: readonly Costs[], order: readonly number[], ranks: Int32Array, enough: number): number {
  const m = costs[0]?.length ?? 0;
  const front = new Float64Array(order.length * m);
  let left = order;
  let rank = 0;
  for (; left.length > 0 && order.length - left.length < enough; rank++) {
    let size = 0;
    left = left.filter((i) => {
      const point = costs[i] as Costs;
      if (isDominated(point, front, size)) return true;
      for (let k = 0; k < m; k++) front[size * m + k] = point[k] as number;
      size++;
      ranks[i] = rank;
      return false;
    });
  }
  for (const i of left) ranks[i] = rank;
  return left.length > 0 ? rank + 1 : rank;
}

/** Whether one of the first `size` points of a front, which come before in lexicographic order, dominates the point. */
function isDominated(point: Costs, front: Float64Array, size: number): boolean {
  const m = point.length;
  for (let at = 0; at < size * m; at += m) {
    let k = 1;
    while (k < m && (front[at + k] as number) <= (point[k] as number)) k++;
    if (k < m) continue;
    for (k = 0; k < m; k++) if (front[at + k] !== point[k]) return true;
  }
  return false;
}

/**
 * How alone each point of a front stands: the sum over objectives of the distance between its neighbours, in units of
 * the front's range; infinite at the ends. Deb et al., NSGA-II (2002), section III.B.
 */
export function crowdingDistances(costs: readonly Costs[]): Float64Array {
  const distances = new Float64Array(costs.length);
  const order = [...costs.keys()];
  for (let m = 0; m < (costs[0]?.length ?? 0); m++) {
    const cost = (position: number): number => costs[order[position] as number]?.[m] as number;
    order.sort((a, b) => (costs[a]?.[m] as number) - (costs[b]?.[m] as number) || a - b);
    const range = cost(order.length - 1) - cost(0);
    distances[order[0] as number] = Infinity;
    distances[order.at(-1) as number] = Infinity;
    if (!(range > 0)) continue;
    for (let k = 1; k < order.length - 1; k++) {
      const i = order[k] as number;
      distances[i] = (distances[i] as number) + (cost(k + 1) - cost(k - 1)) / range;
    }
  }
  return distances;
}

export interface Scored {
  readonly trial: Trial;
  readonly costs: Costs;
}

/** The completed trials that count and break no outcome constraint, with their costs, in the order of their numbers. */
export function scoredTrials({ objectives, trials, settings }: Comparable): readonly Scored[] {
  const directions = objectives.map(({ direction }) => direction);
  const violation = outcomeViolation(settings?.outcomeConstraints);
  return trials.flatMap((trial) => {
    const costs = costsOf(trial, directions);
    return costs && (violation?.(trial.values) ?? 0) === 0 ? [{ trial, costs }] : [];
  });
}

/**
 * Those that no other dominates, the best of the first objective first; of equal ones the first given. One pass over an
 * archive: fronts are short, and a hundred thousand trials may have to be gone through ten times a second.
 */
function nondominated(scored: readonly Scored[]): readonly Scored[] {
  let front: Scored[] = [];
  for (const one of scored) {
    const { costs } = one;
    if (front.some((other) => dominates(other.costs, costs) || compare(other.costs, costs) === 0)) continue;
    front = front.filter((other) => !dominates(costs, other.costs));
    front.push(one);
  }
  return front.sort((a, b) => compare(a.costs, b.costs));
}

/**
 * The Pareto front of a study: the trials that no other betters in one objective without being worse in another, the
 * best of the first objective first. Of equal trials the one with the lowest number; excluded trials and those that
 * break an outcome constraint are never on it. With one objective it is the best trial alone.
 */
export const paretoFront = (study: Comparable): readonly Trial[] =>
  nondominated(scoredTrials(study)).map(({ trial }) => trial);

/**
 * The balanced member of a front: nearest to the best of every objective, when each is scaled to its range on the
 * front. Among equally near ones that which is better in the first objective.
 */
export function balancedTrial(front: readonly Trial[], directions: readonly Direction[]): Trial | undefined {
  const all = front.flatMap((trial) => {
    const costs = costsOf(trial, directions);
    return costs ? [{ trial, costs }] : [];
  });
  const lows = directions.map((_, m) => Math.min(...all.map(({ costs }) => costs[m] as number)));
  const highs = directions.map((_, m) => Math.max(...all.map(({ costs }) => costs[m] as number)));
  let best: Scored | undefined;
  let least = Infinity;
  for (const one of all) {
    const distance = Math.hypot(
      ...one.costs.map((cost, m) => {
        const [low, high] = [lows[m] as number, highs[m] as number];
        return high > low ? (cost - low) / (high - low) : 0;
      }),
    );
    if (
      distance < least - 1e-12 ||
      (Math.abs(distance - least) <= 1e-12 && best && compare(one.costs, best.costs) < 0)
    ) {
      best = one;
      least = distance;
    }
  }
  return best?.trial;
}
