/**
 * The optimizer of a training: clips gradients, takes the step of its rule, decays weights. A tf.Optimizer, so that it
 * also serves model.compile. What one step is, per optimizer, is rules.ts; how the learning rate moves, schedule.ts.
 */
import type { Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import type { FusedUpdate } from '../../../tensorflow/optimizers/fused-update.js';
import { COMMON_DEFAULTS, type OptimizerName, RULES, type Rule, type RuleOptions } from './rules.js';

interface NamedGradient {
  readonly name: string;
  readonly tensor: Tensor;
}

type Settable<T> = { readonly [K in keyof T]?: T[K] | undefined };

export interface OptimizerOptions extends Settable<RuleOptions> {
  readonly name: OptimizerName;
  readonly learningRate?: number | undefined;
  /** λ of Loshchilov and Hutter 2019: each step takes rate · λ · w off a kernel, for every optimizer alike. */
  readonly weightDecay?: number | undefined;
  /** Largest Euclidean norm of all gradients together (Pascanu, Mikolov and Bengio, ICML 2013). */
  readonly clipNorm?: number | undefined;
  /** Largest absolute value of one gradient element; before clipNorm. */
  readonly clipValue?: number | undefined;
}

/** A step in one pass where the backend has one; false, with nothing done, where it has not. */
export type FusedStep = (variable: Variable, gradient: Tensor, update: FusedUpdate) => boolean;

export type TrainingOptimizer = Optimizer & {
  /** Of the next step; a schedule sets it. */
  learningRate: number;
  /** What it remembers: the slots of each adopted weight in turn. */
  readonly slots: readonly Variable[];
  /** Makes the slots of these weights, in this order. */
  adopt(weights: readonly Variable[]): void;
  /** Counts on from `steps` steps taken. */
  goOnFrom(steps: number): void;
};

/** Kernels, not biases or the parameters of a normalisation or activation, as is usual (He et al., CVPR 2019). */
const isDecayed = ({ rank, name }: Variable): boolean => rank >= 2 && !name.includes('/alpha');

/** Factor that brings all gradients together to a norm of at most `limit`, as a scalar. */
function clipFactor(tf: TensorFlow, gradients: readonly Tensor[], limit: number): Scalar {
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))));
  return tf.div(limit, tf.maximum(norm, limit));
}

/** Only what was given. */
const given = <T extends object>(options: T) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** @param options the rule's own defaults hold for what is absent */
export function createOptimizer(
  tf: TensorFlow,
  options: OptimizerOptions,
  fused?: FusedStep,
): TrainingOptimizer {
  const rule: Rule = RULES[options.name];
  const settings: RuleOptions = { ...COMMON_DEFAULTS, ...rule.defaults, ...given(options) };
  const weightDecay = options.weightDecay ?? rule.defaults.weightDecay ?? 0;
  const { clipNorm, clipValue } = options;
  const slotNames = rule.slots(settings);
  const initial = rule.initial?.(settings) ?? 0;

  class RuleOptimizer extends tf.Optimizer {
    static readonly className = `Sweetspot_${options.name}`;
    learningRate = options.learningRate ?? rule.defaults.rate;
    /** Per weight in the order of its first gradient: the names of checkpoints differ between processes. */
    readonly #slots = new Map<string, Variable[]>();

    #slotsOf(variable: Variable): Variable[] {
      let slots = this.#slots.get(variable.name);
      if (!slots) {
        slots = tf.tidy(() => slotNames.map(() => tf.variable(tf.fill(variable.shape, initial), false)));
        this.#slots.set(variable.name, slots);
      }
      return slots;
    }

    override applyGradients(gradients: Record<string, Tensor> | NamedGradient[]): void {
      const named: readonly NamedGradient[] = Array.isArray(gradients)
        ? gradients
        : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
      const present = named.filter(({ tensor }) => tensor != null);
      this.incrementIterations();
      tf.tidy(() => {
        const limited = present.map(({ tensor }) =>
          clipValue === undefined ? tensor : tf.clipByValue(tensor, -clipValue, clipValue),
        );
        const factor = clipNorm === undefined ? undefined : clipFactor(tf, limited, clipNorm);
        for (const [i, { name }] of present.entries()) {
          const variable = tf.engine().registeredVariables[name]!;
          const g = factor ? tf.mul(limited[i]!, factor) : limited[i]!;
          this.#update(variable, g);
        }
      });
    }

    #update(variable: Variable, g: Tensor): void {
      const slots = this.#slotsOf(variable);
      const rate = this.learningRate;
      const kept = weightDecay > 0 && isDecayed(variable) ? 1 - rate * weightDecay : 1;
      const update = fused && rule.fused({ rate, kept, t: this.iterations, options: settings, slots });
      if (update && fused(variable, g, update)) return;
      tf.tidy(() => {
        const { change, state } = rule.step({
          tf,
          g,
          state: slots,
          rate,
          t: this.iterations,
          options: settings,
        });
        const decayed = kept === 1 ? variable : tf.mul(variable, kept);
        variable.assign(tf.sub(decayed, change));
        for (const [i, slot] of slots.entries()) slot.assign(state[i]!);
      });
    }

    override dispose(): void {
      for (const slots of this.#slots.values()) tf.dispose(slots);
      this.#slots.clear();
    }

    adopt(weights: readonly Variable[]): void {
      for (const weight of weights) this.#slotsOf(weight);
    }

    get slots(): readonly Variable[] {
      return [...this.#slots.values()].flat();
    }

    goOnFrom(steps: number): void {
      this.iterations_ = steps;
    }

    override getConfig(): Record<string, number | boolean> {
      return { learningRate: this.learningRate, weightDecay, ...settings };
    }
  }
  return new RuleOptimizer();
}
