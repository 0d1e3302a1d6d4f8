/**
 * What a training does in numbers: the config with its defaults, checked against task and data. Errors name the key and
 * say what to do.
 */
import { didYouMean } from '../../../core/annotation/nearest.js';
import type { Dataset } from '../data/dataset.js';
import { type AugmentationOptions, imageOptionInUse } from './augment/augment.js';
import type { BatchOptions } from './batches.js';
import { goalOf, type PatienceOptions } from './early-stopping.js';
import { type Loss, lossesOf, lossOf, type Task } from './losses/names.js';
import { metricNames } from './metrics.js';
import { LearningRate } from './optimizers/rate.js';
import type { ScheduleOptions } from './optimizers/schedule.js';
import type { DeclarativeConfig } from './schema.js';

/** Throws a FatalTrainingError that names file and line of the value at `path`. */
export type Complain = (path: readonly (string | number)[], message: string) => never;

interface EarlyStopping extends PatienceOptions {
  readonly metric: string;
  readonly restoreBest: boolean;
  /** First epoch that counts. */
  readonly from: number;
}

export interface TrainingSettings {
  readonly task: Task;
  readonly epochs: number;
  readonly batchSize: number;
  readonly batches: BatchOptions;
  /** How often each training row is drawn, relative to the others; only where batches are weighted. */
  readonly rowChances?: Float64Array | undefined;
  /** What each training row counts in the loss, 1 on average. */
  readonly rowWeights?: Float64Array | undefined;
  readonly augmentation: AugmentationOptions;
  readonly loss: Loss;
  readonly labelSmoothing: number;
  /** Of each class, in the data's order. */
  readonly classWeights?: Float64Array | undefined;
  readonly trainMetrics: 'running' | 'exact';
  readonly early?: EarlyStopping | undefined;
  readonly plateauMetric: string;
  readonly learningRate: (full: number) => LearningRate;
}

/** With the defaults that differ from one schedule to the other. */
function scheduleOf({ schedule }: DeclarativeConfig['optimizer']): ScheduleOptions {
  const { name } = schedule;
  const factors = { step: 0.1, exponential: 0.95, onPlateau: 0.5 } as const;
  return {
    ...schedule,
    factor: schedule.factor ?? (name in factors ? factors[name as keyof typeof factors] : 1),
    minimum: schedule.minimum ?? (name === 'oneCycle' ? 1e-4 : 0),
  };
}

/** Weights by class name as numbers in the data's order; classes that are not named weigh 1. */
function byClass(
  given: Readonly<Record<string, number>>,
  dataset: Dataset,
  path: readonly string[],
  complain: Complain,
): Float64Array {
  for (const name of Object.keys(given)) {
    if (!dataset.classes.includes(name)) {
      complain(
        [...path, name],
        `${[...path, name].join('.')}: there is no class "${name}" in the data.${didYouMean(name, dataset.classes)} Classes: ${dataset.classes.slice(0, 20).join(', ')}.`,
      );
    }
  }
  return Float64Array.from(dataset.classes, (name) => given[name] ?? 1);
}

/** rows / (classes · rows of the class): King and Zeng, "Logistic regression in rare events data", 2001. */
function balancedWeights({ train, outputs }: Dataset): Float64Array {
  const counts = new Float64Array(outputs);
  for (const label of train.labels) counts[label]!++;
  return counts.map((count) => (count === 0 ? 1 : train.rows / (outputs * count)));
}

function classWeightsOf(config: DeclarativeConfig, dataset: Dataset, complain: Complain) {
  const weights = config.model.loss?.classWeights;
  if (weights === undefined || weights === 'none') return undefined;
  return weights === 'balanced'
    ? balancedWeights(dataset)
    : byClass(weights, dataset, ['model', 'loss', 'classWeights'], complain);
}

function rowChancesOf(
  { batches }: DeclarativeConfig['training'],
  dataset: Dataset,
  complain: Complain,
): Float64Array | undefined {
  if (batches.name !== 'weighted') return undefined;
  const path = ['training', 'batches', 'weights'];
  const { rowWeights } = dataset;
  if (!batches.weights) {
    return (
      rowWeights ??
      complain(
        path.slice(0, 2),
        'training.batches: weighted needs weights: with one for each class, such as {yes: 2, no: 1}, or a column with one for each row: data.weights.',
      )
    );
  }
  const perClass = byClass(batches.weights, dataset, path, complain);
  if (!perClass.some((weight) => weight > 0)) complain(path, `${path.join('.')}: one must be above 0.`);
  return Float64Array.from(dataset.train.labels, (label, row) => perClass[label]! * (rowWeights?.[row] ?? 1));
}

