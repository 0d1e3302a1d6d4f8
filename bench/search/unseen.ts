/**
 * Numeric problems that no sampler was made with: standard test functions (Hansen et al., "COCO: the bbob functions",
 * and Surjanovic and Bingham's library), shifted and rotated by random numbers that their names stand for, of two to
 * twenty parameters, some with noise. On one half constants may be chosen, the other half confirms. See unseen-mixed.ts
 * for spaces with choices and conditions.
 */
import { type Random, random } from '../../src/core/random.js';
import { normalQuantile } from '../../src/core/samplers/normal.js';
import { drawUniform } from '../../src/core/samplers/novelty.js';
import type { Params } from '../../src/core/space/parameter.js';
import { groupOf, type ParameterRecord, type Problem, spaceOf } from './problem.js';
import { mixedProblems } from './unseen-mixed.js';

const { PI } = Math;
const square = (x: number): number => x * x;
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const mean = (xs: readonly number[]): number => sum(xs) / xs.length;
/** From 0 for the first to 1 for the last. */
const share = (i: number, n: number): number => i / Math.max(1, n - 1);

/** Zero at z = 0 and nowhere less. */
const CENTRED: Readonly<Record<string, (z: readonly number[]) => number>> = {
  ackley: (z) =>
    -20 * Math.exp(-0.2 * Math.sqrt(mean(z.map(square)))) -
    Math.exp(mean(z.map((v) => Math.cos(2 * PI * v)))) +
    20 +
    Math.E,
  alpine: (z) => sum(z.map((v) => Math.abs(v * Math.sin(v) + 0.1 * v))),
  bentCigar: ([first = 0, ...rest]) => square(first) + 1e4 * sum(rest.map(square)),
  differentPowers: (z) => Math.sqrt(sum(z.map((v, i) => Math.abs(v) ** (2 + 4 * share(i, z.length))))),
  discus: ([first = 0, ...rest]) => 1e4 * square(first) + sum(rest.map(square)),
  ellipsoid: (z) => sum(z.map((v, i) => 1e3 ** share(i, z.length) * v * v)),
  // With 40 in place of 4000, for ranges a tenth as wide.
  griewank: (z) =>
    1 + sum(z.map(square)) / 40 - z.reduce((product, v, i) => product * Math.cos(v / Math.sqrt(i + 1)), 1),
  levy: (z) => {
    const w = z.map((v) => 1 + v / 4);
    const [first = 1, last = 1] = [w[0], w.at(-1)];
    return (
      square(Math.sin(PI * first)) +
      sum(w.slice(0, -1).map((v) => square(v - 1) * (1 + 10 * square(Math.sin(PI * v + 1))))) +
      square(last - 1) * (1 + square(Math.sin(2 * PI * last)))
    );
  },
  rastrigin: (z) => 10 * z.length + sum(z.map((v) => v * v - 10 * Math.cos(2 * PI * v))),
  rosenbrock: (z) => {
    const x = z.map((v) => v + 1);
    return sum(x.slice(0, -1).map((v, i) => 100 * square((x[i + 1] ?? 0) - v * v) + square(1 - v)));
  },
  schaffer: (z) => {
    const pairs = z.slice(0, -1).map((v, i) => Math.hypot(v, z[i + 1] ?? 0));
    return square(mean(pairs.map((s) => Math.sqrt(s) * (1 + square(Math.sin(50 * s ** 0.2))))));
  },
  sector: (z) => sum(z.map((v) => square(v > 0 ? 10 * v : v))) ** 0.9,
  sharpRidge: ([first = 0, ...rest]) => square(first) + 100 * Math.sqrt(sum(rest.map(square))),
  sphere: (z) => sum(z.map(square)),
  zakharov: (z) => {
    const s = sum(z.map((v, i) => 0.5 * (i + 1) * v)) / z.length;
    return sum(z.map(square)) + s ** 2 + s ** 4;
  },
};

interface Classic {
  readonly range: readonly [number, number];
  readonly best: number;
  readonly formula: (x: readonly number[]) => number;
}

const HARTMANN3 = {
  alpha: [1, 1.2, 3, 3.2],
  a: [
    [3, 10, 30],
    [0.1, 10, 35],
    [3, 10, 30],
    [0.1, 10, 35],
  ],
  p: [
    [0.3689, 0.117, 0.2673],
    [0.4699, 0.4387, 0.747],
    [0.1091, 0.8732, 0.5547],
    [0.0381, 0.5743, 0.8828],
  ],
};
const SHEKEL = {
  beta: [1, 2, 2, 4, 4, 6, 3, 7, 5, 5],
  centres: [
    [4, 4, 4, 4],
    [1, 1, 1, 1],
    [8, 8, 8, 8],
    [6, 6, 6, 6],
    [3, 7, 3, 7],
    [2, 9, 2, 9],
    [5, 3, 5, 3],
    [8, 1, 8, 1],
    [6, 2, 6, 2],
    [7, 3.6, 7, 3.6],
  ],
};

