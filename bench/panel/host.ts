/**
 * The extension's part of the conversation, played in a worker as VS Code has it in a process of its own: a study made on
 * the spot, given in blocks or in pieces of two megabytes as the extension gives it. Nothing of the driver is measured.
 */
import { parseJson, printLine } from '../../src/core/study/journal/line.js';
import { type JournalRecord, Op } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { OutgoingStudy } from '../../src/core/study/packed/transfer.js';
import { sampleJournal, sampleRef } from '../../test/webview/support/sample-study.js';

const ANSWER = 2_000_000;
const LONG = 5000;
let lines: string[] = [];
let reducer = new StudyReducer();
let outgoing: OutgoingStudy | undefined;

const answer = (id: number, result: unknown): void => {
  postMessage({ jsonrpc: '2.0', id, result });
};
const notify = (method: string, params: unknown): void => {
  postMessage({ jsonrpc: '2.0', method, params });
};

/** As the extension answers: a long study in blocks to a page that has nothing of it. Packing it is measured, too. */
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

/** Makes the study; gives its size in bytes. */
function prepare(trials: number, steps: number, running: number): number {
  lines = [];
  reducer = new StudyReducer();
  take(sampleJournal({ trials, steps, running }));
  return lines.reduce((sum, line) => sum + line.length, 0);
}

/** Further lines of the journal, newlines included. */
function take(more: readonly string[]): void {
  for (const line of more) {
    lines.push(line);
    reducer.apply(parseJson(line) as JournalRecord);
  }
}

const linesOf = (text: string): readonly string[] => text.match(/.+\n/g) ?? [];

/** Another study, by its journal. */
function load(journal: string): void {
  lines = [];
  reducer = new StudyReducer();
  take(linesOf(journal));
}

/** The journal has grown by some lines. */
function append(text: string): void {
  take(linesOf(text));
  notify('appended', { study: sampleRef.id, seq: lines.length });
}

/** Appends a report of each of the running trials' next step, so many a second, until all have said all. */
async function stream(curves: number, steps: number, perSecond: number): Promise<void> {
  // Every thirteenth trial of the sample has failed, and a failed trial takes no more words.
  const talking: number[] = [];
  for (let trial = 1; talking.length < curves; trial++) if (trial % 13 !== 0) talking.push(trial);
  let said = 0;
  const began = performance.now();
  while (said < curves * steps) {
    const due = Math.min(curves * steps, Math.floor(((performance.now() - began) / 1000) * perSecond));
    for (; said < due; said++) {
      const step = Math.floor(said / curves) + 1000;
      take([
        printLine({
          op_code: Op.setTrialIntermediateValue,
          worker_id: 'sample',
          trial_id: talking[said % curves] as number,
          step,
          intermediate_value: Math.exp(-step / 1000) + Math.random() * 0.05,
        }),
      ]);
    }
    notify('appended', { study: sampleRef.id, seq: lines.length });
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** What the page asks of the extension, or the benchmark of this worker. */
type Request =
  | { readonly id?: number; readonly method: string; readonly params?: { seq?: number; index?: number } }
  | { readonly bench: keyof typeof ORDERS; readonly args: readonly never[] };

const ORDERS = { prepare, load, append, stream };

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if ('bench' in data) {
    const order: (...args: readonly never[]) => unknown = ORDERS[data.bench];
    void Promise.resolve(order(...data.args)).then((result) => postMessage({ bench: result ?? null }));
    return;
  }
  const { id, method, params } = data;
  if (id === undefined) return;
  if (method === 'since') answer(id, since(params?.seq ?? 0));
  else if (method === 'block') answer(id, outgoing?.block(params?.index ?? 0));
  else if (method === 'state')
    answer(id, { study: sampleRef, engine: { workers: 2, busy: 2 }, trusted: true });
  else answer(id, null);
});
