/** What the best trial's model made of the validation rows, where its trainer says: asked for once per best trial. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { ValidationOutcome } from '../../src/core/study/validation-outcome.js';
import type { Host } from './host.js';

export interface BestOutcome {
  readonly trial: number;
  readonly outcome: ValidationOutcome;
}

export class Validations {
  readonly #best: Signal<BestOutcome | undefined> = signal(undefined);
  #asked = '';

  constructor(private readonly host: Host) {}

  get best(): ReadonlySignal<BestOutcome | undefined> {
    return this.#best;
  }

  /** The best trial is this one now. */
  show(study: string | undefined, trial: number | undefined): void {
    const asked = study === undefined || trial === undefined ? '' : `${trial} ${study}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#best.value = undefined;
    if (study === undefined || trial === undefined) return;
    const take = (outcome: ValidationOutcome | null): void => {
      if (outcome && asked === this.#asked) this.#best.value = { trial, outcome };
    };
    void this.host.call('validation', { study, trial }).then(take, () => undefined);
  }
}
