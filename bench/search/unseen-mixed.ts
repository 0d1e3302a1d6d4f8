/**
 * Made-up trainings that no sampler was made with, in spaces with choices and conditions: error rates whose parts
 * (learning rate by optimiser and batch size, capacity, regularisation) interact as those of real ones do, tables of
 * random numbers over choices, and pipelines whose steps have parameters of their own. Each has a known smallest value.
 */
import { random } from '../../src/core/random.js';
import type { Params } from '../../src/core/space/parameter.js';
import { groupOf, type ParameterRecord, type Problem, spaceOf } from './problem.js';

const square = (x: number): number => x * x;
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
/** A bowl that becomes flat far away, as losses do: 0 at 0, towards 1. */
const basin = (x: number): number => square(x) / (1 + square(x));

const real = (name: string, low: number, high: number, log = false): ParameterRecord => ({
  name,
  type: 'float',
  low,
  high,
  ...(log && { log }),
});
const whole = (name: string, low: number, high: number, log = false): ParameterRecord => ({
  ...real(name, low, high, log),
  type: 'int',
});
const choice = (name: string, choices: readonly string[]): ParameterRecord => ({
  name,
  type: 'categorical',
  choices,
});
const when = (record: ParameterRecord, param: string, ...values: string[]): ParameterRecord => ({
  ...record,
  when: { param, in: values },
});
const letters = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

interface Definition {
  readonly id: string;
  readonly half: 'tuning' | 'confirming';
  readonly params: readonly ParameterRecord[];
  readonly best: number;
  readonly formula: (number: (name: string) => number, text: (name: string) => string) => number;
  readonly noise?: number;
}

/** What a training with a learning rate loses, in decades from the best for its optimiser and batch size. */
const rateOff = (rate: number, optimiser: string, batch: number): number => {
  const best = { sgd: -1, momentum: -1.8, adam: -3 }[optimiser] ?? -2.4;
  return Math.log10(rate) - best - 0.5 * Math.log10(batch / 64);
};
/** What a choice costs, of numbers that follow from a name alone; one is free. */
function costs(name: string, count: number): readonly number[] {
  const source = random('unseen mixed', name);
  const drawn = Array.from({ length: count }, () => source.next());
  const least = Math.min(...drawn);
  return drawn.map((cost) => cost - least);
}
const index = (text: string): number => Number(text.replace(/\D/g, ''));

const optimisers = ['sgd', 'momentum', 'adam', 'rmsprop'];
const training = [
  real('rate', 1e-5, 1, true),
  choice('optimiser', optimisers),
  whole('batch', 8, 512, true),
  whole('layers', 1, 8),
  whole('units', 8, 1024, true),
  real('dropout', 0, 0.9),
  choice('activation', ['relu', 'tanh', 'gelu', 'sigmoid']),
];
const trainingLoss: Definition['formula'] = (number, text) => {
  const activation = { relu: 0, gelu: 0.01, tanh: 0.03, sigmoid: 0.08 }[text('activation')] ?? 0;
  const capacity = number('layers') * 0.5 + Math.log2(number('units')) - 9.5;
  const optimiser = { sgd: 0.04, momentum: 0, adam: 0.01, rmsprop: 0.02 }[text('optimiser')] ?? 0;
  const smoothing = number('dropout') - 0.2 - 0.05 * capacity;
  return (
    0.06 +
    optimiser +
    0.5 * basin(rateOff(number('rate'), text('optimiser'), number('batch'))) +
    0.02 * basin(Math.log2(number('batch') / 32) / 3) +
    0.1 * basin(capacity / 2) +
    0.05 * basin(4 * smoothing) +
    activation
  );
};

