/**
 * Leaves a trial alone while it improves: Optuna's PatientPruner (optuna/pruners/_patient.py). Only when the best of
 * the last `patience` + 1 reports is worse than the best before them by more than `minDelta` is the pruner asked that it wraps;
 * without one the trial is stopped then.
 */
import { definePruner } from './definition.js';
import { bestValue, directionOf, plainVerdict, short } from './reports.js';

const word = (best: number): string => (Number.isNaN(best) ? 'nothing finite' : short(best));

/** A key of its own, since objects that have it by name look like promises to a reader. */
const THEN = 'then';

export const patient = definePruner({
  options: {
    patience: { kind: 'integer', least: 0, default: 5 },
    minDelta: { kind: 'number', least: 0, default: 0 },
    [THEN]: { kind: 'pruner' },
  },
  create: ({ patience, minDelta, [THEN]: wrapped }) => ({
    name: 'patient',
    judge(context) {
      const plain = plainVerdict(context);
      if (plain) return plain;
      const { reports } = context.trial;
      if (reports.length <= patience + 1)
        return { prune: false, reason: `only ${reports.length} reports, and the patience is ${patience}` };
      const direction = directionOf(context);
      const before = bestValue(reports.slice(0, -patience - 1), direction);
      const after = bestValue(reports.slice(-patience - 1), direction);
      const last = `the last ${patience + 1} reports`;
      const worse =
        Number.isNaN(after) ||
        (direction === 'maximize' ? before - minDelta > after : before + minDelta < after);
      if (!worse)
        return { prune: false, reason: `${word(after)} in ${last} against ${word(before)} before them` };
      const stalled = `no improvement on ${word(before)} in ${last}, whose best is ${word(after)}`;
      if (!wrapped) return { prune: true, reason: stalled };
      const verdict = wrapped.judge(context);
      return { ...verdict, reason: `${stalled}; ${verdict.reason}` };
    },
    ...(wrapped?.promote && { promote: wrapped.promote }),
  }),
});
