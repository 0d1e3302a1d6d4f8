/**
 * Suggestions without waiting for them: samplers with a model take longer the more trials there are, and in that time
 * the engine could journal no report. So once a suggestion has been slow, further ones come from a worker thread that
 * follows the study record by record. Which results it had seen goes into the journal with the trial, so a replay sees
 * the same; and with the same results both ways give the same suggestion. Where a thread cannot be had, all is as before.
 */
import { Worker } from 'node:worker_threads';
import type { JournalRecord } from '../../core/study/journal/records.js';
import { suggest } from '../../core/study/suggest.js';
import type { Study, Suggestion } from '../../core/study/trial.js';
import type { FromAskWorker, ToAskWorker } from './messages.js';

/** An ask that took longer than this is done elsewhere from then on: reports come every few milliseconds. */
const SLOW_MS = 5;

export interface AskerOptions {
  /** The bundle to start, dist/ask.js. */
  readonly script: string | undefined;
  readonly journal: string;
  /** A suggestion has come, or must be asked for anew. */
  readonly onReady: () => void;
  readonly slowMs?: number;
}

type Answer = Extract<FromAskWorker, { kind: 'suggestion' }>;

export class Asker {
  readonly #options: AskerOptions;
  #worker: Worker | undefined;
  #state: 'none' | 'starting' | 'ready' | 'broken' = 'none';
  #asking = false;
  #answer: Answer | undefined;
  /** Everything applied so far is on disk when it resolves. */
  #onDisk: Promise<unknown> = Promise.resolve();

  constructor(options: AskerOptions) {
    this.#options = options;
    if (options.script === undefined) this.#state = 'broken';
  }

  /** The next trial of the study, or `later`: `onReady` is called when it may be asked again. */
  ask(study: Study): Suggestion | 'exhausted' | 'later' {
    const answer = this.#answer;
    this.#answer = undefined;
    // A trial that was queued by hand meanwhile has taken the number.
    if (answer && answer.number === study.trials.length) {
      this.#seen = answer.seen;
      return answer.suggestion;
    }
    if (this.#state === 'ready') {
      if (!this.#asking) this.#post({ kind: 'ask' });
      this.#asking = true;
      return 'later';
    }
    this.#seen = undefined;
    const start = performance.now();
    const suggestion = suggest(study);
    if (this.#state === 'none' && performance.now() - start > (this.#options.slowMs ?? SLOW_MS))
      this.#start();
    return suggestion;
  }

  #seen: number | undefined;
  /** How many records the last suggestion rests on; undefined: all there are. */
  get seen(): number | undefined {
    return this.#seen;
  }

  /** Must hear of all records as they are applied. `from`: position of the first; `onDisk` resolves when they are there. */
  applied(from: number, records: readonly JournalRecord[], onDisk: Promise<unknown>): void {
    if (this.#state === 'broken') return;
    this.#onDisk = onDisk;
    if (this.#worker) this.#post({ kind: 'records', from, records });
  }

  async dispose(): Promise<void> {
    const worker = this.#worker;
    this.#state = 'broken';
    this.#worker = undefined;
    this.#answer = undefined;
    await worker?.terminate();
  }

  #post(message: ToAskWorker): void {
    this.#worker?.postMessage(message);
  }

  #start(): void {
    const { script, journal, onReady } = this.#options;
    this.#state = 'starting';
    let worker: Worker;
    try {
      worker = new Worker(script as string, { execArgv: [], name: 'suggestions' });
    } catch {
      this.#state = 'broken';
      return;
    }
    this.#worker = worker;
    worker.unref();
    const broken = (): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#state = 'broken';
      if (this.#asking) setImmediate(onReady);
      this.#asking = false;
    };
    worker.on('error', broken);
    worker.on('exit', broken);
    worker.on('message', (message: FromAskWorker) => {
      if (this.#worker !== worker) return;
      if (message.kind === 'ready') {
        this.#state = 'ready';
        return;
      }
      this.#asking = false;
      this.#answer = message;
      onReady();
      // Not for later: by then there are further results.
      this.#answer = undefined;
    });
    this.#onDisk.then(
      () => this.#post({ kind: 'load', journal }),
      () => undefined,
    );
  }
}
