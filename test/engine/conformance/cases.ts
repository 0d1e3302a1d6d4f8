/**
 * What is trained on every backend: each layer, activation, initializer, optimizer, loss and regulariser that the
 * declarative trainer offers, and the parts of TensorFlow.js that training modules use and we replace. Data only; what is
 * done with a case is run.ts.
 */
import type { Json } from '../../../src/core/json.js';
import { LOSS_NAMES, lossesOf } from '../../../src/engine/trial/declarative/losses/names.js';
import { ACTIVATION_NAMES } from '../../../src/engine/trial/declarative/model/activations.js';
import { INITIALIZER_NAMES } from '../../../src/engine/trial/declarative/model/initializers.js';
import { OPTIMIZER_NAMES } from '../../../src/engine/trial/declarative/optimizers/rules.js';

export interface Case {
  readonly name: string;
  /** Of one row of inputs. */
  readonly shape: readonly number[];
  readonly model: Record<string, Json>;
  readonly optimizer?: Record<string, Json>;
  /** Inputs are whole numbers below this. */
  readonly vocabulary?: number;
  /** How far weights are moved to take slopes, where a kink lies nearer than usual. */
  readonly step?: number;
  /** It draws anew at each step, so that it has no slope to compare with. */
  readonly isRandom?: boolean;
  /** Backends that are wrong here, and why. */
  readonly wrongOn?: Readonly<Partial<Record<'cpu' | 'native', string>>>;
}

const FEATURES = [6];
const IMAGE = [8, 7, 2];
const SEQUENCE = [5, 3];

const layered = (name: string, shape: readonly number[], layers: Json[], more: Partial<Case> = {}): Case => ({
  name,
  shape,
  model: { task: 'classification', layers },
  ...more,
});
const dense = (more: Record<string, Json> = {}): Record<string, Json> => ({
  task: 'classification',
  units: [8],
  activation: 'tanh',
  ...more,
});

/** On smooth surroundings, so that finite differences are exact. */
const tanh = 'tanh';
const conv = (more: Record<string, Json> = {}): Json => ({
  type: 'conv2d',
  filters: 5,
  kernelSize: 3,
  activation: tanh,
  ...more,
});
const sequences = { returnSequences: true };

const CPU_AVERAGE_POOLING = {
  wrongOn: { cpu: 'AvgPoolGrad with padding same divides by the whole window' },
} as const;

