/**
 * Joins the layers of a declarative config to a network: shorthand spelled out, images flattened where a dense layer
 * needs it, residual blocks with their projections, an output of scores that fits the data. Softmax is left to the loss
 * and the reports.
 */

import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import type { LayerConfig, SimpleLayerConfig } from '../schema/layers.js';
import type { ModelConfig } from '../schema/model.js';
import { activationLayer } from './activations.js';
import { DEFAULT_ACTIVATION, type LayerDefaults, recurrentLayer, simpleLayers } from './layers.js';
import { maskProblem } from './masking.js';
import { functionLayer } from './own-layers.js';

type Layer = layers.Layer;

/** `units: [32, 16]`, or `units: 32` with `layers: 3`, as layers. */
function spelledOut(model: ModelConfig): readonly LayerConfig[] {
  if (Array.isArray(model.layers)) return model.layers;
  const units = Array.isArray(model.units)
    ? model.units
    : Array.from({ length: model.layers ?? 1 }, () => model.units as number);
  const { activation = DEFAULT_ACTIVATION, alpha, dropout = 0, normalization = 'none' } = model;
  const activated = { activation, alpha };
  return units.flatMap((size): LayerConfig[] => [
    // Ioffe and Szegedy 2015 normalise between the product and the activation; the bias is then the normalisation's.
    ...(normalization === 'none'
      ? [{ type: 'dense', units: size, ...activated } as const]
      : ([
          { type: 'dense', units: size, activation: 'linear', bias: false },
          { type: normalization === 'batch' ? 'batchNormalization' : 'layerNormalization' },
          { type: 'activation', ...activated },
        ] as const)),
    ...(dropout > 0 ? [{ type: 'dropout', rate: dropout } as const] : []),
  ]);
}

/** What each layer works on, as number of dimensions of one row; absent: any. */
const RANKS: Readonly<Partial<Record<LayerConfig['type'], number>>> = {
  conv2d: 3,
  depthwiseConv2d: 3,
  separableConv2d: 3,
  maxPooling2d: 3,
  averagePooling2d: 3,
  conv1d: 2,
  maxPooling1d: 2,
  averagePooling1d: 2,
  lstm: 2,
  gru: 2,
  simpleRnn: 2,
  bidirectional: 2,
  embedding: 1,
};

const NEEDS: Readonly<Record<number, string>> = {
  3: 'works on images (height, width, channels)',
  2: 'works on sequences (steps, features)',
  1: 'works on lists of whole numbers (words)',
};

const REMEDY: Readonly<Record<number, string>> = {
  3: 'Set data.shape, such as [8, 8, 1], or move it before flatten and dense.',
  2: 'Set data.shape, such as [20, 8], put an embedding before it, or set returnSequences: true in the recurrent layer before.',
  1: 'Put it first.',
};

/** Layers that leave the shape alone, so that what follows them decides whether a recurrent layer gives every step. */
const KEEPS_SHAPE = new Set<LayerConfig['type']>([
  'dropout',
  'spatialDropout',
  'alphaDropout',
  'gaussianDropout',
  'gaussianNoise',
  'activation',
  'batchNormalization',
  'layerNormalization',
]);

/** Layers that take sequences when given them. */
const TAKES_SEQUENCES = new Set<LayerConfig['type']>([
  'conv1d',
  'maxPooling1d',
  'averagePooling1d',
  'lstm',
  'gru',
  'simpleRnn',
  'bidirectional',
  'globalMaxPooling',
  'globalAveragePooling',
]);

interface Entry {
  /** Repetitions are spelled out. */
  readonly config: Exclude<LayerConfig, { readonly type: 'repeat' }>;
  readonly path: string;
}

function entriesOf(configs: readonly LayerConfig[], path: string): readonly Entry[] {
  return configs.flatMap((config, i): readonly Entry[] => {
    const own = `${path}.${i}`;
    if (config.type !== 'repeat') return [{ config, path: own }];
    return Array.from({ length: config.times }, () => entriesOf(config.layers, `${own}.layers`)).flat();
  });
}

