/**
 * Asynchronous successive halving: Li et al., "A system for massively parallel hyperparameter tuning" (MLSys 2020), in
 * the form that stops (Optuna's SuccessiveHalvingPruner) or, with `mode: promote`, in that of the paper, which pauses and
 * promotes. Rungs at `minResource` · η^(`minEarlyStoppingRate` + k). Without `minResource` the first completed trial tells
 * it, and nothing is compared before.
 */
import type { Trial } from '../study/trial.js';
import { definePruner } from './definition.js';
import { plainVerdict } from './reports.js';
import {
  byValue,
  fullTraining,
  HALVING_OPTIONS,
  type Halving,
  judgeHalving,
  LENGTH_UNKNOWN,
  promoteHalving,
} from './rungs.js';

/** The share of a full training at the first rung: what comes earlier says too little of the end (bench/README.md). */
const FIRST_SHARE = 1 / 9;

export const asha = definePruner({
  options: {
    ...HALVING_OPTIONS,
    minResource: { kind: 'integer', least: 1 },
    minEarlyStoppingRate: { kind: 'integer', least: 0, default: 0 },
  },
  create({ minResource, reduction, mode, minEarlyStoppingRate }) {
    const halving = (trials: readonly Trial[]): Halving | undefined => {
      const full = fullTraining(trials);
      const least =
        minResource ?? (full === undefined ? undefined : Math.max(1, Math.round(FIRST_SHARE * full)));
      if (least === undefined) return undefined;
      return { first: least * reduction ** minEarlyStoppingRate, reduction, mode, where: '', ...byValue };
    };
    return {
      name: 'asha',
      judge(context) {
        const known = halving(context.trials);
        return known ? judgeHalving(context, known) : (plainVerdict(context) ?? LENGTH_UNKNOWN);
      },
      ...(mode === 'promote' && {
        promote(context) {
          const known = halving(context.trials);
          return known && promoteHalving(context, known);
        },
      }),
    };
  },
});
