/** What a network makes of a part of the rows, and the metrics of that. Dropout off, nothing augmented. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../tensorflow/backend.js';
import { type Dataset, inputsOf, type Part } from '../data/dataset.js';
import type { Metrics } from '../session.js';
import { isRegressionLoss, type Loss } from './losses/names.js';
import { classRowLosses, numberRowLosses, softmax } from './losses/rows.js';
import { classificationMetrics, meanOf, regressionMetrics } from './metrics.js';

/** Rows per forward pass, and numbers that one layer may give in it: bound memory, which WebAssembly never returns. */
const MOST_ROWS = 1024;
const MOST_NUMBERS = 2 ** 21;

function rowsPerPass(model: LayersModel): number {
  const sizes = model.layers.map(({ outputShape }) =>
    (outputShape as (number | null)[]).slice(1).reduce<number>((product, size) => product * (size ?? 1), 1),
  );
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_NUMBERS / Math.max(...sizes))));
}

/** The network's scores for every row of `part`, row by row. */
export function scoresOf(tf: TensorFlow, model: LayersModel, dataset: Dataset, part: Part): Float32Array {
  const scores = new Float32Array(part.rows * dataset.outputs);
  const atOnce = rowsPerPass(model);
  for (let from = 0; from < part.rows; from += atOnce) {
    const rows = Math.min(atOnce, part.rows - from);
    const output = tf.tidy(() => {
      const x = tf.tensor(inputsOf(part, dataset, from, rows), [rows, ...dataset.shape]);
      return (model.apply(x, { training: false }) as Tensor).dataSync();
    });
    scores.set(output, from * dataset.outputs);
  }
  return scores;
}

export interface Judgement {
  readonly metrics: Metrics;
  readonly rowLosses: Float64Array;
}

/** @param order the rows that the scores belong to, where they are not the part's rows in turn */
export function judge(
  scores: Float32Array,
  dataset: Dataset,
  part: Part,
  loss: Loss,
  order?: Uint32Array,
): Judgement {
  if (part.labels.length > 0) {
    const labels = order ? Int32Array.from(order, (row) => part.labels[row]!) : part.labels;
    const probabilities = softmax(scores, dataset.outputs);
    const rowLosses = classRowLosses(loss, scores, probabilities, labels, dataset.outputs);
    const metrics = classificationMetrics(probabilities, labels, dataset.outputs, meanOf(rowLosses));
    return { metrics, rowLosses };
  }
  const { mean, deviation } = dataset.scale;
  const targets = order ? Float64Array.from(order, (row) => part.targets[row]!) : part.targets;
  const predictions = Float64Array.from(scores, (value) => value * deviation + mean);
  const { name } = loss;
  if (!isRegressionLoss(name)) throw new Error(`The loss ${name} is not for numbers.`);
  const rowLosses = numberRowLosses({ ...loss, name }, predictions, targets, deviation);
  return { metrics: regressionMetrics(predictions, targets, meanOf(rowLosses), deviation), rowLosses };
}
