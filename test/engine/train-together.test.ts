import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { fusedUpdate } from '../../src/engine/tensorflow/optimizers/fused-update.js';
import { type Dataset, memoryPart } from '../../src/engine/trial/data/dataset.js';
import { type DeclarativeConfig, readDeclarativeConfig } from '../../src/engine/trial/declarative/schema.js';
import { trainNetwork } from '../../src/engine/trial/declarative/train-network.js';
import { togetherShape, trainTogether } from '../../src/engine/trial/declarative/train-together.js';
import type { Metrics } from '../../src/engine/trial/session.js';

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
});

const ROWS = 90;
const COLUMNS = 7;
const NO_SCALE = { mean: 0, deviation: 1 };

function dataset(task: 'classification' | 'regression'): Dataset {
  const r = random('together', task);
  const part = (rows: number) => {
    const inputs = Float32Array.from({ length: rows * COLUMNS }, () => 2 * r.next() - 1);
    const sums = Array.from({ length: rows }, (_, i) => inputs[i * COLUMNS]! + inputs[i * COLUMNS + 1]! ** 2);
    const isClasses = task === 'classification';
    const labels = Int32Array.from(isClasses ? sums.map((s) => (s < 0 ? 0 : s < 0.5 ? 1 : 2)) : []);
    const targets = Float64Array.from(isClasses ? [] : sums);
    return memoryPart(inputs, COLUMNS, { labels, targets, outputs: isClasses ? 3 : 1 }, NO_SCALE, task);
  };
  return {
    shape: [COLUMNS],
    rowSize: COLUMNS,
    outputs: task === 'classification' ? 3 : 1,
    train: part(ROWS),
    validation: part(31),
    scale: NO_SCALE,
    classes: task === 'classification' ? ['a', 'b', 'c'] : [],
  };
}

type Section = Record<
  string,
  string | number | boolean | readonly number[] | Record<string, string | number>
>;

function config(model: Section = {}, optimizer: Section = {}, training: Section = {}): DeclarativeConfig {
  return readDeclarativeConfig(
    {
      data: { csv: 'none.csv', target: 'none' },
      model: { task: 'classification', units: [12, 5], ...model },
      optimizer: { ...optimizer },
      training: { epochs: 4, batchSize: 16, ...training },
    } as never,
    'case.yaml',
    '',
  );
}

const complain = (path: readonly (string | number)[], message: string): never => {
  throw new Error(`${path.join('.')}: ${message}`);
};

interface Result {
  readonly epochs: Metrics[];
  weights: number[];
}

async function apart(data: Dataset, one: DeclarativeConfig, seed: number): Promise<Result> {
  const result: Result = { epochs: [], weights: [] };
  await trainNetwork({
    tf,
    config: one,
    dataset: data,
    seed,
    objective: 'val_loss',
    fused: fusedUpdate,
    complain,
    report: async (_epoch, metrics) => {
      result.epochs.push(metrics);
      return false;
    },
    trained: (model) => {
      result.weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
    },
  });
  return result;
}

async function together(
  data: Dataset,
  configs: readonly DeclarativeConfig[],
  stops: (i: number, epoch: number) => boolean = () => false,
): Promise<Result[]> {
  const results = configs.map((): Result => ({ epochs: [], weights: [] }));
  const requests = configs.map((one, i) => ({
    config: one,
    seed: i,
    report: async (epoch: number, metrics: Metrics) => {
      results[i]!.epochs.push(metrics);
      return stops(i, epoch);
    },
    trained: (weights: readonly Float32Array[]) => {
      results[i]!.weights = weights.flatMap((numbers) => [...numbers]);
    },
  }));
  await trainTogether(tf, data, requests, 'val_loss', complain);
  return results;
}

