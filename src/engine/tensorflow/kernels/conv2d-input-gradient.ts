/**
 * Conv2DBackpropInput, which the WebAssembly backend does in scalar loops: the gradient of a convolution with respect
 * to its input is itself a convolution of stride 1, of dy spread out by the stride, with the filter turned by 180° and
 * its channels swapped (Dumoulin and Visin, "A guide to convolution arithmetic", 2016, ch. 4).
 * NHWC only; padding beyond the filter's own reach stays with the shipped kernel.
 */
import {
  backend_util,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolve } from './convolve.js';
import { allocate, floats, kernelOf, replaceKernel } from './support.js';

type Convolution = backend_util.Conv2DInfo;

/** filter [h, w, in, out] to [h, w, out, in], turned by 180°. */
function writeTurnedFilter(to: Float32Array, filter: Float32Array, conv: Convolution): void {
  const { inChannels, outChannels } = conv;
  const taps = conv.filterHeight * conv.filterWidth;
  const size = inChannels * outChannels;
  for (let tap = 0; tap < taps; tap++) {
    const source = (taps - 1 - tap) * size;
    for (let i = 0; i < inChannels; i++) {
      for (let o = 0; o < outChannels; o++) {
        to[tap * size + o * inChannels + i] = filter[source + i * outChannels + o]!;
      }
    }
  }
}

/** dy [n, y, x, out] into zeros [n, (y − 1) · stride + 1, (x − 1) · stride + 1, out]. */
function writeSpread(
  to: Float32Array,
  dy: Float32Array,
  conv: Convolution,
  height: number,
  width: number,
): void {
  const { outChannels, outHeight, outWidth, strideHeight, strideWidth } = conv;
  to.fill(0);
  let from = 0;
  for (let n = 0; n < conv.batchSize; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++, from += outChannels) {
        const target = ((n * height + y * strideHeight) * width + x * strideWidth) * outChannels;
        to.set(dy.subarray(from, from + outChannels), target);
      }
    }
  }
}

export function replaceConv2DInputGradient(): void {
  const shipped = kernelOf<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>('Conv2DBackpropInput');

  replaceKernel<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>('Conv2DBackpropInput', (args) => {
    const { inputs, attrs, backend } = args;
    if (attrs.dataFormat !== 'NHWC') return shipped(args);
    const dy = inputs.dy as TensorInfo;
    const filter = inputs.filter as TensorInfo;
    const conv = backend_util.computeConv2DInfo(
      attrs.inputShape,
      filter.shape as [number, number, number, number],
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    const height = (conv.outHeight - 1) * conv.strideHeight + 1;
    const width = (conv.outWidth - 1) * conv.strideWidth + 1;
    const top = conv.filterHeight - 1 - conv.padInfo.top;
    const left = conv.filterWidth - 1 - conv.padInfo.left;
    if (Math.min(top, left) < 0) return shipped(args);

    const turned = allocate(backend, [
      conv.filterHeight,
      conv.filterWidth,
      conv.outChannels,
      conv.inChannels,
    ]);
    const isSpread = conv.strideHeight > 1 || conv.strideWidth > 1;
    const spread = isSpread ? allocate(backend, [conv.batchSize, height, width, conv.outChannels]) : dy;
    writeTurnedFilter(floats(backend, turned), floats(backend, filter), conv);
    if (isSpread) writeSpread(floats(backend, spread), floats(backend, dy), conv, height, width);

    const dx = convolve(backend, spread, turned, {
      images: conv.batchSize,
      inHeight: height,
      inWidth: width,
      inChannels: conv.outChannels,
      filterHeight: conv.filterHeight,
      filterWidth: conv.filterWidth,
      strideHeight: 1,
      strideWidth: 1,
      top,
      left,
      outHeight: conv.inHeight,
      outWidth: conv.inWidth,
      outChannels: conv.inChannels,
    });
    backend.disposeData(turned.dataId);
    if (isSpread) backend.disposeData(spread.dataId);
    return dx;
  });
}
