/** Where attempts run. Executors share this contract: local processes now, others beside it. */
import type { JsonObject } from '../../core/json.js';
import type { AttemptSpec } from '../trial/messages.js';

export interface AttemptEvents {
  started(attributes: JsonObject): void;
  /** What is known at its end alone, such as its memory. */
  measured?(attributes: JsonObject): void;
  /** Resolves to whether the trial should stop. */
  report(step: number, metrics: Readonly<Record<string, number>>): Promise<boolean>;
}

export type AttemptResult =
  /** `values` is empty where the trainer returned nothing. `stopped`: it ended early because it was told to. */
  | {
      readonly kind: 'finished';
      readonly values: Readonly<Record<string, number>>;
      readonly stopped: boolean;
    }
  /** `fatal`: every other trial would fail the same way. */
  | { readonly kind: 'failed'; readonly error: string; readonly fatal: boolean }
  /** Not the trial's fault, as far as one can tell: it is to run again. */
  | { readonly kind: 'interrupted'; readonly reason: string }
  /** Ended by `cancel`. */
  | { readonly kind: 'cancelled' };

export interface Executor {
  /** Attempts at a time. */
  readonly slots: number;
  /** How many of them may share a process; absent: none do. */
  readonly trialsPerWorker?: number;
  /** Makes the attempt's folder where it needs one. Never rejects for anything the trial did. */
  run(spec: AttemptSpec, events: AttemptEvents): Promise<AttemptResult>;
  /** Ends the attempt at a trial at once. */
  cancel(trial: number): void;
  /** Ends all attempts and leaves nothing behind. */
  dispose(): Promise<void>;
}
