/**
 * Entry of the worker thread for suggestions, dist/ask.js: keeps a copy of the study from its journal and the records
 * that the engine sends, and asks the sampler. Pure code alone runs here: trials never do.
 */
import { parentPort } from 'node:worker_threads';
import type { JournalRecord } from '../../core/study/journal/records.js';
import { StudyReducer } from '../../core/study/journal/reduce.js';
import { suggest } from '../../core/study/suggest.js';
import { loadJournal } from '../journal/journal.js';
import { readSnapshot } from '../journal/snapshot.js';
import type { FromAskWorker, ToAskWorker } from './messages.js';

let reducer: StudyReducer | undefined;
/** What came before the journal was read. */
let early: { readonly from: number; readonly records: readonly JournalRecord[] }[] = [];

const say = (message: FromAskWorker): void => parentPort?.postMessage(message);

async function load(journal: string): Promise<void> {
  const snapshot = await readSnapshot(journal);
  const loading = snapshot?.reducer ?? new StudyReducer();
  await loadJournal(journal, (record) => loading.apply(record), snapshot?.since);
  reducer = loading;
  for (const { from, records } of early) apply(from, records);
  early = [];
  say({ kind: 'ready' });
}

/** Those that the journal had already are passed over. */
function apply(from: number, records: readonly JournalRecord[]): void {
  if (!reducer) {
    early.push({ from, records });
    return;
  }
  const { seq } = reducer.study;
  if (from > seq) throw new Error(`Records ${seq} to ${from - 1} are missing.`);
  for (const record of records.slice(seq - from)) reducer.apply(record);
}

parentPort?.on('message', (message: ToAskWorker) => {
  switch (message.kind) {
    case 'load':
      // Rejecting ends the thread, which is how the engine hears of it.
      void load(message.journal);
      return;
    case 'records':
      apply(message.from, message.records);
      return;
    case 'ask': {
      if (!reducer) throw new Error('Asked before there was a study.');
      const { study } = reducer;
      say({ kind: 'suggestion', suggestion: suggest(study), seen: study.seq, number: study.trials.length });
      return;
    }
    default:
      message satisfies never;
  }
});
