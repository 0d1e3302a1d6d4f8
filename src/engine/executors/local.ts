/**
 * Attempts in child processes on this machine: one trial at a time in each, or several that share it, used again for the
 * next ones, replaced after some trials or when it dies. What a trial prints goes to its log. A child leaves when the
 * engine does, since its IPC channel closes. A child that dies with several trials in it takes none of them along: each
 * runs again, by itself.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { killGroup } from '../processes/kill-group.js';
import type { AttemptSpec, FromWorker, ToWorker } from '../trial/messages.js';
import type { AttemptEvents, AttemptResult, Executor } from './executor.js';
import { TrialLog } from './trial-log.js';

/**
 * A WebAssembly heap never shrinks, and users' code may keep what it likes, so a child is given up when its trials have
 * worn it out. The declarative trainer leaves next to nothing behind (bench:training), and a new child costs a second.
 */
const WEAR_OF_OWN_CODE = 1 / 50;
const WEAR_OF_DECLARED = 1 / 500;
const LAST_WORDS = 2_000;
/** Milliseconds in which one attempt of several must end when told to; then the process goes. */
const CANCEL_GRACE = 5_000;

interface Job {
  readonly spec: AttemptSpec;
  readonly events: AttemptEvents;
  readonly resolve: (result: AttemptResult) => void;
  readonly log: TrialLog;
  stderr: string;
  /** Users' code has a process to itself, and so has what an earlier process died of, perhaps. */
  readonly canShare: boolean;
  cancelled: boolean;
}

const keyOf = ({ trial, attempt }: { readonly trial: number; readonly attempt: number }): string =>
  `${trial} ${attempt}`;

class Worker {
  readonly child: ChildProcess;
  #wear = 0;
  readonly #jobs = new Map<string, Job>();
  /** Attempts that were cancelled and have not ended yet, with what happens if they do not. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  #killed = false;
  /** It has said that it ends by itself. */
  #isLeaving = false;
  #chunks = 0;

  constructor(script: string, onFree: () => void, onExit: (worker: Worker) => void) {
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
      for (const job of this.#jobs.values()) {
        job.stderr = (job.stderr + chunk.toString()).slice(-LAST_WORDS);
      }
      this.#print(chunk);
    });
    this.child.on('message', (message: FromWorker) => this.#hear(message, onFree));
    this.child.on('error', (error) => {
      // What cannot be said to a child that is ending is no news: its end is.
      if (this.child.pid !== undefined) return;
      // It was never started, and no end will come.
      for (const job of this.#jobs.values()) {
        const reason = `no process can be started to train in (${error.message})`;
        this.#end(job, { kind: 'failed', error: reason, fatal: true });
      }
      onExit(this);
    });
    // Not `close`, which never comes for a child whose channel we closed (seen on Node 20).
    this.child.on('exit', (code, signal) => {
      this.#afterOutput(() => {
        const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
        const shared = this.#jobs.size + this.#leaving.size > 1 || this.#killed;
        for (const job of this.#jobs.values()) {
          const last = job.stderr.trim();
          const error = `the training process ${how} before the trial was over${last ? `\n${last}` : ''}`;
          if (job.cancelled) this.#end(job, { kind: 'cancelled' });
          else if (shared) this.#end(job, { kind: 'interrupted', reason: `the process it shared ${how}` });
          else this.#end(job, { kind: 'failed', error, fatal: false });
        }
        for (const timer of this.#leaving.values()) clearTimeout(timer);
        onExit(this);
      });
    });
  }

  /** Attempts in it. */
  get load(): number {
    return this.#jobs.size;
  }

  get isShareable(): boolean {
    return this.#isOpen && [...this.#jobs.values()].every(({ canShare }) => canShare);
  }

  get isWorn(): boolean {
    // Sums of fractions are not exact.
    return this.#wear > 1 - 1e-9;
  }

  get isIdle(): boolean {
    return this.#isOpen && this.#jobs.size + this.#leaving.size === 0;
  }

  get #isOpen(): boolean {
    return this.child.connected && !this.#killed && !this.#isLeaving;
  }

  start(job: Job): void {
    this.#jobs.set(keyOf(job.spec), job);
    this.#wear += job.spec.trainer.kind === 'declarative' ? WEAR_OF_DECLARED : WEAR_OF_OWN_CODE;
    this.#send({ kind: 'run', spec: job.spec });
  }

  /** Ends the attempt at a trial, if it is here. */
  cancel(trial: number): void {
    const found = [...this.#jobs.values()].find(({ spec }) => spec.trial === trial);
    if (!found) return;
    found.cancelled = true;
    if ([...this.#jobs.values()].every(({ cancelled }) => cancelled)) {
      this.kill();
      return;
    }
    const { attempt } = found.spec;
    this.#send({ kind: 'cancel', trial, attempt });
    this.#leaving.set(
      keyOf(found.spec),
      setTimeout(() => this.#destroy(), CANCEL_GRACE),
    );
    this.#end(found, { kind: 'cancelled' });
  }

  kill(): void {
    for (const job of this.#jobs.values()) job.cancelled = true;
    this.#destroy();
  }

  #destroy(): void {
    this.#killed = true;
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

  /** To the log of the trial, or of each: whose words they are cannot be told. */
  #print(chunk: Buffer): void {
    this.#chunks++;
    for (const job of this.#jobs.values()) {
      job.log.write(chunk);
    }
  }

  #hear(message: FromWorker, onFree: () => void): void {
    const key = keyOf(message);
    const isOver = message.kind === 'finished' || message.kind === 'failed';
    if (isOver && this.#leaving.has(key)) {
      clearTimeout(this.#leaving.get(key));
      this.#leaving.delete(key);
      onFree();
    }
    const job = this.#jobs.get(key);
    // Late words of an attempt that is over.
    if (!job) return;
    switch (message.kind) {
      case 'started':
        job.events.started(message.attributes);
        return;
      case 'measured':
        job.events.measured?.(message.attributes);
        return;
      case 'report': {
        const { trial, attempt } = message;
        void job.events.report(message.step, message.metrics).then((stop) => {
          if (this.#jobs.get(key) === job) this.#send({ kind: 'verdict', trial, attempt, stop });
        });
        return;
      }
      case 'finished':
        this.#afterOutput(() => {
          this.#end(job, { kind: 'finished', values: message.values, stopped: message.stopped });
          onFree();
        });
        return;
      case 'failed':
        this.#isLeaving ||= message.leaving ?? false;
        this.#afterOutput(() => {
          this.#end(job, { kind: 'failed', error: message.error, fatal: message.fatal });
          onFree();
        });
        return;
    }
  }

  #end(job: Job, result: AttemptResult): void {
    if (!this.#jobs.delete(keyOf(job.spec))) return;
    job.log.end();
    job.resolve(result);
  }
}