/** As published, without shift. */
const CLASSIC: Readonly<Record<string, Classic>> = {
  camel: {
    range: [-3, 3],
    best: -1.0316284534898774,
    formula: ([x = 0, y = 0]) => (4 - 2.1 * x * x + x ** 4 / 3) * x * x + x * y + 4 * (y * y - 1) * y * y,
  },
  goldsteinPrice: {
    range: [-2, 2],
    best: 3,
    formula: ([x = 0, y = 0]) =>
      (1 + square(x + y + 1) * (19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y)) *
      (30 + square(2 * x - 3 * y) * (18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y)),
  },
  hartmann3: {
    range: [0, 1],
    best: -3.8627797873327,
    formula: (x) =>
      -sum(
        HARTMANN3.alpha.map((alpha, i) => {
          const [a, p] = [HARTMANN3.a[i] ?? [], HARTMANN3.p[i] ?? []];
          return alpha * Math.exp(-sum(x.map((xj, j) => (a[j] ?? 0) * square(xj - (p[j] ?? 0)))));
        }),
      ),
  },
  michalewicz: {
    range: [0, PI],
    best: -4.687658179088148,
    formula: (x) => -sum(x.map((v, i) => Math.sin(v) * Math.sin(((i + 1) * v * v) / PI) ** 20)),
  },
  schwefel: {
    range: [-500, 500],
    best: 0,
    formula: (x) => 418.98288727243369 * x.length - sum(x.map((v) => v * Math.sin(Math.sqrt(Math.abs(v))))),
  },
  shekel: {
    range: [0, 10],
    best: -10.536443153483528,
    formula: (x) =>
      -sum(
        SHEKEL.centres.map(
          (centre, i) =>
            1 / ((SHEKEL.beta[i] ?? 0) / 10 + sum(x.map((v, j) => square(v - (centre[j] ?? 0))))),
        ),
      ),
  },
  styblinskiTang: {
    range: [-5, 5],
    best: -39.166165703771412 * 6,
    formula: (x) => sum(x.map((v) => v ** 4 - 16 * v * v + 5 * v)) / 2,
  },
};

type Half = 'tuning' | 'confirming';
export interface UnseenProblem extends Problem {
  readonly half: Half;
}

interface Definition {
  readonly half: Half;
  readonly kind: string;
  readonly d: number;
  /** Range of every parameter, of a centred function. */
  readonly range?: readonly [number, number];
  readonly rotated?: true;
  /** Parameters are whole numbers. */
  readonly whole?: true;
  /** Standard deviation, as a share of the difference between reference and best. */
  readonly noise?: number;
}

