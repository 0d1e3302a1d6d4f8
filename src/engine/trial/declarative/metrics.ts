/**
 * The metrics of the declarative trainer, from predictions and truth. Exact over all rows given, in double precision;
 * nothing is averaged over batches. Precision, recall and F1 are macro averages over the classes that occur in the
 * truth or the predictions, 0 where a class has none to divide by (as scikit-learn's zero_division=0).
 */
import type { Metrics } from '../session.js';
import { lossOf, type RegressionLoss, type Task } from './losses/names.js';
import { classRowLosses, numberRowLosses } from './losses/rows.js';

export type { Task };

const METRICS_OF: Readonly<Record<Task, readonly string[]>> = {
  classification: ['accuracy', 'precision', 'recall', 'f1', 'loss'],
  regression: ['loss', 'mse', 'mae', 'r2'],
};

/** Names that a trial reports, `val_` ones only where there is a validation part. */
export function metricNames(task: Task, hasValidation: boolean): readonly string[] {
  const names = METRICS_OF[task];
  return hasValidation ? [...names, ...names.map((name) => `val_${name}`)] : names;
}

/** The metrics of the training part with those of the validation part, where there is one, as `val_`. */
export const withValidation = (train: Metrics, validation: Metrics | undefined): Metrics => ({
  ...train,
  ...Object.fromEntries(Object.entries(validation ?? {}).map(([name, value]) => [`val_${name}`, value])),
});

/** Index of the largest of `size` numbers from `start`; the first of equals. */
function argmax(values: Float32Array, start: number, size: number): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}

/** Mean of some numbers; NaN of none. */
export const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const lossFromProbabilities = (
  name: RegressionLoss | 'crossentropy',
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): number => meanOf(classRowLosses(lossOf(name), probabilities, probabilities, labels, classes));

/**
 * @param probabilities row by row, `classes` numbers each
 * @param labels the true class of each row
 * @param loss the mean loss where it was taken from scores, or the name of one that probabilities are enough for
 * @returns every metric NaN as soon as one probability is not finite: such a model predicts nothing
 */
export function classificationMetrics(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
  loss: number | RegressionLoss | 'crossentropy',
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
    loss: typeof loss === 'number' ? loss : lossFromProbabilities(loss, probabilities, labels, classes),
  };
}

/**
 * @param loss the mean loss, or the name of one
 * @param unit what one unit of the trained scale is in the target's own: huber bends at one such unit, as in training
 * @returns all in the target's own units; r2 of a constant target is 1 where all is right, else 0
 */
export function regressionMetrics(
  predictions: Float64Array,
  targets: Float64Array,
  loss: number | RegressionLoss,
  unit: number,
): Metrics {
  const rows = targets.length;
  const mean = meanOf(targets);
  let squares = 0;
  let absolutes = 0;
  let spread = 0;
  for (const [row, target] of targets.entries()) {
    const error = predictions[row]! - target;
    squares += error ** 2;
    absolutes += Math.abs(error);
    spread += (target - mean) ** 2;
  }
  const constant = squares === 0 ? 1 : 0;
  return {
    loss:
      typeof loss === 'number'
        ? loss
        : meanOf(numberRowLosses({ ...lossOf(loss), name: loss }, predictions, targets, unit)),
    mse: squares / rows,
    mae: absolutes / rows,
    r2: spread === 0 ? constant : 1 - squares / spread,
  };
}
