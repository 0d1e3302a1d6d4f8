/** One tfjs layer from one entry of `model.layers`, with the defaults of each. How they are joined is network.ts. */
import type { layers } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import type { RecurrentLayerConfig, SimpleLayerConfig } from '../schema/layers.js';
import { type ActivationName, activationLayer, fusedActivation } from './activations.js';
import { createInitializer, type InitializerOptions, type TfInitializer } from './initializers.js';
import { noiseLayer } from './noise.js';
import { ownConvolution } from './own-layers.js';

type Layer = layers.Layer;

/** What `model:` says for all layers that do not say it themselves. */
export interface LayerDefaults {
  readonly initializer?: InitializerOptions | undefined;
  readonly l1?: number | undefined;
  readonly l2?: number | undefined;
}

/** What layers must know of where they stand. */
export interface LayerPlace {
  /** Of one row of what comes in. */
  readonly shape: readonly number[];
  /** Whether a recurrent layer gives every step, or the last one alone. */
  readonly sequences: boolean;
  /** How many different whole numbers the data has, from 0. */
  readonly vocabulary: () => number;
}

interface Weighted extends LayerDefaults {
  readonly bias?: boolean | undefined;
}

export const DEFAULT_ACTIVATION = 'relu';
/** As tfjs: Glorot and Bengio 2010. */
const DEFAULT_INITIALIZER: InitializerOptions = { name: 'glorotNormal' };
/** Of normalisation. tfjs' momentum 0.99 needs several hundred steps before evaluation sees what training does; PyTorch: 0.9. */
export const DEFAULT_MOMENTUM = 0.9;
export const DEFAULT_EPSILON = 1e-3;
const ORTHOGONAL: InitializerOptions = { name: 'orthogonal' };
const EMBEDDING: InitializerOptions = { name: 'randomUniform' };

/** What a layer's weights start from and are held by. */
class WeightOptions {
  readonly bias: boolean;
  readonly regularizer: ReturnType<TensorFlow['regularizers']['l1l2']> | undefined;

  constructor(
    private readonly tf: TensorFlow,
    private readonly config: Weighted,
    private readonly defaults: LayerDefaults,
  ) {
    const l1 = config.l1 ?? defaults.l1 ?? 0;
    const l2 = config.l2 ?? defaults.l2 ?? 0;
    this.bias = config.bias ?? true;
    this.regularizer = l1 > 0 || l2 > 0 ? tf.regularizers.l1l2({ l1, l2 }) : undefined;
  }

  initializer(fallback = DEFAULT_INITIALIZER, depthwise = false): TfInitializer {
    const chosen = this.config.initializer ?? this.defaults.initializer ?? fallback;
    return createInitializer(this.tf, chosen, depthwise);
  }

  /** Of the kernel, as most layers call it. */
  get kernel() {
    return {
      useBias: this.bias,
      kernelInitializer: this.initializer(),
      ...(this.regularizer && { kernelRegularizer: this.regularizer }),
    };
  }
}

/** The layer, and the activation that follows it where tfjs has none built in. */
function withActivation(
  tf: TensorFlow,
  config: { readonly activation?: ActivationName | undefined; readonly alpha?: number | undefined },
  rank: number,
  create: (fused: NonNullable<ReturnType<typeof fusedActivation>>) => Layer,
): readonly Layer[] {
  const { activation = DEFAULT_ACTIVATION, alpha } = config;
  const fused = fusedActivation(activation, alpha);
  return fused ? [create(fused)] : [create('linear'), activationLayer(tf, activation, rank, alpha)];
}

const pairOf = (value: number | readonly number[] | undefined, fallback: number): [number, number] => {
  const [a = fallback, b = a] = typeof value === 'object' ? value : [value ?? fallback];
  return [a, b];
};

/** A recurrent layer; `sequences` says whether it gives every step or the last one alone. */
export function recurrentLayer(
  tf: TensorFlow,
  config: RecurrentLayerConfig,
  defaults: LayerDefaults,
  sequences: boolean,
): Layer {
  const weights = new WeightOptions(tf, config, defaults);
  const options = {
    units: config.units,
    activation: fusedActivation(config.activation ?? 'tanh')!,
    ...weights.kernel,
    recurrentInitializer: createInitializer(tf, config.recurrentInitializer ?? ORTHOGONAL),
    ...(weights.regularizer && { recurrentRegularizer: weights.regularizer }),
    dropout: config.dropout ?? 0,
    recurrentDropout: config.recurrentDropout ?? 0,
    dropoutFunc: (x: Parameters<TensorFlow['dropout']>[0], rate: number) =>
      tf.tidy(() => noiseLayer(tf, { type: 'dropout', amount: rate }).call(x as never, { training: true })),
    returnSequences: sequences,
  };
  if (config.type === 'simpleRnn') return tf.layers.simpleRNN(options);
  const gated = {
    ...options,
    recurrentActivation: fusedActivation(config.recurrentActivation ?? 'sigmoid')!,
  };
  return config.type === 'lstm' ? tf.layers.lstm(gated) : tf.layers.gru(gated);
}

