/**
 * Problems with several objectives: those of DIR/problems_mo.json, and with three and four objectives the functions of Deb,
 * Thiele, Laumanns and Zitzler, "Scalable test problems for evolutionary multiobjective optimization" (2005), one like ZDT1
 * with three, and three outputs each of two YAHPO surrogates. Objectives are scaled by `low` and `high`; the reference
 * of the hypervolume is 1 in each.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { evaluator } from './external.js';
import { type ProblemRecord, spaceOf } from './problem.js';

interface MultiRecord extends ProblemRecord {
  readonly objectives?: readonly Output[];
}

interface Output {
  readonly target: string;
  readonly offset: number;
  readonly scale: number;
}

export interface MultiProblem {
  readonly id: string;
  readonly half: 'tuning' | 'confirming';
  readonly count: number;
  readonly space: Space;
  readonly evaluate: (params: Params) => readonly number[];
  readonly scale: (values: readonly number[]) => readonly number[];
}

/** The half of the problems on which constants may be chosen; the other half confirms the choice. */
const TUNING = new Set([
  'mo_rbv2_rpart_40499',
  'mo_zdt2_8',
  'mo_dtlz2_3',
  'mo_dtlz7_3',
  'mo_lcbench_167168_3',
]);

const scaling =
  (low: readonly number[], high: readonly number[]): MultiProblem['scale'] =>
  (values) =>
    values.map((y, m) => Math.max(0, (y - (low[m] as number)) / ((high[m] as number) - (low[m] as number))));

/** Zitzler, Deb and Thiele, "Comparison of multiobjective evolutionary algorithms" (2000), test function T2. */
function zdt2([first = 0, ...rest]: readonly number[]): readonly number[] {
  const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length;
  return [first, g * (1 - (first / g) ** 2)];
}

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const HALF_TURN = Math.PI / 2;

/** The first m - 1 variables say where on the front, the others how far from it. */
const dtlz1 = (x: readonly number[], m: number): readonly number[] => {
  const rest = x.slice(m - 1);
  const g = 100 * (rest.length + sum(rest.map((v) => (v - 0.5) ** 2 - Math.cos(20 * Math.PI * (v - 0.5)))));
  return Array.from({ length: m }, (_, i) => {
    const product = x.slice(0, m - 1 - i).reduce((a, b) => a * b, 1);
    return 0.5 * (1 + g) * product * (i > 0 ? 1 - (x[m - 1 - i] as number) : 1);
  });
};

const dtlz2 = (x: readonly number[], m: number): readonly number[] => {
  const g = sum(x.slice(m - 1).map((v) => (v - 0.5) ** 2));
  return Array.from({ length: m }, (_, i) => {
    const product = x.slice(0, m - 1 - i).reduce((a, v) => a * Math.cos(v * HALF_TURN), 1);
    return (1 + g) * product * (i > 0 ? Math.sin((x[m - 1 - i] as number) * HALF_TURN) : 1);
  });
};

const dtlz7 = (x: readonly number[], m: number): readonly number[] => {
  const rest = x.slice(m - 1);
  const g = 1 + (9 * sum(rest)) / rest.length;
  const first = x.slice(0, m - 1);
  const h = m - sum(first.map((f) => (f / (1 + g)) * (1 + Math.sin(3 * Math.PI * f))));
  return [...first, (1 + g) * h];
};

/** Two variables are the first two objectives; the front is 2 - √f₁ - √f₂. */
const zdt1ofThree = ([a = 0, b = 0, ...rest]: readonly number[]): readonly number[] => {
  const g = 1 + (9 * sum(rest)) / rest.length;
  return [a, b, g * (2 - Math.sqrt(a / g) - Math.sqrt(b / g))];
};

