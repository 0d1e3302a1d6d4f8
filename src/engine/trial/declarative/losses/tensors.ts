/**
 * The losses as tensors: what training minimises. They take what the last dense layer gives (logits, scores), not
 * probabilities, which is faster and does not lose digits. The same losses for reports are in rows.ts.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import type { Loss, RegressionLoss, Task } from './names.js';

/** @returns one loss per row, from truth and scores [rows, outputs] */
export type RowLossOp = (truth: Tensor2D, scores: Tensor2D) => Tensor1D;

/** Keeps the logarithm finite, as Keras does. */
const EPSILON = 1e-7;
const LOG_2 = Math.log(2);

/** Cross-entropy of softmax(scores), its gradient in closed form. truth may be soft; its rows sum to 1. */
function crossentropy(tf: TensorFlow): RowLossOp {
  const op = tf.customGrad((truth, scores, save) => {
    const p = tf.softmax(scores as Tensor2D);
    (save as (tensors: Tensor[]) => void)([truth as Tensor, p]);
    const value = tf.neg(tf.sum(tf.mul(truth as Tensor, tf.log(tf.maximum(p, EPSILON))), -1));
    return {
      value,
      gradFunc: (dy, saved) => {
        const [y, q] = saved as Tensor[];
        const gradient = tf.mul(tf.sub(q!, y!), tf.reshape(dy, [-1, 1]));
        return [tf.zerosLike(y!), gradient];
      },
    };
  });
  return (truth, scores) => op(truth, scores) as Tensor1D;
}

/** Of what lies between prediction and truth, element by element. */
function elementLoss(tf: TensorFlow, name: RegressionLoss, delta: number): (error: Tensor) => Tensor {
  switch (name) {
    case 'mse':
      return (error) => tf.square(error);
    case 'mae':
      return (error) => tf.abs(error);
    // Huber, "Robust estimation of a location parameter", 1964.
    case 'huber':
      return (error) => {
        const size = tf.abs(error);
        const inside = tf.minimum(size, delta);
        return tf.add(tf.mul(tf.square(inside), 0.5), tf.mul(tf.sub(size, inside), delta));
      };
    // log(cosh x) = x + softplus(−2x) − log 2, which does not overflow.
    case 'logCosh':
      return (error) => tf.sub(tf.add(error, tf.softplus(tf.mul(error, -2))), LOG_2);
  }
}

/** The loss of each row for `loss`, ready for the gradient. */
export function lossOp(tf: TensorFlow, { name, delta, gamma }: Loss, task: Task): RowLossOp {
  const rowMean = (x: Tensor): Tensor1D => tf.mean(x, -1);
  /** −1 for the other classes, 1 for the row's own. */
  const signed = (truth: Tensor): Tensor => tf.sub(tf.mul(truth, 2), 1);
  switch (name) {
    case 'crossentropy':
      return crossentropy(tf);
    // Each class against the rest: max(z, 0) − z·y + log(1 + exp(−|z|)).
    case 'binaryCrossentropy':
      return (y, z) => rowMean(tf.add(tf.sub(tf.relu(z), tf.mul(z, y)), tf.softplus(tf.neg(tf.abs(z)))));
    // Lin et al., "Focal loss for dense object detection", ICCV 2017, over the classes of a softmax.
    case 'focal':
      return (y, z) => {
        const logP = tf.logSoftmax(z);
        const ease = tf.pow(tf.sub(1 + EPSILON, tf.exp(logP)), gamma);
        return tf.neg(tf.sum(tf.mul(y, tf.mul(ease, logP)), -1));
      };
    // Each class against the rest. Cortes and Vapnik, "Support-vector networks", 1995.
    case 'hinge':
      return (y, z) => rowMean(tf.relu(tf.sub(1, tf.mul(signed(y), z))));
    case 'squaredHinge':
      return (y, z) => rowMean(tf.square(tf.relu(tf.sub(1, tf.mul(signed(y), z)))));
    // Crammer and Singer, JMLR 2, 2001: the own class beats the best of the others by 1. Of soft truth each class counts
    // by its share.
    case 'categoricalHinge':
      return (y, z) => {
        const itself = tf.mul(tf.eye(z.shape[1]!), Number.MAX_SAFE_INTEGER);
        const best = tf.max(tf.sub(tf.expandDims(z, 1), itself), -1);
        return tf.sum(tf.mul(y, tf.relu(tf.add(tf.sub(best, z), 1))), -1);
      };
    default: {
      const of = elementLoss(tf, name, delta);
      return task === 'regression'
        ? (y, z) => rowMean(of(tf.sub(z, y)))
        : (y, z) => rowMean(of(tf.sub(tf.softmax(z), y)));
    }
  }
}
