/**
 * The metrics of the declarative trainer, from predictions and truth. Exact over all rows given, in double precision;
 * nothing is averaged over batches. Precision, recall and F1 are macro averages over the classes that occur in the
 * truth or the predictions, 0 where a class has none to divide by (as scikit-learn's zero_division=0).
 */
import type { Metrics } from '../session.js';

export type Loss = 'crossentropy' | 'mse' | 'mae' | 'huber';
export type Task = 'classification' | 'regression';

const METRICS_OF: Readonly<Record<Task, readonly string[]>> = {
  classification: ['accuracy', 'precision', 'recall', 'f1', 'loss'],
  regression: ['loss', 'mse', 'mae', 'r2'],
};

/** Names that a trial reports, `val_` ones only where there is a validation part. */
export function metricNames(task: Task, hasValidation: boolean): readonly string[] {
  const names = METRICS_OF[task];
  return hasValidation ? [...names, ...names.map((name) => `val_${name}`)] : names;
}

/** Keras' epsilon: keeps the logarithm finite. */
const EPSILON = 1e-7;

const elementLoss = {
  mse: (error: number) => error ** 2,
  mae: Math.abs,
  huber: (error: number) => (Math.abs(error) <= 1 ? error ** 2 / 2 : Math.abs(error) - 0.5),
} as const;

/** Index of the largest of `size` numbers from `start`; the first of equals. */
function argmax(values: Float32Array, start: number, size: number): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}

function classificationLoss(
  loss: Loss,
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): number {
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    if (loss === 'crossentropy') {
      const p = probabilities[row * classes + label]!;
      sum -= Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, p)));
      continue;
    }
    for (let c = 0; c < classes; c++) {
      sum += elementLoss[loss](probabilities[row * classes + c]! - (c === label ? 1 : 0)) / classes;
    }
  }
  return sum / labels.length;
}

/**
 * @param probabilities row by row, `classes` numbers each
 * @param labels the true class of each row
 * @returns every metric NaN as soon as one probability is not finite: such a model predicts nothing
 */
export function classificationMetrics(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
  loss: Loss,
): Metrics {
  if (!probabilities.every(Number.isFinite)) {
    return Object.fromEntries(METRICS_OF.classification.map((name) => [name, Number.NaN]));
  }
  const predicted = new Float64Array(classes);
  const actual = new Float64Array(classes);
  const right = new Float64Array(classes);
  for (const [row, label] of labels.entries()) {
    const guess = argmax(probabilities, row * classes, classes);
    predicted[guess]!++;
    actual[label]!++;
    if (guess === label) right[label]!++;
  }
  const seen = [...actual.keys()].filter((c) => actual[c]! + predicted[c]! > 0);
  const mean = (of: (c: number) => number): number => seen.reduce((sum, c) => sum + of(c), 0) / seen.length;
  return {
    accuracy: right.reduce((a, b) => a + b, 0) / labels.length,
    precision: mean((c) => right[c]! / Math.max(1, predicted[c]!)),
    recall: mean((c) => right[c]! / Math.max(1, actual[c]!)),
    f1: mean((c) => (2 * right[c]!) / (predicted[c]! + actual[c]!)),
    loss: classificationLoss(loss, probabilities, labels, classes),
  };
}

/**
 * @param unit what one unit of the trained scale is in the target's own: huber bends at one such unit, as in training
 * @returns all in the target's own units; r2 of a constant target is 1 where all is right, else 0
 */
export function regressionMetrics(
  predictions: Float64Array,
  targets: Float64Array,
  loss: Exclude<Loss, 'crossentropy'>,
  unit: number,
): Metrics {
  const rows = targets.length;
  const mean = targets.reduce((a, b) => a + b, 0) / rows;
  let squares = 0;
  let absolutes = 0;
  let huber = 0;
  let spread = 0;
  for (const [row, target] of targets.entries()) {
    const error = predictions[row]! - target;
    squares += error ** 2;
    absolutes += Math.abs(error);
    huber += unit ** 2 * elementLoss.huber(error / unit);
    spread += (target - mean) ** 2;
  }
  const mse = squares / rows;
  const mae = absolutes / rows;
  const constant = squares === 0 ? 1 : 0;
  return {
    loss: { mse, mae, huber: huber / rows }[loss],
    mse,
    mae,
    r2: spread === 0 ? constant : 1 - squares / spread,
  };
}
