/** What a pruner is: a pure judgement on a running trial, from its reports and those of the others. */
import type { Objective, Trial } from '../study/trial.js';

interface Visible {
  readonly objectives: readonly Objective[];
  /** All trials that count, in order of their number. */
  readonly trials: readonly Trial[];
  /** The study's seed. */
  readonly seed: number;
}

export interface PrunerContext extends Visible {
  /** The trial to judge, with its reports so far; its last report is the newest step. */
  readonly trial: Trial;
}

export interface PromotionContext extends Visible {
  /** No new trial will be started: the best of those that wait may go on even where there are too few to compare. */
  readonly ending: boolean;
}

export interface Verdict {
  /** Whether the trial is to stop now. */
  readonly prune: boolean;
  /** It may go on later, from its checkpoint: `promote` decides. */
  readonly pause?: true;
  /** The arithmetic in a sentence, for people: "0.52 at step 8 is worse than the median 0.31 of 6 trials". */
  readonly reason: string;
}

export interface Promotion {
  /** The number of a paused trial that goes on. */
  readonly trial: number;
  readonly reason: string;
}

export interface Pruner {
  readonly name: string;
  judge(context: PrunerContext): Verdict;
  /** Only of a pruner that pauses: the paused trial that should go on before a new one is started. */
  readonly promote?: (context: PromotionContext) => Promotion | undefined;
}
