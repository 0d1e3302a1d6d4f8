/**
 * Which of the files that trials leave behind stay: checkpoints, logs and everything else are judged apart, each by how
 * good its trial was. The journal itself keeps every trial whatever happens to its files. Pure: who removes is the engine.
 */

import { isFinished } from './journal/reduce.js';
import { paretoRanks, scoredTrials } from './objectives/pareto.js';
import type { Study, Trial } from './trial.js';

/** Whose files stay: all trials', the best one's (with several objectives the Pareto front's), so many of the best, none's. */
export type Keep = 'all' | 'best' | 'none' | number;

export const KEPT_KINDS = ['checkpoints', 'files', 'logs'] as const;
export type KeptKind = (typeof KEPT_KINDS)[number];

/** What is not named is kept of all trials. */
export type Retention = Partial<Readonly<Record<KeptKind, Keep>>>;

const CHECKPOINT =
  /(^|[\\/])checkpoints?([.\\/_-]|$)|\.(safetensors|ckpt|pth?|h5|hdf5|keras|onnx|joblib|pickle|pkl)$/i;

/** What a file is, by its path below the folder of its trial. */
export function kindOfFile(path: string): KeptKind {
  if (path === 'log.txt') return 'logs';
  return CHECKPOINT.test(path) ? 'checkpoints' : 'files';
}

/**
 * The numbers of those among `trials` whose files stay. Trials that have not ended, and those with a star, always keep
 * theirs.
 */
export function keptTrials(
  study: Pick<Study, 'objectives' | 'settings'>,
  trials: readonly Trial[],
  keep: Keep,
): ReadonlySet<number> {
  if (keep === 'all') return new Set(trials.map(({ number }) => number));
  const kept = new Set(
    trials.filter(({ state, marks }) => !isFinished(state) || marks?.starred).map(({ number }) => number),
  );
  if (keep === 'none') return kept;
  const { objectives, settings } = study;
  const scored = scoredTrials({ objectives, settings, trials });
  const ranks = paretoRanks(scored.map(({ costs }) => costs));
  const ranked = scored
    .map(({ trial }, index) => ({ number: trial.number, rank: ranks[index] ?? 0 }))
    .sort((a, b) => a.rank - b.rank || a.number - b.number);
  const front = objectives.length > 1 ? ranked.filter(({ rank }) => rank === 0).length : 1;
  for (const { number } of ranked.slice(0, keep === 'best' ? front : keep)) kept.add(number);
  return kept;
}
