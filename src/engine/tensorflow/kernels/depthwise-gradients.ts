/**
 * The two gradients of a depthwise convolution, which the WebAssembly backend lacks. Output channel c · m + k comes
 * from input channel c alone (m outputs per input channel), so plain loops over the taps do: with
 * y[n, i, j, c·m + k] = Σ x[n, i·stride − pad + r, …, c] · w[r, s, c, k]. NHWC, as the op has no other; tfjs refuses
 * dilation before it comes here.
 */
import {
  backend_util,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropFilterInputs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type DepthwiseConv2dNativeBackpropInputInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { allocate, floats, replaceKernel, validOutputs } from './support.js';

type Convolution = backend_util.Conv2DInfo;
type Shape4 = [number, number, number, number];

/** Calls `visit` with the offsets of the input pixel, the output pixel and the tap, for each that meet. */
function forEachTap(
  conv: Convolution,
  visit: (inputPixel: number, outputPixel: number, tap: number) => void,
): void {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = conv;
  for (let n = 0; n < conv.batchSize; n++) {
    for (let r = 0; r < conv.filterHeight; r++) {
      const [yFrom, yTo] = validOutputs(r, padInfo.top, strideHeight, inHeight, outHeight);
      for (let s = 0; s < conv.filterWidth; s++) {
        const [xFrom, xTo] = validOutputs(s, padInfo.left, strideWidth, inWidth, outWidth);
        const tap = (r * conv.filterWidth + s) * conv.outChannels;
        for (let y = yFrom; y < yTo; y++) {
          const inputRow = n * inHeight + y * strideHeight - padInfo.top + r;
          const outputRow = n * outHeight + y;
          for (let x = xFrom; x < xTo; x++) {
            const inputColumn = x * strideWidth - padInfo.left + s;
            visit(
              (inputRow * inWidth + inputColumn) * conv.inChannels,
              (outputRow * outWidth + x) * conv.outChannels,
              tap,
            );
          }
        }
      }
    }
  }
}

const convolutionOf = (
  image: Shape4,
  filter: Shape4,
  { strides, dilations, pad, dimRoundingMode }: Omit<DepthwiseConv2dNativeBackpropFilterAttrs, 'filterShape'>,
): Convolution =>
  backend_util.computeConv2DInfo(image, filter, strides, dilations, pad, dimRoundingMode, true);

export function addDepthwiseGradients(): void {
  replaceKernel<DepthwiseConv2dNativeBackpropFilterInputs, DepthwiseConv2dNativeBackpropFilterAttrs>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({ inputs, attrs, backend }) => {
      const x = inputs.x as TensorInfo;
      const dy = inputs.dy as TensorInfo;
      const conv = convolutionOf(x.shape as Shape4, attrs.filterShape, attrs);
      const perChannel = conv.outChannels / conv.inChannels;
      const gradient = allocate(backend, attrs.filterShape);
      const image = floats(backend, x);
      const above = floats(backend, dy);
      const dW = floats(backend, gradient).fill(0);
      forEachTap(conv, (inputPixel, outputPixel, tap) => {
        for (let c = 0; c < conv.inChannels; c++) {
          const value = image[inputPixel + c]!;
          const channel = c * perChannel;
          for (let k = channel; k < channel + perChannel; k++) {
            dW[tap + k]! += value * above[outputPixel + k]!;
          }
        }
      });
      return gradient;
    },
  );

  replaceKernel<DepthwiseConv2dNativeBackpropInputInputs, DepthwiseConv2dNativeBackpropInputAttrs>(
    'DepthwiseConv2dNativeBackpropInput',
    ({ inputs, attrs, backend }) => {
      const dy = inputs.dy as TensorInfo;
      const filter = inputs.filter as TensorInfo;
      const conv = convolutionOf(attrs.inputShape, filter.shape as Shape4, attrs);
      const perChannel = conv.outChannels / conv.inChannels;
      const gradient = allocate(backend, attrs.inputShape);
      const weights = floats(backend, filter);
      const above = floats(backend, dy);
      const dx = floats(backend, gradient).fill(0);
      forEachTap(conv, (inputPixel, outputPixel, tap) => {
        for (let c = 0; c < conv.inChannels; c++) {
          const channel = c * perChannel;
          let sum = 0;
          for (let k = channel; k < channel + perChannel; k++) {
            sum += weights[tap + k]! * above[outputPixel + k]!;
          }
          dx[inputPixel + c]! += sum;
        }
      });
      return gradient;
    },
  );
}
