/** The keys of each layer in `model.layers`. Defaults that differ from layer to layer are in ../model/layers.ts. */
import { z } from 'zod';
import { count, must, oneOf, positive, share, trueOrFalse } from '../../forms.js';
import { ACTIVATION_NAMES, BUILT_IN_ACTIVATIONS } from '../model/activations.js';
import { INITIALIZER_NAMES } from '../model/initializers.js';
import { named, nonNegative, pair, wholeFrom0 } from './forms.js';

export const activation = oneOf(ACTIVATION_NAMES);
export const initializer = named(
  z.strictObject(
    { name: oneOf(INITIALIZER_NAMES), scale: positive.optional() },
    must(`one of ${INITIALIZER_NAMES.join(', ')}, or a section with name: and scale:`),
  ),
);

const activated = { activation: activation.optional(), alpha: nonNegative.optional() };
const weighted = {
  initializer: initializer.optional(),
  l1: nonNegative.optional(),
  l2: nonNegative.optional(),
  bias: trueOrFalse.optional(),
};
const padding = oneOf(['valid', 'same']).optional();
const window1d = { poolSize: count.optional(), strides: count.optional(), padding };
const window2d = { poolSize: pair.optional(), strides: pair.optional(), padding };
const depthwise = {
  kernelSize: pair,
  strides: pair.optional(),
  padding,
  depthMultiplier: count.optional(),
  ...activated,
  ...weighted,
};
const recurrent = {
  units: count,
  activation: oneOf(BUILT_IN_ACTIVATIONS).optional(),
  ...weighted,
  recurrentInitializer: initializer.optional(),
  dropout: share.optional(),
  recurrentDropout: share.optional(),
  returnSequences: trueOrFalse.optional(),
};
const gated = { ...recurrent, recurrentActivation: oneOf(BUILT_IN_ACTIVATIONS).optional() };
const epsilon = positive.optional();

const SIMPLE = {
  dense: z.strictObject({ type: z.literal('dense'), units: count, ...activated, ...weighted }),
  conv2d: z.strictObject({
    type: z.literal('conv2d'),
    filters: count,
    kernelSize: pair,
    strides: pair.optional(),
    dilation: pair.optional(),
    padding,
    ...activated,
    ...weighted,
  }),
  conv1d: z.strictObject({
    type: z.literal('conv1d'),
    filters: count,
    kernelSize: count,
    strides: count.optional(),
    dilation: count.optional(),
    padding: oneOf(['valid', 'same', 'causal']).optional(),
    ...activated,
    ...weighted,
  }),
  depthwiseConv2d: z.strictObject({ type: z.literal('depthwiseConv2d'), ...depthwise }),
  separableConv2d: z.strictObject({ type: z.literal('separableConv2d'), filters: count, ...depthwise }),
  lstm: z.strictObject({ type: z.literal('lstm'), ...gated }),
  gru: z.strictObject({ type: z.literal('gru'), ...gated }),
  simpleRnn: z.strictObject({ type: z.literal('simpleRnn'), ...recurrent }),
  embedding: z.strictObject({
    type: z.literal('embedding'),
    vocabulary: count.optional(),
    units: count,
    maskZero: trueOrFalse.optional(),
    initializer: initializer.optional(),
    l1: nonNegative.optional(),
    l2: nonNegative.optional(),
  }),
  batchNormalization: z.strictObject({
    type: z.literal('batchNormalization'),
    momentum: share.optional(),
    epsilon,
  }),
  layerNormalization: z.strictObject({ type: z.literal('layerNormalization'), epsilon }),
  maxPooling1d: z.strictObject({ type: z.literal('maxPooling1d'), ...window1d }),
  maxPooling2d: z.strictObject({ type: z.literal('maxPooling2d'), ...window2d }),
  averagePooling1d: z.strictObject({ type: z.literal('averagePooling1d'), ...window1d }),
  averagePooling2d: z.strictObject({ type: z.literal('averagePooling2d'), ...window2d }),
  globalMaxPooling: z.strictObject({ type: z.literal('globalMaxPooling') }),
  globalAveragePooling: z.strictObject({ type: z.literal('globalAveragePooling') }),
  flatten: z.strictObject({ type: z.literal('flatten') }),
  reshape: z.strictObject({
    type: z.literal('reshape'),
    shape: z.array(count, must('a list of whole numbers, such as [8, 8, 1]')).min(1),
  }),
  activation: z.strictObject({
    type: z.literal('activation'),
    activation,
    alpha: nonNegative.optional(),
  }),
  dropout: z.strictObject({ type: z.literal('dropout'), rate: share }),
  spatialDropout: z.strictObject({ type: z.literal('spatialDropout'), rate: share }),
  alphaDropout: z.strictObject({ type: z.literal('alphaDropout'), rate: share }),
  gaussianDropout: z.strictObject({ type: z.literal('gaussianDropout'), rate: share }),
  gaussianNoise: z.strictObject({ type: z.literal('gaussianNoise'), deviation: nonNegative }),
} as const;

type SimpleLayers = { readonly [K in keyof typeof SIMPLE]: z.infer<(typeof SIMPLE)[K]> };
export type SimpleLayerConfig = SimpleLayers[keyof SimpleLayers];
export type RecurrentLayerConfig = SimpleLayers['lstm' | 'gru' | 'simpleRnn'];
/** Layers around other layers. */
export type LayerConfig =
  | SimpleLayerConfig
  | {
      readonly type: 'bidirectional';
      readonly layer: RecurrentLayerConfig;
      readonly merge?: 'concat' | 'sum' | 'mul' | 'ave' | undefined;
    }
  | {
      readonly type: 'residual';
      readonly layers: readonly LayerConfig[];
      readonly activation?: (typeof ACTIVATION_NAMES)[number] | undefined;
      readonly alpha?: number | undefined;
      readonly initializer?: z.infer<typeof initializer> | undefined;
      /** Probability of leaving out the inner layers for a row, in training. */
      readonly drop?: number | undefined;
    }
  | { readonly type: 'repeat'; readonly times: number; readonly layers: readonly LayerConfig[] };

const RECURRENT_NAMES = ['lstm', 'gru', 'simpleRnn'] as const;
const recurrentLayer = z.discriminatedUnion(
  'type',
  [SIMPLE.lstm, SIMPLE.gru, SIMPLE.simpleRnn],
  must(`a layer whose type is one of ${RECURRENT_NAMES.join(', ')}`),
);
const list = must('a list of layers, such as [{type: dense, units: 32}]');
const inner: z.ZodType<LayerConfig[]> = z.lazy(() => z.array(layer, list));

const NESTED = {
  bidirectional: z.strictObject({
    type: z.literal('bidirectional'),
    layer: recurrentLayer,
    merge: oneOf(['concat', 'sum', 'mul', 'ave']).optional(),
  }),
  residual: z.strictObject({
    type: z.literal('residual'),
    layers: inner,
    ...activated,
    initializer: initializer.optional(),
    drop: share.optional(),
  }),
  repeat: z.strictObject({ type: z.literal('repeat'), times: wholeFrom0, layers: inner }),
} as const;

const LAYER_TYPES = [...Object.keys(SIMPLE), ...Object.keys(NESTED)];

const options = [...Object.values(SIMPLE), ...Object.values(NESTED)];
type Option = (typeof options)[number];
const layer: z.ZodType<LayerConfig> = z.discriminatedUnion(
  'type',
  options as [Option, ...Option[]],
  must(`a layer whose type is one of ${LAYER_TYPES.join(', ')}`),
) as unknown as z.ZodType<LayerConfig>;

export const layerList = z.array(layer, list);