const LAYERS: readonly Case[] = [
  layered('dense', FEATURES, [{ type: 'dense', units: 7, activation: tanh }]),
  layered('dense without bias', FEATURES, [{ type: 'dense', units: 9, bias: false, activation: tanh }]),
  layered('conv2d', IMAGE, [conv()]),
  layered('conv2d same', IMAGE, [conv({ padding: 'same', filters: 9 })]),
  layered('conv2d strides', IMAGE, [conv({ strides: 2 })]),
  layered('conv2d strides same', IMAGE, [conv({ strides: [2, 3], padding: 'same' })]),
  layered('conv2d 1×1', IMAGE, [conv({ kernelSize: 1, filters: 8 })]),
  layered('conv2d even kernel', IMAGE, [conv({ kernelSize: [2, 4], padding: 'same' })]),
  layered('conv2d dilated', IMAGE, [conv({ dilation: 2 })]),
  layered('conv2d without bias', IMAGE, [conv({ bias: false })]),
  layered('conv2d twice', IMAGE, [conv({ padding: 'same', filters: 8 }), conv({ filters: 4 })]),
  layered('conv2d relu', IMAGE, [conv({ activation: 'relu' })]),
  layered('conv1d', SEQUENCE, [{ type: 'conv1d', filters: 4, kernelSize: 3, activation: tanh }]),
  layered('conv1d same', SEQUENCE, [
    { type: 'conv1d', filters: 4, kernelSize: 3, padding: 'same', strides: 2, activation: tanh },
  ]),
  layered('conv1d causal dilated', SEQUENCE, [
    { type: 'conv1d', filters: 4, kernelSize: 2, padding: 'causal', dilation: 2, activation: tanh },
  ]),
  layered('depthwiseConv2d', IMAGE, [
    { type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2, activation: tanh },
  ]),
  layered('depthwiseConv2d strides same', IMAGE, [
    { type: 'depthwiseConv2d', kernelSize: 3, strides: 2, padding: 'same', activation: tanh },
  ]),
  layered('separableConv2d', IMAGE, [
    { type: 'separableConv2d', filters: 4, kernelSize: 3, activation: tanh },
  ]),
  layered('lstm', SEQUENCE, [{ type: 'lstm', units: 5 }]),
  layered('lstm units of 4', SEQUENCE, [{ type: 'lstm', units: 8 }]),
  layered('lstm hard sigmoid', SEQUENCE, [{ type: 'lstm', units: 5, recurrentActivation: 'hardSigmoid' }]),
  layered('lstm without bias', SEQUENCE, [{ type: 'lstm', units: 5, bias: false }]),
  layered('lstm twice', SEQUENCE, [
    { type: 'lstm', units: 6, ...sequences },
    { type: 'lstm', units: 4 },
  ]),
  layered('lstm sequences', SEQUENCE, [{ type: 'lstm', units: 5, ...sequences }]),
  layered('lstm relu', SEQUENCE, [{ type: 'lstm', units: 5, activation: 'softsign' }]),
  layered('lstm dropout', SEQUENCE, [{ type: 'lstm', units: 5, dropout: 0.2, recurrentDropout: 0.2 }], {
    isRandom: true,
  }),
  layered('gru', SEQUENCE, [{ type: 'gru', units: 5 }]),
  layered('gru sequences', SEQUENCE, [{ type: 'gru', units: 5, ...sequences }]),
  layered('simpleRnn', SEQUENCE, [{ type: 'simpleRnn', units: 5 }]),
  ...['concat', 'sum', 'mul', 'ave'].map((merge) =>
    layered(`bidirectional ${merge}`, SEQUENCE, [
      { type: 'bidirectional', merge, layer: { type: 'lstm', units: 4 } },
    ]),
  ),
  layered('bidirectional gru', SEQUENCE, [{ type: 'bidirectional', layer: { type: 'gru', units: 4 } }]),
  layered('embedding', [6], [{ type: 'embedding', vocabulary: 9, units: 4 }], { vocabulary: 9 }),
  layered(
    'embedding, lstm',
    [6],
    [
      { type: 'embedding', vocabulary: 9, units: 4 },
      { type: 'lstm', units: 4 },
    ],
    { vocabulary: 9 },
  ),
  ...['lstm', 'gru', 'simpleRnn'].map((type) =>
    layered(
      `masking embedding, two of ${type}`,
      [6],
      [
        { type: 'embedding', vocabulary: 5, units: 4, maskZero: true },
        { type, units: 4, ...sequences },
        { type, units: 3 },
      ],
      { vocabulary: 5 },
    ),
  ),
  layered('batchNormalization', FEATURES, [
    { type: 'dense', units: 6, activation: tanh },
    { type: 'batchNormalization' },
  ]),
  layered('batchNormalization of images', IMAGE, [conv(), { type: 'batchNormalization' }]),
  layered('layerNormalization', FEATURES, [
    { type: 'dense', units: 6, activation: tanh },
    { type: 'layerNormalization' },
  ]),
  layered('maxPooling1d', SEQUENCE, [{ type: 'maxPooling1d' }]),
  layered('maxPooling2d', IMAGE, [conv({ padding: 'same' }), { type: 'maxPooling2d' }]),
  layered('maxPooling2d overlapping', IMAGE, [
    conv({ padding: 'same', filters: 4 }),
    { type: 'maxPooling2d', poolSize: 3, strides: 2, padding: 'same' },
  ]),
  layered('averagePooling1d', SEQUENCE, [
    { type: 'conv1d', filters: 4, kernelSize: 2, activation: tanh },
    { type: 'averagePooling1d' },
  ]),
  layered('averagePooling2d', IMAGE, [conv(), { type: 'averagePooling2d' }]),
  layered(
    'averagePooling2d same',
    IMAGE,
    [conv({ filters: 4 }), { type: 'averagePooling2d', poolSize: 3, strides: 2, padding: 'same' }],
    CPU_AVERAGE_POOLING,
  ),
  layered('globalMaxPooling', IMAGE, [conv(), { type: 'globalMaxPooling' }]),
  layered('globalAveragePooling', IMAGE, [conv(), { type: 'globalAveragePooling' }]),
  layered('globalAveragePooling of sequences', SEQUENCE, [
    { type: 'conv1d', filters: 4, kernelSize: 2, activation: tanh },
    { type: 'globalAveragePooling' },
  ]),
  layered('flatten', IMAGE, [conv(), { type: 'flatten' }]),
  layered('reshape', [24], [{ type: 'reshape', shape: [4, 3, 2] }, conv({ kernelSize: 2 })]),
  layered('residual', FEATURES, [
    { type: 'residual', layers: [{ type: 'dense', units: 6, activation: tanh }], activation: tanh },
  ]),
  layered('residual of images', IMAGE, [
    { type: 'residual', layers: [conv({ padding: 'same' }), conv({ padding: 'same' })], activation: tanh },
  ]),
  layered('repeat', FEATURES, [
    { type: 'repeat', times: 2, layers: [{ type: 'dense', units: 5, activation: tanh }] },
  ]),
  ...(
    [
      ['dropout', { rate: 0.3 }],
      ['alphaDropout', { rate: 0.2 }],
      ['gaussianDropout', { rate: 0.2 }],
      ['gaussianNoise', { deviation: 0.1 }],
    ] as const
  ).map(([type, options]) =>
    layered(
      type,
      FEATURES,
      [
        { type: 'dense', units: 6, activation: tanh },
        { type, ...options },
      ],
      {
        isRandom: true,
      },
    ),
  ),
  layered('spatialDropout', IMAGE, [conv(), { type: 'spatialDropout', rate: 0.3 }], { isRandom: true }),
];

