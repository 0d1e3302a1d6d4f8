/**
 * Which trials the tree-structured Parzen estimator holds for good when there are several objectives: front by front,
 * and of the front that does not fit those that together dominate most. Ozaki et al., "Multiobjective tree-structured
 * Parzen estimator", JAIR 73 (2022); the subset is chosen greedily, as there and in Optuna.
 */
import { isExcluded } from '../../study/best.js';
import { hypervolume } from '../../study/objectives/hypervolume.js';
import { type Costs, costsOf, crowdingDistances, paretoRanks } from '../../study/objectives/pareto.js';
import type { Trial } from '../../study/trial.js';
import type { SamplerContext } from '../sampler.js';

/** How many of n results are good. There is no upper limit: a front needs many points. */
export const goodSizeOfMany = (n: number): number => Math.ceil(0.1 * n);

/** Larger fronts are thinned by crowding before the subset is chosen: the choice costs their square. */
const LARGEST = 60;

/**
 * Trials that are looked at, at most: fronts of four objectives have thousands of members, each of which would be compared
 * with all others. The best tenth of every so many is as good as the best tenth of all.
 */
const MOST = 2000;

/** The latest trials, and of the older ones every so many. */
function representative(trials: readonly Trial[]): readonly Trial[] {
  if (trials.length <= MOST) return trials;
  const older = trials.length - MOST / 2;
  const kept = Array.from({ length: MOST / 2 }, (_, i) => Math.floor(((i + 0.5) * older) / (MOST / 2)));
  return [...kept.map((i) => trials[i] as Trial), ...trials.slice(older)];
}

interface Result {
  readonly trial: Trial;
  readonly costs: Costs;
}

/**
 * The completed trials that have all objectives, front by front, infeasible ones after all others. Those that come after
 * the fronts with the best `size` of them may all be in one.
 */
export function bestFronts(
  {
    trials,
    directions,
    outcomeViolation,
  }: Pick<SamplerContext, 'trials' | 'directions' | 'outcomeViolation'>,
  sizeOf: (results: number) => number,
): { readonly fronts: readonly (readonly Result[])[]; readonly size: number } {
  const results: Result[] = [];
  for (const trial of trials) {
    const costs = costsOf(trial, directions);
    if (costs) results.push({ trial, costs });
  }
  const size = sizeOf(results.length);
  const violations = outcomeViolation && results.map(({ trial }) => outcomeViolation(trial.values));
  const ranks = paretoRanks(
    results.map(({ costs }) => costs),
    violations,
    size,
  );
  const fronts: Result[][] = [];
  results.forEach((result, i) => {
    const rank = ranks[i] as number;
    fronts[rank] ??= [];
    fronts[rank].push(result);
  });
  return { fronts, size };
}

/**
 * The `size` best trials, by number; completed ones first, then pruned ones by how far they came. Of more trials than are
 * looked at, as large a share of those.
 */
export function goodTrials(context: SamplerContext, size: number): readonly Trial[] {
  const trials = representative(context.trials);
  return goodAmong({ ...context, trials }, Math.ceil((size * trials.length) / context.trials.length));
}

function goodAmong(context: SamplerContext, size: number): readonly Trial[] {
  const good: Trial[] = [];
  for (const front of bestFronts(context, () => size).fronts) {
    const free = size - good.length;
    if (free <= 0) break;
    const chosen = front.length <= free ? front : widest(front, free);
    good.push(...chosen.map(({ trial }) => trial));
  }
  const pruned = context.trials
    .filter((trial) => trial.state === 'pruned' && !isExcluded(trial))
    .sort((a, b) => (b.reports.at(-1)?.step ?? 0) - (a.reports.at(-1)?.step ?? 0) || a.number - b.number);
  good.push(...pruned.slice(0, Math.max(0, size - good.length)));
  return good.sort((a, b) => a.number - b.number);
}

/** Of a front the `size` that together dominate most, each chosen for what it adds. */
function widest(all: readonly Result[], size: number): readonly Result[] {
  const front = all.length <= LARGEST ? all : thinned(all, LARGEST);
  if (size >= front.length) return [...new Set([...front, ...all])].slice(0, size);
  const lows = front[0]?.costs.map((_, m) => Math.min(...front.map(({ costs }) => costs[m] as number))) ?? [];
  const highs = lows.map((_, m) => Math.max(...front.map(({ costs }) => costs[m] as number)));
  const scaled = front.map(({ costs }) =>
    costs.map((cost, m) => {
      const [low, high] = [lows[m] as number, highs[m] as number];
      return high > low ? (cost / 2 - low / 2) / (high / 2 - low / 2) : 0;
    }),
  );
  // Beyond the worst, so that the ends of the front count too.
  const reference = lows.map(() => 1.1);
  const chosen: number[] = [];
  let covered = 0;
  while (chosen.length < size) {
    let best = -1;
    let most = -1;
    for (let i = 0; i < front.length; i++) {
      if (chosen.includes(i)) continue;
      const total = hypervolume(
        [...chosen, i].map((k) => scaled[k] as Costs),
        reference,
      );
      if (total - covered > most) [best, most] = [i, total - covered];
    }
    if (best < 0) break;
    chosen.push(best);
    covered += most;
  }
  return chosen.map((i) => front[i] as Result);
}

function thinned(front: readonly Result[], size: number): readonly Result[] {
  const distances = crowdingDistances(front.map(({ costs }) => costs));
  return [...front.keys()]
    .sort((a, b) => (distances[b] as number) - (distances[a] as number) || a - b)
    .slice(0, size)
    .map((i) => front[i] as Result);
}
