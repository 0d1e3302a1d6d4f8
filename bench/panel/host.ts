/**
 * The extension's part of the conversation, played inside the page before its script runs: a study made on the spot,
 * answered in pieces of two megabytes as the extension answers it, through postMessage. Nothing of the driver is measured.
 */
import { parseJson, printLine } from '../../src/core/study/journal-line.js';
import { type JournalRecord, Op } from '../../src/core/study/records.js';
import { StudyReducer } from '../../src/core/study/reduce.js';
import { OutgoingStudy } from '../../src/core/study/transfer.js';
import { sampleJournal, sampleRef } from '../../test/webview/support/sample-study.js';

const ANSWER = 2_000_000;
const LONG = 5000;
let lines: string[] = [];
let reducer = new StudyReducer();
let outgoing: OutgoingStudy | undefined;

const answer = (id: number, result: unknown): void => {
  setTimeout(() => window.postMessage({ jsonrpc: '2.0', id, result }, '*'));
};
const notify = (method: string, params: unknown): void => {
  window.postMessage({ jsonrpc: '2.0', method, params }, '*');
};

/** As the extension answers: a long study at once to a page that has nothing of it. Packing it is measured, too. */
function since(seq: number): unknown {
  if (seq === 0 && lines.length >= LONG) {
    outgoing = new OutgoingStudy(reducer);
    return { lines: '', seq: lines.length, more: false, reset: false, whole: outgoing.first };
  }
  let next = seq;
  let size = 0;
  const part: string[] = [];
  while (next < lines.length && size < ANSWER) {
    const line = lines[next++] as string;
    part.push(line);
    size += line.length;
  }
  return { lines: part.join(''), seq: next, more: next < lines.length, reset: false };
}

interface Request {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly seq?: number; readonly index?: number };
}

Object.assign(window, {
  acquireVsCodeApi: () => ({
    getState: () => undefined,
    setState: () => undefined,
    postMessage: ({ id, method, params }: Request) => {
      if (id === undefined) return;
      if (method === 'since') answer(id, since(params?.seq ?? 0));
      else if (method === 'block') answer(id, outgoing?.block(params?.index ?? 0));
      else if (method === 'state')
        answer(id, { study: sampleRef, engine: { workers: 2, busy: 2 }, trusted: true });
      else answer(id, null);
    },
  }),
  bench: {
    /** Makes the study; gives its size in bytes. */
    prepare: (trials: number, steps: number, running: number): number => {
      lines = sampleJournal({ trials, steps, running });
      reducer = new StudyReducer();
      for (const line of lines) reducer.apply(parseJson(line) as JournalRecord);
      return lines.reduce((sum, line) => sum + line.length, 0);
    },
    /** Appends a report of each of the running trials' next step, so many a second, until all have said all. */
    stream: async (curves: number, steps: number, perSecond: number): Promise<void> => {
      // Every thirteenth trial of the sample has failed, and a failed trial takes no more words.
      const talking: number[] = [];
      for (let trial = 1; talking.length < curves; trial++) if (trial % 13 !== 0) talking.push(trial);
      let said = 0;
      const began = performance.now();
      while (said < curves * steps) {
        const due = Math.min(curves * steps, Math.floor(((performance.now() - began) / 1000) * perSecond));
        for (; said < due; said++) {
          const step = Math.floor(said / curves) + 1000;
          lines.push(
            printLine({
              op_code: Op.setTrialIntermediateValue,
              worker_id: 'sample',
              trial_id: talking[said % curves] as number,
              step,
              intermediate_value: Math.exp(-step / 1000) + Math.random() * 0.05,
            }),
          );
        }
        notify('appended', { study: sampleRef.id, seq: lines.length });
        await new Promise((done) => setTimeout(done, 100));
      }
    },
  },
});
