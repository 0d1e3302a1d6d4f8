/**
 * The losses of single rows in double precision: what is reported and what hard examples are chosen by. Without
 * penalties, label smoothing and class weights, so that trials that differ in those can be compared.
 */
import type { Loss, RegressionLoss } from './names.js';

const EPSILON = 1e-7;

/** Of an error, one number. */
function elementLoss(name: RegressionLoss, error: number, delta: number): number {
  const size = Math.abs(error);
  switch (name) {
    case 'mse':
      return error ** 2;
    case 'mae':
      return size;
    case 'huber':
      return size <= delta ? error ** 2 / 2 : delta * (size - delta / 2);
    case 'logCosh':
      return size + Math.log1p(Math.exp(-2 * size)) - Math.LN2;
  }
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Softmax of each row of scores, in place of a layer of the network. */
export function softmax(scores: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(scores.length);
  for (let from = 0; from < scores.length; from += classes) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, scores[from + c]!);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const e = Math.exp(scores[from + c]! - highest);
      probabilities[from + c] = e;
      sum += e;
    }
    for (let c = 0; c < classes; c++) probabilities[from + c]! /= sum;
  }
  return probabilities;
}

/**
 * @param scores row by row, what the last dense layer gives
 * @param probabilities their softmax
 * @returns the loss of each row
 */
export function classRowLosses(
  { name, delta, gamma }: Loss,
  scores: Float32Array,
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): Float64Array {
  const perClass = (label: number, from: number, of: (c: number, sign: number) => number): number => {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += of(from + c, c === label ? 1 : -1);
    return sum / classes;
  };
  return Float64Array.from(labels, (label, row) => {
    const from = row * classes;
    const p = Math.min(1 - EPSILON, Math.max(EPSILON, probabilities[from + label]!));
    switch (name) {
      case 'crossentropy':
        return -Math.log(p);
      case 'focal':
        return -((1 - p) ** gamma) * Math.log(p);
      case 'binaryCrossentropy':
        return perClass(label, from, (at, sign) => softplus(-sign * scores[at]!));
      case 'hinge':
        return perClass(label, from, (at, sign) => Math.max(0, 1 - sign * scores[at]!));
      case 'squaredHinge':
        return perClass(label, from, (at, sign) => Math.max(0, 1 - sign * scores[at]!) ** 2);
      case 'categoricalHinge': {
        let best = Number.NEGATIVE_INFINITY;
        for (let c = 0; c < classes; c++) if (c !== label) best = Math.max(best, scores[from + c]!);
        return Math.max(0, 1 + best - scores[from + label]!);
      }
      default:
        return perClass(label, from, (at, sign) =>
          elementLoss(name, probabilities[at]! - (sign > 0 ? 1 : 0), delta),
        );
    }
  });
}

/**
 * @param unit what one unit of the trained scale is in the target's own: huber and logCosh bend there, as in training
 * @returns the loss of each row, in the target's own units
 */
export function numberRowLosses(
  { name, delta }: Loss & { readonly name: RegressionLoss },
  predictions: Float64Array,
  targets: Float64Array,
  unit: number,
): Float64Array {
  const bends = name === 'huber' || name === 'logCosh';
  return Float64Array.from(targets, (target, row) => {
    const error = predictions[row]! - target;
    return bends ? unit ** 2 * elementLoss(name, error / unit, delta) : elementLoss(name, error, delta);
  });
}
