/**
 * Conv2D and FusedConv2D on our own products, which are faster than the shipped ones here and keep no packed filters, that
 * would be stale after each optimizer step. Dilation, channels first and rare activations stay with the shipped kernels.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  type Conv2DAttrs,
  type Conv2DInputs,
  type FusedConv2DAttrs,
  type FusedConv2DInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolve } from './convolve.js';
import { kernelOf, replaceKernel } from './support.js';

type Shape4 = [number, number, number, number];
type Attributes = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dilations' | 'dimRoundingMode'>;

const isPlain = ({ dataFormat, dilations }: Attributes): boolean =>
  dataFormat === 'NHWC' && [dilations].flat().every((d) => d === 1);

function forward(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  attrs: Attributes,
  bias?: TensorInfo,
  relu?: boolean,
): TensorInfo {
  const conv = backend_util.computeConv2DInfo(
    x.shape as Shape4,
    filter.shape as Shape4,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  const shape = { ...conv, images: conv.batchSize, top: conv.padInfo.top, left: conv.padInfo.left };
  return convolve(backend, x, filter, shape, bias, relu);
}

export function replaceConv2D(): void {
  const shipped = kernelOf<Conv2DInputs, Conv2DAttrs>('Conv2D');
  replaceKernel<Conv2DInputs, Conv2DAttrs>('Conv2D', (args) => {
    const { inputs, attrs, backend } = args;
    if (!isPlain(attrs)) return shipped(args);
    return forward(backend, inputs.x as TensorInfo, inputs.filter as TensorInfo, attrs);
  });

  const shippedFused = kernelOf<FusedConv2DInputs, FusedConv2DAttrs>('FusedConv2D');
  replaceKernel<FusedConv2DInputs, FusedConv2DAttrs>('FusedConv2D', (args) => {
    const { inputs, attrs, backend } = args;
    const filter = inputs.filter as TensorInfo;
    const bias = inputs.bias as TensorInfo | undefined;
    const isOurs = attrs.activation === 'linear' || attrs.activation === 'relu';
    const isPerChannel = !bias || (bias.shape.length === 1 && bias.shape[0] === filter.shape[3]);
    if (!isPlain(attrs) || !isOurs || !isPerChannel) return shippedFused(args);
    return forward(backend, inputs.x as TensorInfo, filter, attrs, bias, attrs.activation === 'relu');
  });
}
