/**
 * Problems with several objectives: those of DIR/problems_mo.json, and with three and more objectives the functions of Deb,
 * Thiele, Laumanns and Zitzler, "Scalable test problems for evolutionary multiobjective optimization" (2005), one like
 * ZDT1 with three, the side of a car, a made-up network for a small device, and outputs of YAHPO surrogates. Objectives
 * are scaled by `low` and `high`; the reference of the hypervolume is 1 in each.
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
  'mo_dtlz2_4',
  'mo_dtlz7_4',
  'mo_lcbench_167168_4',
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

/** The convex front of Deb and Jain, "An evolutionary many-objective optimization algorithm" (NSGA-III, 2014). */
const convexDtlz2 = (x: readonly number[], m: number): readonly number[] =>
  dtlz2(x, m).map((y, i) => (i < m - 1 ? y ** 4 : y ** 2));

/**
 * The side of a car that is hit: weight, force on the abdomen, velocity of the pillars, and what ten limits are exceeded
 * by in all. Tanabe and Ishibuchi, "An easy-to-use real-world multi-objective optimization problem suite" (2020), RE4-7-1.
 */
function carSide(u: readonly number[]): readonly number[] {
  const low = [0.5, 0.45, 0.5, 0.5, 0.875, 0.4, 0.4];
  const x = [0, ...low.map((least, j) => least + 2 * least * (u[j] as number))] as const;
  const [, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = x;
  const force = 4.72 - 0.5 * d - 0.19 * b * c;
  const pillar = 10.58 - 0.674 * a * b - 0.67275 * b;
  const door = 16.45 - 0.489 * c * g - 0.843 * e * f;
  const limits = [
    1.16 - 0.3717 * b * d - 0.0092928 * c - 1,
    0.261 - 0.0159 * a * b - 0.06486 * a - 0.019 * b * g + 0.0144 * c * e + 0.0154464 * f - 0.32,
    0.214 +
      0.00817 * e -
      0.045195 * a -
      0.0135168 * a +
      0.03099 * b * f -
      0.018 * b * g +
      0.007176 * c +
      0.023232 * c -
      0.00364 * e * f -
      0.018 * b * b -
      0.32,
    0.74 - 0.61 * b - 0.031296 * c - 0.031872 * g + 0.227 * b * b - 0.32,
    28.98 + 3.818 * c - 4.2 * a * b + 1.27296 * f - 2.68065 * g - 32,
    33.86 + 2.95 * c - 5.057 * a * b - 3.795 * b - 3.4431 * g + 1.45728 - 32,
    46.36 - 9.9 * b - 4.4505 * a - 32,
    force - 4,
    pillar - 9.9,
    door - 15.7,
  ];
  const weight = 1.98 + 4.9 * a + 6.67 * b + 6.98 * c + 4.01 * d + 1.78 * e + 0.00001 * f + 2.73 * g;
  return [weight, force, (pillar + door) / 2, sum(limits.map((over) => Math.max(0, over)))];
}

const DEVICE: Space = {
  kind: { type: 'categorical', choices: ['plain', 'separable', 'attention', 'recurrent'] },
  width: { type: 'int', low: 8, high: 512, log: true },
  depth: { type: 'int', low: 1, high: 12 },
  logBits: { type: 'int', low: 2, high: 5 },
  rate: { type: 'float', low: 1e-5, high: 1e-1, log: true },
  dropout: { type: 'float', low: 0, high: 0.7 },
  heads: { type: 'int', low: 1, high: 8, when: { param: 'kind', in: ['attention'] } },
};

/** A made-up network for a small device: error, time, memory and energy, which choices and numbers share. */
function device(params: Params): readonly number[] {
  const [width, depth, bits] = [
    params.width as number,
    params.depth as number,
    2 ** (params.logBits as number),
  ];
  const [rate, dropout] = [Math.log10(params.rate as number), params.dropout as number];
  const heads = (params.heads as number | undefined) ?? 1;
  const kind = params.kind as 'plain' | 'separable' | 'attention' | 'recurrent';
  const cost = { plain: 1, separable: 0.3, attention: 1.4, recurrent: 0.8 }[kind];
  const skill = { plain: 0.75, separable: 0.7, attention: 1, recurrent: 0.65 }[kind];
  const weights = cost * depth * width ** 1.5;
  const capacity = skill * Math.log10(weights * (1 + 0.1 * heads));
  const misfit = 0.12 * (rate + 2.2 + 0.08 * depth) ** 2 + 0.8 * (dropout - 0.1 * Math.log10(weights)) ** 2;
  const rounding = { 4: 0.12, 8: 0.015, 16: 0.002, 32: 0 }[bits] ?? 0;
  const error = Math.min(0.9, 0.05 + 0.5 * Math.exp(-0.55 * capacity) + misfit + rounding);
  const serial = kind === 'recurrent' ? 4 : 1;
  const time = serial * (0.4 * depth + (weights * (0.5 + bits / 32)) / 4000) + 0.2 * heads;
  const memory = (weights * bits) / 8000 + width / 50;
  const energy = (weights * bits ** 1.2) / 30000 + 0.15 * depth * serial + 0.1 * heads;
  return [error, Math.log(time), Math.log(memory), Math.log(energy)];
}

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
  formula('mo_dtlz1_4', 7, (x) => dtlz1(x, 4), [0, 0, 0, 0], [100, 100, 100, 100]),
  formula('mo_dtlz2_4', 7, (x) => dtlz2(x, 4), [0, 0, 0, 0], [1.1, 1.1, 1.1, 1.1]),
  formula('mo_convex_4', 7, (x) => convexDtlz2(x, 4), [0, 0, 0, 0], [1.1, 1.1, 1.1, 1.1]),
  formula('mo_dtlz7_4', 7, (x) => dtlz7(x, 4), [0, 0, 0, 3.2], [1.1, 1.1, 1.1, 20]),
  formula('mo_car_4', 7, carSide, [15.5, 3.55, 10.5, 0], [33, 4.25, 12.5, 4]),
  formula('mo_dtlz2_5', 8, (x) => dtlz2(x, 5), [0, 0, 0, 0, 0], [1.1, 1.1, 1.1, 1.1, 1.1]),
  {
    id: 'mo_device_4',
    half: 'tuning',
    count: 4,
    space: DEVICE,
    evaluate: device,
    scale: scaling([0.1, -0.6, -2, -1.5], [0.45, 1.5, 2, 1.5]),
  },
];