const definitions: readonly Definition[] = [
  { half: 'tuning', kind: 'camel', d: 2 },
  { half: 'tuning', kind: 'schwefel', d: 3 },
  { half: 'tuning', kind: 'styblinskiTang', d: 6 },
  { half: 'tuning', kind: 'rastrigin', d: 3, range: [-4, 6], rotated: true },
  { half: 'tuning', kind: 'griewank', d: 5, range: [-20, 25] },
  { half: 'tuning', kind: 'discus', d: 6, range: [-5, 5], rotated: true },
  { half: 'tuning', kind: 'rosenbrock', d: 8, range: [-3, 3], rotated: true },
  { half: 'tuning', kind: 'sharpRidge', d: 10, range: [-5, 5], rotated: true },
  { half: 'tuning', kind: 'ackley', d: 12, range: [-10, 10], rotated: true },
  { half: 'tuning', kind: 'sphere', d: 20, range: [-5, 5] },
  { half: 'tuning', kind: 'ellipsoid', d: 6, range: [-20, 20], whole: true },
  { half: 'tuning', kind: 'discus', d: 16, range: [-5, 5], rotated: true },
  { half: 'tuning', kind: 'camel', d: 2, noise: 0.1 },
  { half: 'tuning', kind: 'rosenbrock', d: 4, range: [-3, 3], noise: 0.1 },
  { half: 'tuning', kind: 'levy', d: 6, range: [-8, 8], noise: 0.1 },
  { half: 'tuning', kind: 'styblinskiTang', d: 6, noise: 0.1 },
  { half: 'tuning', kind: 'ackley', d: 3, range: [-10, 10], noise: 0.1 },
  { half: 'confirming', kind: 'goldsteinPrice', d: 2 },
  { half: 'confirming', kind: 'hartmann3', d: 3 },
  { half: 'confirming', kind: 'shekel', d: 4 },
  { half: 'confirming', kind: 'michalewicz', d: 5 },
  { half: 'confirming', kind: 'rosenbrock', d: 3, range: [-4, 4], rotated: true },
  { half: 'confirming', kind: 'schaffer', d: 4, range: [-5, 5], rotated: true },
  { half: 'confirming', kind: 'sector', d: 5, range: [-5, 5], rotated: true },
  { half: 'confirming', kind: 'alpine', d: 6, range: [-10, 10] },
  { half: 'confirming', kind: 'levy', d: 7, range: [-10, 10], rotated: true },
  { half: 'confirming', kind: 'differentPowers', d: 8, range: [-5, 5], rotated: true },
  { half: 'confirming', kind: 'bentCigar', d: 12, range: [-5, 5], rotated: true },
  { half: 'confirming', kind: 'zakharov', d: 15, range: [-5, 10] },
  { half: 'confirming', kind: 'ellipsoid', d: 20, range: [-5, 5], rotated: true },
  { half: 'confirming', kind: 'griewank', d: 8, range: [-30, 40], whole: true },
  { half: 'confirming', kind: 'hartmann3', d: 3, noise: 0.1 },
  { half: 'confirming', kind: 'ackley', d: 4, range: [-15, 15], noise: 0.1 },
];

const gaussian = (source: Random): number => normalQuantile(Math.max(1e-12, source.next()));

/** A random orthogonal matrix: Gram and Schmidt on normal numbers. */
function rotation(d: number, source: Random): readonly (readonly number[])[] {
  const rows: number[][] = [];
  while (rows.length < d) {
    let row = Array.from({ length: d }, () => gaussian(source));
    for (const other of rows) {
      const along = sum(row.map((v, i) => v * (other[i] as number)));
      row = row.map((v, i) => v - along * (other[i] as number));
    }
    const length = Math.sqrt(sum(row.map(square)));
    rows.push(row.map((v) => v / length));
  }
  return rows;
}

/** Median over uniform draws. */
function medianOf(problem: Pick<Problem, 'id' | 'space' | 'evaluate'>, draws = 1001): number {
  const source = random('reference', problem.id);
  const values = Array.from({ length: draws }, () => problem.evaluate(drawUniform(problem.space, source)));
  return values.sort((a, b) => a - b)[Math.floor(draws / 2)] as number;
}

function build(definition: Definition): UnseenProblem {
  const { half, kind, d, rotated, whole, noise } = definition;
  const id = `${kind}${d}${rotated ? 'r' : ''}${whole ? 'i' : ''}${noise ? 'n' : ''}`;
  const source = random('unseen', kind, d);
  const classic = CLASSIC[kind];
  const [low, high] = classic?.range ?? definition.range ?? [-5, 5];
  const records = Array.from(
    { length: d },
    (_, j): ParameterRecord => ({ name: `x${j}`, type: whole ? 'int' : 'float', low, high }),
  );
  const values = (params: Params): number[] => records.map(({ name }) => params[name] as number);
  const within = (): number => low + (0.1 + 0.8 * source.next()) * (high - low);
  const shift = records.map(() => (whole ? Math.round(within()) : within()));
  const turn = rotated ? rotation(d, source) : undefined;
  const centred = CENTRED[kind];
  const evaluate = (params: Params): number => {
    const x = values(params);
    if (classic) return classic.formula(x);
    const z = x.map((v, j) => v - (shift[j] as number));
    return (centred as (z: readonly number[]) => number)(
      turn ? turn.map((row) => sum(row.map((a, j) => a * (z[j] as number)))) : z,
    );
  };
  const space = spaceOf(records);
  const best = classic?.best ?? 0;
  const reference = medianOf({ id, space, evaluate });
  const optimum = Object.fromEntries(records.map(({ name }, j) => [name, shift[j] as number]));
  return {
    id,
    half,
    group: groupOf(records),
    space,
    evaluate,
    best,
    reference,
    tolerance: 1e-9,
    checks: classic ? [] : [{ params: optimum, value: 0 }],
    ...(noise && { noise: noise * (reference - best) }),
  };
}

export const unseenProblems: readonly UnseenProblem[] = [
  ...definitions.map(build),
  ...mixedProblems.map((problem) => ({ ...problem, reference: medianOf(problem) })),
];