/** The layers of the types that have no others inside: one, and its activation where tfjs has none built in. */
export function simpleLayers(
  tf: TensorFlow,
  config: SimpleLayerConfig,
  defaults: LayerDefaults,
  { shape, sequences, vocabulary }: LayerPlace,
): readonly Layer[] {
  const { layers } = tf;
  const rank = shape.length;
  switch (config.type) {
    case 'dense': {
      const weights = new WeightOptions(tf, config, defaults);
      return withActivation(tf, config, 1, (activation) =>
        layers.dense({ units: config.units, activation, ...weights.kernel }),
      );
    }
    case 'conv2d':
    case 'conv1d':
      return convolution(tf, config, defaults);
    case 'depthwiseConv2d':
    case 'separableConv2d':
      return depthwise(tf, config, defaults);
    case 'lstm':
    case 'gru':
    case 'simpleRnn':
      return [recurrentLayer(tf, config, defaults, sequences)];
    case 'embedding': {
      const { regularizer } = new WeightOptions(tf, config, defaults);
      return [
        layers.embedding({
          inputDim: config.vocabulary ?? vocabulary(),
          outputDim: config.units,
          maskZero: config.maskZero ?? false,
          embeddingsInitializer: createInitializer(tf, config.initializer ?? EMBEDDING),
          ...(regularizer && { embeddingsRegularizer: regularizer }),
        }),
      ];
    }
    case 'batchNormalization':
      return [
        layers.batchNormalization({
          momentum: config.momentum ?? DEFAULT_MOMENTUM,
          epsilon: config.epsilon ?? DEFAULT_EPSILON,
        }),
      ];
    case 'layerNormalization':
      return [layers.layerNormalization({ epsilon: config.epsilon ?? DEFAULT_EPSILON })];
    case 'maxPooling1d':
    case 'averagePooling1d': {
      const poolSize = config.poolSize ?? 2;
      const options = {
        poolSize,
        strides: config.strides ?? poolSize,
        padding: config.padding ?? 'valid',
      } as const;
      return [
        config.type === 'maxPooling1d' ? layers.maxPooling1d(options) : layers.averagePooling1d(options),
      ];
    }
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const poolSize = pairOf(config.poolSize, 2);
      const strides = config.strides === undefined ? poolSize : pairOf(config.strides, 1);
      const options = { poolSize, strides, padding: config.padding ?? 'valid' } as const;
      return [
        config.type === 'maxPooling2d' ? layers.maxPooling2d(options) : layers.averagePooling2d(options),
      ];
    }
    case 'globalMaxPooling':
      return [rank === 3 ? layers.globalMaxPooling2d({}) : layers.globalMaxPooling1d({})];
    case 'globalAveragePooling':
      return [rank === 3 ? layers.globalAveragePooling2d({}) : layers.globalAveragePooling1d({})];
    case 'flatten':
      // tfjs' own refuses what is flat already.
      return rank > 1 ? [layers.flatten()] : [];
    case 'reshape':
      return [layers.reshape({ targetShape: [...config.shape] })];
    case 'activation':
      return [activationLayer(tf, config.activation, rank, config.alpha)];
    case 'dropout':
    case 'spatialDropout':
    case 'alphaDropout':
    case 'gaussianDropout':
      return [noiseLayer(tf, { type: config.type, amount: config.rate })];
    case 'gaussianNoise':
      return [noiseLayer(tf, { type: config.type, amount: config.deviation })];
  }
}

/** Convolutions of each channel by itself (Chollet, "Xception", CVPR 2017: separable ones mix the channels afterwards). */
function depthwise(
  tf: TensorFlow,
  config: Extract<SimpleLayerConfig, { readonly type: 'depthwiseConv2d' | 'separableConv2d' }>,
  defaults: LayerDefaults,
): readonly Layer[] {
  const weights = new WeightOptions(tf, config, defaults);
  const { regularizer } = weights;
  return withActivation(tf, config, 3, (activation) => {
    const options = {
      kernelSize: pairOf(config.kernelSize, 3),
      strides: pairOf(config.strides, 1),
      padding: config.padding ?? 'valid',
      depthMultiplier: config.depthMultiplier ?? 1,
      activation,
      useBias: weights.bias,
      depthwiseInitializer: weights.initializer(DEFAULT_INITIALIZER, true),
      ...(regularizer && { depthwiseRegularizer: regularizer }),
    };
    if (config.type === 'depthwiseConv2d') return tf.layers.depthwiseConv2d(options);
    return tf.layers.separableConv2d({
      ...options,
      filters: config.filters,
      pointwiseInitializer: weights.initializer(),
      ...(regularizer && { pointwiseRegularizer: regularizer }),
    });
  });
}

function convolution(
  tf: TensorFlow,
  config: Extract<SimpleLayerConfig, { readonly type: 'conv1d' | 'conv2d' }>,
  defaults: LayerDefaults,
): readonly Layer[] {
  const weights = new WeightOptions(tf, config, defaults);
  const is2d = config.type === 'conv2d';
  const sizes = (value: number | readonly number[] | undefined, fallback: number): number[] =>
    is2d ? pairOf(value, fallback) : [typeof value === 'number' ? value : fallback];
  const kernelSize = sizes(config.kernelSize, 3);
  const strides = sizes(config.strides, 1);
  const dilation = sizes(config.dilation, 1);
  const padding = config.padding ?? 'valid';
  const { activation = DEFAULT_ACTIVATION, alpha } = config;
  const rank = is2d ? 3 : 2;

  if (padding === 'causal' || dilation.some((d) => d > 1)) {
    const layer = ownConvolution(tf, {
      filters: config.filters,
      kernelSize,
      strides,
      dilation,
      padding,
      useBias: weights.bias,
      initializer: weights.initializer(),
      regularizer: weights.regularizer,
    });
    return activation === 'linear' ? [layer] : [layer, activationLayer(tf, activation, rank, alpha)];
  }
  return withActivation(tf, config, rank, (fused) => {
    const options = {
      filters: config.filters,
      kernelSize,
      strides,
      padding,
      activation: fused,
      ...weights.kernel,
    };
    return is2d ? tf.layers.conv2d(options as never) : tf.layers.conv1d(options as never);
  });
}
