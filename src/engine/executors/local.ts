/**
 * Attempts in child processes on this machine: one trial at a time in each, used again for the next one, replaced
 * after some trials or when it dies. What a trial prints goes to its log. A child leaves when the engine does, since
 * its IPC channel closes.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { killGroup } from '../kill-group.js';
import type { AttemptSpec, FromWorker, ToWorker } from '../trial/messages.js';
import type { AttemptEvents, AttemptResult, Executor } from './executor.js';

/** A WebAssembly heap never shrinks, so a child is given up after this many trials. */
const TRIALS_PER_CHILD = 50;
/** Bytes of a trial's output that are kept; the rest is dropped with a note. */
const LOG_LIMIT = 10 * 2 ** 20;
const LAST_WORDS = 2_000;

interface Job {
  readonly spec: AttemptSpec;
  readonly events: AttemptEvents;
  readonly resolve: (result: AttemptResult) => void;
  readonly log: WriteStream;
  logged: number;
  stderr: string;
  cancelled: boolean;
}

class Worker {
  readonly child: ChildProcess;
  job: Job | undefined;
  trials = 0;
  #chunks = 0;

  constructor(script: string, onIdle: (worker: Worker) => void, onExit: (worker: Worker) => void) {
    this.child = fork(script, [], {
      // Tensors are short-lived objects: a small nursery costs no time and saves 30 MB.
      execArgv: ['--max-semi-space-size=2'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own, so that it can be ended with all it started, and Ctrl+C reaches the engine alone.
      detached: process.platform !== 'win32',
    });
    this.child.stdout?.on('data', (chunk: Buffer) => this.#print(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => {
      if (this.job) this.job.stderr = (this.job.stderr + chunk.toString()).slice(-LAST_WORDS);
      this.#print(chunk);
    });
    this.child.on('message', (message: FromWorker) => this.#hear(message, onIdle));
    this.child.on('error', (error) => this.#end({ kind: 'failed', error: error.message, fatal: false }));
    // Not `close`, which never comes for a child whose channel we closed (seen on Node 20).
    this.child.on('exit', (code, signal) => {
      this.#afterOutput(() => {
        const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
        const last = this.job?.stderr.trim();
        const error = `the training process ${how} before the trial was over${last ? `\n${last}` : ''}`;
        this.#end(this.job?.cancelled ? { kind: 'cancelled' } : { kind: 'failed', error, fatal: false });
        onExit(this);
      });
    });
  }

  start(job: Job): void {
    this.job = job;
    this.trials++;
    this.#send({ kind: 'run', spec: job.spec });
  }

  kill(): void {
    if (this.job) this.job.cancelled = true;
    if (this.child.pid !== undefined) killGroup(this.child.pid);
  }

  #send(message: ToWorker): void {
    if (this.child.connected) this.child.send(message);
  }

  /** The last words and the last output travel on different pipes: waits until a turn of the loop brings no more. */
  #afterOutput(then: () => void): void {
    const before = this.#chunks;
    setImmediate(() => setImmediate(() => (this.#chunks === before ? then() : this.#afterOutput(then))));
  }

  #print(chunk: Buffer): void {
    this.#chunks++;
    const { job } = this;
    if (!job || job.logged > LOG_LIMIT) return;
    job.logged += chunk.length;
    job.log.write(chunk);
    if (job.logged > LOG_LIMIT)
      job.log.write(`\n[Sweetspot keeps the first ${LOG_LIMIT / 2 ** 20} MB of a log.]\n`);
  }

  #hear(message: FromWorker, onIdle: (worker: Worker) => void): void {
    const { job } = this;
    // Late words of an attempt that is over.
    if (!job || message.trial !== job.spec.trial || message.attempt !== job.spec.attempt) return;
    switch (message.kind) {
      case 'started':
        job.events.started(message.attributes);
        return;
      case 'report': {
        const { trial, attempt } = message;
        void job.events.report(message.step, message.metrics).then((stop) => {
          if (this.job === job) this.#send({ kind: 'verdict', trial, attempt, stop });
        });
        return;
      }
      case 'finished':
        this.#afterOutput(() => {
          this.#end({ kind: 'finished', values: message.values, stopped: message.stopped });
          onIdle(this);
        });
        return;
      case 'failed':
        this.#afterOutput(() => {
          this.#end({ kind: 'failed', error: message.error, fatal: message.fatal });
          onIdle(this);
        });
        return;
    }
  }

  #end(result: AttemptResult): void {
    const { job } = this;
    if (!job) return;
    this.job = undefined;
    job.log.end();
    job.resolve(result);
  }
}

export class LocalExecutor implements Executor {
  readonly slots: number;
  readonly #script: string;
  readonly #idle: Worker[] = [];
  readonly #workers = new Set<Worker>();
  #exited: (() => void) | undefined;
  #disposed = false;

  /** @param script the bundle of the child process, src/engine/trial/main.ts */
  constructor(slots: number, script: string) {
    this.slots = slots;
    this.#script = script;
  }

  run(spec: AttemptSpec, events: AttemptEvents): Promise<AttemptResult> {
    return new Promise((resolve) => {
      // At once, so that no word to cancel comes between. A folder that cannot be made is the study's problem: it rejects.
      mkdirSync(spec.folder, { recursive: true });
      const log = createWriteStream(join(spec.folder, 'log.txt'), { flags: 'a' });
      // A log that cannot be written must not end a trial.
      log.on('error', () => undefined);
      const job: Job = { spec, events, resolve, log, logged: 0, stderr: '', cancelled: false };
      (this.#idle.pop() ?? this.#fork()).start(job);
    });
  }

  cancel(trial: number): void {
    for (const worker of this.#workers) if (worker.job?.spec.trial === trial) worker.kill();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    if (this.#workers.size === 0) return;
    const gone = new Promise<void>((resolve) => {
      this.#exited = resolve;
    });
    for (const worker of this.#workers) worker.kill();
    await gone;
  }

  #fork(): Worker {
    const worker = new Worker(
      this.#script,
      (idle) => {
        if (idle.trials >= TRIALS_PER_CHILD || this.#disposed) idle.child.disconnect();
        else this.#idle.push(idle);
      },
      (exited) => {
        this.#workers.delete(exited);
        const at = this.#idle.indexOf(exited);
        if (at >= 0) this.#idle.splice(at, 1);
        if (this.#workers.size === 0) this.#exited?.();
      },
    );
    this.#workers.add(worker);
    return worker;
  }
}
