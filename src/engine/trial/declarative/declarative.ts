/**
 * The declarative trainer: data and model as the config describes them, one report per epoch, metrics over all rows at
 * the end of the epoch (dropout off), the last epoch's as the result.
 */
import { setImmediate } from 'node:timers/promises';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { didYouMean } from '../../../core/annotation/nearest.js';
import type { TensorFlow } from '../../tensorflow/backend.js';
import { seedMathRandom } from '../../tensorflow/random.js';
import { backendAttributes, backendOf, processAttributes } from '../backend-of-trial.js';
import { placeOf } from '../config-lines.js';
import { acrossFolds } from '../data/cross-validation.js';
import type { Dataset, Part } from '../data/dataset.js';
import { loadData } from '../data/load.js';
import { hasValidation } from '../data/schema.js';
import { permutation } from '../data/split.js';
import { FatalTrainingError } from '../fatal-error.js';
import type { Metrics, Session } from '../session.js';
import { disposingTensors } from '../tensors.js';
import { classificationMetrics, type Loss, metricNames, regressionMetrics } from './metrics.js';
import { buildNetwork, createOptimizer, disposeOptimizer, lossFunction } from './network.js';
import { type DeclarativeConfig, readDeclarativeConfig } from './schema.js';

/** Rows per forward pass when evaluating: bounds memory. */
const EVALUATION_ROWS = 1024;
/** The event loop is let in this often (ms), so that a vanished engine is noticed during an epoch. */
const BREATHE_EVERY = 100;

function checkMetrics({ spec }: Session, config: DeclarativeConfig): void {
  const { task } = config.model;
  const known = metricNames(task, hasValidation(config.data));
  for (const metric of spec.metrics) {
    if (known.includes(metric)) continue;
    const hint = metricNames(task, true).includes(metric)
      ? ' It needs a validation part: set data.validation, such as 0.25, or data.folds.'
      : didYouMean(metric, known);
    throw new FatalTrainingError(
      `${placeOf(spec.configFile, spec.configText, [])}unknown metric "${metric}" for ${task}.${hint} Known: ${known.join(', ')}.`,
    );
  }
}

/** Inputs of successive rows. */
function inputsOf(part: Part, { rowSize, outputs }: Dataset, from: number, rows: number): Float32Array {
  if (!part.isOnDisk) return part.inputs.subarray(from * rowSize, (from + rows) * rowSize);
  const inputs = new Float32Array(rows * rowSize);
  const wanted = Uint32Array.from({ length: rows }, (_, i) => from + i);
  part.gather(wanted, inputs, new Float32Array(rows * outputs));
  return inputs;
}

/** The model's output for every row of `part`. */
function predict(tf: TensorFlow, model: Sequential, dataset: Dataset, part: Part): Float32Array {
  const predictions = new Float32Array(part.rows * dataset.outputs);
  for (let from = 0; from < part.rows; from += EVALUATION_ROWS) {
    const rows = Math.min(EVALUATION_ROWS, part.rows - from);
    const output = tf.tidy(() => {
      const inputs = inputsOf(part, dataset, from, rows);
      const prediction = model.predictOnBatch(tf.tensor(inputs, [rows, ...dataset.shape]));
      return (Array.isArray(prediction) ? prediction[0]! : prediction).dataSync();
    });
    predictions.set(output, from * dataset.outputs);
  }
  return predictions;
}

function evaluate(tf: TensorFlow, model: Sequential, dataset: Dataset, part: Part, loss: Loss): Metrics {
  const predictions = predict(tf, model, dataset, part);
  if (part.labels.length > 0) return classificationMetrics(predictions, part.labels, dataset.outputs, loss);
  const { mean, deviation } = dataset.scale;
  const inOwnUnits = Float64Array.from(predictions, (value) => value * deviation + mean);
  return regressionMetrics(inOwnUnits, part.targets, loss === 'crossentropy' ? 'mse' : loss, deviation);
}

/** One pass over the training rows in an order that follows from seed and epoch. */
async function trainEpoch(
  tf: TensorFlow,
  model: Sequential,
  { train, rowSize, outputs, shape }: Dataset,
  batchSize: number,
  order: Uint32Array,
): Promise<void> {
  let breathed = performance.now();
  for (let from = 0; from < train.rows; from += batchSize) {
    const rows = order.subarray(from, from + batchSize);
    const x = new Float32Array(rows.length * rowSize);
    const y = new Float32Array(rows.length * outputs);
    train.gather(rows, x, y);
    const inputs = tf.tensor(x, [rows.length, ...shape]);
    const targets = tf.tensor2d(y, [rows.length, outputs]);
    await model.trainOnBatch(inputs, targets);
    tf.dispose([inputs, targets]);
    if (performance.now() - breathed > BREATHE_EVERY) {
      await setImmediate();
      breathed = performance.now();
    }
  }
}

/** Trains one model to its end or until told to stop; `report` hears of each epoch. Returns the last epoch's metrics. */
async function trainModel(
  tf: TensorFlow,
  config: DeclarativeConfig,
  dataset: Dataset,
  seed: number,
  report: (epoch: number, metrics: Metrics) => Promise<boolean>,
): Promise<Metrics> {
  const loss = config.model.loss ?? (config.model.task === 'classification' ? 'crossentropy' : 'mse');
  seedMathRandom(seed);
  const model = buildNetwork(tf, config, dataset);
  const optimizer = createOptimizer(tf, config.optimizer);
  let metrics: Metrics = {};
  try {
    model.compile({ optimizer, loss: lossFunction(tf, loss) });
    for (let epoch = 1; epoch <= config.training.epochs; epoch++) {
      const order = permutation(dataset.train.rows, 'shuffle', seed, epoch);
      await trainEpoch(tf, model, dataset, config.training.batchSize, order);
      const validation = dataset.validation && evaluate(tf, model, dataset, dataset.validation, loss);
      const named = Object.entries(validation ?? {}).map(([name, value]) => [`val_${name}`, value]);
      metrics = { ...evaluate(tf, model, dataset, dataset.train, loss), ...Object.fromEntries(named) };
      if (await report(epoch, metrics)) break;
      // Weights that are not finite never recover.
      if (!Number.isFinite(metrics.loss)) break;
    }
  } finally {
    model.dispose();
    disposeOptimizer(tf, optimizer);
  }
  return metrics;
}

/** Trains the model of a declarative config. Throws FatalTrainingError for what is wrong with config or data. */
export async function trainDeclarative(session: Session): Promise<Metrics> {
  const { spec } = session;
  const config = readDeclarativeConfig(spec.config, spec.configFile, spec.configText);
  checkMetrics(session, config);
  const data = await loadData(session, config.data, config.model.task, config.seed ?? 0);
  const backend = await backendOf(session);
  const { tf } = backend;
  const seed = config.seed ?? spec.seed;
  session.started({ ...processAttributes(seed), ...backendAttributes(backend), ...data.attributes });

  return acrossFolds(session, data, (dataset, report) =>
    disposingTensors(tf, () => trainModel(tf, config, dataset, seed, report)),
  );
}
