/**
 * How each optimizer turns a gradient into a change of the weight: one pure step per optimizer over its own state.
 * Clipping, weight decay, where the state is kept and in which order are optimizer.ts. Symbols are those of the papers.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import type { FusedUpdate } from '../../../tensorflow/optimizers/fused-update.js';

/** What the user may set, every value filled in. */
export interface RuleOptions {
  readonly momentum: number;
  readonly rho: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** RMSProp by the variance of the gradient in place of its mean square. */
  readonly centered: boolean;
  /** What Adagrad's sums start from. */
  readonly initialAccumulator: number;
}

interface RuleInput {
  readonly tf: TensorFlow;
  /** Gradient g of this step, any shape. */
  readonly g: Tensor;
  /** One tensor per slot of the rule, shaped like g. */
  readonly state: readonly Tensor[];
  readonly rate: number;
  /** Number of this step, from 1. */
  readonly t: number;
  readonly options: RuleOptions;
}

interface RuleOutput {
  /** To be subtracted from the weight. */
  readonly change: Tensor;
  readonly state: readonly Tensor[];
}

interface FusedInput {
  readonly rate: number;
  /** What the old weight is multiplied with. */
  readonly kept: number;
  readonly t: number;
  readonly options: RuleOptions;
  readonly slots: readonly Variable[];
}

export interface Rule {
  /** Names of what it keeps per weight. */
  readonly slots: (options: RuleOptions) => readonly string[];
  /** What the slots start from; 0 without it. */
  readonly initial?: (options: RuleOptions) => number;
  readonly step: (input: RuleInput) => RuleOutput;
  /** The same step for a backend that takes it in one pass. */
  readonly fused: (input: FusedInput) => FusedUpdate;
  readonly defaults: Partial<RuleOptions> & { readonly rate: number; readonly weightDecay?: number };
}

/** beta · old + (1 − beta) · value */
const average = (tf: TensorFlow, beta: number, old: Tensor, value: Tensor): Tensor =>
  tf.add(tf.mul(old, beta), tf.mul(value, 1 - beta));

/** Robbins and Monro, "A stochastic approximation method", 1951. */
const sgd: Rule = {
  slots: () => [],
  step: ({ tf, g, rate }) => ({ change: tf.mul(g, rate), state: [] }),
  fused: ({ rate, kept }) => ({ kind: 'sgd', rate, kept }),
  defaults: { rate: 0.01 },
};

const fusedMomentum =
  (nesterov: boolean) =>
  ({ rate, kept, options, slots: [velocity] }: FusedInput): FusedUpdate => ({
    kind: 'momentum',
    rate,
    kept,
    momentum: options.momentum,
    nesterov,
    slots: [velocity!],
  });

/** Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. */
const momentum: Rule = {
  slots: () => ['momentum'],
  step: ({ tf, g, rate, options, state: [old] }) => {
    const v = tf.add(tf.mul(old!, options.momentum), g);
    return { change: tf.mul(v, rate), state: [v] };
  },
  fused: fusedMomentum(false),
  defaults: { rate: 0.01, momentum: 0.9 },
};

/** Nesterov 1983, in the form of Sutskever et al., "On the importance of initialization and momentum", ICML 2013. */
const nesterov: Rule = {
  slots: () => ['momentum'],
  step: ({ tf, g, rate, options, state: [old] }) => {
    const v = tf.add(tf.mul(old!, options.momentum), g);
    return { change: tf.mul(tf.add(g, tf.mul(v, options.momentum)), rate), state: [v] };
  },
  fused: fusedMomentum(true),
  defaults: { rate: 0.01, momentum: 0.9 },
};

/**
 * Tieleman and Hinton, "Lecture 6.5: RMSProp", 2012; centered: Graves, "Generating sequences with recurrent neural
 * networks", 2013. The variance is kept from falling below 0 by rounding, where tfjs' own becomes NaN.
 */
const rmsprop: Rule = {
  slots: ({ centered }) => (centered ? ['rms', 'momentum', 'mean'] : ['rms', 'momentum']),
  step: ({ tf, g, rate, options, state: [rms, moment, mean] }) => {
    const { rho, epsilon, centered } = options;
    const n = average(tf, rho, rms!, tf.square(g));
    const m = centered ? average(tf, rho, mean!, g) : undefined;
    const spread = m ? tf.relu(tf.sub(n, tf.square(m))) : n;
    const scaled = tf.div(tf.mul(g, rate), tf.sqrt(tf.add(spread, epsilon)));
    const change = options.momentum === 0 ? scaled : tf.add(tf.mul(moment!, options.momentum), scaled);
    return { change, state: m ? [n, change, m] : [n, change] };
  },
  fused: ({ rate, kept, options: { rho, momentum, epsilon }, slots: [rms, moment, mean] }) => ({
    kind: 'rmsprop',
    rate,
    kept,
    decay: rho,
    momentum,
    epsilon,
    slots: mean ? [rms!, moment!, mean] : [rms!, moment!],
  }),
  defaults: { rate: 0.001, rho: 0.9, momentum: 0 },
};

/** Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 12, 2011. */
const adagrad: Rule = {
  slots: () => ['sum'],
  initial: ({ initialAccumulator }) => initialAccumulator,
  step: ({ tf, g, rate, options, state: [old] }) => {
    const sum = tf.add(old!, tf.square(g));
    return { change: tf.div(tf.mul(g, rate), tf.sqrt(tf.add(sum, options.epsilon))), state: [sum] };
  },
  fused: ({ rate, kept, options: { epsilon }, slots: [sum] }) => ({
    kind: 'adagrad',
    rate,
    kept,
    epsilon,
    slots: [sum!],
  }),
  defaults: { rate: 0.01 },
};

/**
 * Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1. It divides by the average that this step's
 * gradient is part of; tfjs' own divides by the one before, so that its first steps are plain gradient descent.
 */
const adadelta: Rule = {
  slots: () => ['squares', 'updates'],
  step: ({ tf, g, rate, options, state: [squares, updates] }) => {
    const { rho, epsilon } = options;
    const e = average(tf, rho, squares!, tf.square(g));
    const dx = tf.mul(tf.sqrt(tf.div(tf.add(updates!, epsilon), tf.add(e, epsilon))), g);
    return { change: tf.mul(dx, rate), state: [e, average(tf, rho, updates!, tf.square(dx))] };
  },
  fused: ({ rate, kept, options: { rho, epsilon }, slots: [squares, updates] }) => ({
    kind: 'adadelta',
    rate,
    kept,
    decay: rho,
    epsilon,
    slots: [squares!, updates!],
  }),
  defaults: { rate: 1, rho: 0.95, epsilon: 1e-6 },
};

/** Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1. */
const adam: Rule = {
  slots: () => ['m', 'v'],
  step: ({ tf, g, rate, t, options, state: [oldM, oldV] }) => {
    const { beta1, beta2, epsilon } = options;
    const m = average(tf, beta1, oldM!, g);
    const v = average(tf, beta2, oldV!, tf.square(g));
    const root = tf.mul(tf.sqrt(v), 1 / Math.sqrt(1 - beta2 ** t));
    return { change: tf.div(tf.mul(m, rate / (1 - beta1 ** t)), tf.add(root, epsilon)), state: [m, v] };
  },
  fused: ({ rate, kept, t, options, slots: [m, v] }) => {
    const { beta1, beta2, epsilon } = options;
    return { kind: 'adam', rate, kept, t, beta1, beta2, epsilon, slots: [m!, v!] };
  },
  defaults: { rate: 0.001 },
};

/** Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019: Adam with weight decay from the start. */
const adamw: Rule = { ...adam, defaults: { rate: 0.001, weightDecay: 0.01 } };

/** Kingma and Ba 2015, algorithm 2. */
const adamax: Rule = {
  slots: () => ['m', 'u'],
  step: ({ tf, g, rate, t, options, state: [oldM, oldU] }) => {
    const { beta1, beta2, epsilon } = options;
    const m = average(tf, beta1, oldM!, g);
    const u = tf.maximum(tf.mul(oldU!, beta2), tf.abs(g));
    return { change: tf.div(tf.mul(m, rate / (1 - beta1 ** t)), tf.add(u, epsilon)), state: [m, u] };
  },
  fused: ({ rate, kept, t, options: { beta1, beta2, epsilon }, slots: [m, u] }) => ({
    kind: 'adamax',
    rate,
    kept,
    t,
    beta1,
    beta2,
    epsilon,
    slots: [m!, u!],
  }),
  defaults: { rate: 0.002 },
};

/** Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2. */
const lion: Rule = {
  slots: () => ['m'],
  step: ({ tf, g, rate, options, state: [m] }) => {
    const c = average(tf, options.beta1, m!, g);
    return { change: tf.mul(tf.sign(c), rate), state: [average(tf, options.beta2, m!, g)] };
  },
  fused: ({ rate, kept, options: { beta1, beta2 }, slots: [m] }) => ({
    kind: 'lion',
    rate,
    kept,
    beta1,
    beta2,
    slots: [m!],
  }),
  defaults: { rate: 1e-4, beta2: 0.99 },
};

export const RULES = {
  sgd,
  momentum,
  nesterov,
  rmsprop,
  adagrad,
  adadelta,
  adam,
  adamw,
  adamax,
  lion,
} as const satisfies Record<string, Rule>;

export type OptimizerName = keyof typeof RULES;

export const OPTIMIZER_NAMES = Object.keys(RULES) as [OptimizerName, ...OptimizerName[]];

/** What holds where neither the user nor the optimizer says otherwise. */
export const COMMON_DEFAULTS: RuleOptions = {
  momentum: 0.9,
  rho: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  centered: false,
  initialAccumulator: 0.1,
};
