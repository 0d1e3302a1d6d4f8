import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import type { Dataset } from '../../src/engine/trial/data/dataset.js';
import { compiledShape } from '../../src/engine/trial/declarative/compiled-shape.js';
import type { DeclarativeConfig } from '../../src/engine/trial/declarative/schema.js';
import { trainCompiled } from '../../src/engine/trial/declarative/train-compiled.js';
import type { SavedTraining, TrainingStore } from '../../src/engine/trial/declarative/training-state.js';
import type { Metrics } from '../../src/engine/trial/session.js';
import * as trainings from './support/trainings.js';

const { expectSame, smallConfig: config, smallDataset: dataset } = trainings;

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
});

const apart = (data: Dataset, one: DeclarativeConfig, seed: number) => trainings.apart(tf, data, one, seed);
const together = (
  data: Dataset,
  configs: readonly DeclarativeConfig[],
  stops?: (i: number, epoch: number) => boolean,
) => trainings.together(tf, data, configs, stops);
const request = (data: Dataset, one: DeclarativeConfig, seed: number) =>
  trainings.compiledRequest(tf, data, one, seed);

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
    const weighted = config({ loss }, { name: 'sgd', learningRate: 0.2 });
    const [ours] = await together(data, [weighted]);
    expectSame(ours!, await apart(data, weighted, 0));
  });

  it.each([{ name: 'adam' }, { name: 'sgd' }, { name: 'adagrad' }, { name: 'rmsprop', centered: true }])(
    'go on from a checkpoint with the same bits: $name',
    async (optimizer) => {
      const data = dataset('classification');
      const training = { epochs: 7, earlyStopping: { patience: 6 }, batches: 'hardExamples' };
      const one = config(
        { dropout: 0.2, normalization: 'batch' },
        { ...optimizer, schedule: { name: 'cosine' } },
        training,
      );
      let kept: SavedTraining | undefined;
      const store = (from?: SavedTraining): TrainingStore => ({
        load: async () => from,
        save: async (_epoch, capture) => {
          kept = capture();
        },
      });
      const run = async (from: SavedTraining | undefined, stopAt: number) => {
        let weights: readonly Float32Array[] = [];
        const epochs: Metrics[] = [];
        const metrics = await trainCompiled({
          ...request(data, one, 5),
          store: store(from),
          report: async (epoch, reported) => {
            epochs.push(reported);
            return epoch >= stopAt;
          },
          trained: (numbers) => {
            weights = numbers;
          },
        });
        return { metrics, weights, epochs };
      };
      const whole = await run(undefined, 7);
      await run(undefined, 3);
      // The best epoch, whose weights and metrics are the result, may lie before the interruption.
      expect(await run(kept, 7)).toEqual({ ...whole, epochs: whole.epochs.slice(3) });
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
  const dense = (units: number) => ({ kind: 'dense', units, bias: true, l1: 0, l2: 0 });
  const relu = { kind: 'elementwise', name: 'relu', alpha: 0 };

  it('says the shape of those that are', () => {
    const layers = [dense(12), relu, dense(5), relu, dense(3)];
    expect(compiledShape(config(), data)).toEqual({
      kind: 'compiled',
      shape: { inputs: 7, layers, rows: 64 },
      noises: [],
    });
    expect(compiledShape(config({ units: 6, layers: 3 }), data)).toMatchObject({
      shape: { layers: [dense(6), relu, dense(6), relu, dense(6), relu, dense(3)] },
    });
  });

  it.each<[string, DeclarativeConfig]>([
    ['model.activation: softmax', config({ activation: 'softmax' })],
    [
      'model.layers: reshape',
      config({
        layers: [
          { type: 'reshape', shape: [7, 1] },
          { type: 'lstm', units: 2 },
        ],
      }),
    ],
    [
      'model.layers: residual',
      config({ layers: [{ type: 'residual', layers: [{ type: 'dense', units: 7 }] }] }),
    ],
  ])('says why others are not: %s', (reason, other) => {
    expect(compiledShape(other, data)).toEqual({ kind: 'general', reason });
  });
});
