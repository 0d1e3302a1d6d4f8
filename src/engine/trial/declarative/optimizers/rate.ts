/** The learning rate of each step: what the schedule says, times what a plateau has taken off. */
import { Patience, type PatienceOptions, type PatienceState } from '../early-stopping.js';
import { type ScheduleOptions, scheduleShare } from './schedule.js';

export interface RateState {
  readonly patience: PatienceState;
  readonly share: number;
}

export class LearningRate {
  readonly #patience: Patience;
  /** onPlateau: what is left of the rate. */
  #share = 1;

  constructor(
    private readonly full: number,
    private readonly schedule: ScheduleOptions,
    private readonly epochs: number,
    plateau: PatienceOptions,
  ) {
    this.#patience = new Patience(plateau);
  }

  /** @param epoch from 1 @param step from 0, of `steps` in the epoch */
  at(epoch: number, step: number, steps: number): number {
    const time = epoch - 1 + step / steps;
    return this.full * this.#share * scheduleShare(this.schedule, time, 1 / steps, this.epochs);
  }

  /** Takes note of an epoch's result; onPlateau lowers the rate when it has not got better for long enough. */
  observe(epoch: number, value: number): void {
    if (this.schedule.name !== 'onPlateau') return;
    if (this.#patience.observe(epoch, value) !== 'out of patience') return;
    this.#share = Math.max(this.schedule.minimum, this.#share * this.schedule.factor);
    this.#patience.reset();
  }

  get state(): RateState {
    return { patience: this.#patience.state, share: this.#share };
  }

  restore({ patience, share }: RateState): void {
    this.#patience.restore(patience);
    this.#share = share;
  }
}
