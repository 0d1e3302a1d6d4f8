/**
 * The signed-rank test over folds: Wilcoxon, "Individual comparisons by ranking methods" (1945), as Optuna's
 * WilcoxonPruner uses it. A step is a fold (or an instance) with a value of its own; a trial is stopped when the values
 * are worse than those of the best trial at the same steps with a p below `pThreshold`, unless their mean is better.
 * The p-value is scipy's (`wilcoxon` with `zero_method="zsplit"`): exact up to 50 pairs without ties or zeros, else up to
 * 13 by going through all signs, else normal with the correction for ties.
 */

import { normalCdf } from '../samplers/normal.js';
import { bestTrial } from '../study/best.js';
import { definePruner } from './definition.js';
import { directionOf, plainVerdict, short } from './reports.js';

const EXACT = 50;
const EXACT_WITH_TIES = 13;

/** Ranks of the sizes, doubled so that the mean ranks of ties are whole. */
function doubledRanks(sizes: readonly number[]): readonly number[] {
  return sizes.map((size) => {
    let [smaller, equal] = [0, 0];
    for (const other of sizes) {
      if (other < size) smaller++;
      else if (other === size) equal++;
    }
    return 2 * smaller + equal + 1;
  });
}

/** The probability of signed ranks at least as far above zero if either sign were as likely. */
export function signedRankP(differences: readonly number[]): number {
  const n = differences.length;
  if (n === 0) return 1;
  const ranks = doubledRanks(differences.map(Math.abs));
  const zeros = differences.filter((d) => d === 0).length;
  const ties = new Set(ranks).size < n;
  // In doubled units; a zero gives half its rank to either side.
  let positive = 0;
  ranks.forEach((rank, i) => {
    const d = differences[i] as number;
    positive += d > 0 ? rank : d === 0 ? rank / 2 : 0;
  });
  if ((ties || zeros > 0 ? EXACT_WITH_TIES : EXACT) >= n) {
    const total = ranks.reduce((a, b) => a + b, 0);
    // How many of the 2^n signs give each sum; a zero adds half its rank whatever the sign.
    let fixed = 0;
    let counts = new Float64Array(total + 1);
    counts[0] = 1;
    ranks.forEach((rank, i) => {
      if (differences[i] === 0) {
        fixed += rank / 2;
        return;
      }
      const next = counts.slice();
      for (let sum = rank; sum <= total; sum++)
        next[sum] = (next[sum] as number) + (counts[sum - rank] as number);
      counts = next;
    });
    let above = 0;
    counts.forEach((count, sum) => {
      if (sum + fixed >= positive - 1e-9) above += count;
    });
    return above / 2 ** (n - zeros);
  }
  const mean = (n * (n + 1)) / 4;
  const groups = new Map<number, number>();
  for (const rank of ranks) groups.set(rank, (groups.get(rank) ?? 0) + 1);
  let tied = 0;
  for (const size of groups.values()) tied += size ** 3 - size;
  const variance = (n * (n + 1) * (2 * n + 1) - tied / 2) / 24;
  return normalCdf((mean - positive / 2) / Math.sqrt(variance));
}

export const wilcoxon = definePruner({
  options: {
    pThreshold: { kind: 'number', above: 0, most: 1, default: 0.1 },
    startupSteps: { kind: 'integer', least: 0, default: 2 },
  },
  create: ({ pThreshold, startupSteps }) => ({
    name: 'wilcoxon',
    judge(context) {
      const plain = plainVerdict(context);
      if (plain) return plain;
      const { trial, trials, objectives } = context;
      const best = bestTrial({ objectives, trials });
      if (!best) return { prune: false, reason: 'no completed trial to compare with' };
      const of = new Map(best.reports.map(({ step, value }) => [step, value]));
      const pairs = trial.reports.flatMap(({ step, value }) => {
        const other = of.get(step);
        return other === undefined || Number.isNaN(other) || Number.isNaN(value)
          ? []
          : [[value, other] as const];
      });
      if (pairs.length < Math.max(1, startupSteps))
        return {
          prune: false,
          reason: `only ${pairs.length} of ${Math.max(1, startupSteps)} steps to compare with trial ${best.number}`,
        };
      const sign = directionOf(context) === 'maximize' ? -1 : 1;
      const p = signedRankP(pairs.map(([own, other]) => sign * (own - other)));
      const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
      const [own, other] = [
        mean(trial.reports.map(({ value }) => value)),
        mean(best.reports.map(({ value }) => value)),
      ];
      const means = `mean ${short(own)} against ${short(other)} of trial ${best.number}`;
      const test = `worse in ${pairs.length} common steps with p = ${short(p)} (signed ranks)`;
      if (p < pThreshold && sign * own <= sign * other)
        return { prune: false, reason: `${test}, but ${means} is no worse` };
      return { prune: p < pThreshold, reason: `${test}, ${means}` };
    },
  }),
});
