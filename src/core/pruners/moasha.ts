/**
 * Successive halving for several objectives: Schmucker et al., "Multi-objective asynchronous successive halving"
 * (arXiv 2106.12639, 2021). At a rung trials are ordered by non-dominated rank, and within a rank by an ε-net: the best by the
 * first objective first, then always the one farthest from those chosen (objectives scaled to the range of the rank).
 * Compared is the report at the rung, not the best so far, which may come from different steps.
 */
import type { Objective, Report, Trial } from '../study/trial.js';
import { definePruner } from './definition.js';
import { short } from './reports.js';
import { HALVING_OPTIONS, type Halving, judgeHalving, promoteHalving } from './rungs.js';

/** The objectives of a report, to be minimised. */
const vectorOf = ({ metrics, value }: Report, objectives: readonly Objective[]): readonly number[] =>
  objectives.map(({ metric, direction }, i) => {
    const x = metrics[metric] ?? (i === 0 ? value : Number.NaN);
    return direction === 'maximize' ? -x : x;
  });

function dominates(a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if ((a[i] as number) > (b[i] as number)) return false;
    if ((a[i] as number) < (b[i] as number)) better = true;
  }
  return better;
}

/** Indices of the points from best to worst; points are to be minimised and finite. */
export function paretoOrder(points: readonly (readonly number[])[]): readonly number[] {
  const order: number[] = [];
  let left = [...points.keys()];
  while (left.length > 0) {
    const front = left.filter(
      (i) => !left.some((j) => dominates(points[j] as readonly number[], points[i] as readonly number[])),
    );
    order.push(...spread(front, points));
    const taken = new Set(front);
    left = left.filter((i) => !taken.has(i));
  }
  return order;
}

/** The ε-net order of one rank. */
function spread(front: readonly number[], points: readonly (readonly number[])[]): readonly number[] {
  const at = (i: number): readonly number[] => points[i] as readonly number[];
  const ranges = (at(front[0] as number) ?? []).map((_, k) => {
    const column = front.map((i) => at(i)[k] as number);
    return Math.max(...column) - Math.min(...column) || 1;
  });
  const distance = (i: number, j: number): number =>
    Math.hypot(...ranges.map((range, k) => ((at(i)[k] as number) - (at(j)[k] as number)) / range));
  const left = front.toSorted((i, j) => (at(i)[0] as number) - (at(j)[0] as number) || i - j);
  const chosen = left.splice(0, 1);
  const nearest = left.map((i) => distance(i, chosen[0] as number));
  while (left.length > 0) {
    const farthest = nearest.indexOf(Math.max(...nearest));
    const [next] = left.splice(farthest, 1) as [number];
    nearest.splice(farthest, 1);
    chosen.push(next);
    left.forEach((i, k) => {
      nearest[k] = Math.min(nearest[k] as number, distance(i, next));
    });
  }
  return chosen;
}

const reportAt = (trial: Trial, rung: number): Report | undefined =>
  trial.reports.find(({ step }) => step >= rung);

const byRank: Pick<Halving, 'order' | 'word' | 'tied'> = {
  order(trials, rung, { objectives }) {
    const entries = trials.flatMap((trial) => {
      const report = reportAt(trial, rung);
      const point = report ? vectorOf(report, objectives) : [Number.NaN];
      return point.every(Number.isFinite) ? [{ trial, point }] : [];
    });
    return paretoOrder(entries.map(({ point }) => point)).map((i) => (entries[i] as { trial: Trial }).trial);
  },
  word(trial, rung, { objectives }) {
    const report = reportAt(trial, rung);
    const numbers = objectives.map(({ metric }, i) =>
      short(report?.metrics[metric] ?? (i === 0 ? (report?.value ?? Number.NaN) : Number.NaN)),
    );
    return numbers.length === 1 ? (numbers[0] ?? '') : `(${numbers.join(', ')})`;
  },
  tied(a, b, rung, { objectives }) {
    const [one, other] = [a, b].map((trial) => reportAt(trial, rung));
    if (!one || !other) return false;
    const point = vectorOf(other, objectives);
    return vectorOf(one, objectives).every((value, k) => value === point[k]);
  },
};

export const moasha = definePruner({
  options: HALVING_OPTIONS,
  create({ minResource, reduction, mode }) {
    const halving: Halving = {
      first: minResource,
      reduction,
      mode,
      where: ' by non-dominated rank',
      ...byRank,
    };
    return {
      name: 'moasha',
      judge: (context) => judgeHalving(context, halving),
      ...(mode === 'promote' && { promote: (context) => promoteHalving(context, halving) }),
    };
  },
});
