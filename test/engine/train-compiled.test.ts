import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { fusedUpdate } from '../../src/engine/tensorflow/optimizers/fused-update.js';
import { type Dataset, memoryPart } from '../../src/engine/trial/data/dataset.js';
import { compiledShape } from '../../src/engine/trial/declarative/compiled-shape.js';
import { type DeclarativeConfig, readDeclarativeConfig } from '../../src/engine/trial/declarative/schema.js';
import { trainCompiled } from '../../src/engine/trial/declarative/train-compiled.js';
import { trainNetwork } from '../../src/engine/trial/declarative/train-network.js';
import type { SavedTraining, TrainingStore } from '../../src/engine/trial/declarative/training-state.js';
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
  string | number | boolean | readonly number[] | Record<string, string | number | boolean>
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

function shapeOf(one: DeclarativeConfig, data: Dataset) {
  const steps = compiledShape(one, data);
  if (steps.kind !== 'compiled') throw new Error(`not compiled: ${steps.reason}`);
  return steps.shape;
}

const request = (data: Dataset, one: DeclarativeConfig, seed: number) => ({
  tf,
  config: one,
  dataset: data,
  shape: shapeOf(one, data),
  seed,
  objective: 'val_loss',
  complain,
});

async function together(
  data: Dataset,
  configs: readonly DeclarativeConfig[],
  stops: (i: number, epoch: number) => boolean = () => false,
): Promise<Result[]> {
  const results = configs.map((): Result => ({ epochs: [], weights: [] }));
  const trainings = configs.map((one, i) =>
    trainCompiled({
      ...request(data, one, i),
      report: async (epoch: number, metrics: Metrics) => {
        results[i]!.epochs.push(metrics);
        // As a report that travels to the engine and back.
        await setImmediate();
        return stops(i, epoch);
      },
      trained: (weights: readonly Float32Array[]) => {
        results[i]!.weights = weights.flatMap((numbers) => [...numbers]);
      },
    }),
  );
  await Promise.all(trainings);
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

describe('compiled trainings at the same time', () => {
  it('give each what trainNetwork gives it by itself', async () => {
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

  it.each(['relu', 'tanh', 'sigmoid', 'linear'])('do so with %s', async (activation) => {
    const data = dataset('classification');
    const configs = [config({ activation }), config({ activation, dropout: 0.2 })];
    const results = await together(data, configs);
    for (const [i, one] of configs.entries()) expectSame(results[i]!, await apart(data, one, i));
  });

  it('do so for numbers as well as for classes', async () => {
    const data = dataset('regression');
    const configs = [config({ task: 'regression' }), config({ task: 'regression' }, { name: 'sgd' })];
    const results = await together(data, configs);
    for (const [i, one] of configs.entries()) expectSame(results[i]!, await apart(data, one, i));
  });

  it('stop each by itself', async () => {
    const configs = [config(), config(), config()];
    const results = await together(dataset('classification'), configs, (i, epoch) => i === 1 && epoch === 2);
    expect(results.map(({ epochs }) => epochs.length)).toEqual([4, 2, 4]);
  });

  it('do not depend on the company', async () => {
    const data = dataset('classification');
    const [alone] = await together(data, [config({ dropout: 0.2 })]);
    const [inGroup] = await together(data, [
      config({ dropout: 0.2 }),
      config({ dropout: 0.4 }, { name: 'sgd' }),
      config({ units: [4] }),
    ]);
    expect(inGroup).toEqual(alone);
  });

  it('leave no memory behind', async () => {
    const data = dataset('classification');
    const held = () => ({ ...tf.memory(), ids: tf.engine().backend.numDataIds() });
    await together(data, [config(), config()]);
    const before = held();
    await together(data, [config(), config()]);
    expect(held()).toEqual(before);
  });

  it.each<[string, DeclarativeConfig]>([
    [
      'early stopping that restores the best',
      config({}, { learningRate: 0.2 }, { epochs: 12, earlyStopping: 2 }),
    ],
    ['L1 and L2', config({ l1: 0.01, l2: 0.02 }, { name: 'sgd', learningRate: 0.1 })],
    ['clipped values', config({}, { name: 'sgd', learningRate: 0.3, clipValue: 0.005 })],
    ['label smoothing', config({ loss: { name: 'crossentropy', labelSmoothing: 0.2 } })],
    ['noise and mix-up', config({}, {}, { augmentation: { noise: 0.2, mixUp: 0.3 } })],
    ['hard examples', config({}, { learningRate: 0.02 }, { batches: 'hardExamples', epochs: 6 })],
  ])('give what trainNetwork gives with %s', async (_, one) => {
    const data = dataset('classification');
    const [ours] = await together(data, [one]);
    expectSame(ours!, await apart(data, one, 0));
  });

  it('give what trainNetwork gives with class weights', async () => {
    const data = dataset('classification');
    const loss = { name: 'crossentropy', classWeights: { a: 3, b: 0.5 } };
    const weighted = config({ loss } as never, { name: 'sgd', learningRate: 0.2 });
    const [ours] = await together(data, [weighted]);
    expectSame(ours!, await apart(data, weighted, 0));
  });

  it.each(['adam', 'momentum', 'rmsprop', 'sgd'])(
    'go on from a checkpoint with the same bits: %s',
    async (name) => {
      const data = dataset('classification');
      const training = { epochs: 7, earlyStopping: { patience: 6 }, batches: 'hardExamples' };
      const one = config({ dropout: 0.2 }, { name, schedule: { name: 'cosine' } }, training as never);
      let kept: SavedTraining | undefined;
      const store = (from?: SavedTraining): TrainingStore => ({
        load: async () => from,
        save: async (_epoch, capture) => {
          kept = capture();
        },
      });
      const run = async (from: SavedTraining | undefined, stopAt: number) => {
        let weights: readonly Float32Array[] = [];
        const metrics = await trainCompiled({
          ...request(data, one, 5),
          store: store(from),
          report: async (epoch) => epoch >= stopAt,
          trained: (numbers) => {
            weights = numbers;
          },
        });
        return { metrics, weights };
      };
      const whole = await run(undefined, 7);
      await run(undefined, 3);
      expect(await run(kept, 7)).toEqual(whole);
    },
  );

  it('end when nobody wants them any more, and leave the others alone', async () => {
    const data = dataset('classification');
    const report = async () => {
      await setImmediate();
      return false;
    };
    const ended = trainCompiled({
      ...request(data, config(), 1),
      report,
      check: () => {
        throw new Error('gone');
      },
    });
    const going = trainCompiled({ ...request(data, config(), 2), report });
    await expect(ended).rejects.toThrow('gone');
    expect((await going).loss).toBeGreaterThan(0);
  });
});

describe('which configs are compiled', () => {
  const data = dataset('classification');

  it('says the shape of those that are', () => {
    expect(compiledShape(config(), data)).toEqual({
      kind: 'compiled',
      shape: { inputs: 7, units: [12, 5], outputs: 3, activation: 'relu', loss: 'crossentropy', rows: 16 },
    });
    expect(compiledShape(config({ units: 6, layers: 3 }), data)).toMatchObject({
      shape: { units: [6, 6, 6] },
    });
  });

  it.each<[string, DeclarativeConfig]>([
    ['model.normalization: batch', config({ normalization: 'batch' })],
    ['model.loss: focal', config({ loss: 'focal' as never })],
    ['model.activation: gelu', config({ activation: 'gelu' })],
    ['optimizer.name: lion', config({}, { name: 'lion' })],
    ['optimizer.name: rmsprop, centered', config({}, { name: 'rmsprop', centered: true })],
    ['optimizer.clipNorm', config({}, { clipNorm: 1 })],
  ])('says why others are not: %s', (reason, other) => {
    expect(compiledShape(other, data)).toEqual({ kind: 'general', reason });
  });
});
