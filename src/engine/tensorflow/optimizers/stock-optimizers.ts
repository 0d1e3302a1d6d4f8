/**
 * The optimizers of TensorFlow.js (tf.train.sgd, momentum, adam, rmsprop) taking their steps in one pass on the embedded
 * backend. State stays in their own fields, so that saving, restoring and disposing are theirs. On another backend, and
 * for what has no fused form (centered RMSProp, which repairs.ts puts right), they do what they always did.
 */
import {
  AdamOptimizer,
  engine,
  MomentumOptimizer,
  type Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  type Tensor,
  tidy,
  type Variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { NamedTensor } from '@tensorflow/tfjs-core/dist/tensor_types.js';
import { type FusedUpdate, fusedUpdate } from './fused-update.js';

type Gradients = Record<string, Tensor> | NamedTensor[];

interface Slot {
  readonly originalName: string;
  readonly variable: Variable;
}

/** The private fields that the classes share or have one of. */
interface Fields {
  learningRate: number;
  momentum: number;
  useNesterov: boolean;
  accumulations: Slot[];
  beta1: number;
  beta2: number;
  epsilon: number;
  accumulatedFirstMoment: Slot[];
  accumulatedSecondMoment: Slot[];
  decay: number;
  centered: boolean;
  accumulatedMeanSquares: Slot[];
  accumulatedMoments: Slot[];
  readonly iterations: number;
  incrementIterations(): void;
}

/** The slot of weight `i` in `slots`, made from zeros at its first step. */
function slotOf(slots: Slot[], i: number, weight: Variable, name: string): Variable {
  slots[i] ??= {
    originalName: `${weight.name}/${name}`,
    variable: tidy(() => zerosLike(weight).variable(false)),
  };
  return slots[i].variable;
}

/**
 * Makes the class step by `update` where that is possible.
 * @param update for weight `i`; undefined where this optimizer has no fused form
 */
function fuse(
  prototype: Optimizer,
  update: (fields: Fields, i: number, weight: Variable) => FusedUpdate | undefined,
): void {
  const stock = prototype.applyGradients;
  prototype.applyGradients = function applyGradients(this: Optimizer, gradients: Gradients): void {
    const fields = this as unknown as Fields;
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const done: boolean[] = [];
    for (const [i, { name, tensor }] of named.entries()) {
      const weight = engine().registeredVariables[name];
      if (!weight || tensor == null) continue;
      const how = update(fields, i, weight);
      done.push(how !== undefined && fusedUpdate(weight, tensor, how));
    }
    if (!done.includes(true)) {
      stock.call(this, gradients);
      return;
    }
    // Whether it can be is a matter of backend and optimizer, not of the weight.
    if (done.includes(false)) throw new Error('The weights of one model lie on several backends.');
    fields.incrementIterations();
  };
}

/** Call once per process. */
export function fuseStockOptimizers(): void {
  fuse(SGDOptimizer.prototype, ({ learningRate }) => ({ kind: 'sgd', rate: learningRate }));
  fuse(MomentumOptimizer.prototype, (fields, i, weight) => ({
    kind: 'momentum',
    rate: fields.learningRate,
    momentum: fields.momentum,
    nesterov: fields.useNesterov,
    slots: [slotOf(fields.accumulations, i, weight, 'momentum')],
  }));
  fuse(AdamOptimizer.prototype, (fields, i, weight) => ({
    kind: 'adam',
    rate: fields.learningRate,
    beta1: fields.beta1,
    beta2: fields.beta2,
    epsilon: fields.epsilon,
    t: fields.iterations + 1,
    slots: [
      slotOf(fields.accumulatedFirstMoment, i, weight, 'm'),
      slotOf(fields.accumulatedSecondMoment, i, weight, 'v'),
    ],
  }));
  fuse(RMSPropOptimizer.prototype, (fields, i, weight) =>
    fields.centered
      ? undefined
      : {
          kind: 'rmsprop',
          rate: fields.learningRate,
          decay: fields.decay,
          momentum: fields.momentum,
          epsilon: fields.epsilon,
          slots: [
            slotOf(fields.accumulatedMeanSquares, i, weight, 'rms'),
            slotOf(fields.accumulatedMoments, i, weight, 'momentum'),
          ],
        },
  );
}
