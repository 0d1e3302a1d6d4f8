/**
 * The network of train.ts with two objectives: how often it is right on digits it has not seen, and how many weights it
 * has. What `train` returns counts, and it names both.
 */
import * as tf from '@tensorflow/tfjs';
import type { Trial } from 'sweetspot';
import { type Config, createModel, loadDigits } from './train.ts';

export default async function train(config: Config, trial: Trial): Promise<Record<string, number>> {
  const { epochs, batchSize, validation } = config.training;
  const { x, y, validationData } = await loadDigits(config.data, validation);
  const model = createModel(config.network);
  model.compile({
    optimizer: tf.train[config.optimizer.name](config.optimizer.learningRate),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(x, y, {
    epochs,
    batchSize,
    validationData,
    verbose: 0,
    callbacks: trial.callback(),
  });
  return { val_accuracy: Number(history.val_acc?.at(-1)), weights: model.countParams() };
}
