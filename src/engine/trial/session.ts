/**
 * One attempt as its trainer sees it: report and hear whether to go on. Knows the rules of reports; how messages travel
 * is main.ts.
 */
import { dirname } from 'node:path';
import type { JsonObject } from '../../core/json.js';
import type { AttemptSpec, FromWorker } from './messages.js';

export type Metrics = Readonly<Record<string, number>>;

/** Turns what a user's code gave as metrics into metrics by name; throws an Error that says what is wrong with it. */
export function toMetrics(given: unknown, nameOfBareNumber: string, what: string): Metrics {
  if (typeof given === 'number') return { [nameOfBareNumber]: given };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(
      `${what} must be a number or an object of numbers by name; it is ${describe(given)}.`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'number') {
      throw new TypeError(`${what}: "${name}" must be a number; it is ${describe(value)}.`);
    }
  }
  return { ...given } as Metrics;
}

const describe = (value: unknown): string =>
  typeof value === 'string' ? `the text "${value}"` : Array.isArray(value) ? 'a list' : String(value);

export interface Reported {
  readonly step: number;
  readonly metrics: Metrics;
}

/** Thrown inside an attempt that nobody waits for any more. */
class CancelledError extends Error {
  constructor() {
    super('The attempt was cancelled.');
  }
}

export class Session {
  readonly configFolder: string;
  readonly #reported: Reported[] = [];
  #lastStep = 0;
  #stop = false;
  #cancelled = false;
  #lastVerdict: Promise<boolean> = Promise.resolve(false);
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly spec: AttemptSpec,
    private readonly send: (message: FromWorker) => void,
  ) {
    this.configFolder = dirname(spec.configFile);
  }

  get lastStep(): number {
    return this.#lastStep;
  }

  /** True from the moment the engine has asked this attempt to end. */
  get shouldStop(): boolean {
    return this.#stop;
  }

  /** Ends the attempt at the next chance; for one that shares its process, which therefore cannot be killed. */
  cancel(): void {
    this.#cancelled = true;
    this.#stop = true;
    for (const judged of this.#waiting.splice(0)) judged();
  }

  /** Throws once the attempt is cancelled: to be called now and then by trainers that share a process. */
  check(): void {
    if (this.#cancelled) throw new CancelledError();
  }

  /** Every report so far. */
  get reported(): readonly Reported[] {
    return this.#reported;
  }

  started(attributes: JsonObject): void {
    const { trial, attempt } = this.spec;
    this.send({ kind: 'started', trial, attempt, attributes });
  }

  /** Says what is known at the attempt's end alone. */
  measured(attributes: JsonObject): void {
    const { trial, attempt } = this.spec;
    this.send({ kind: 'measured', trial, attempt, attributes });
  }

  /**
   * Sends one step's metrics; resolves once it is judged, with whether to stop. Throws at once for steps that are not
   * whole numbers from 1 upwards, each above the one before, and for metrics that are not numbers.
   */
  report(step: number, given: unknown): Promise<boolean> {
    if (!Number.isInteger(step) || step < 1) {
      throw new RangeError(
        `A step must be a whole number from 1 upwards; report() was given ${String(step)}.`,
      );
    }
    if (step <= this.#lastStep) {
      throw new RangeError(
        `Steps must increase: report() was given step ${step} after step ${this.#lastStep}. Report once per step.`,
      );
    }
    const metrics = toMetrics(given, this.spec.metric, `The metrics of step ${step}`);
    this.#lastStep = step;
    this.#reported.push({ step, metrics });
    const { trial, attempt } = this.spec;
    this.#lastVerdict = new Promise((resolve) => {
      this.#waiting.push(() => resolve(this.#stop));
      this.send({ kind: 'report', trial, attempt, step, metrics });
    });
    return this.#lastVerdict;
  }

  /** Reports again what an earlier attempt at this trial has reported, as far as nothing stops it. */
  async replay(reports: readonly Reported[]): Promise<void> {
    for (const { step, metrics } of reports) if (await this.report(step, metrics)) return;
  }

  /** The engine's answer to the oldest report not yet answered, or an unasked-for request to stop. */
  judge(stop: boolean): void {
    this.#stop ||= stop;
    this.#waiting.shift()?.();
  }

  /** Resolves when every report so far has been judged: for code that did not wait. */
  async settled(): Promise<void> {
    await this.#lastVerdict;
  }
}