/** The layers of a network one after another, shorthand and repetitions spelled out; a residual block is one. */
export const layersOf = (model: ModelConfig): readonly LayerConfig[] =>
  entriesOf(spelledOut(model), 'model.layers').map(({ config }) => config);

/** Whether what comes after `entries` begins wants every step of a sequence. */
function wantsSequences(entries: readonly Entry[], otherwise: boolean): boolean {
  for (const { config } of entries) {
    if (TAKES_SEQUENCES.has(config.type)) return true;
    if (config.type === 'residual') return wantsSequences(entriesOf(config.layers, ''), otherwise);
    if (config.type === 'spatialDropout') return true;
    if (!KEEPS_SHAPE.has(config.type)) return false;
  }
  return otherwise;
}

const shapeOf = ({ shape }: SymbolicTensor): readonly number[] => shape.slice(1).map(Number);

class Builder {
  constructor(
    private readonly tf: TensorFlow,
    private readonly defaults: LayerDefaults,
    private readonly vocabulary: () => number,
  ) {}

  apply(layer: Layer, x: SymbolicTensor): SymbolicTensor {
    return layer.apply(x) as SymbolicTensor;
  }

  simple(
    config: SimpleLayerConfig,
    start: SymbolicTensor,
    defaults = this.defaults,
    sequences = true,
  ): SymbolicTensor {
    const place = { shape: shapeOf(start), sequences, vocabulary: this.vocabulary };
    return simpleLayers(this.tf, config, defaults, place).reduce((x, layer) => this.apply(layer, x), start);
  }

  flattened(x: SymbolicTensor): SymbolicTensor {
    return shapeOf(x).length > 1 ? this.apply(this.tf.layers.flatten(), x) : x;
  }