/** A landscape of its own for every choice. */
function landscapes(id: string, count: number, d: number): Definition['formula'] {
  const offsets = costs(`${id} offsets`, count);
  const centres = Array.from({ length: count }, (_, k) => {
    const source = random('unseen mixed', id, k);
    return Array.from({ length: d }, () => 0.1 + 0.8 * source.next());
  });
  return (number, text) => {
    const k = index(text('kind'));
    const away = (centres[k] ?? []).map((c, j) => number(`x${j}`) - c);
    return 0.3 * (offsets[k] ?? 0) + sum(away.map((v, j) => basin((2 + j) * v)));
  };
}
const numbers = (d: number): ParameterRecord[] => Array.from({ length: d }, (_, j) => real(`x${j}`, 0, 1));

/** Costs of choices, alone and in neighbouring pairs, with a bowl whose centre one of them moves. */
const blocks = letters('block', 5);
const tables: Definition['formula'] = (number, text) => {
  const chosen = blocks.map((name) => index(text(name)));
  const alone = sum(chosen.map((k, i) => costs(`alone ${i}`, 6)[k] ?? 0));
  const pairs = sum(
    chosen
      .slice(1)
      .map((k, i) =>
        (k + (chosen[i] ?? 0)) % 6 === 0 ? 0 : 0.3 * (costs(`pair ${i}`, 36)[6 * k + (chosen[i] ?? 0)] ?? 0),
      ),
  );
  const centre = 0.2 + 0.1 * (chosen[0] ?? 0);
  return alone + pairs + basin(5 * (number('x0') - centre)) + basin(3 * (number('x1') - 0.7));
};
/** The least of `tables`, by trying all choices. */
function leastOfTables(): number {
  let least = Infinity;
  for (let code = 0; code < 6 ** 5; code++) {
    const digit = (name: string): number => Math.floor(code / 6 ** index(name)) % 6;
    const centre = 0.2 + 0.1 * digit('block0');
    const at = (name: string): number => (name === 'x0' ? centre : 0.7);
    least = Math.min(
      least,
      tables(at, (name) => `c${digit(name)}`),
    );
  }
  return least;
}

const networkParams = [
  real('rate', 1e-5, 1, true),
  choice('optimiser', optimisers),
  when(real('decay', 1e-6, 0.1, true), 'optimiser', 'adam', 'rmsprop'),
  when(real('inertia', 0, 0.99), 'optimiser', 'momentum'),
  choice('depth', ['1', '2', '3', '4']),
  whole('units1', 8, 512, true),
  when(whole('units2', 8, 512, true), 'depth', '2', '3', '4'),
  when(whole('units3', 8, 512, true), 'depth', '3', '4'),
  when(whole('units4', 8, 512, true), 'depth', '4'),
];
const networkLoss: Definition['formula'] = (number, text) => {
  const optimiser = text('optimiser');
  const depth = Number(text('depth'));
  const own =
    optimiser === 'momentum'
      ? 0.05 * basin(6 * (number('inertia') - 0.9))
      : optimiser === 'sgd'
        ? 0.05
        : 0.01 + 0.05 * basin(Math.log10(number('decay')) + 3.5);
  const widths = Array.from({ length: depth }, (_, i) => Math.log2(number(`units${i + 1}`)));
  const shape = sum(widths.map((w, i) => basin((w - 7.5 + i) / 2))) / depth;
  return (
    0.1 + 0.4 * basin(rateOff(number('rate'), optimiser, 64)) + own + 0.15 * shape + 0.02 * square(depth - 3)
  );
};