const named = (group: string, name: string, more: Omit<Case, 'name' | 'shape'>): Case => ({
  name: `${group} ${name}`,
  shape: FEATURES,
  ...more,
});

const ACTIVATIONS = ACTIVATION_NAMES.flatMap((activation) => [
  named('activation', activation, { model: dense({ activation }) }),
  layered(`activation ${activation} after conv2d`, IMAGE, [conv({ activation, filters: 4 })]),
]);

const INITIALIZERS = INITIALIZER_NAMES.map((initializer) =>
  named('initializer', initializer, { model: dense({ initializer }) }),
);

const OPTIMIZERS: readonly Case[] = [
  ...OPTIMIZER_NAMES.map((name) => named('optimizer', name, { model: dense(), optimizer: { name } })),
  ...OPTIMIZER_NAMES.map((name) =>
    named('weight decay', name, { model: dense(), optimizer: { name, weightDecay: 0.1 } }),
  ),
  named('optimizer', 'rmsprop with momentum', {
    model: dense(),
    optimizer: { name: 'rmsprop', momentum: 0.8 },
  }),
  named('optimizer', 'rmsprop centered', { model: dense(), optimizer: { name: 'rmsprop', centered: true } }),
  named('gradient clipping', 'norm', { model: dense(), optimizer: { clipNorm: 0.1 } }),
  named('gradient clipping', 'value', { model: dense(), optimizer: { clipValue: 0.01 } }),
];

const LOSSES: readonly Case[] = [
  ...LOSS_NAMES.map((loss) =>
    named('loss', loss, { model: dense({ loss }), ...(loss === 'categoricalHinge' && { step: 3e-4 }) }),
  ),
  ...lossesOf('regression').map((loss) =>
    named('loss of regression', loss, { model: dense({ loss, task: 'regression' }) }),
  ),
  named('loss', 'crossentropy, labels smoothed', {
    model: dense({ loss: { name: 'crossentropy', labelSmoothing: 0.2 } }),
  }),
];

const REGULARISERS: readonly Case[] = [
  named('regulariser', 'l1', { model: dense({ l1: 0.01 }) }),
  named('regulariser', 'l2', { model: dense({ l2: 0.01 }) }),
  named('regulariser', 'l1 and l2', { model: dense({ l1: 0.01, l2: 0.02 }) }),
  layered('regulariser l2 of images', IMAGE, [conv({ l2: 0.02 })]),
];

export const CASES: readonly Case[] = [
  ...LAYERS,
  ...ACTIVATIONS,
  ...INITIALIZERS,
  ...OPTIMIZERS,
  ...LOSSES,
  ...REGULARISERS,
];
