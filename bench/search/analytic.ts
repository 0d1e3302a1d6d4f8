/**
 * Problems given by a formula: standard test functions of global optimisation, some shifted or rotated so that the
 * optimum is neither in the centre nor on an axis, and a made-up choice among learning algorithms with a tree of
 * conditions. Shifts, rotations, reference values and check vectors are in analytic.json.
 */
import type { Params } from '../../src/core/space/parameter.js';
import records from './analytic.json';
import { type Check, groupOf, type Problem, type ProblemRecord, spaceOf } from './problem.js';

interface AnalyticRecord extends ProblemRecord {
  readonly best: number;
  readonly reference: number;
  readonly checks: readonly Check[];
}

const { PI } = Math;
const square = (x: number): number => x * x;
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const mean = (xs: readonly number[]): number => sum(xs) / xs.length;

const HARTMANN = {
  alpha: [1, 1.2, 3, 3.2],
  a: [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  p: [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ],
};

const FORMULAS: Readonly<Record<string, (x: readonly number[]) => number>> = {
  branin: ([x = 0, y = 0]) =>
    square(y - (5.1 / (4 * PI * PI)) * x * x + (5 / PI) * x - 6) + 10 * (1 - 1 / (8 * PI)) * Math.cos(x) + 10,
  hartmann6: (x) =>
    -sum(
      HARTMANN.alpha.map((alpha, i) => {
        const [a, p] = [HARTMANN.a[i] ?? [], HARTMANN.p[i] ?? []];
        return alpha * Math.exp(-sum(x.map((xj, j) => (a[j] ?? 0) * square(xj - (p[j] ?? 0)))));
      }),
    ),
  ackley: (z) =>
    -20 * Math.exp(-0.2 * Math.sqrt(mean(z.map(square)))) -
    Math.exp(mean(z.map((v) => Math.cos(2 * PI * v)))) +
    20 +
    Math.E,
  rosenbrock: (x) => sum(x.slice(0, -1).map((v, i) => 100 * square((x[i + 1] ?? 0) - v * v) + square(1 - v))),
  rastrigin: (z) => 10 * z.length + sum(z.map((v) => v * v - 10 * Math.cos(2 * PI * v))),
  levy: (x) => {
    const w = x.map((v) => 1 + (v - 1) / 4);
    const [first = 1, last = 1] = [w[0], w.at(-1)];
    return (
      square(Math.sin(PI * first)) +
      sum(w.slice(0, -1).map((v) => square(v - 1) * (1 + 10 * square(Math.sin(PI * v + 1))))) +
      square(last - 1) * (1 + square(Math.sin(2 * PI * last)))
    );
  },
  sphere: (x) => sum(x.map(square)),
};

/** Which of three learning algorithms, and its own hyperparameters: an error rate between 0.096 and 0.4. */
function chooseAlgorithm(params: Params): number {
  const number = (name: string): number => params[name] as number;
  switch (params.algo) {
    case 'svm': {
      const c = Math.log10(number('C'));
      if (params.kernel === 'linear') return 0.22 + (0.02 * square(c + 1)) / 4;
      const g = Math.log10(number('gamma'));
      if (params.kernel === 'rbf') {
        const ridge = 0.03 * Math.min(square(c + g - 0.5), 6);
        return 0.08 + ridge + 0.02 * Math.min(square(g + 2), 6) + 0.01 * (1 - Math.cos(2 * (c - 1)));
      }
      return 0.14 + (0.02 * square(number('degree') - 3)) / 3 + 0.03 * Math.min(square(c + g), 6);
    }
    case 'forest': {
      const trees = 0.05 * Math.exp(-1.5 * (Math.log10(number('trees')) - 1));
      const depth = (0.004 * Math.abs(number('depth') - 18) ** 1.2) / 3;
      return 0.1 + trees + depth + 0.12 * square(number('max_features') - 0.35);
    }
    default: {
      const weights = params.weights === 'uniform' ? 0.02 : 0;
      return 0.17 + (0.06 * square(Math.log(number('k') / 7))) / 4 + weights;
    }
  }
}

function evaluator({ fn, params: parameters }: AnalyticRecord): (params: Params) => number {
  if (fn.kind === 'cash') return chooseAlgorithm;
  const names = parameters.map(({ name }) => name);
  const shift = (fn.shift ?? names.map(() => 0)) as readonly number[];
  const shifted = (params: Params): number[] =>
    names.map((name, i) => (params[name] as number) - (shift[i] ?? 0));
  if (fn.kind === 'ellipsoid') {
    const rotation = fn.rot as readonly (readonly number[])[];
    const condition = fn.cond as number;
    return (params) => {
      const z = shifted(params);
      const y = rotation.map((row) => sum(row.map((a, i) => a * (z[i] ?? 0))));
      return sum(y.map((v, i) => condition ** (i / (y.length - 1)) * v * v));
    };
  }
  const formula = FORMULAS[fn.kind];
  if (!formula) throw new Error(`There is no formula "${fn.kind}".`);
  return (params) => formula(shifted(params));
}

export const analyticProblems: readonly Problem[] = (records as unknown as readonly AnalyticRecord[]).map(
  (record) => ({
    id: record.id,
    group: groupOf(record.params),
    space: spaceOf(record.params),
    evaluate: evaluator(record),
    best: record.best,
    reference: record.reference,
    tolerance: 1e-9,
    checks: record.checks,
  }),
);
