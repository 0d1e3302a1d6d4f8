/**
 * What training modules do with `tf` itself and the embedded backend does in its own way: model.fit with the optimizers of
 * TensorFlow.js, layers by its own factories, weights that are kept while training goes on.
 */
import type { Optimizer, Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { random } from '../../../src/core/random.js';
import type { TensorFlow } from '../../../src/engine/tensorflow/backend.js';

interface StockCase {
  readonly name: string;
  readonly train: (tf: TensorFlow) => Promise<{ readonly losses: number[]; readonly weights: number[] }>;
}

type Layer = layers.Layer;

const OPTIMIZERS: Readonly<Record<string, (tf: TensorFlow) => Optimizer>> = {
  sgd: ({ train }) => train.sgd(0.1),
  momentum: ({ train }) => train.momentum(0.05, 0.9),
  nesterov: ({ train }) => train.momentum(0.05, 0.9, true),
  rmsprop: ({ train }) => train.rmsprop(0.01, 0.9, 0.5),
  'rmsprop centered': ({ train }) => train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
  adam: ({ train }) => train.adam(0.01),
  adagrad: ({ train }) => train.adagrad(0.05),
  adadelta: ({ train }) => train.adadelta(0.5),
  adamax: ({ train }) => train.adamax(0.01),
};

const LAYERS: Readonly<Record<string, (tf: TensorFlow) => Layer[]>> = {
  'dense of sequences': ({ layers: l }) => [
    l.dense({ units: 5, activation: 'relu', inputShape: [6, 4] }),
    l.flatten(),
  ],
  'functions after dense': ({ layers: l }) => [
    l.reshape({ targetShape: [24], inputShape: [6, 4] }),
    l.dense({ units: 6, activation: 'softplus' }),
    l.dropout({ rate: 0.2 }),
  ],
  'dropout with a seed': ({ layers: l }) => [
    l.flatten({ inputShape: [6, 4] }),
    l.dense({ units: 9, activation: 'relu' }),
    l.dropout({ rate: 0.4, seed: 3 }),
  ],
  'lstm as Keras has it': ({ layers: l }) => [l.lstm({ units: 6, inputShape: [6, 4] })],
  'lstm backwards': ({ layers: l }) => [l.lstm({ units: 6, goBackwards: true, inputShape: [6, 4] })],
  'lstm after masking': ({ layers: l }) => [
    l.masking({ maskValue: 0, inputShape: [6, 4] }),
    l.lstm({ units: 6 }),
  ],
  gru: ({ layers: l }) => [l.gru({ units: 6, inputShape: [6, 4] })],
  'conv2d with transposed convolution': ({ layers: l }) => [
    l.reshape({ targetShape: [6, 4, 1], inputShape: [6, 4] }),
    l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
    l.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2 }),
    l.flatten(),
  ],
  'conv2d relu6': ({ layers: l }) => [
    l.reshape({ targetShape: [6, 4, 1], inputShape: [6, 4] }),
    l.conv2d({ filters: 9, kernelSize: [3, 2], strides: [1, 2], activation: 'relu6' }),
    l.flatten(),
  ],
};

async function trained(tf: TensorFlow, hidden: readonly Layer[], optimizer: Optimizer) {
  const r = random('stock');
  const inputs = Array.from({ length: 16 * 24 }, () => 2 * r.next() - 1);
  const x = tf.tensor3d(inputs, [16, 6, 4]);
  const y = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: 16 }, (_, i) => i % 3),
      'int32',
    ),
    3,
  );
  const model = tf.sequential({ layers: [...hidden, tf.layers.dense({ units: 3, activation: 'softmax' })] });
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const kept = model.getWeights().map((weight) => weight.clone());
  const before = kept.map((weight) => weight.dataSync().slice());
  const history = await model.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0, shuffle: true });
  for (const [i, weight] of kept.entries()) {
    if (weight.dataSync().some((value, j) => value !== before[i]![j])) {
      throw new Error('Training changed a clone of a weight.');
    }
  }
  const losses = (history.history.loss as (number | Tensor)[]).map(Number);
  return { losses, weights: model.getWeights().flatMap((weight) => [...weight.dataSync()]) };
}

export const STOCK_CASES: readonly StockCase[] = [
  ...Object.entries(OPTIMIZERS).map(
    ([name, create]): StockCase => ({
      name: `tf.train.${name}`,
      train: (tf) => {
        const flat = tf.layers.flatten({ inputShape: [6, 4] });
        return trained(tf, [flat, tf.layers.dense({ units: 7, activation: 'tanh' })], create(tf));
      },
    }),
  ),
  ...Object.entries(LAYERS).map(
    ([name, create]): StockCase => ({
      name: `tf.layers: ${name}`,
      train: (tf) => trained(tf, create(tf), tf.train.adam(0.01)),
    }),
  ),
];
