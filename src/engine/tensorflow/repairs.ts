/**
 * What TensorFlow.js 4.22 itself gets silently wrong on every backend, put right for training modules: dropout with a seed,
 * which repeats its first mask at each step, and centered RMSProp, which becomes NaN. What it refuses with a message of its
 * own (gradients of dilated convolutions, causal conv1d) stays refused.
 */
import type { NamedTensorMap, RMSPropOptimizer, Tensor, Variable } from '@tensorflow/tfjs-core';
import { derivedSeed } from '../../core/random.js';
import type { TensorFlow } from './backend.js';

interface DropoutFields {
  seed: number | undefined;
  call(inputs: Tensor | Tensor[], kwargs: { readonly training?: boolean }): Tensor | Tensor[];
}

/** A seed then gives a sequence of masks, the same in each run, as in Keras. */
function repairSeededDropout(tf: TensorFlow): void {
  const prototype = Object.getPrototypeOf(tf.layers.dropout({ rate: 0.5 })) as DropoutFields;
  const stock = prototype.call;
  const steps = new WeakMap<object, number>();
  prototype.call = function call(this: DropoutFields, inputs, kwargs) {
    const { seed } = this;
    if (seed == null || !kwargs.training) return stock.call(this, inputs, kwargs);
    const step = steps.get(this) ?? 0;
    steps.set(this, step + 1);
    this.seed = derivedSeed('dropout', seed, step);
    try {
      return stock.call(this, inputs, kwargs);
    } finally {
      this.seed = seed;
    }
  };
}

interface Slot {
  readonly originalName: string;
  readonly variable: Variable;
}

interface RmspropFields {
  readonly learningRate: number;
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
  readonly accumulatedMeanSquares: Slot[];
  readonly accumulatedMoments: Slot[];
  readonly accumulatedMeanGrads: Slot[];
  incrementIterations(): void;
}

type Gradients = NamedTensorMap | { readonly name: string; readonly tensor: Tensor }[];

/**
 * Graves, "Generating sequences with recurrent neural networks", 2013, eq. 38–45. TensorFlow.js subtracts ε under the root
 * instead of adding it, which is below 0 where a gradient is 0.
 */
function centeredStep(tf: TensorFlow, fields: RmspropFields, gradients: Gradients): void {
  const named = Array.isArray(gradients)
    ? gradients
    : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
  for (const [i, { name, tensor: g }] of named.entries()) {
    const weight = tf.engine().registeredVariables[name]!;
    const slot = (slots: Slot[], suffix: string): Variable => {
      slots[i] ??= {
        originalName: `${name}/${suffix}`,
        variable: tf.tidy(() => tf.variable(tf.zerosLike(weight), false)),
      };
      return slots[i].variable;
    };
    const squares = slot(fields.accumulatedMeanSquares, 'rms');
    const moments = slot(fields.accumulatedMoments, 'momentum');
    const means = slot(fields.accumulatedMeanGrads, 'mg');
    if (g == null) continue;
    tf.tidy(() => {
      const { decay, learningRate, momentum, epsilon } = fields;
      const n = tf.add(tf.mul(squares, decay), tf.mul(tf.square(g), 1 - decay));
      const m = tf.add(tf.mul(means, decay), tf.mul(g, 1 - decay));
      // Rounding may bring the variance below 0.
      const root = tf.sqrt(tf.add(tf.relu(tf.sub(n, tf.square(m))), epsilon));
      const change = tf.add(tf.mul(moments, momentum), tf.div(tf.mul(g, learningRate), root));
      squares.assign(n);
      means.assign(m);
      moments.assign(change);
      weight.assign(tf.sub(weight, change));
    });
  }
  fields.incrementIterations();
}

function repairCenteredRmsprop(tf: TensorFlow): void {
  const { prototype } = tf.RMSPropOptimizer;
  const stock = prototype.applyGradients;
  prototype.applyGradients = function applyGradients(this: RMSPropOptimizer, gradients): void {
    const fields = this as unknown as RmspropFields;
    if (fields.centered) centeredStep(tf, fields, gradients);
    else stock.call(this, gradients);
  };
}

/** Call once for each copy of TensorFlow.js. */
export function repair(tf: TensorFlow): void {
  repairSeededDropout(tf);
  repairCenteredRmsprop(tf);
}