const pipelineParams = [
  choice('scaler', ['none', 'standard', 'quantile']),
  when(whole('quantiles', 10, 1000, true), 'scaler', 'quantile'),
  choice('model', ['linear', 'svm', 'forest', 'boost']),
  when(real('ridge', 1e-6, 1e3, true), 'model', 'linear'),
  when(choice('kernel', ['rbf', 'poly']), 'model', 'svm'),
  when(real('cost', 1e-3, 1e3, true), 'model', 'svm'),
  when(real('gamma', 1e-5, 10, true), 'kernel', 'rbf'),
  when(whole('degree', 2, 6), 'kernel', 'poly'),
  when(whole('trees', 10, 1000, true), 'model', 'forest', 'boost'),
  when(whole('leaf', 1, 50, true), 'model', 'forest'),
  when(real('eta', 1e-3, 1, true), 'model', 'boost'),
  when(whole('deep', 1, 12), 'model', 'boost'),
  when(real('subsample', 0.1, 1), 'model', 'boost'),
];
const pipelineLoss: Definition['formula'] = (number, text) => {
  const log = (name: string): number => Math.log10(number(name));
  const scaled = text('scaler') !== 'none';
  const scaler = text('scaler') === 'quantile' ? 0.01 * basin(log('quantiles') - 2) : scaled ? 0.005 : 0.02;
  switch (text('model')) {
    case 'linear':
      return 0.25 + scaler + 0.05 * basin(log('ridge') - 1);
    case 'svm': {
      const off = scaled ? 0 : 0.1;
      if (text('kernel') === 'poly')
        return 0.16 + off + scaler + 0.03 * Math.abs(number('degree') - 3) + 0.1 * basin(log('cost'));
      return (
        0.115 + off + scaler + 0.15 * basin(log('cost') + log('gamma') + 1) + 0.05 * basin(log('gamma') + 2.5)
      );
    }
    case 'forest':
      return 0.13 + scaler + 0.08 * basin((3 - log('trees')) / 2) + 0.05 * basin(log('leaf') - 0.5);
    default:
      return (
        0.1 +
        scaler +
        0.12 * basin(log('eta') + log('trees') - 1.2) +
        0.03 * basin(log('eta') + 1.7) +
        0.08 * basin((number('deep') - 6) / 3) +
        0.04 * basin(3 * (number('subsample') - 0.75))
      );
  }
};

const definitions: readonly Definition[] = [
  { id: 'training', half: 'tuning', params: training, best: 0.06, formula: trainingLoss },
  {
    id: 'landscapes6',
    half: 'tuning',
    params: [choice('kind', letters('k', 6)), ...numbers(4)],
    best: 0,
    formula: landscapes('landscapes6', 6, 4),
  },
  {
    id: 'landscapes20',
    half: 'tuning',
    params: [choice('kind', letters('k', 20)), ...numbers(3)],
    best: 0,
    formula: landscapes('landscapes20', 20, 3),
  },
  { id: 'network_n', half: 'tuning', params: networkParams, best: 0.1, formula: networkLoss, noise: 0.02 },
  { id: 'network', half: 'tuning', params: networkParams, best: 0.1, formula: networkLoss },
  { id: 'training_n', half: 'confirming', params: training, best: 0.06, formula: trainingLoss, noise: 0.02 },
  {
    id: 'landscapes30',
    half: 'confirming',
    params: [choice('kind', letters('k', 30)), ...numbers(3)],
    best: 0,
    formula: landscapes('landscapes30', 30, 3),
  },
  {
    id: 'tables5',
    half: 'confirming',
    params: [...blocks.map((name) => choice(name, letters('c', 6))), real('x0', 0, 1), real('x1', 0, 1)],
    best: leastOfTables(),
    formula: tables,
  },
  { id: 'pipeline', half: 'confirming', params: pipelineParams, best: 0.1, formula: pipelineLoss },
  {
    id: 'pipeline_n',
    half: 'confirming',
    params: pipelineParams,
    best: 0.1,
    formula: pipelineLoss,
    noise: 0.01,
  },
];

export const mixedProblems: readonly (Omit<Problem, 'reference'> & { half: Definition['half'] })[] =
  definitions.map(({ id, half, params, best, formula, noise }) => ({
    id,
    half,
    group: groupOf(params),
    space: spaceOf(params),
    evaluate: (point: Params) =>
      formula(
        (name) => point[name] as number,
        (name) => point[name] as string,
      ),
    best,
    tolerance: 1e-9,
    checks: [],
    ...(noise && { noise }),
  }));