/** Relative to their mean, so that the rate means the same with them as without. */
function rowWeightsOf({ rowWeights }: Dataset, complain: Complain): Float64Array | undefined {
  if (!rowWeights) return undefined;
  const mean = rowWeights.reduce((sum, weight) => sum + weight, 0) / rowWeights.length;
  if (mean === 0) complain(['data', 'weights'], 'data.weights: no row of the training part counts anything.');
  return rowWeights.map((weight) => weight / mean);
}

/** @param objective the metric that the study optimises */
export function trainingSettings(
  config: DeclarativeConfig,
  dataset: Dataset,
  objective: string,
  complain: Complain,
): TrainingSettings {
  const { model, training, optimizer } = config;
  const { task } = model;
  const { epochs, batchSize, batches, augmentation, earlyStopping } = training;

  const loss = lossOf(model.loss?.name ?? (task === 'classification' ? 'crossentropy' : 'mse'), model.loss);
  if (!lossesOf(task).includes(loss.name)) {
    complain(
      ['model', 'loss'],
      `model.loss ${loss.name} is for classification; use ${lossesOf(task).join(', ')}.`,
    );
  }
  const labelSmoothing = model.loss?.labelSmoothing ?? 0;
  if (task === 'regression') {
    if (labelSmoothing > 0) {
      complain(['model', 'loss', 'labelSmoothing'], 'model.loss.labelSmoothing is for classification.');
    }
    if ((model.loss?.classWeights ?? 'none') !== 'none') {
      complain(['model', 'loss', 'classWeights'], 'model.loss.classWeights is for classification.');
    }
    if (batches.name === 'weighted' && batches.weights) {
      complain(
        ['training', 'batches', 'weights'],
        'training.batches.weights are of classes; for numbers name a column with the weight of each row: data.weights.',
      );
    }
  }
  const imageOption = imageOptionInUse(augmentation);
  if (imageOption && dataset.shape.length !== 3) {
    complain(
      ['training', 'augmentation', imageOption],
      `training.augmentation.${imageOption} is for images (height, width, channels), but a row is [${dataset.shape.join(', ')}]. Set data.shape, or use noise and mixUp.`,
    );
  }

  const known = metricNames(task, dataset.validation !== undefined);
  const fallback = known.includes(objective) ? objective : dataset.validation ? 'val_loss' : 'loss';
  const metricAt = (path: readonly string[], metric: string | undefined): string => {
    if (metric !== undefined && !known.includes(metric)) {
      const hint = metricNames(task, true).includes(metric)
        ? ' It needs a validation part: set data.validation, such as 0.25.'
        : didYouMean(metric, known);
      complain(path, `${path.join('.')}: unknown metric "${metric}".${hint} Known: ${known.join(', ')}.`);
    }
    return metric ?? fallback;
  };
  const earlyMetric = metricAt(['training', 'earlyStopping', 'metric'], earlyStopping?.metric);
  const plateauMetric = metricAt(['optimizer', 'schedule', 'metric'], optimizer.schedule.metric);
  const schedule = scheduleOf(optimizer);
  const plateau: PatienceOptions = {
    goal: goalOf(plateauMetric),
    patience: optimizer.schedule.patience,
    minDelta: optimizer.schedule.minDelta,
  };
  const rowWeights = rowWeightsOf(dataset, complain);
  return {
    task,
    epochs,
    batchSize,
    batches,
    rowChances: rowChancesOf(training, dataset, complain),
    // Rows that are drawn by their weights do not count by them once more.
    rowWeights: batches.name === 'weighted' ? undefined : rowWeights,
    augmentation,
    loss,
    labelSmoothing,
    classWeights: classWeightsOf(config, dataset, complain),
    trainMetrics: training.trainMetrics,
    early: earlyStopping && {
      ...earlyStopping,
      metric: earlyMetric,
      goal: earlyStopping.goal ?? goalOf(earlyMetric),
    },
    plateauMetric,
    learningRate: (full) => new LearningRate(full, schedule, epochs, plateau),
  };
}
