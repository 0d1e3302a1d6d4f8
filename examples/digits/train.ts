/**
 * Trains a small convolutional network on 8×8 digits. Sweetspot calls `train` once per trial, with the config's values
 * of that trial. Nothing needs to be installed: the import below is the TensorFlow.js that Sweetspot brings.
 */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import type { Trial } from 'sweetspot';

export interface Config {
  data: string;
  network: {
    filters: number;
    secondLayer: boolean;
    dense: number;
    activation: 'relu' | 'elu' | 'tanh';
    dropout: number;
  };
  optimizer: { name: 'sgd' | 'rmsprop' | 'adam'; learningRate: number };
  training: { epochs: number; batchSize: number; validation: number };
}

/** Images [n, 8, 8, 1] between 0 and 1, and one-hot labels [n, 10], the last rows for validation. */
export async function loadDigits(file: string, validation: number) {
  const csv = gunzipSync(await readFile(new URL(file, import.meta.url))).toString();
  const rows = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const images = tf
    .tensor4d(
      rows.flatMap((row) => row.slice(0, 64)),
      [rows.length, 8, 8, 1],
    )
    .div(16);
  const labels = tf.oneHot(
    tf.tensor1d(
      rows.map((row) => row[64]!),
      'int32',
    ),
    10,
  );
  const held = Math.floor(rows.length * validation);
  const trained = rows.length - held;
  const [x, xVal] = tf.split(images, [trained, held]);
  const [y, yVal] = tf.split(labels, [trained, held]);
  return { x: x!, y: y!, validationData: [xVal!, yVal!] as [tf.Tensor, tf.Tensor] };
}

export function createModel({
  filters,
  secondLayer,
  dense,
  activation,
  dropout,
}: Config['network']): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation, inputShape: [8, 8, 1] }));
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  if (secondLayer)
    model.add(tf.layers.conv2d({ filters: 2 * filters, kernelSize: 3, padding: 'same', activation }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dropout({ rate: dropout }));
  model.add(tf.layers.dense({ units: dense, activation }));
  model.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
  return model;
}

export default async function train(config: Config, trial: Trial): Promise<void> {
  const { epochs, batchSize, validation } = config.training;
  const { x, y, validationData } = await loadDigits(config.data, validation);
  const model = createModel(config.network);
  model.compile({
    optimizer: tf.train[config.optimizer.name](config.optimizer.learningRate),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  // Reports loss, accuracy, val_loss and val_accuracy after each epoch, and ends the fit early when told to.
  await model.fit(x, y, { epochs, batchSize, validationData, verbose: 0, callbacks: trial.callback() });
}
