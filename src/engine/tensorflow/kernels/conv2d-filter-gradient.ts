/**
 * Conv2DBackpropFilter, which the WebAssembly backend lacks: the gradient of a convolution with respect to its filter,
 * dW[k, o] = Σ_m patches[k, m] · dy[m, o], with k over filter rows, columns and input channels, and m over images and
 * output positions. The patches are laid out by hand, the product is XNNPACK's. NHWC only.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { allocate, callKernel, floats, replaceKernel, reshaped, validOutputs } from './support.js';

/** Numbers in one patch matrix (8 MB): larger batches are worked off in several products. */
const MAX_PATCH_NUMBERS = 2 ** 21;

type Convolution = backend_util.Conv2DInfo;

/**
 * Writes patches[k, m] of images [first, first + count): for filter row r, column s and channel c, the row
 * k = (r · width + s) · channels + c holds the pixel under that tap for each output position m, 0 outside the image.
 */
function writePatches(
  patches: Float32Array,
  images: Float32Array,
  conv: Convolution,
  first: number,
  count: number,
): void {
  const { inChannels, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = conv;
  const positions = outHeight * outWidth;
  const step = strideWidth * inChannels;
  patches.fill(0);
  let rowStart = 0;
  for (let r = 0; r < conv.filterHeight; r++) {
    const [yFrom, yTo] = validOutputs(r, padInfo.top, strideHeight, inHeight, outHeight);
    for (let s = 0; s < conv.filterWidth; s++) {
      const [xFrom, xTo] = validOutputs(s, padInfo.left, strideWidth, inWidth, outWidth);
      for (let c = 0; c < inChannels; c++, rowStart += count * positions) {
        for (let n = 0; n < count; n++) {
          for (let y = yFrom; y < yTo; y++) {
            const inputRow = (first + n) * inHeight + y * strideHeight - padInfo.top + r;
            let from = (inputRow * inWidth + xFrom * strideWidth - padInfo.left + s) * inChannels + c;
            let to = rowStart + n * positions + y * outWidth + xFrom;
            const end = to + xTo - xFrom;
            for (; to < end; to++, from += step) patches[to] = images[from]!;
          }
        }
      }
    }
  }
}

/** dW of images [first, first + count), shape [filterHeight · filterWidth · inChannels, outChannels]. */
function partialGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  conv: Convolution,
  first: number,
  count: number,
): TensorInfo {
  const { batchSize, outChannels } = conv;
  const taps = conv.filterHeight * conv.filterWidth * conv.inChannels;
  const positions = conv.outHeight * conv.outWidth;
  const isWhole = count === batchSize;

  const patches = allocate(backend, [taps, count * positions]);
  const slice = isWhole
    ? reshaped(dy, [count * positions, outChannels])
    : allocate(backend, [count * positions, outChannels]);
  if (!isWhole) {
    const size = positions * outChannels;
    floats(backend, slice).set(floats(backend, dy).subarray(first * size, (first + count) * size));
  }
  writePatches(floats(backend, patches), floats(backend, x), conv, first, count);

  const product = callKernel(
    'BatchMatMul',
    backend,
    { a: patches, b: slice },
    { transposeA: false, transposeB: false },
  );
  backend.disposeData(patches.dataId);
  if (!isWhole) backend.disposeData(slice.dataId);
  return product;
}

export function addConv2DFilterGradient(): void {
  replaceKernel<Conv2DBackpropFilterInputs, Conv2DBackpropFilterAttrs>(
    'Conv2DBackpropFilter',
    ({ inputs, attrs, backend }) => {
      const x = inputs.x as TensorInfo;
      const dy = inputs.dy as TensorInfo;
      if (attrs.dataFormat !== 'NHWC') {
        throw new Error('The gradient of conv2d needs channels last (NHWC) on the WebAssembly backend.');
      }
      const conv = backend_util.computeConv2DInfo(
        x.shape as [number, number, number, number],
        attrs.filterShape,
        attrs.strides,
        1,
        attrs.pad,
        attrs.dimRoundingMode,
      );
      const numbersPerImage =
        conv.filterHeight * conv.filterWidth * conv.inChannels * conv.outHeight * conv.outWidth;
      const chunk = Math.max(1, Math.min(conv.batchSize, Math.floor(MAX_PATCH_NUMBERS / numbersPerImage)));

      const total = allocate(backend, conv.filterShape);
      floats(backend, total).fill(0);
      for (let first = 0; first < conv.batchSize; first += chunk) {
        const count = Math.min(chunk, conv.batchSize - first);
        const part = partialGradient(backend, x, dy, conv, first, count);
        const sum = floats(backend, total);
        const addend = floats(backend, part);
        for (let i = 0; i < sum.length; i++) sum[i]! += addend[i]!;
        backend.disposeData(part.dataId);
      }
      return total;
    },
  );
}
