/**
 * Trains one network on one dataset: epochs of batches, the learning rate's way, reports, early stopping. What the
 * pieces are is in the modules it puts together; which data, and how often, in declarative.ts.
 */
import { setImmediate } from 'node:timers/promises';
import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { derivedSeed } from '../../../core/random.js';
import type { TensorFlow } from '../../tensorflow/backend.js';
import { seedMathRandom } from '../../tensorflow/random.js';
import type { Dataset } from '../data/dataset.js';
import type { Metrics } from '../session.js';
import { epochOrder } from './batches.js';
import { Patience } from './early-stopping.js';
import { judge, scoresOf } from './evaluation.js';
import { Feeder } from './feeder.js';
import { lossOp } from './losses/tensors.js';
import { withValidation } from './metrics.js';
import { buildNetwork, disposeNetwork, penaltiesOf } from './model/network.js';
import { createOptimizer, type FusedStep, type TrainingOptimizer } from './optimizers/optimizer.js';
import type { DeclarativeConfig } from './schema.js';
import { type Complain, type TrainingSettings, trainingSettings } from './settings.js';
import { captureTraining, type Progress, restoreTraining, type TrainingStore } from './training-state.js';

/** The event loop is let in this often (ms), so that a vanished engine is noticed during an epoch. */
const BREATHE_EVERY = 100;

export interface TrainingRequest {
  readonly tf: TensorFlow;
  readonly config: DeclarativeConfig;
  readonly dataset: Dataset;
  readonly seed: number;
  /** What the study optimises: what early stopping and plateaus look at where the config names nothing else. */
  readonly objective: string;
  /** Optimizer steps in one pass, where the backend has them. */
  readonly fused?: FusedStep | undefined;
  /** Throws for what is wrong with the value at a path of the config. */
  readonly complain: Complain;
  /** Hears of each epoch; resolves to whether to stop. */
  readonly report: (epoch: number, metrics: Metrics) => Promise<boolean>;
  /** Is given the network once it is trained, with the weights that the result belongs to. */
  readonly trained?: ((model: LayersModel) => Promise<void> | void) | undefined;
  /** Is given the scores of the validation rows that the result belongs to, where they were taken in this attempt. */
  readonly validated?: ((scores: Float32Array) => void) | undefined;
  /** Where an interrupted training is found again; none without it. */
  readonly store?: TrainingStore | undefined;
}

/** One step of the optimizer per batch; knows nothing of epochs. */
class Stepper {
  readonly #weights: Variable[];
  readonly #hasPenalties: boolean;
  readonly #loss: ReturnType<typeof lossOp>;