function formula(
  id: string,
  variables: number,
  f: (x: readonly number[]) => readonly number[],
  low: readonly number[],
  high: readonly number[],
): MultiProblem {
  const space = Object.fromEntries(
    Array.from({ length: variables }, (_, i) => [`x${i}`, { type: 'float', low: 0, high: 1 } as const]),
  );
  return {
    id,
    half: TUNING.has(id) ? 'tuning' : 'confirming',
    count: low.length,
    space,
    evaluate: (params) => f(Object.keys(space).map((name) => params[name] as number)),
    scale: scaling(low, high),
  };
}

const FORMULAS: readonly MultiProblem[] = [
  formula('mo_dtlz1_3', 6, (x) => dtlz1(x, 3), [0, 0, 0], [100, 100, 100]),
  formula('mo_dtlz2_3', 6, (x) => dtlz2(x, 3), [0, 0, 0], [1.1, 1.1, 1.1]),
  formula('mo_dtlz7_3', 6, (x) => dtlz7(x, 3), [0, 0, 2.6], [1.1, 1.1, 15]),
  formula('mo_zdt1_3', 6, zdt1ofThree, [0, 0, 0], [1.1, 1.1, 8]),
  formula('mo_dtlz2_4', 7, (x) => dtlz2(x, 4), [0, 0, 0, 0], [1.1, 1.1, 1.1, 1.1]),
];

/** Three outputs of the surrogates that `problems.json` has for one. Scaled from about the best to about the median of random points. */
const THREE: readonly {
  readonly id: string;
  readonly of: string;
  readonly outputs: readonly Output[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}[] = [
  {
    id: 'mo_lcbench_167168_3',
    of: 'lcbench_167168',
    outputs: [
      { target: 'val_accuracy', offset: 100, scale: -1 },
      { target: 'val_cross_entropy', offset: 0, scale: 1 },
      { target: 'time', offset: 0, scale: 1 },
    ],
    low: [10, 0.35, 14],
    high: [55, 1.2, 150],
  },
  {
    id: 'mo_rbv2_xgboost_16_3',
    of: 'rbv2_xgboost_16',
    outputs: [
      { target: 'acc', offset: 1, scale: -1 },
      { target: 'timetrain', offset: 0, scale: 1 },
      { target: 'memory', offset: 0, scale: 1 },
    ],
    low: [0.01, 1, 0],
    high: [0.3, 30, 360],
  },
];

export function objectiveProblems(dir: string): readonly MultiProblem[] {
  const data = join(dir, 'data');
  const readJson = <T>(name: string): T => JSON.parse(readFileSync(join(dir, name), 'utf8')) as T;
  const halfOf = (id: string): MultiProblem['half'] => (TUNING.has(id) ? 'tuning' : 'confirming');
  const evaluate = (record: ProblemRecord, outputs: readonly Output[]): MultiProblem['evaluate'] => {
    const parts = outputs.map((output) => evaluator({ ...record, fn: { ...record.fn, ...output } }, data));
    return (params) => parts.map((part) => part(params));
  };
  const file = readJson<{
    problems: readonly MultiRecord[];
    scaling: Readonly<Record<string, { lo: readonly number[]; hi: readonly number[] }>>;
  }>('problems_mo.json');
  const two = file.problems.map((record): MultiProblem => {
    const { lo, hi } = file.scaling[record.id] ?? { lo: [0, 0], hi: [1, 1] };
    return {
      id: record.id,
      half: halfOf(record.id),
      count: 2,
      space: spaceOf(record.params),
      evaluate: record.objectives
        ? evaluate(record, record.objectives)
        : (params) => zdt2(Object.values(params) as readonly number[]),
      scale: scaling(lo, hi),
    };
  });
  const records = new Map(
    readJson<readonly ProblemRecord[]>('problems.json').map((record) => [record.id, record]),
  );
  const three = THREE.flatMap(({ id, of, outputs, low, high }): MultiProblem[] => {
    const record = records.get(of);
    if (!record) return [];
    const space = spaceOf(record.params);
    return [
      {
        id,
        half: halfOf(id),
        count: outputs.length,
        space,
        evaluate: evaluate(record, outputs),
        scale: scaling(low, high),
      },
    ];
  });
  return [...two, ...FORMULAS, ...three];
}
