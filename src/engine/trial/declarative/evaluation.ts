/** What a network makes of a part of the rows, and the metrics of that. Dropout off, nothing augmented. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../tensorflow/backend.js';
import type { Dataset, Part } from '../data/dataset.js';
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

/** Inputs of successive rows. */
function inputsOf(part: Part, { rowSize, outputs }: Dataset, from: number, rows: number): Float32Array {
  if (!part.isOnDisk) return part.inputs.subarray(from * rowSize, (from + rows) * rowSize);
  const inputs = new Float32Array(rows * rowSize);
  const wanted = Uint32Array.from({ length: rows }, (_, i) => from + i);
  part.gather(wanted, inputs, new Float32Array(rows * outputs));
  return inputs;
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

const picked = <T extends Int32Array | Float64Array>(values: T, order: Uint32Array | undefined): T => {
  if (!order) return values;
  const result = values.slice(0, 0).constructor as new (length: number) => T;
  const chosen = new result(order.length);
  for (const [i, row] of order.entries()) chosen[i] = values[row]!;
  return chosen;
};

/** @param order the rows that the scores belong to, where they are not the part's rows in turn */
export function judge(
  scores: Float32Array,
  dataset: Dataset,
  part: Part,
  loss: Loss,
  order?: Uint32Array,
): Judgement {
  if (part.labels.length > 0) {
    const labels = picked(part.labels, order);
    const probabilities = softmax(scores, dataset.outputs);
    const rowLosses = classRowLosses(loss, scores, probabilities, labels, dataset.outputs);
    const metrics = classificationMetrics(probabilities, labels, dataset.outputs, meanOf(rowLosses));
    return { metrics, rowLosses };
  }
  const { mean, deviation } = dataset.scale;
  const targets = picked(part.targets, order);
  const predictions = Float64Array.from(scores, (value) => value * deviation + mean);
  const { name } = loss;
  if (!isRegressionLoss(name)) throw new Error(`The loss ${name} is not for numbers.`);
  const rowLosses = numberRowLosses({ ...loss, name }, predictions, targets, deviation);
  return { metrics: regressionMetrics(predictions, targets, meanOf(rowLosses), deviation), rowLosses };
}