  constructor(
    private readonly tf: TensorFlow,
    private readonly model: LayersModel,
    private readonly optimizer: TrainingOptimizer,
    settings: TrainingSettings,
  ) {
    this.#weights = model.trainableWeights.map((weight) => weight.read() as Variable);
    optimizer.adopt(this.#weights);
    this.#loss = lossOp(tf, settings.loss, settings.task);
    this.#hasPenalties = tf.tidy(() => penaltiesOf(model).length > 0);
  }

  /** @returns the scores before the step, to be disposed by the caller */
  step(
    inputs: Float32Array,
    outputs: Float32Array,
    rowWeights: Float32Array | undefined,
    shape: number[],
  ): Tensor2D {
    const { tf, model } = this;
    const rows = shape[0]!;
    return tf.tidy(() => {
      const x = tf.tensor(inputs, shape);
      const y = tf.tensor2d(outputs, [rows, outputs.length / rows]);
      const weight = rowWeights && tf.tensor1d(rowWeights);
      let scores: Tensor2D | undefined;
      this.optimizer.minimize(
        () => {
          scores = model.apply(x, { training: true }) as Tensor2D;
          tf.keep(scores);
          const losses = this.#loss(y, scores);
          const data = tf.mean(weight ? tf.mul(losses, weight) : losses);
          return this.#hasPenalties ? tf.addN([data, ...penaltiesOf(model)]).asScalar() : data.asScalar();
        },
        false,
        this.#weights,
      );
      return scores!;
    });
  }
}

/** One more than the largest whole number in the inputs; embeddings look up rows by it, unchecked. */
function vocabularyOf({ train, validation, vocabulary }: Dataset): number {
  if (vocabulary !== undefined) return vocabulary;
  let largest = 0;
  for (const part of validation ? [train, validation] : [train]) {
    for (const value of part.inputs) if (value > largest) largest = value;
  }
  return Math.floor(largest) + 1;
}

/** The scores of a whole epoch in one readback, in the order of training. */
function readScores(tf: TensorFlow, scores: Tensor2D[]): Float32Array {
  const all = tf.tidy(
    () => (scores.length === 1 ? scores[0]! : tf.concat([...scores])).dataSync() as Float32Array,
  );
  tf.dispose(scores.splice(0));
  return all;
}

/**
 * Trains to the end of the epochs, until told to stop, or until early stopping's patience is out.
 * @returns the last epoch's metrics, or those of the best where early stopping restores it
 */
export async function trainNetwork(request: TrainingRequest): Promise<Metrics> {
  const { tf, config, dataset, seed, report, store } = request;
  const settings = trainingSettings(config, dataset, request.objective, request.complain);
  const { epochs, batchSize, early } = settings;
  seedMathRandom(seed);
  const model = buildNetwork(tf, config.model, { ...dataset, vocabulary: () => vocabularyOf(dataset) });
  const optimizer = createOptimizer(tf, config.optimizer, request.fused);
  let state: Progress = { epoch: 0, metrics: {}, best: {}, losses: undefined, bestWeights: [] };
  const scores: Tensor2D[] = [];
  let validationScores: Float32Array | undefined;
  try {
    const stepper = new Stepper(tf, model, optimizer, settings);
    const feeder = new Feeder(dataset, settings, seed);
    const rate = settings.learningRate(optimizer.learningRate);
    const patience = early && new Patience(early);
    const batches = Math.ceil(dataset.train.rows / batchSize);
    const parts = { tf, model, optimizer, rate, patience };
    const saved = await store?.load();
    state = saved ? restoreTraining(parts, saved) : state;

    for (let epoch = state.epoch + 1; epoch <= epochs; epoch++) {
      // From the epoch alone, so that a training goes on with the same bits after an interruption.
      seedMathRandom(derivedSeed('epoch', seed, epoch));
      const order = epochOrder(settings.batches, { ...feeder.source, losses: state.losses }, seed, epoch);
      let breathed = performance.now();
      for (let batch = 0; batch < batches; batch++) {
        const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
        const inputs = new Float32Array(rows.length * dataset.rowSize);
        const outputs = new Float32Array(rows.length * dataset.outputs);
        const rowWeights = feeder.fill(rows, epoch, batch, inputs, outputs);
        optimizer.learningRate = rate.at(epoch, batch, batches);
        const batchScores = stepper.step(inputs, outputs, rowWeights, [rows.length, ...dataset.shape]);
        if (settings.trainMetrics === 'running') scores.push(batchScores);
        else batchScores.dispose();
        if (performance.now() - breathed > BREATHE_EVERY) {
          await setImmediate();
          breathed = performance.now();
        }
      }
      const isRunning = settings.trainMetrics === 'running';
      const trained = isRunning
        ? judge(readScores(tf, scores), dataset, dataset.train, settings.loss, order)
        : judge(scoresOf(tf, model, dataset, dataset.train), dataset, dataset.train, settings.loss);
      const { validation } = dataset;
      const heldOut = validation && scoresOf(tf, model, dataset, validation);
      const validated = heldOut && judge(heldOut, dataset, validation, settings.loss);
      const metrics = withValidation(trained.metrics, validated?.metrics);
      Object.assign(state, { epoch, metrics });
      if (settings.batches.name === 'hardExamples') {
        state.losses ??= new Float64Array(dataset.train.rows);
        for (const [i, loss] of trained.rowLosses.entries()) state.losses[isRunning ? order[i]! : i] = loss;
      }
      rate.observe(epoch, metrics[settings.plateauMetric] ?? Number.NaN);
      const verdict =
        early && epoch >= early.from
          ? patience!.observe(epoch, metrics[early.metric] ?? Number.NaN)
          : 'better';
      if (verdict === 'better' || !early?.restoreBest) validationScores = heldOut;
      if (verdict === 'better') {
        state.best = metrics;
        if (early?.restoreBest) {
          tf.dispose(state.bestWeights);
          state.bestWeights = model.getWeights().map((weight) => tf.keep(weight.clone()));
        }
      }
      await store?.save(epoch, () => captureTraining(parts, state));
      if (await report(epoch, metrics)) break;
      // Weights that are not finite never recover.
      if (!Number.isFinite(metrics.loss) || verdict === 'out of patience') break;
    }
    if (early?.restoreBest && state.bestWeights.length > 0) model.setWeights(state.bestWeights);
    await request.trained?.(model);
    if (validationScores) request.validated?.(validationScores);
    return early?.restoreBest ? state.best : state.metrics;
  } finally {
    tf.dispose([...scores, ...state.bestWeights]);
    disposeNetwork(tf, model);
    optimizer.dispose();
  }
}
