/**
 * Trains a network of dense layers in steps compiled as a whole, with the rows, masks and steps that trainNetwork takes
 * for the same config, so that the two agree to rounding. Any number of trainings may be under way in one process: they
 * take turns by epochs, share nothing that lasts, and so give the same bits in any company. Which configs this works for
 * is in compiled-shape.ts, the steps themselves in tensorflow/compiled/.
 */
import { setImmediate } from 'node:timers/promises';
import { derivedSeed } from '../../../core/random.js';
import type { TensorFlow } from '../../tensorflow/backend.js';
import { type Network, Program, type ProgramShape, type Step } from '../../tensorflow/compiled/program.js';
import { embeddedBackend } from '../../tensorflow/optimizers/fused-update.js';
import { seedMathRandom, uniformSequence } from '../../tensorflow/random.js';
import type { Dataset, Part } from '../data/dataset.js';
import type { Metrics } from '../session.js';
import { epochOrder } from './batches.js';
import { type CompiledPlan, ruleOptions } from './compiled-shape.js';
import { Patience } from './early-stopping.js';
import { judge } from './evaluation.js';
import { Feeder } from './feeder.js';
import { lossGradient } from './losses/gradients.js';
import { withValidation } from './metrics.js';
import { buildNetwork, disposeNetwork } from './model/network.js';
import { drawNoise } from './model/noise.js';
import { RULES, type Rule, type RuleOptions } from './optimizers/rules.js';
import type { DeclarativeConfig } from './schema.js';
import { type Complain, type TrainingSettings, trainingSettings } from './settings.js';
import type { SavedArray, SavedTraining, TrainingStore } from './training-state.js';

/** The event loop is let in this often (ms), as in trainNetwork. */
const BREATHE_EVERY = 100;

export interface CompiledRequest {
  readonly tf: TensorFlow;
  readonly config: DeclarativeConfig;
  readonly dataset: Dataset;
  /** What compiledShape gave for config and dataset. */
  readonly plan: CompiledPlan;
  readonly seed: number;
  readonly objective: string;
  readonly complain: Complain;
  /** Hears of each epoch; resolves to whether to stop. */
  readonly report: (epoch: number, metrics: Metrics) => Promise<boolean>;
  readonly store?: TrainingStore | undefined;
  /** Is asked between batches; a training that nobody wants any more ends there, by this throwing. */
  readonly check?: (() => void) | undefined;
  /** Is given the trained weights, in TensorFlow.js' order. */
  readonly trained?: ((weights: readonly Float32Array[]) => void) | undefined;
  /** Is given the scores of the validation rows that the result belongs to, where they were taken in this attempt. */
  readonly validated?: ((scores: Float32Array) => void) | undefined;
}

/** Programs in use by shape: trainings of one shape take turns in the same memory. */
const programs = new Map<string, { readonly program: Program; users: number }>();

function acquire(shape: ProgramShape): { readonly program: Program; readonly release: () => void } {
  const backend = embeddedBackend();
  if (!backend) throw new Error('Compiled steps need the embedded backend.');
  const key = JSON.stringify(shape);
  const shared = programs.get(key) ?? { program: new Program(backend, shape), users: 0 };
  programs.set(key, shared);
  shared.users++;
  const release = (): void => {
    if (--shared.users > 0) return;
    shared.program.dispose();
    programs.delete(key);
  };
  return { program: shared.program, release };
}

const saved = (values: Float32Array): SavedArray => ({ shape: [values.length], values });

class CompiledTraining {
  readonly settings: TrainingSettings;
  readonly patience: Patience | undefined;
  readonly network: Network;
  epoch = 0;
  metrics: Metrics = {};
  best: Metrics = {};
  #bestWeights: readonly Float32Array[] = [];
  /** Of the last epoch, and of the one that the result belongs to. */
  #heldOut: Float32Array | undefined;
  validationScores: Float32Array | undefined;
  #losses: Float64Array | undefined;
  #steps = 0;
  readonly #rate: ReturnType<TrainingSettings['learningRate']>;
  readonly #options: RuleOptions;
  readonly #feeder: Feeder;
  readonly #loss: Step['loss'];
  readonly #scores: Float32Array;

