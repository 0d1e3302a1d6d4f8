/**
 * Hyperband: Li et al., "Hyperband: a novel bandit-based approach to hyperparameter optimization" (JMLR 2018), as Optuna
 * runs it (optuna/pruners/_hyperband.py): each trial belongs to a bracket, drawn by its number and the study's seed in
 * proportion to the brackets' budgets ceil(B·η^s / (s + 1)), and asynchronous successive halving with the bracket's first
 * rung goes on among the trials of the bracket. Without `maxResource` the first completed trial tells it.
 */
import { derivedSeed } from '../random.js';
import type { Trial } from '../study/trial.js';
import { definePruner } from './definition.js';
import type { Promotion, PrunerContext } from './pruner.js';
import {
  byValue,
  fullTraining,
  HALVING_OPTIONS,
  type Halving,
  judgeHalving,
  LENGTH_UNKNOWN,
  promoteHalving,
} from './rungs.js';

export const hyperband = definePruner({
  options: { ...HALVING_OPTIONS, maxResource: { kind: 'integer', least: 1 } },
  check: ({ minResource = 1, maxResource }) =>
    typeof maxResource === 'number' && maxResource < Number(minResource)
      ? '`maxResource` is below `minResource`. Raise it.'
      : undefined,
  create({ minResource, maxResource, reduction, mode }) {
    const longest = (trials: readonly Trial[]): number | undefined => maxResource ?? fullTraining(trials);

    /** Brackets from the one that stops earliest to the one that stops latest, by their budgets. */
    const budgets = (most: number): readonly number[] => {
      // A rung that equals `most` counts, whatever rounding says of the logarithm.
      const count = Math.floor(Math.log(most / minResource) / Math.log(reduction) + 1e-9) + 1;
      return Array.from({ length: Math.max(1, count) }, (_, id) => {
        const s = count - 1 - id;
        return Math.ceil((count * reduction ** s) / (s + 1));
      });
    };
    const bracketOf = (number: number, seed: number, sizes: readonly number[]): number => {
      const total = sizes.reduce((a, b) => a + b, 0);
      let left = derivedSeed(seed, number, 'hyperband') % total;
      return sizes.findIndex((size) => {
        left -= size;
        return left < 0;
      });
    };
    const inBracket = (
      { trials, seed }: Pick<PrunerContext, 'trials' | 'seed'>,
      bracket: number,
      sizes: readonly number[],
    ): { readonly trials: readonly Trial[]; readonly halving: Halving } => ({
      trials: trials.filter(({ number }) => bracketOf(number, seed, sizes) === bracket),
      halving: {
        first: minResource * reduction ** bracket,
        reduction,
        mode,
        where: ` of bracket ${bracket + 1} of ${sizes.length}`,
        ...byValue,
      },
    });

    const promote = (context: Parameters<typeof promoteHalving>[0]): Promotion | undefined => {
      const most = longest(context.trials);
      const sizes = most === undefined ? [] : budgets(most);
      for (const bracket of sizes.keys()) {
        const { trials, halving } = inBracket(context, bracket, sizes);
        const promotion = promoteHalving({ ...context, trials }, halving);
        if (promotion) return promotion;
      }
      return undefined;
    };
    return {
      name: 'hyperband',
      judge(context) {
        const most = longest(context.trials);
        if (most === undefined) return LENGTH_UNKNOWN;
        const sizes = budgets(most);
        const { trials, halving } = inBracket(
          context,
          bracketOf(context.trial.number, context.seed, sizes),
          sizes,
        );
        return judgeHalving({ ...context, trials }, halving);
      },
      ...(mode === 'promote' && { promote }),
    };
  },
});
