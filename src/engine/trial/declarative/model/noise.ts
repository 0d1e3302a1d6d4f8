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

export interface Draw {
  readonly factors: Float32Array;
  readonly offsets?: Float32Array;
}

/** Negative limit of selu, −λα. */
const SELU_FLOOR = -1.0507009873554805 * 1.6732632423543772;

export const hasOffsets = ({ type }: Noise): boolean => type === 'alphaDropout' || type === 'gaussianNoise';

/** What `size` numbers are multiplied with, and what is then added to them. */
export function drawNoise({ type, amount }: Noise, size: number, seed: number): Draw {
  const r = random('dropout', seed);
  const factors = new Float32Array(size);
  switch (type) {
    // Srivastava et al., "Dropout", JMLR 15, 2014. Whole channels: Tompson et al., CVPR 2015.
    case 'dropout':
    case 'spatialDropout': {
      const kept = 1 / (1 - amount);
      for (let i = 0; i < size; i++) if (r.next() >= amount) factors[i] = kept;
      return { factors };
    }
    // Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017: drops to selu's limit, keeps mean and variance.
    case 'alphaDropout': {
      const a = ((1 - amount) * (1 + amount * SELU_FLOOR ** 2)) ** -0.5;
      const b = -a * SELU_FLOOR * amount;
      for (let i = 0; i < size; i++) if (r.next() >= amount) factors[i] = a;
      return { factors, offsets: factors.map((kept) => (kept > 0 ? b : a * SELU_FLOOR + b)) };
    }
    // Srivastava et al. 2014, section 10.
    case 'gaussianDropout': {
      const normal = gaussian(r);
      const deviation = Math.sqrt(amount / (1 - amount));
      for (let i = 0; i < size; i++) factors[i] = 1 + deviation * normal();
      return { factors };
    }
    // Bishop, "Training with noise is equivalent to Tikhonov regularization", 1995.
    case 'gaussianNoise': {
      const normal = gaussian(r);
      return {
        factors: factors.fill(1),
        offsets: Float32Array.from({ length: size }, () => amount * normal()),
      };
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
    const { factors, offsets } = drawNoise(noise, size, Math.random());
    const scaled = tf.mul(x, tf.tensor(factors, shape));
    return offsets ? tf.add(scaled, tf.tensor(offsets, shape)) : scaled;
  });
}
