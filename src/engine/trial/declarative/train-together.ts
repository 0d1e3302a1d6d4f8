/**
 * Trains many dense networks of one shape in one process, each with its own learning rate, momentum, weight decay,
 * dropout, initial weights and seed, as trainNetwork would train each by itself: the same rows in the same order, the same
 * masks, the same steps, so that results agree to rounding. Each reports, and is stopped, by itself. For what configs this
 * is possible says `togetherShape`; the steps themselves are tensorflow/compiled/.
 */
import { derivedSeed } from '../../../core/random.js';
import type { TensorFlow } from '../../tensorflow/backend.js';
import { type DenseNetwork, DenseProgram, type DenseShape } from '../../tensorflow/compiled/dense-program.js';
import { embeddedBackend, type FusedRule } from '../../tensorflow/optimizers/fused-update.js';
import { seedMathRandom } from '../../tensorflow/random.js';
import type { Dataset, Part } from '../data/dataset.js';
import type { Metrics } from '../session.js';
import { isAugmenting } from './augment/augment.js';
import { epochOrder, strataOfNumbers } from './batches.js';
import { judge } from './evaluation.js';
import { buildNetwork, disposeNetwork } from './model/network.js';
import { dropoutMask } from './model/own-layers.js';
import { COMMON_DEFAULTS, RULES, type Rule, type RuleOptions } from './optimizers/rules.js';
import type { DeclarativeConfig } from './schema.js';
import { type Complain, type TrainingSettings, trainingSettings } from './settings.js';

export interface TogetherRequest {
  readonly config: DeclarativeConfig;
  readonly seed: number;
  /** Hears of each epoch; resolves to whether to stop this one. */
  readonly report: (epoch: number, metrics: Metrics) => Promise<boolean>;
  /** Is given the trained kernels and biases, in the network's order. */
  readonly trained?: ((weights: readonly Float32Array[]) => void) | undefined;
}

const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'linear'] as const;

/** What all of a group must have in common; undefined where the config needs more than a compiled dense network can. */
export function togetherShape(config: DeclarativeConfig, dataset: Dataset): DenseShape | undefined {
  const { model, optimizer, training } = config;
  const { task, units, layers, activation: named = 'relu', normalization = 'none', loss } = model;
  const activation = ACTIVATIONS.find((name) => name === named);
  const lossName = loss?.name ?? (task === 'classification' ? 'crossentropy' : 'mse');
  const isPlainLoss = !loss?.labelSmoothing && loss?.classWeights === undefined;
  const hasFusedRule = RULES[optimizer.name].fused !== undefined && !optimizer.centered;
  if (
    !activation ||
    Array.isArray(layers) ||
    units === undefined ||
    normalization !== 'none' ||
    model.alpha !== undefined ||
    model.l1 ||
    model.l2 ||
    lossName !== (task === 'classification' ? 'crossentropy' : 'mse') ||
    !isPlainLoss ||
    !hasFusedRule ||
    optimizer.clipNorm !== undefined ||
    optimizer.clipValue !== undefined ||
    isAugmenting(training.augmentation) ||
    training.earlyStopping !== undefined ||
    training.batches.name === 'hardExamples'
  ) {
    return undefined;
  }
  return {
    inputs: dataset.rowSize,
    units: Array.isArray(units) ? units : Array.from({ length: layers ?? 1 }, () => units),
    outputs: dataset.outputs,
    activation,
    loss: task === 'classification' ? 'crossentropy' : 'mse',
    rows: Math.min(training.batchSize, dataset.train.rows),
  };
}

/** The optimizer's settings with nothing left open. */
function ruleOptions({ optimizer }: DeclarativeConfig): RuleOptions {
  const given = Object.fromEntries(Object.entries(optimizer).filter(([, value]) => value !== undefined));
  const rule: Rule = RULES[optimizer.name];
  return { ...COMMON_DEFAULTS, ...rule.defaults, ...given };
}

/** One training of the group. */
class Member {
  readonly network: DenseNetwork;
  readonly settings: TrainingSettings;
  metrics: Metrics = {};
  readonly #rate: ReturnType<TrainingSettings['learningRate']>;
  readonly #fullRate: number;
  readonly #options: RuleOptions;
  readonly #dropout: number;
  readonly #scores: Float32Array;
  #steps = 0;

  constructor(
    tf: TensorFlow,
    private readonly program: DenseProgram,
    readonly request: TogetherRequest,
    private readonly dataset: Dataset,
    objective: string,
    complain: Complain,
  ) {
    const { config, seed } = request;
    this.settings = trainingSettings(config, dataset, objective, complain);
    seedMathRandom(seed);
    const model = buildNetwork(tf, config.model, { ...dataset, vocabulary: () => 1 });
    this.network = program.network(model.getWeights().map((weight) => weight.dataSync() as Float32Array));
    disposeNetwork(tf, model);
    this.#options = ruleOptions(config);
    this.#fullRate = config.optimizer.learningRate ?? RULES[config.optimizer.name].defaults.rate;
    this.#rate = this.settings.learningRate(this.#fullRate);
    this.#dropout = config.model.dropout ?? 0;
    this.#scores = new Float32Array(dataset.train.rows * dataset.outputs);
  }

