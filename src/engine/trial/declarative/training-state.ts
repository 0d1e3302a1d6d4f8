/**
 * All that a training must keep to go on later with the same bits: weights, what the optimizer remembers, where the
 * schedule and early stopping stand. Draws of chance follow from seed and epoch, so no generator is kept. Where it is
 * stored is the store's business.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../tensorflow/backend.js';
import type { Metrics } from '../session.js';
import type { Patience, PatienceState } from './early-stopping.js';
import type { TrainingOptimizer } from './optimizers/optimizer.js';
import type { LearningRate, RateState } from './optimizers/rate.js';

export interface SavedArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface SavedTraining {
  /** Epochs that are done. */
  readonly epoch: number;
  readonly metrics: Metrics;
  /** Metrics of the best epoch. */
  readonly best: Metrics;
  readonly rate: RateState;
  readonly patience: PatienceState | null;
  /** Last loss of each training row, where hard examples are chosen by it. */
  readonly losses: readonly number[] | null;
  /** Steps that the optimizer has taken. */
  readonly steps: number;
  readonly weights: readonly SavedArray[];
  readonly slots: readonly SavedArray[];
  /** Weights of the best epoch, where early stopping restores them. */
  readonly bestWeights: readonly SavedArray[];
}

export interface TrainingStore {
  load(): Promise<SavedTraining | undefined>;
  /** Called after each epoch; `capture` reads everything back and is only worth calling when it is kept. */
  save(epoch: number, capture: () => SavedTraining): Promise<void>;
}

export interface TrainingParts {
  readonly tf: TensorFlow;
  readonly model: LayersModel;
  readonly optimizer: TrainingOptimizer;
  readonly rate: LearningRate;
  readonly patience: Patience | undefined;
}

export interface Progress {
  epoch: number;
  metrics: Metrics;
  best: Metrics;
  losses: Float64Array | undefined;
  /** Own copies, disposed by who holds them. */
  bestWeights: Tensor[];
}

const saved = (tensor: Tensor): SavedArray => ({
  shape: tensor.shape,
  values: tensor.dataSync().slice() as Float32Array,
});

export function captureTraining(parts: TrainingParts, progress: Progress): SavedTraining {
  const { model, optimizer, rate, patience } = parts;
  const { epoch, metrics, best, losses, bestWeights } = progress;
  return {
    epoch,
    metrics,
    best,
    rate: rate.state,
    patience: patience?.state ?? null,
    losses: losses ? [...losses] : null,
    steps: optimizer.iterations,
    weights: model.weights.map((weight) => saved(weight.read())),
    slots: optimizer.slots.map(saved),
    bestWeights: bestWeights.map(saved),
  };
}

function assign(tf: TensorFlow, variable: Variable, { shape, values }: SavedArray): void {
  tf.tidy(() => variable.assign(tf.tensor(values, [...shape])));
}

/** Brings everything to where `from` was captured. The parts must be those of the same config. */
export function restoreTraining(parts: TrainingParts, from: SavedTraining): Progress {
  const { tf, model, optimizer, rate, patience } = parts;
  for (const [i, weight] of model.weights.entries()) assign(tf, weight.read() as Variable, from.weights[i]!);
  for (const [i, slot] of optimizer.slots.entries()) assign(tf, slot, from.slots[i]!);
  optimizer.goOnFrom(from.steps);
  rate.restore(from.rate);
  if (from.patience) patience?.restore(from.patience);
  return {
    epoch: from.epoch,
    metrics: from.metrics,
    best: from.best,
    losses: from.losses ? Float64Array.from(from.losses) : undefined,
    bestWeights: from.bestWeights.map(({ shape, values }) => tf.keep(tf.tensor(values, [...shape]))),
  };
}