/** Three and four outputs of the surrogates that `problems.json` has for one. Scaled from about the best to about the median of random points. */
const SURROGATES: readonly {
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
  {
    id: 'mo_lcbench_167168_4',
    of: 'lcbench_167168',
    outputs: [
      { target: 'val_accuracy', offset: 100, scale: -1 },
      { target: 'val_cross_entropy', offset: 0, scale: 1 },
      { target: 'val_balanced_accuracy', offset: 1, scale: -1 },
      { target: 'time', offset: 0, scale: 1 },
    ],
    low: [10, 0.35, 0.1, 14],
    high: [55, 1.2, 0.6, 150],
  },
  {
    id: 'mo_rbv2_xgboost_1501_4',
    of: 'rbv2_xgboost_1501',
    outputs: [
      { target: 'acc', offset: 1, scale: -1 },
      { target: 'timetrain', offset: 0, scale: 1 },
      { target: 'timepredict', offset: 0, scale: 1 },
      { target: 'memory', offset: 0, scale: 1 },
    ],
    low: [0, 0.3, 0.02, 0],
    high: [0.3, 60, 0.3, 340],
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
  const surrogates = SURROGATES.flatMap(({ id, of, outputs, low, high }): MultiProblem[] => {
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
  return [...two, ...FORMULAS, ...surrogates];
}
