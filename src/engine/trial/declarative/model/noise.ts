/**
 * What training adds or takes away at random between layers: dropout and its like, as factors and offsets that follow from
 * one number each step. tfjs' own take the same mask each step when seeded, and its alpha dropout has a sign wrong and moves
 * the mean by half a deviation.
 */
import type { layers } from '@tensorflow/tfjs-layers';
import { random } from '../../../../core/random.js';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import { gaussian } from '../gaussian.js';
import { functionLayer } from './own-layers.js';

export interface Noise {
  readonly type: 'dropout' | 'spatialDropout' | 'alphaDropout' | 'gaussianDropout' | 'gaussianNoise';
  /** Share of what is dropped; of gaussianNoise the standard deviation. */
  readonly amount: number;
}

/** Negative limit of selu, −λα. */
const SELU_FLOOR = -1.0507009873554805 * 1.6732632423543772;

export const hasOffsets = ({ type }: Noise): boolean => type === 'alphaDropout' || type === 'gaussianNoise';

/** Fills in what numbers are multiplied with and, where the noise has offsets, what is then added to them. */
export function drawNoise(
  { type, amount }: Noise,
  seed: number,
  factors: Float32Array,
  offsets: Float32Array,
): void {
  const r = random('dropout', seed);
  switch (type) {
    // Srivastava et al., "Dropout", JMLR 15, 2014. Whole channels: Tompson et al., CVPR 2015.
    case 'dropout':
    case 'spatialDropout': {
      const kept = 1 / (1 - amount);
      for (let i = 0; i < factors.length; i++) factors[i] = r.next() < amount ? 0 : kept;
      return;
    }
    // Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017: drops to selu's limit, keeps mean and variance.
    case 'alphaDropout': {
      const a = ((1 - amount) * (1 + amount * SELU_FLOOR ** 2)) ** -0.5;
      const b = -a * SELU_FLOOR * amount;
      for (let i = 0; i < factors.length; i++) {
        const isDropped = r.next() < amount;
        factors[i] = isDropped ? 0 : a;
        offsets[i] = isDropped ? a * SELU_FLOOR + b : b;
      }
      return;
    }
    // Srivastava et al. 2014, section 10.
    case 'gaussianDropout': {
      const normal = gaussian(r);
      const deviation = Math.sqrt(amount / (1 - amount));
      for (let i = 0; i < factors.length; i++) factors[i] = 1 + deviation * normal();
      return;
    }
    // Bishop, "Training with noise is equivalent to Tikhonov regularization", 1995.
    case 'gaussianNoise': {
      const normal = gaussian(r);
      factors.fill(1);
      for (let i = 0; i < offsets.length; i++) offsets[i] = amount * normal();
      return;
    }
  }
}

/** As a layer, which draws anew at each step of training and else does nothing. */
export function noiseLayer(tf: TensorFlow, noise: Noise): layers.Layer {
  return functionLayer(tf, noise.type, (x, training) => {
    if (!training || noise.amount === 0) return x;
    const isWhole = noise.type === 'spatialDropout';
    const shape = isWhole ? x.shape.map((n, i) => (i === 0 || i === x.rank - 1 ? n : 1)) : x.shape;
    const size = shape.reduce((product, n) => product * n, 1);
    const factors = new Float32Array(size);
    const offsets = new Float32Array(hasOffsets(noise) ? size : 0);
    drawNoise(noise, Math.random(), factors, offsets);
    const scaled = tf.mul(x, tf.tensor(factors, shape));
    return hasOffsets(noise) ? tf.add(scaled, tf.tensor(offsets, shape)) : scaled;
  });
}
