/**
 * The derivatives of the losses by the scores, in double precision: what compiled steps minimise where tensors.ts has the
 * same losses for TensorFlow's tape. Truth may be soft (smoothed, mixed); rows count alike.
 */
import type { LossGradient } from '../../../tensorflow/compiled/program.js';
import type { Loss, RegressionLoss, Task } from './names.js';
import { softmax } from './rows.js';

/** As in tensors.ts. */
const EPSILON = 1e-7;

/** Of rows.ts' elementLoss. */
function elementSlope(name: RegressionLoss, delta: number): (error: number) => number {
  switch (name) {
    case 'mse':
      return (error) => 2 * error;
    case 'mae':
      return Math.sign;
    case 'huber':
      return (error) => Math.max(-delta, Math.min(delta, error));
    case 'logCosh':
      return Math.tanh;
  }
}

/** One row: scores z and truth y of it to the gradient of its loss. */
type RowGradient = (z: Float32Array, y: Float32Array, to: Float32Array) => void;

const each =
  (slope: (z: number, y: number) => number): RowGradient =>
  (z, y, to) => {
    for (let c = 0; c < to.length; c++) to[c] = slope(z[c]!, y[c]!) / to.length;
  };

/** Through p = softmax(z): ∂/∂z = p · (∂/∂p − Σ p · ∂/∂p). `slope` gives p · ∂/∂p, which stays finite where p is 0. */
const throughSoftmax =
  (slope: (p: number, y: number, classes: number) => number): RowGradient =>
  (z, y, to) => {
    const classes = to.length;
    const p = softmax(z, classes);
    let sum = 0;
    const weighted = Float64Array.from(p, (share, c) => {
      const value = slope(share, y[c]!, classes);
      sum += value;
      return value;
    });
    for (let c = 0; c < classes; c++) to[c] = weighted[c]! - p[c]! * sum;
  };

/** y · max(0, 1 + best of the others − own), for each class that the truth has a part of. */
const categoricalHinge: RowGradient = (z, y, to) => {
  to.fill(0);
  for (const [own, part] of y.entries()) {
    if (part === 0) continue;
    let rival = own === 0 ? 1 : 0;
    for (let c = 0; c < z.length; c++) if (c !== own && z[c]! > z[rival]!) rival = c;
    if (1 + z[rival]! - z[own]! <= 0) continue;
    to[rival]! += part;
    to[own]! -= part;
  }
};

function rowGradient({ name, delta, gamma }: Loss, task: Task): RowGradient {
  const sign = (y: number): number => 2 * y - 1;
  switch (name) {
    case 'crossentropy':
      return throughSoftmax((_p, y) => -y);
    case 'focal':
      return throughSoftmax((p, y) => {
        const log = Math.log(Math.max(p, Number.MIN_VALUE));
        const ease = 1 + EPSILON - p;
        return y * (gamma * ease ** (gamma - 1) * p * log - ease ** gamma);
      });
    case 'binaryCrossentropy':
      return each((z, y) => 1 / (1 + Math.exp(-z)) - y);
    case 'hinge':
      return each((z, y) => (sign(y) * z < 1 ? -sign(y) : 0));
    case 'squaredHinge':
      return each((z, y) => -2 * sign(y) * Math.max(0, 1 - sign(y) * z));
    case 'categoricalHinge':
      return categoricalHinge;
    default: {
      const slope = elementSlope(name, delta);
      return task === 'regression'
        ? each((z, y) => slope(z - y))
        : throughSoftmax((p, y, classes) => (p * slope(p - y)) / classes);
    }
  }
}

/** The gradient of the mean loss of some rows. @param outputs numbers per row */
export function lossGradient(loss: Loss, task: Task, outputs: number): LossGradient {
  const ofRow = rowGradient(loss, task);
  return (scores, truth, to) => {
    const rows = to.length / outputs;
    for (let from = 0; from < to.length; from += outputs) {
      const end = from + outputs;
      ofRow(scores.subarray(from, end), truth.subarray(from, end), to.subarray(from, end));
    }
    for (let i = 0; i < to.length; i++) to[i]! /= rows;
  };
}
