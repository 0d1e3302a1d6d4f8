/**
 * Several objectives as one number, by weights: a maximum over the objectives, and a little of their sum, so that of equal
 * maxima the better one counts.
 */
import type { Costs } from '../../study/objectives/pareto.js';

const AUGMENTATION = 0.05;

const withSum = (parts: readonly number[], plain: readonly number[]): number =>
  Math.max(...parts) + AUGMENTATION * plain.reduce((a, b) => a + b, 0);

/**
 * The weighted distance from the best of each objective: Knowles, "ParEGO", IEEE TEC 10 (2006).
 * @param weights in a sum of 1
 */
export function fromTheBest(costs: Costs, best: Costs, weights: readonly number[]): number {
  const parts = costs.map((cost, m) => (weights[m] as number) * (cost - (best[m] as number)));
  return withSum(parts, parts);
}

/**
 * How far the costs fall short of the reference in the direction given, whose mean over all directions is the hypervolume:
 * Golovin and Zhang, "Random hypervolume scalarizations", ICML 2020. No objective is ever without weight: who is beyond the
 * reference in one of them has reached nothing.
 * @param direction positive, of length 1
 */
export function fromTheReference(costs: Costs, reference: Costs, direction: readonly number[]): number {
  const plain = costs.map((cost, m) => cost - (reference[m] as number));
  return withSum(
    plain.map((part, m) => part / (direction[m] as number)),
    plain,
  );
}
