/** The activation functions by the names users know, and the layers for those that tfjs has no fused form of. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import { functionLayer } from './own-layers.js';

type Layer = layers.Layer;
/** tfjs does not export the type of activation names. */
export type TfActivation = NonNullable<Parameters<TensorFlow['layers']['dense']>[0]['activation']>;

/** Ours → tfjs' own name. */
const BUILT_IN = {
  relu: 'relu',
  relu6: 'relu6',
  elu: 'elu',
  selu: 'selu',
  gelu: 'gelu',
  geluTanh: 'gelu_new',
  swish: 'swish',
  silu: 'swish',
  mish: 'mish',
  softplus: 'softplus',
  softsign: 'softsign',
  softmax: 'softmax',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  hardSigmoid: 'hardSigmoid',
  linear: 'linear',
} as const;

export const BUILT_IN_ACTIVATIONS = Object.keys(BUILT_IN) as [
  keyof typeof BUILT_IN,
  ...(keyof typeof BUILT_IN)[],
];
export const ACTIVATION_NAMES = [
  ...BUILT_IN_ACTIVATIONS,
  'leakyRelu',
  'prelu',
  'hardSwish',
  'exponential',
] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** Slope below 0 of leakyRelu, and what prelu's starts from. Maas, Hannun and Ng 2013; He et al. 2015 take 0.25. */
const LEAKY_SLOPE = 0.01;
const PRELU_START = 0.25;

/** What `alpha` is where the config does not say. */
export const alphaOf = (name: ActivationName, alpha: number | undefined): number =>
  alpha ?? { leakyRelu: LEAKY_SLOPE, prelu: PRELU_START, elu: 1 }[name as string] ?? 0;

const isBuiltIn = (name: ActivationName): name is keyof typeof BUILT_IN => name in BUILT_IN;

/** tfjs' name where a layer can apply it itself, else undefined: then `activationLayer` follows the layer. */
export const fusedActivation = (name: ActivationName, alpha?: number): TfActivation | undefined =>
  isBuiltIn(name) && !(name === 'elu' && alpha !== undefined && alpha !== 1)
    ? (BUILT_IN[name] as TfActivation)
    : undefined;

/** @param rank of what it works on, without the rows: prelu learns one slope per channel */
export function activationLayer(tf: TensorFlow, name: ActivationName, rank: number, alpha?: number): Layer {
  switch (name) {
    case 'leakyRelu':
      return tf.layers.leakyReLU({ alpha: alphaOf(name, alpha) });
    case 'prelu':
      return tf.layers.prelu({
        alphaInitializer: tf.initializers.constant({ value: alphaOf(name, alpha) }),
        ...(rank > 1 && { sharedAxes: Array.from({ length: rank - 1 }, (_, i) => i + 1) }),
      });
    case 'hardSwish':
      return functionLayer(tf, 'hardSwish', (x: Tensor) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)));
    case 'exponential':
      return functionLayer(tf, 'exponential', (x: Tensor) => tf.exp(x));
    case 'elu':
      // tfjs' own layer takes no alpha but 1.
      if (alpha !== undefined && alpha !== 1) {
        return functionLayer(tf, 'elu', (x: Tensor) =>
          tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha)),
        );
      }
      break;
    default:
      break;
  }
  return tf.layers.activation({ activation: fusedActivation(name)! });
}
