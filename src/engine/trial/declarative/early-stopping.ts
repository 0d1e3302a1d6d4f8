/**
 * When a metric has stopped getting better. Prechelt, "Early stopping — but when?", 1998: patience is his criterion UP.
 * Holds no weights: who asks keeps them.
 */

export interface PatienceOptions {
  readonly goal: 'minimize' | 'maximize';
  /** So many epochs in a row without improvement, and patience is out. */
  readonly patience: number;
  /** How much better counts as better. */
  readonly minDelta: number;
}

/** All that must be kept for a training to go on later. */
export interface PatienceState {
  readonly best: number | null;
  readonly bestEpoch: number;
  readonly waited: number;
}

export type Verdict = 'better' | 'waiting' | 'out of patience';

const LOWER_IS_BETTER = new Set(['loss', 'mse', 'mae']);

/** Which way a metric of the declarative trainer is better. */
export const goalOf = (metric: string): PatienceOptions['goal'] =>
  LOWER_IS_BETTER.has(metric.replace(/^val_/, '')) ? 'minimize' : 'maximize';

/** Judges one epoch after the other. A value that is not a number is never better. */
export class Patience {
  #state: PatienceState = { best: null, bestEpoch: 0, waited: 0 };

  constructor(private readonly options: PatienceOptions) {}

  get state(): PatienceState {
    return this.#state;
  }

  restore(state: PatienceState): void {
    this.#state = state;
  }

  /** Forgets how long it has waited, not what was best. */
  reset(): void {
    this.#state = { ...this.#state, waited: 0 };
  }

  observe(epoch: number, value: number): Verdict {
    const { goal, patience, minDelta } = this.options;
    const { best, waited } = this.#state;
    const gain = best === null ? Number.POSITIVE_INFINITY : goal === 'minimize' ? best - value : value - best;
    if (!Number.isNaN(value) && gain > minDelta) {
      this.#state = { best: value, bestEpoch: epoch, waited: 0 };
      return 'better';
    }
    this.#state = { ...this.#state, waited: waited + 1 };
    return waited + 1 >= patience ? 'out of patience' : 'waiting';
  }
}
