/**
 * Asynchronous successive halving: Li et al., "A system for massively parallel hyperparameter tuning" (MLSys 2020), in
 * the form that stops (Optuna's SuccessiveHalvingPruner) or, with `mode: promote`, in that of the paper, which pauses and
 * promotes. Rungs at `minResource` · η^(`minEarlyStoppingRate` + k).
 */
import { definePruner } from './definition.js';
import { byValue, HALVING_OPTIONS, judgeHalving, promoteHalving } from './rungs.js';

export const asha = definePruner({
  options: { ...HALVING_OPTIONS, minEarlyStoppingRate: { kind: 'integer', least: 0, default: 0 } },
  create({ minResource, reduction, mode, minEarlyStoppingRate }) {
    const first = minResource * reduction ** minEarlyStoppingRate;
    const halving = { first, reduction, mode, where: '', ...byValue };
    return {
      name: 'asha',
      judge: (context) => judgeHalving(context, halving),
      ...(mode === 'promote' && { promote: (context) => promoteHalving(context, halving) }),
    };
  },
});