  /** @param sequences whether a recurrent layer at the end is to give every step */
  list(entries: readonly Entry[], start: SymbolicTensor, sequences: boolean): SymbolicTensor {
    let x = start;
    for (const [i, entry] of entries.entries()) {
      const before = shapeOf(x);
      const name = `${entry.path} (${entry.config.type})`;
      this.#check(name, entry.config, before);
      if (entry.config.type === 'embedding' && entry.config.maskZero) {
        const after = entries.slice(i + 1);
        const problem = maskProblem(
          after.map(({ config }) => config),
          (at) => {
            const layer = after[at]!.config;
            const own = 'returnSequences' in layer ? layer.returnSequences : undefined;
            return own ?? wantsSequences(after.slice(at + 1), sequences);
          },
        );
        if (problem !== undefined) throw new Error(`${name}: ${problem}`);
      }
      try {
        x = this.#entry(entry, x, wantsSequences(entries.slice(i + 1), sequences));
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('model.')) throw error;
        throw new Error(
          `${name} does not fit its input [${before.join(', ')}]: ${error instanceof Error ? error.message : error}`,
        );
      }
      if (!shapeOf(x).every((size) => size >= 1)) {
        throw new Error(
          `${name} leaves nothing of its input [${before.join(', ')}]. Use a smaller window, or padding: same.`,
        );
      }
    }
    return x;
  }

  #check(name: string, config: LayerConfig, shape: readonly number[]): void {
    const { type } = config;
    const rank = RANKS[type];
    if (rank !== undefined && shape.length !== rank) {
      throw new Error(`${name} ${NEEDS[rank]}, but gets [${shape.join(', ')}]. ${REMEDY[rank]}`);
    }
    if (config.type === 'embedding' && config.vocabulary !== undefined) {
      const needed = this.vocabulary();
      if (config.vocabulary < needed) {
        throw new Error(
          `${name} knows ${config.vocabulary} words, but the data has numbers up to ${needed - 1}. Set vocabulary to at least ${needed}.`,
        );
      }
    }
    const size = shape.reduce((product, n) => product * n, 1);
    if (config.type === 'reshape' && config.shape.reduce((product, n) => product * n, 1) !== size) {
      throw new Error(
        `${name} makes [${config.shape.join(', ')}] of ${size} numbers, which it gets as [${shape.join(', ')}]. The sizes must agree.`,
      );
    }
    const isGlobal = type === 'globalMaxPooling' || type === 'globalAveragePooling';
    if ((isGlobal || type === 'spatialDropout') && shape.length < 2) {
      throw new Error(`${name} ${NEEDS[2]} or images, but gets [${shape.join(', ')}]. ${REMEDY[3]}`);
    }
  }

  #entry({ config, path }: Entry, start: SymbolicTensor, wanted: boolean): SymbolicTensor {
    switch (config.type) {
      case 'residual':
        return this.#residual(config, path, start, wanted);
      case 'bidirectional':
        return this.#bidirectional(config, start, config.layer.returnSequences ?? wanted);
      default: {
        // tfjs' own dense works on the last dimension alone; here it sees all of an image or a sequence.
        const x = config.type === 'dense' ? this.flattened(start) : start;
        const explicit = 'returnSequences' in config ? config.returnSequences : undefined;
        return this.simple(config, x, this.defaults, explicit ?? wanted);
      }
    }
  }

  /** Schuster and Paliwal, "Bidirectional recurrent neural networks", 1997. */
  #bidirectional(
    { layer, merge = 'concat' }: Extract<LayerConfig, { readonly type: 'bidirectional' }>,
    start: SymbolicTensor,
    sequences: boolean,
  ): SymbolicTensor {
    const { tf, defaults } = this;
    const reverse = () => functionLayer(tf, 'Reverse', (x) => tf.reverse(x, 1));
    const forward = this.apply(recurrentLayer(tf, layer, defaults, sequences), start);
    const back = this.apply(recurrentLayer(tf, layer, defaults, sequences), this.apply(reverse(), start));
    const aligned = sequences ? this.apply(reverse(), back) : back;
    const join = {
      concat: () => tf.layers.concatenate(),
      sum: () => tf.layers.add(),
      mul: () => tf.layers.multiply(),
      ave: () => tf.layers.average(),
    } as const;
    return join[merge]().apply([forward, aligned]) as SymbolicTensor;
  }

  /** He et al., "Deep residual learning", CVPR 2016; `drop`: Huang et al., "Deep networks with stochastic depth", 2016. */
  #residual(
    config: Extract<LayerConfig, { readonly type: 'residual' }>,
    path: string,
    start: SymbolicTensor,
    wanted: boolean,
  ): SymbolicTensor {
    const { tf } = this;
    const isSequence = shapeOf(start).length === 2;
    let branch = this.list(entriesOf(config.layers, `${path}.layers`), start, isSequence && wanted);
    const { drop = 0, activation, alpha } = config;
    if (drop > 0) branch = this.apply(wholeRowDropout(tf, drop), branch);
    const skip = this.#projected(start, branch, `${path} (residual)`, config);
    const sum = tf.layers.add().apply([skip, branch]) as SymbolicTensor;
    return activation && activation !== 'linear'
      ? this.apply(activationLayer(tf, activation, shapeOf(sum).length, alpha), sum)
      : sum;
  }

  /** `start` as it is where it has the branch's shape, else through a linear layer that gives it that shape. */
  #projected(
    start: SymbolicTensor,
    branch: SymbolicTensor,
    name: string,
    { initializer }: Extract<LayerConfig, { readonly type: 'residual' }>,
  ): SymbolicTensor {
    const from = shapeOf(start);
    const to = shapeOf(branch);
    if (from.join() === to.join()) return start;
    const channels = to.at(-1)!;
    const defaults = { ...this.defaults, ...(initializer && { initializer }) };
    const strides = from.slice(0, -1).map((size, i) => Math.max(1, Math.round(size / to[i]!)));
    const fits =
      from.length === to.length &&
      from.slice(0, -1).every((size, i) => Math.ceil(size / strides[i]!) === to[i]);
    if (!fits) {
      throw new Error(
        `${name} turns [${from.join(', ')}] into [${to.join(', ')}], to which its input cannot be added. Use padding: same inside, and strides that divide.`,
      );
    }
    const linear = { activation: 'linear', bias: false } as const;
    const layer: SimpleLayerConfig =
      to.length === 3
        ? {
            type: 'conv2d',
            filters: channels,
            kernelSize: 1,
            strides: [strides[0]!, strides[1]!],
            padding: 'same',
            ...linear,
          }
        : to.length === 2
          ? {
              type: 'conv1d',
              filters: channels,
              kernelSize: 1,
              strides: strides[0]!,
              padding: 'same',
              ...linear,
            }
          : { type: 'dense', units: channels, ...linear };
    return this.simple(layer, start, defaults);
  }
}

