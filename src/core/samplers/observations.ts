/**
 * What trials tell a model of the objective: a point and a number for each that has ended, however it ended, and for a
 * model that knows the fidelity of a result also what they had on the way.
 */
import type { PartialResults } from '../study/partial-results.js';
import type { Direction, Trial } from '../study/trial.js';
import type { SamplerContext } from './sampler.js';
import type { UnitSpace } from './unit-space.js';

export interface Observation {
  /** The trial's. */
  readonly number: number;
  readonly x: Float64Array;
  /** To be minimised; of an infeasible trial no better than the worst feasible one. */
  readonly value: number;
  /** Whether the trial neither failed nor breaks an outcome constraint. */
  readonly feasible: boolean;
  /** 1 at the end of a training, less on the way there. */
  readonly fidelity: number;
}

/** What trials say, in the order of their numbers, each on the way before its end; with `partial` also those running. */
export function observations(
  unit: UnitSpace,
  trials: readonly Trial[],
  direction: Direction,
  violation?: SamplerContext['outcomeViolation'],
  partial?: PartialResults,
): readonly Observation[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const resultOf = (trial: Trial): number | undefined => {
    const value = trial.state === 'complete' ? trial.objectives?.[0] : trial.reports.at(-1)?.value;
    return value !== undefined && Number.isFinite(value) ? sign * value : undefined;
  };
  const isFeasible = (trial: Trial): boolean =>
    trial.state !== 'failed' && !(trial.state === 'complete' && violation && violation(trial.values) > 0);
  const valuesOf = (some: readonly Trial[]): number[] =>
    some
      .filter(({ state }) => state === 'complete')
      .map(resultOf)
      .filter((value) => value !== undefined)
      .sort((a, b) => a - b);
  const feasible = violation ? valuesOf(trials.filter(isFeasible)) : [];
  const complete = feasible.length > 0 ? feasible : valuesOf(trials);
  if (complete.length === 0) return [];
  const median = complete[Math.floor(complete.length / 2)] as number;
  const worst = complete.at(-1) as number;
  return trials.flatMap((trial) => {
    const value = resultOf(trial);
    const { number } = trial;
    const x = (): Float64Array => unit.encode(trial.params);
    const known = partial?.get(number);
    const onTheWay = (known?.results ?? []).map(
      ({ fidelity, value: reached }): Observation => ({
        number,
        x: x(),
        value: sign * reached,
        feasible: isFeasible(trial),
        fidelity,
      }),
    );
    // What is foretold of a trial that ended early is not told to who foretells it better.
    if (known?.early) return onTheWay;
    switch (trial.state) {
      case 'complete': {
        const works = value !== undefined && isFeasible(trial);
        const end = works ? value : Math.max(value ?? worst, worst);
        return [...onTheWay, { number, x: x(), value: end, feasible: works, fidelity: 1 }];
      }
      case 'pruned':
        // It was given up for being worse than others: what it had reached is no end result.
        return [{ number, x: x(), value: Math.max(value ?? worst, median), feasible: true, fidelity: 1 }];
      case 'failed':
        return [{ number, x: x(), value: worst, feasible: false, fidelity: 1 }];
      case 'running':
      case 'waiting':
        return onTheWay;
      default:
        return trial.state satisfies never;
    }
  });
}

/** The model is fitted anew at these numbers of observations only; between them the last fit serves. */
export function fitSize(n: number): number {
  const interval = n < 30 ? 1 : n < 60 ? 2 : n < 100 ? 4 : Math.floor(n / 20);
  return n - (n % interval);
}

/** Of more observations than `most` the model gets the best, and as many of the others, evenly by their numbers. */
export function representative(observed: readonly Observation[], most: number): readonly Observation[] {
  if (observed.length <= most) return observed;
  const order = [...observed.keys()].sort(
    (a, b) => (observed[a] as Observation).value - (observed[b] as Observation).value || a - b,
  );
  const kept = order.slice(0, most / 2);
  const others = order.slice(most / 2).sort((a, b) => a - b);
  for (let i = 0; i < most / 2; i++) {
    kept.push(others[Math.floor(((i + 0.5) * others.length) / (most / 2))] as number);
  }
  return kept.sort((a, b) => a - b).map((i) => observed[i] as Observation);
}
