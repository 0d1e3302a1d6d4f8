/** The types a training module of a user sees: `import type { Trial } from 'sweetspot'`. Types only. */
import type { CustomCallback, LayersModel } from '@tensorflow/tfjs-layers';
import type { JsonObject } from '../../core/json.js';
import type { ValidationRows } from '../../core/study/validation-outcome.js';
import type { TensorFlow } from '../tensorflow/backend.js';

/** A place to go on from when the trial is interrupted, in its folder. */
export interface Checkpoint {
  /**
   * Keeps the model's weights, what its optimizer remembers, the last reported step, and your notes, in place of what was
   * kept before. Math.random begins anew here, so that a training that goes on later gives the same bits.
   */
  save(model: LayersModel, notes?: JsonObject): Promise<void>;
  /**
   * Brings a model of the same shape, compiled alike, to where it was kept, and reports the steps until then again.
   * Undefined where this trial has kept nothing: then it begins at step 1. Call it before the first report.
   */
  restore(model: LayersModel): Promise<{ readonly step: number; readonly notes: JsonObject } | undefined>;
}

/** One trial, as the second argument of `train(config, trial)`. */
export interface Trial {
  /** Position in the study, from 0; trial 0 has the file's own values. */
  readonly number: number;
  /** The values being tried, by parameter name; those that do not apply are absent. */
  readonly params: JsonObject;
  /** Seed of this training. Math.random is already seeded with it. */
  readonly seed: number;
  /** A folder of this trial's own, for checkpoints and the like. */
  readonly folder: string;
  /** TensorFlow.js on the active backend; the same that `import * as tf from '@tensorflow/tfjs'` gives. */
  readonly tf: TensorFlow;
  /**
   * Says how the training is doing: a number (the objective) or metrics by name. Steps count from 1 and must increase.
   * Resolves when the engine has judged it: then ask `shouldStop()`. A report after that ends a training that goes on.
   */
  report(step: number, metrics: number | Readonly<Record<string, number>>): Promise<void>;
  /** Whether to return now, since the trial is not promising or the sweep is being stopped. */
  shouldStop(): boolean;
  /** For `model.fit(x, y, { callbacks: trial.callback() })`: reports each epoch and ends the fit when told to. */
  callback(): CustomCallback;
  /** Lets an interrupted trial go on where it stopped. */
  readonly checkpoint: Checkpoint;
  /**
   * Keeps what the model made of the validation rows, for the results panel: a confusion matrix of classes (texts, or
   * numbers with `classes`), else predictions and residuals. The last call counts.
   *
   * @example await trial.validation({ actual: ['cat', 'dog'], predicted: ['cat', 'cat'] })
   */
  validation(rows: ValidationRows): Promise<void>;
  /** Prints to the trial's log. */
  log(...values: readonly unknown[]): void;
}

/** What a training module exports by default. The result counts; without one, each metric as it was reported last. */
export type Train<Config = JsonObject> = (config: Config, trial: Trial) => TrainResult | Promise<TrainResult>;

export type TrainResult = number | Readonly<Record<string, number>> | undefined;
