/** What a pruner is: a pure judgement on a running trial, from its reports and those of the others. */
import type { Direction, Trial } from '../study/trial.js';

interface PrunerContext {
  readonly direction: Direction;
  /** All trials in order of their number. */
  readonly trials: readonly Trial[];
  /** The trial to judge, with its reports so far; its last report is the newest step. */
  readonly trial: Trial;
}

interface Verdict {
  readonly prune: boolean;
  /** The arithmetic in a sentence, for people: "0.52 at step 8 is worse than the median 0.31 of 6 trials". */
  readonly reason: string;
}

export interface Pruner {
  readonly name: string;
  judge(context: PrunerContext): Verdict;
}