export class LocalExecutor implements Executor {
  readonly slots: number;
  readonly #workers = new Set<Worker>();
  /** Attempts that wait for a process, oldest first. */
  readonly #queue: Job[] = [];
  /** Trials that were in a process of several when it died. */
  readonly #suspects = new Set<number>();
  #exited: (() => void) | undefined;
  #gone: Promise<void> | undefined;
  #disposed = false;

  /**
   * @param processes at a time
   * @param script the bundle of the child process, src/engine/trial/main.ts
   * @param trialsPerWorker how many attempts a process may be given at a time
   */
  constructor(
    private readonly processes: number,
    private readonly script: string,
    readonly trialsPerWorker = 1,
  ) {
    this.slots = processes * trialsPerWorker;
  }

  async run(spec: AttemptSpec, events: AttemptEvents): Promise<AttemptResult> {
    if (this.#disposed) return { kind: 'cancelled' };
    return new Promise((resolve) => {
      const canShare = spec.trainer.kind === 'declarative' && !this.#suspects.has(spec.trial);
      const settle = (result: AttemptResult): void => {
        if (result.kind === 'interrupted') this.#suspects.add(spec.trial);
        resolve(result);
      };
      this.#queue.push({
        spec,
        events,
        resolve: settle,
        log: new TrialLog(spec.folder),
        canShare,
        stderr: '',
        cancelled: false,
      });
      this.#dispatch();
    });
  }

  cancel(trial: number): void {
    const at = this.#queue.findIndex(({ spec }) => spec.trial === trial);
    if (at >= 0) this.#drop(at);
    for (const worker of this.#workers) worker.cancel(trial);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    while (this.#queue.length > 0) this.#drop(0);
    if (this.#workers.size === 0) return;
    this.#gone ??= new Promise((resolve) => {
      this.#exited = resolve;
    });
    for (const worker of this.#workers) worker.kill();
    await this.#gone;
  }

  #drop(at: number): void {
    const [job] = this.#queue.splice(at, 1);
    job?.log.end();
    job?.resolve({ kind: 'cancelled' });
  }

  /** Gives waiting attempts, in their order, to processes that have room. */
  #dispatch(): void {
    for (let job = this.#queue[0]; job; job = this.#queue[0]) {
      const worker = this.#workerFor(job);
      if (!worker) return;
      this.#queue.shift();
      worker.start(job);
    }
  }

  #workerFor(job: Job): Worker | undefined {
    const fresh = [...this.#workers].filter(({ isWorn }) => !isWorn);
    const idle = fresh.find(({ isIdle }) => isIdle);
    if (idle) return idle;
    if (this.#workers.size < this.processes) return this.#fork();
    if (!job.canShare) return undefined;
    return fresh
      .filter(({ isShareable, load }) => isShareable && load < this.trialsPerWorker)
      .sort((a, b) => a.load - b.load)[0];
  }

  /** Lets go of processes that have served enough, and looks for work for the others. */
  #onFree(): void {
    for (const worker of this.#workers) {
      if (worker.isIdle && (worker.isWorn || this.#disposed)) worker.child.disconnect();
    }
    this.#dispatch();
  }

  #fork(): Worker {
    const worker = new Worker(
      this.script,
      () => this.#onFree(),
      (exited) => {
        this.#workers.delete(exited);
        if (this.#workers.size === 0) this.#exited?.();
        this.#dispatch();
      },
    );
    this.#workers.add(worker);
    return worker;
  }
}
