/**
 * Every setting that compiled steps know, beside the same training operation by operation: same weights, same metrics in
 * every epoch, to 1e-4.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.js';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { ELEMENTWISE } from '../../src/engine/tensorflow/compiled/elementwise.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { lossesOf, type Task } from '../../src/engine/trial/declarative/losses/names.js';
import { OPTIMIZER_NAMES } from '../../src/engine/trial/declarative/optimizers/rules.js';
import type { DeclarativeConfig } from '../../src/engine/trial/declarative/schema.js';
import { apart, expectSame, smallConfig, smallDataset, together } from './support/trainings.js';

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
});

async function expectBothSame(config: DeclarativeConfig, isFused = true): Promise<void> {
  const data = smallDataset(config.model.task);
  const [compiled] = await together(tf, data, [config]);
  expectSame(compiled!, await apart(tf, data, config, 0, isFused));
  const { loss } = compiled!.epochs.at(-1)!;
  expect(loss).toBeGreaterThan(0);
  expect(loss).not.toBe(compiled!.epochs[0]!.loss);
}

const SGD = { name: 'sgd', learningRate: 0.1 };

describe('a compiled training gives what operations one by one give', () => {
  it.each([
    ...ELEMENTWISE.map((activation) => ({ activation })),
    { activation: 'silu' },
    { activation: 'prelu' },
    { activation: 'prelu', alpha: 0.5 },
    { activation: 'elu', alpha: 0.4 },
    { activation: 'leakyRelu', alpha: 0.3 },
  ])('with $activation $alpha', async (activation) => {
    // Some activations grow fast: a small rate keeps them from running away.
    await expectBothSame(smallConfig({ ...activation, units: [9, 6] }, { ...SGD, learningRate: 0.03 }));
  });

  it.each(OPTIMIZER_NAMES)('with %s', async (name) => {
    await expectBothSame(smallConfig({}, { name, weightDecay: 0.05 }), false);
  });

  it.each<JsonObject>([
    { name: 'rmsprop', centered: true, momentum: 0.4 },
    { name: 'adagrad', initialAccumulator: 0.5, epsilon: 1e-3 },
    { name: 'adadelta', rho: 0.8, learningRate: 2 },
    { name: 'adamax', beta1: 0.7, beta2: 0.9 },
    { name: 'lion', beta1: 0.8, beta2: 0.9, learningRate: 1e-3 },
    { name: 'adam', beta1: 0.5, beta2: 0.9, epsilon: 1e-3, clipNorm: 0.05 },
    { ...SGD, clipNorm: 0.2 },
    { ...SGD, clipNorm: 0.2, clipValue: 0.02, weightDecay: 0.1 },
  ])('with %o', async (optimizer) => {
    await expectBothSame(smallConfig({ l1: 1e-3, l2: 2e-3 }, optimizer), false);
  });

  const tasks = ['classification', 'regression'] as const satisfies readonly Task[];
  const losses = tasks.flatMap((task) => lossesOf(task).map((loss) => [task, loss] as const));

  it.each(losses)('in %s with the loss %s', async (task, name) => {
    await expectBothSame(smallConfig({ task, loss: { name, delta: 0.3, gamma: 1.5 } }, SGD));
  });

  it.each(lossesOf('classification'))('with %s of smoothed, mixed and weighed truth', async (name) => {
    const loss = { name, labelSmoothing: 0.1, classWeights: { a: 2, c: 0.5 } };
    await expectBothSame(smallConfig({ loss }, SGD, { augmentation: { mixUp: 0.4 } }));
  });

  it.each(['batch', 'layer'])('with %s normalisation', async (normalization) => {
    await expectBothSame(smallConfig({ normalization, dropout: 0.2, activation: 'elu' }, SGD));
    // The last batch is smaller, and here a single row.
    await expectBothSame(smallConfig({ normalization }, SGD, { batchSize: 89, trainMetrics: 'exact' }));
  });

  const LAYERS: readonly JsonObject[] = [
    { type: 'batchNormalization', momentum: 0.7, epsilon: 0.01 },
    { type: 'dense', units: 11, activation: 'linear', bias: false, l2: 0.01 },
    { type: 'layerNormalization', epsilon: 0.1 },
    { type: 'activation', activation: 'gelu' },
    { type: 'dropout', rate: 0.2 },
    { type: 'repeat', times: 2, layers: [{ type: 'dense', units: 6, activation: 'selu', l1: 0.003 }] },
    { type: 'flatten' },
    { type: 'alphaDropout', rate: 0.15 },
    { type: 'gaussianDropout', rate: 0.1 },
    { type: 'gaussianNoise', deviation: 0.1 },
  ];

  it('with a list of layers', async () => {
    await expectBothSame(smallConfig({ layers: LAYERS }, SGD, { augmentation: { noise: 0.1 } }));
  });

  it('with no hidden layer, or one of noise alone', async () => {
    await expectBothSame(smallConfig({ layers: [{ type: 'flatten' }] }, SGD));
    await expectBothSame(smallConfig({ layers: [{ type: 'dropout', rate: 0.3 }] }, SGD));
  });

  it.each([1, 2, 5, 90])('in batches of %i', async (batchSize) => {
    await expectBothSame(smallConfig({ layers: LAYERS }, { ...SGD, learningRate: 0.01 }, { batchSize }));
  });

  it.each([1, 3, 4, 8, 13])('with layers of %i units', async (units) => {
    await expectBothSame(
      smallConfig({ units: [units, units], normalization: 'layer', activation: 'mish' }, SGD),
    );
  });
});
