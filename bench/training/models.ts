/** The models of the comparison, as training modules would write them. */
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';

interface BenchModel {
  readonly title: string;
  readonly shape: readonly number[];
  readonly layers: (l: TensorFlow['layers'], inputShape: number[]) => layers.Layer[];
  /** Least ratio to native that is aimed at. */
  readonly target: number;
}

const convolutions =
  (first: number, second: number, dropout: number) =>
  (l: TensorFlow['layers'], inputShape: number[]): layers.Layer[] => [
    l.conv2d({ filters: first, kernelSize: 3, activation: 'relu', inputShape }),
    l.maxPooling2d({ poolSize: 2 }),
    l.conv2d({ filters: second, kernelSize: 3, activation: 'relu' }),
    l.maxPooling2d({ poolSize: 2 }),
    l.flatten(),
    ...(dropout > 0 ? [l.dropout({ rate: dropout })] : []),
  ];

export const MODELS = {
  mlp784: {
    title: 'MLP 784-128-64-10',
    shape: [784],
    layers: (l, inputShape) => [
      l.dense({ units: 128, activation: 'relu', inputShape }),
      l.dense({ units: 64, activation: 'relu' }),
    ],
    target: 1.2,
  },
  cnn8: { title: 'small CNN 8/16', shape: [28, 28, 1], layers: convolutions(8, 16, 0), target: 1.3 },
  cnn32: { title: 'CNN 32/64', shape: [28, 28, 1], layers: convolutions(32, 64, 0.5), target: 1 },
  lstm: {
    title: 'LSTM 32, 20×8',
    shape: [20, 8],
    layers: (l, inputShape) => [l.lstm({ units: 32, inputShape })],
    target: 2,
  },
  mlp20: {
    title: 'MLP 20-32-32-10',
    shape: [20],
    layers: (l, inputShape) => [
      l.dense({ units: 32, activation: 'relu', inputShape }),
      l.dense({ units: 32, activation: 'relu' }),
    ],
    target: 3,
  },
} as const satisfies Record<string, BenchModel>;

export type ModelName = keyof typeof MODELS;

export const CLASSES = 10;

export function createModel(tf: TensorFlow, name: ModelName): LayersModel {
  const { shape, layers }: BenchModel = MODELS[name];
  const hidden = layers(tf.layers, [...shape]);
  const model = tf.sequential({
    layers: [...hidden, tf.layers.dense({ units: CLASSES, activation: 'softmax' })],
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return model;
}
