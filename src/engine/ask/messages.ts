/** What the engine and its worker for suggestions (worker.ts) say to each other. */
import type { JournalRecord } from '../../core/study/journal/records.js';
import type { Suggestion } from '../../core/study/trial.js';

export type ToAskWorker =
  /** Everything up to the records that were sent is in this journal. */
  | { readonly kind: 'load'; readonly journal: string }
  /** Records as they are applied; `from`: the position of the first. */
  | { readonly kind: 'records'; readonly from: number; readonly records: readonly JournalRecord[] }
  | { readonly kind: 'ask' };

export type FromAskWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'suggestion';
      readonly suggestion: Suggestion | 'exhausted';
      /** How many records the study had then, and how many trials: the number that the next one would get. */
      readonly seen: number;
      readonly number: number;
    };