  #ruleAt(epoch: number, batch: number, batches: number): (isKernel: boolean) => FusedRule {
    const { optimizer } = this.request.config;
    const rule: Rule = RULES[optimizer.name];
    const rate = this.#rate.at(epoch, batch, batches);
    const weightDecay = optimizer.weightDecay ?? rule.defaults.weightDecay ?? 0;
    const t = ++this.#steps;
    return (isKernel) => {
      const kept = isKernel && weightDecay > 0 ? 1 - rate * weightDecay : 1;
      return rule.fused!({ rate, kept, t, options: this.#options, slots: [] })!;
    };
  }

  /** One epoch over the training rows. */
  train(epoch: number): void {
    const { dataset, settings, program } = this;
    const { train, rowSize, outputs } = dataset;
    const { batchSize } = settings;
    const { seed } = this.request;
    seedMathRandom(derivedSeed('epoch', seed, epoch));
    const source = {
      rows: train.rows,
      strata: train.labels.length > 0 ? train.labels : strataOfNumbers(train.targets),
      weights: settings.rowChances,
    };
    const order = epochOrder(settings.batches, source, seed, epoch);
    const batches = Math.ceil(train.rows / batchSize);
    const drops = this.#dropout > 0;
    for (let batch = 0; batch < batches; batch++) {
      const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
      train.gather(rows, program.inputs(rows.length), program.truth(rows.length));
      for (const [i, units] of drops ? program.shape.units.entries() : []) {
        const mask = dropoutMask(rows.length * units, this.#dropout, Math.random());
        program.mask(i, rows.length).set(mask);
      }
      program.step(this.network, rows.length, drops, this.#ruleAt(epoch, batch, batches));
      this.#scores.set(program.scores(rows.length), batch * batchSize * outputs);
    }
    const { loss, trainMetrics } = settings;
    const trained =
      trainMetrics === 'running'
        ? judge(this.#scores, dataset, train, loss, order)
        : judge(this.#scoresOf(train, rowSize), dataset, train, loss);
    const validated =
      dataset.validation &&
      judge(this.#scoresOf(dataset.validation, rowSize), dataset, dataset.validation, loss);
    const named = Object.entries(validated?.metrics ?? {}).map(([name, value]) => [`val_${name}`, value]);
    this.metrics = { ...trained.metrics, ...Object.fromEntries(named) };
    this.#rate.observe(epoch, this.metrics[settings.plateauMetric] ?? Number.NaN);
  }

  /** The network's scores of every row, dropout off. */
  #scoresOf(part: Part, rowSize: number): Float32Array {
    const { program } = this;
    const { outputs, rows: most } = program.shape;
    const scores = new Float32Array(part.rows * outputs);
    const unused = new Float32Array(most * outputs);
    for (let from = 0; from < part.rows; from += most) {
      const count = Math.min(most, part.rows - from);
      const rows = Uint32Array.from({ length: count }, (_, i) => from + i);
      part.gather(
        rows,
        program.inputs(count).subarray(0, count * rowSize),
        unused.subarray(0, count * outputs),
      );
      program.forward(this.network, count, false);
      scores.set(program.scores(count), from * outputs);
    }
    return scores;
  }
}

/**
 * Trains all of `requests`, whose configs must give the same `togetherShape`, on the embedded backend, which must be active.
 * @returns the last metrics of each
 * @throws Error where the backend or the shapes do not fit
 */
export async function trainTogether(
  tf: TensorFlow,
  dataset: Dataset,
  requests: readonly TogetherRequest[],
  objective: string,
  complain: Complain,
): Promise<Metrics[]> {
  const backend = embeddedBackend();
  const [shape, ...others] = requests.map(({ config }) => togetherShape(config, dataset));
  const isOne = others.every((other) => JSON.stringify(other) === JSON.stringify(shape));
  if (!backend || !shape || !isOne) {
    throw new Error('Trainings can share a process only with one shape, on the embedded backend.');
  }
  const program = new DenseProgram(backend, shape);
  const members = requests.map((request) => new Member(tf, program, request, dataset, objective, complain));
  try {
    let active = members;
    for (let epoch = 1; active.length > 0; epoch++) {
      active = active.filter(({ settings }) => epoch <= settings.epochs);
      for (const member of active) member.train(epoch);
      const stops = await Promise.all(active.map(({ request, metrics }) => request.report(epoch, metrics)));
      active = active.filter(({ metrics }, i) => !stops[i] && Number.isFinite(metrics.loss));
    }
    for (const { request, network } of members) request.trained?.(program.weightsOf(network));
    return members.map(({ metrics }) => metrics);
  } finally {
    for (const { network } of members) program.release(network);
    program.dispose();
  }
}
