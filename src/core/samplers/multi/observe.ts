/** What trials tell models of several objectives: a point and a number per objective for each that has ended. */
import { isExcluded } from '../../study/best.js';
import { type Costs, paretoRanks } from '../../study/objectives/pareto.js';
import type { Trial } from '../../study/trial.js';
import type { SamplerContext } from '../sampler.js';
import type { UnitSpace } from '../unit-space.js';

/** Observations that a model takes, at most. */
const MOST = 250;

export interface ManyObserved {
  readonly x: Float64Array;
  readonly costs: Costs;
  /** By how much the outcome constraints are broken. */
  readonly violation: number;
}

/** What finished trials say, in the order of their numbers; failed ones count as the worst of everything. */
export function observeMany(unit: UnitSpace, context: SamplerContext): readonly ManyObserved[] {
  const { trials, directions, outcomeViolation } = context;
  const told = (trial: Trial): readonly (number | undefined)[] =>
    directions.map((direction, m) => {
      const value = trial.objectives?.[m];
      if (value === undefined || !Number.isFinite(value)) return undefined;
      return direction === 'maximize' ? -value : value;
    });
  const complete = trials.filter((trial) => trial.state === 'complete' && !isExcluded(trial)).map(told);
  const sorted = directions.map((_, m) => complete.flatMap((costs) => costs[m] ?? []).sort((a, b) => a - b));
  if (sorted.some(({ length }) => length === 0)) return [];
  const worst = sorted.map((costs) => costs.at(-1) as number);
  const middle = sorted.map((costs) => costs[Math.floor(costs.length / 2)] as number);
  return trials.flatMap((trial) => {
    const x = (): Float64Array => unit.encode(trial.params);
    switch (trial.state) {
      case 'complete': {
        const costs = told(trial).map((cost, m) => cost ?? (worst[m] as number));
        return [{ x: x(), costs, violation: outcomeViolation?.(trial.values) ?? 0 }];
      }
      case 'pruned': {
        // It was given up for being worse than others: what it had reached is no end result.
        const costs = told(trial).map((cost, m) =>
          Math.max(cost ?? (worst[m] as number), middle[m] as number),
        );
        // Nor do its metrics say whether it would have been acceptable.
        return [{ x: x(), costs, violation: 0 }];
      }
      case 'failed':
        return [{ x: x(), costs: worst, violation: 0 }];
      case 'running':
      case 'waiting':
        return [];
      default:
        return trial.state satisfies never;
    }
  });
}

/** Of more observations than the models take, those of the first fronts and as many of the others, evenly. */
export function representative(observed: readonly ManyObserved[]): readonly ManyObserved[] {
  if (observed.length <= MOST) return observed;
  const ranks = paretoRanks(
    observed.map(({ costs }) => costs),
    observed.map(({ violation }) => violation),
    MOST / 2,
  );
  const order = [...observed.keys()].sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
  const kept = order.slice(0, MOST / 2);
  const others = order.slice(MOST / 2).sort((a, b) => a - b);
  for (let i = 0; i < MOST / 2; i++) {
    kept.push(others[Math.floor(((i + 0.5) * others.length) / (MOST / 2))] as number);
  }
  return kept.sort((a, b) => a - b).map((i) => observed[i] as ManyObserved);
}
