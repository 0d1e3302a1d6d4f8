/**
 * Successive halving as several pruners use it: at the rungs r·η⁰, r·η¹, r·η² … a trial goes on if it is among the best
 * 1/η of all that came as far, itself included. Either the others stop for good (the form of Optuna's
 * SuccessiveHalvingPruner), or they pause and go on once enough worse ones have come (Li et al., "A system for massively
 * parallel hyperparameter tuning", MLSys 2020, algorithm 2).
 */
import { isBetter } from '../study/best.js';
import { isPaused, pausedStep } from '../study/pause.js';
import type { Direction, Trial } from '../study/trial.js';
import type { Promotion, PromotionContext, PrunerContext, Verdict } from './pruner.js';
import { directionOf, plainVerdict, short } from './reports.js';

/** Options that all of them have. */
export const HALVING_OPTIONS = {
  minResource: { kind: 'integer', least: 1, default: 1 },
  reduction: { kind: 'integer', least: 2, default: 3 },
  mode: { kind: 'word', words: ['stop', 'promote'], default: 'stop' },
} as const;

export interface Halving {
  /** The step of the first rung. */
  readonly first: number;
  /** η: of so many trials one goes on. */
  readonly reduction: number;
  readonly mode: 'stop' | 'promote';
  /** Named in the reasons, such as " of bracket 2"; else empty. */
  readonly where: string;
  /** Of trials that came to a rung, the numbers from best to worst, and how a trial's result is worded. */
  readonly order: (
    trials: readonly Trial[],
    rung: number,
    context: Pick<PrunerContext, 'objectives'>,
  ) => readonly Trial[];
  readonly word: (trial: Trial, rung: number, context: Pick<PrunerContext, 'objectives'>) => string;
  /** Whether two of them are as good as each other. */
  readonly tied: (a: Trial, b: Trial, rung: number, context: Pick<PrunerContext, 'objectives'>) => boolean;
}

/** The last step of the first completed trial: how long trials are, as far as is known. */
export const fullTraining = (trials: readonly Trial[]): number | undefined =>
  trials.find(({ state, reports }) => state === 'complete' && reports.length > 0)?.reports.at(-1)?.step;

/** The last step of the longest completed trial; infinite before there is one. */
function longestTraining(trials: readonly Trial[]): number {
  let longest = 0;
  for (const { state, reports } of trials)
    if (state === 'complete') longest = Math.max(longest, reports.at(-1)?.step ?? 0);
  return longest || Number.POSITIVE_INFINITY;
}

/** What is said until then. */
export const LENGTH_UNKNOWN: Verdict = {
  prune: false,
  reason: 'the first completed trial will tell how long trials are',
};

/** The highest rung that is at most the step; 0 where the first is not reached. */
function rungAt(step: number, { first, reduction }: Pick<Halving, 'first' | 'reduction'>): number {
  if (step < first) return 0;
  let rung = first;
  while (rung * reduction <= step) rung *= reduction;
  return rung;
}

/** The best value up to the first report at or after the rung; undefined where the trial did not come that far. */
function valueAtRung({ reports }: Trial, rung: number, direction: Direction): number | undefined {
  let best = Number.NaN;
  for (const { step, value } of reports) {
    if (isBetter(value, best, direction)) best = value;
    if (step >= rung) return Number.isNaN(best) ? undefined : best;
  }
  return undefined;
}

/** By the first objective. */
export const byValue: Pick<Halving, 'order' | 'word' | 'tied'> = {
  order(trials, rung, context) {
    const direction = directionOf(context);
    const sign = direction === 'maximize' ? -1 : 1;
    return trials
      .flatMap((trial) => {
        const value = valueAtRung(trial, rung, direction);
        return value === undefined ? [] : [{ trial, key: sign * value }];
      })
      .sort((a, b) => a.key - b.key || a.trial.number - b.trial.number)
      .map(({ trial }) => trial);
  },
  word: (trial, rung, context) =>
    short(valueAtRung(trial, rung, directionOf(context)) ?? trial.reports.at(-1)?.value ?? Number.NaN),
  tied(a, b, rung, context) {
    const direction = directionOf(context);
    return valueAtRung(a, rung, direction) === valueAtRung(b, rung, direction);
  },
};

/** How many of so many go on. */
const places = (reached: number, reduction: number): number => Math.floor(reached / reduction);

export function judgeHalving(context: PrunerContext, halving: Halving): Verdict {
  const plain = plainVerdict(context);
  if (plain) return plain;
  const { trial } = context;
  const { first, reduction, mode, where } = halving;
  const last = trial.reports.at(-1)?.step ?? 0;
  const rung = rungAt(last, halving);
  if (rung === 0) return { prune: false, reason: `the first comparison is at step ${first}` };
  const before = trial.reports.at(-2)?.step ?? 0;
  if (before >= rung) return { prune: false, reason: `the next comparison is at step ${rung * reduction}` };
  const paused = pausedStep(trial);
  if (paused !== undefined && rung <= rungAt(paused, halving))
    return { prune: false, reason: `it was promoted from step ${paused}` };
  // What is trained in full has nothing left to cut short.
  if (last >= longestTraining(context.trials))
    return { prune: false, reason: 'it has come as far as the longest completed trial' };
  const present = context.trials.filter(({ number }) => number !== trial.number);
  const ordered = halving.order([...present, trial], rung, context);
  const reached = ordered.length;
  // Those as good share the better place, else a metric that is slow to move would end all but the first trials; what
  // only pauses loses nothing by waiting its turn.
  const isTied = (other: Trial): boolean => mode === 'stop' && halving.tied(other, trial, rung, context);
  const place = ordered.findIndex((other) => other.number === trial.number || isTied(other)) + 1;
  const word = halving.word(trial, rung, context);
  if (place === 0) return { prune: true, reason: `${word} at step ${rung} is nothing to compare` };
  const at = `${word} is number ${place} of ${reached} trials at step ${rung}${where}`;
  const enough = places(reached, reduction);
  if (mode === 'promote') {
    if (place <= enough) return { prune: false, reason: `${at}, of which ${goOn(enough)}` };
    const wait = enough === 0 ? `which are fewer than ${reduction}` : `of which ${goOn(enough)} so far`;
    return { prune: true, pause: true, reason: `paused: ${at}, ${wait}` };
  }
  // While too few have come, only the best of them goes on.
  const allowed = Math.max(1, enough);
  return { prune: place > allowed, reason: `${at}, of which ${goOn(allowed)}` };
}

const goOn = (count: number): string => (count === 1 ? 'one goes on' : `${count} go on`);

/** The paused trial that should go on: the best at the highest rung where one is due. */
export function promoteHalving(context: PromotionContext, halving: Halving): Promotion | undefined {
  const paused = new Map<number, number>();
  for (const trial of context.trials) {
    if (isPaused(trial)) paused.set(trial.number, rungAt(pausedStep(trial) ?? 0, halving));
  }
  const rungs = [...new Set(paused.values())].sort((a, b) => b - a);
  for (const rung of rungs) {
    const ordered = halving.order(context.trials, rung, context);
    const enough = places(ordered.length, halving.reduction);
    const allowed = context.ending ? Math.max(1, enough) : enough;
    const at = ordered.slice(0, allowed).findIndex(({ number }) => paused.get(number) === rung);
    const trial = ordered[at];
    if (!trial) continue;
    const reason = `${halving.word(trial, rung, context)} is number ${at + 1} of ${ordered.length} trials at step ${rung}${halving.where}, of which ${goOn(allowed)}`;
    return { trial: trial.number, reason };
  }
  return undefined;
}