  constructor(
    private readonly request: CompiledRequest,
    private readonly program: Program,
  ) {
    const { tf, config, dataset, seed } = request;
    this.settings = trainingSettings(config, dataset, request.objective, request.complain);
    seedMathRandom(seed);
    const rule: Rule = RULES[config.optimizer.name];
    this.#options = ruleOptions(config);
    const model = buildNetwork(tf, config.model, { ...dataset, vocabulary: () => 1 });
    const weights = model.getWeights().map((weight) => weight.dataSync() as Float32Array);
    const slots = rule.slots(this.#options).length;
    this.network = program.network(weights, slots, rule.initial?.(this.#options));
    disposeNetwork(tf, model);
    const { loss, task } = this.settings;
    this.#loss = loss.name === 'crossentropy' ? loss.name : lossGradient(loss, task, dataset.outputs);
    this.#rate = this.settings.learningRate(config.optimizer.learningRate ?? rule.defaults.rate);
    this.patience = this.settings.early && new Patience(this.settings.early);
    this.#feeder = new Feeder(dataset, this.settings, seed);
    this.#scores = new Float32Array(dataset.train.rows * dataset.outputs);
  }

  /** Resolves after the epoch's last step, with its metrics taken. */
  async train(epoch: number): Promise<void> {
    const { request, settings, program } = this;
    const { dataset, seed } = request;
    const { train, outputs } = dataset;
    const { batchSize } = settings;
    const chance = uniformSequence(derivedSeed('epoch', seed, epoch));
    const order = epochOrder(settings.batches, { ...this.#feeder.source, losses: this.#losses }, seed, epoch);
    const batches = Math.ceil(train.rows / batchSize);
    let breathed = performance.now();
    for (let batch = 0; batch < batches; batch++) {
      const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
      const count = rows.length;
      const rowWeights = this.#feeder.fill(rows, epoch, batch, program.inputs(count), program.truth(count));
      for (const [i, noise] of request.plan.noises.entries()) {
        const { factors, offsets } = program.noises[i]!.toFill(count);
        drawNoise(noise, chance(), factors, offsets);
      }
      program.step(this.network, count, { ...this.#stepAt(epoch, batch, batches), rowWeights });
      this.#scores.set(program.scores(count), batch * batchSize * outputs);
      if (performance.now() - breathed > BREATHE_EVERY) {
        await setImmediate();
        request.check?.();
        breathed = performance.now();
      }
    }
    this.#judge(epoch, order);
  }

  #stepAt(epoch: number, batch: number, batches: number): Step {
    const { optimizer } = this.request.config;
    const rule: Rule = RULES[optimizer.name];
    const rate = this.#rate.at(epoch, batch, batches);
    const weightDecay = optimizer.weightDecay ?? rule.defaults.weightDecay ?? 0;
    const t = ++this.#steps;
    return {
      loss: this.#loss,
      kept: weightDecay > 0 ? 1 - rate * weightDecay : 1,
      rule: (kept) => rule.fused({ rate, kept, t, options: this.#options, slots: [] }),
      clipValue: optimizer.clipValue,
      clipNorm: optimizer.clipNorm,
    };
  }

  #judge(epoch: number, order: Uint32Array): void {
    const { settings } = this;
    const { dataset } = this.request;
    const { train, validation } = dataset;
    const { loss } = settings;
    const isRunning = settings.trainMetrics === 'running';
    const trained = isRunning
      ? judge(this.#scores, dataset, train, loss, order)
      : judge(this.#scoresOf(train), dataset, train, loss);
    this.#heldOut = validation && this.#scoresOf(validation);
    const validated = validation && this.#heldOut && judge(this.#heldOut, dataset, validation, loss);
    this.epoch = epoch;
    this.metrics = withValidation(trained.metrics, validated?.metrics);
    if (settings.batches.name === 'hardExamples') {
      this.#losses ??= new Float64Array(train.rows);
      for (const [i, value] of trained.rowLosses.entries()) this.#losses[isRunning ? order[i]! : i] = value;
    }
    this.#rate.observe(epoch, this.metrics[settings.plateauMetric] ?? Number.NaN);
  }

  /** @returns whether early stopping's patience is out */
  isOutOfPatience(): boolean {
    const { early } = this.settings;
    const verdict =
      early && this.epoch >= early.from
        ? this.patience!.observe(this.epoch, this.metrics[early.metric] ?? Number.NaN)
        : 'better';
    if (verdict === 'better' || !early?.restoreBest) this.validationScores = this.#heldOut;
    if (verdict === 'better') {
      this.best = this.metrics;
      if (early?.restoreBest) this.#bestWeights = this.program.weightsOf(this.network);
    }
    return verdict === 'out of patience';
  }

  /** The network's scores of every row, dropout off. */
  #scoresOf(part: Part): Float32Array {
    const { program } = this;
    const { outputs, shape } = program;
    const most = shape.rows;
    const scores = new Float32Array(part.rows * outputs);
    const unused = new Float32Array(most * outputs);
    for (let from = 0; from < part.rows; from += most) {
      const count = Math.min(most, part.rows - from);
      const rows = Uint32Array.from({ length: count }, (_, i) => from + i);
      part.gather(rows, program.inputs(count), unused.subarray(0, count * outputs));
      program.forward(this.network, count, false);
      scores.set(program.scores(count), from * outputs);
    }
    return scores;
  }

  /** The weights that the result belongs to. */
  get weights(): readonly Float32Array[] {
    return this.#bestWeights.length > 0 ? this.#bestWeights : this.program.weightsOf(this.network);
  }

  capture(): SavedTraining {
    return {
      epoch: this.epoch,
      metrics: this.metrics,
      best: this.best,
      rate: this.#rate.state,
      patience: this.patience?.state ?? null,
      losses: this.#losses ? [...this.#losses] : null,
      steps: this.#steps,
      weights: this.program.weightsOf(this.network).map(saved),
      slots: this.program.slotsOf(this.network).map(saved),
      bestWeights: this.#bestWeights.map(saved),
    };
  }

  restore(from: SavedTraining): void {
    this.epoch = from.epoch;
    this.metrics = from.metrics;
    this.best = from.best;
    this.#rate.restore(from.rate);
    if (from.patience) this.patience?.restore(from.patience);
    this.#losses = from.losses ? Float64Array.from(from.losses) : undefined;
    this.#steps = from.steps;
    const valuesOf = (arrays: readonly SavedArray[]) => arrays.map(({ values }) => values);
    this.program.restore(this.network, valuesOf(from.weights), valuesOf(from.slots));
    this.#bestWeights = valuesOf(from.bestWeights);
  }
}

/**
 * Trains to the end of the epochs, until told to stop, or until early stopping's patience is out.
 * @returns the last epoch's metrics, or those of the best where early stopping restores it
 * @throws Error where the embedded backend is not the active one
 */
export async function trainCompiled(request: CompiledRequest): Promise<Metrics> {
  const { report, store } = request;
  const { program, release } = acquire(request.plan.shape);
  let training: CompiledTraining | undefined;
  try {
    training = new CompiledTraining(request, program);
    const { epochs, early } = training.settings;
    const from = await store?.load();
    if (from) training.restore(from);
    for (let epoch = training.epoch + 1; epoch <= epochs; epoch++) {
      request.check?.();
      await training.train(epoch);
      const isOut = training.isOutOfPatience();
      const { metrics } = training;
      await store?.save(epoch, () => training!.capture());
      if (await report(epoch, metrics)) break;
      // Weights that are not finite never recover.
      if (!Number.isFinite(metrics.loss) || isOut) break;
    }
    request.trained?.(training.weights);
    if (training.validationScores) request.validated?.(training.validationScores);
    return early?.restoreBest ? training.best : training.metrics;
  } finally {
    training?.network.memory.dispose();
    release();
  }
}