/** Leaves out a row's branch altogether with probability `rate`, and scales what stays. */
const wholeRowDropout = (tf: TensorFlow, rate: number): Layer =>
  functionLayer(tf, 'StochasticDepth', (x: Tensor, training) => {
    if (!training) return x;
    const shape = x.shape.map((n, i) => (i === 0 ? n : 1));
    const mask = Float32Array.from({ length: x.shape[0]! }, () =>
      Math.random() < rate ? 0 : 1 / (1 - rate),
    );
    return tf.mul(x, tf.tensor(mask, shape));
  });

/** What a network must know of its data. */
export interface NetworkData {
  /** Of one row. */
  readonly shape: readonly number[];
  /** Numbers per row that it gives. */
  readonly outputs: number;
  /** One more than the largest number in the inputs: how many words an embedding must know. */
  readonly vocabulary: () => number;
}

/**
 * Input, layers, and an output layer of one score per class or number. Images and sequences are flattened before a
 * dense layer and before the output where the config does not say so itself.
 * @throws Error where a layer does not fit what comes before it
 */
export function buildNetwork(
  tf: TensorFlow,
  config: ModelConfig,
  { shape, outputs, vocabulary }: NetworkData,
): LayersModel {
  const { initializer, l1, l2 } = config;
  const builder = new Builder(tf, { initializer, l1, l2 }, vocabulary);
  const input = tf.input({ shape: [...shape] });
  const hidden = builder.list(entriesOf(spelledOut(config), 'model.layers'), input, false);
  const output = builder.simple(
    { type: 'dense', units: outputs, activation: 'linear' },
    builder.flattened(hidden),
  );
  return tf.model({ inputs: input, outputs: output });
}

interface Recurrent {
  readonly cell?: {
    calculateLosses(): Scalar[];
    dropoutMask?: Tensor | Tensor[] | null;
    recurrentDropoutMask?: Tensor | Tensor[] | null;
  };
}

/**
 * The penalties that L1 and L2 put on the weights as they are now, to be added to the loss. tfjs leaves out those of
 * recurrent cells.
 */
export const penaltiesOf = (model: LayersModel): readonly Scalar[] => [
  ...model.calculateLosses(),
  ...(model.layers as unknown as readonly Recurrent[]).flatMap(({ cell }) => cell?.calculateLosses() ?? []),
];

/** Frees the network; tfjs forgets the dropout masks that its recurrent cells keep. */
export function disposeNetwork(tf: TensorFlow, model: LayersModel): void {
  for (const { cell } of model.layers as unknown as readonly Recurrent[]) {
    if (!cell) continue;
    for (const mask of [cell.dropoutMask, cell.recurrentDropoutMask]) if (mask) tf.dispose(mask);
    cell.dropoutMask = null;
    cell.recurrentDropoutMask = null;
  }
  model.dispose();
}
