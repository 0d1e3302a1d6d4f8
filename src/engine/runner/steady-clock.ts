/**
 * The time as a study knows it: that of the system, which never goes back. Clocks are set back, and a study goes on on a
 * machine whose clock is behind; the order in which trials ended, and how long a study has run, must not suffer.
 */
import type { Study } from '../../core/study/trial.js';

export class SteadyClock {
  #last: number;
  #ahead = 0;

  /** @param study whose times so far are not to come again */
  constructor({ trials, runningSince }: Pick<Study, 'trials' | 'runningSince'>) {
    let last = runningSince ?? '';
    for (const { startedAt = '', finishedAt = '' } of trials) {
      if (startedAt > last) last = startedAt;
      if (finishedAt > last) last = finishedAt;
    }
    this.#last = Date.parse(last) || 0;
  }

  /** In ms since the epoch. */
  now(): number {
    const now = Date.now() + this.#ahead;
    // From there on it goes at its pace, instead of standing until the system's has caught up.
    if (now < this.#last) this.#ahead += this.#last - now;
    this.#last = Math.max(now, this.#last);
    return this.#last;
  }
}