function expectSame(ours: Result, theirs: Result): void {
  const worst = Math.max(...ours.weights.map((weight, i) => Math.abs(weight - theirs.weights[i]!)));
  expect(ours.weights.length).toBe(theirs.weights.length);
  expect(worst).toBeLessThan(1e-4);
  expect(ours.epochs.length).toBe(theirs.epochs.length);
  for (const [i, metrics] of ours.epochs.entries()) {
    for (const [name, value] of Object.entries(theirs.epochs[i]!)) {
      expect(Math.abs(metrics[name]! - value), `${name} after epoch ${i + 1}`).toBeLessThan(1e-4);
    }
  }
}

describe('training together', () => {
  it('gives each what it would have got by itself', async () => {
    const data = dataset('classification');
    const configs = [
      config({}, { name: 'adam', learningRate: 0.01 }),
      config({}, { name: 'adamw', learningRate: 0.02, weightDecay: 0.1 }),
      config({ initializer: 'heNormal' }, { name: 'momentum', learningRate: 0.05, momentum: 0.8 }),
      config({ initializer: 'orthogonal' }, { name: 'nesterov', learningRate: 0.05, weightDecay: 0.01 }),
      config({ dropout: 0.3 }, { name: 'sgd', learningRate: 0.3 }),
      config({ dropout: 0.1 }, { name: 'rmsprop', momentum: 0.5 }),
      config({}, { learningRate: 0.01, schedule: { name: 'cosine' } }, { epochs: 6 }),
      config({}, {}, { batches: 'balanced', trainMetrics: 'exact' }),
    ];
    const results = await together(data, configs);
    for (const [i, one] of configs.entries()) expectSame(results[i]!, await apart(data, one, i));
  });

  it.each(['relu', 'tanh', 'sigmoid', 'linear'])('with %s', async (activation) => {
    const data = dataset('classification');
    const configs = [config({ activation }), config({ activation, dropout: 0.2 })];
    const results = await together(data, configs);
    for (const [i, one] of configs.entries()) expectSame(results[i]!, await apart(data, one, i));
  });

  it('for numbers as well as for classes', async () => {
    const data = dataset('regression');
    const configs = [config({ task: 'regression' }), config({ task: 'regression' }, { name: 'sgd' })];
    const results = await together(data, configs);
    for (const [i, one] of configs.entries()) expectSame(results[i]!, await apart(data, one, i));
  });

  it('stops each by itself', async () => {
    const configs = [config(), config(), config()];
    const results = await together(dataset('classification'), configs, (i, epoch) => i === 1 && epoch === 2);
    expect(results.map(({ epochs }) => epochs.length)).toEqual([4, 2, 4]);
  });

  it('does not depend on the company', async () => {
    const data = dataset('classification');
    const [alone] = await together(data, [config({ dropout: 0.2 })]);
    const [inGroup] = await together(data, [config({ dropout: 0.2 }), config({}, { name: 'sgd' })]);
    expect(inGroup).toEqual(alone);
  });

  it('leaves no memory behind', async () => {
    const data = dataset('classification');
    const held = () => ({ ...tf.memory(), ids: tf.engine().backend.numDataIds() });
    await together(data, [config(), config()]);
    const before = held();
    await together(data, [config(), config()]);
    expect(held()).toEqual(before);
  });

  it('is not offered where a config needs more', () => {
    const data = dataset('classification');
    expect(togetherShape(config(), data)).toMatchObject({ inputs: 7, units: [12, 5], outputs: 3, rows: 16 });
    for (const other of [
      config({ normalization: 'batch' }),
      config({ loss: 'focal' }),
      config({ activation: 'gelu' }),
      config({ l2: 0.1 }),
      config({}, { name: 'lion' }),
      config({}, { clipNorm: 1 }),
    ]) {
      expect(togetherShape(other, data)).toBeUndefined();
    }
  });

  it('refuses groups of several shapes', async () => {
    const data = dataset('classification');
    await expect(together(data, [config(), config({ units: [4] })])).rejects.toThrow('one shape');
  });
});
