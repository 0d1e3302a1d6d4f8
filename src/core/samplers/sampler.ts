/** What a sampler is: a pure function from the space and the results visible now to the next point to try. */
import type { Params, Space } from '../space/parameter.js';
import type { PartialResults } from '../study/partial-results.js';
import type { Direction, Suggestion, Trial } from '../study/trial.js';

export interface SamplerContext {
  readonly space: Space;
  readonly directions: readonly Direction[];
  /** All trials in order of their number, those still running included. */
  readonly trials: readonly Trial[];
  /**
   * What trials had reached on the way, for models that know the fidelity of a result. In `trials` those that ended early
   * count with what is foretold for them. Absent: none can have ended early.
   */
  readonly partial?: () => PartialResults | undefined;
  /** The study's seed. */
  readonly seed: number;
  /** The number of the trial that is asked for. */
  readonly number: number;
  /** Whether the constraints between parameters allow a point; absent: every point is allowed. */
  readonly allows?: (params: Params) => boolean;
  /**
   * By how much the metrics of a trial (`values`) break the outcome constraints: 0 where they hold, Infinity where a
   * metric is missing. Absent: there are none.
   */
  readonly outcomeViolation?: (values: Trial['values']) => number;
}

export interface Sampler {
  readonly name: string;
  /**
   * The next point, or `exhausted` when every point of a finite space has been suggested. The same context gives the
   * same answer: randomness comes from (seed, number) alone.
   */
  ask(context: SamplerContext): Suggestion | 'exhausted';
}
