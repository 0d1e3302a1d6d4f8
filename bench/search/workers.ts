/**
 * Trials of one search that run at a time, ours or a peer's: which of them ends next is drawn, in the same way for every
 * sampler, and the curve is in the order of ending.
 */
import { type Random, random } from '../../src/core/random.js';
import type { Params } from '../../src/core/space/parameter.js';
import { Measured, type Problem } from './problem.js';

interface Running {
  readonly number: number;
  readonly params: Params;
}

/** Number of a trial and what it told. */
export type Ended = readonly [number: number, value: number];

export class Workers {
  readonly #running: Running[] = [];
  readonly #measured: Measured;
  readonly #order: Random;

  /** @param count trials that run at a time */
  constructor(
    problem: Problem,
    seed: number,
    readonly count: number,
  ) {
    this.#measured = new Measured(problem, seed);
    this.#order = random('order', problem.id, seed);
  }

  /** After each trial that has ended, the true value of the one that looks best. */
  get y(): readonly number[] {
    return this.#measured.y;
  }

  /** Starts a trial; what ended until there is room for the next one. */
  start(trial: Running): readonly Ended[] {
    this.#running.push(trial);
    return this.#endDownTo(this.count - 1);
  }

  /** What ends when no more are started. */
  finish(): readonly Ended[] {
    return this.#endDownTo(0);
  }

  #endDownTo(left: number): readonly Ended[] {
    const ended: Ended[] = [];
    while (this.#running.length > left) {
      const [trial] = this.#running.splice(this.#order.int(this.#running.length), 1);
      const { number, params } = trial as Running;
      ended.push([number, this.#measured.measure(params)]);
    }
    return ended;
  }
}
