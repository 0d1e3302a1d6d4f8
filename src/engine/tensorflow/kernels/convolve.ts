/**
 * A two-dimensional convolution on the heap, by assembly/products.ts: what forward convolutions and the gradients of their
 * inputs have in common. NHWC, no dilation. Not a kernel itself.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, trainingMath } from '../training-math.js';
import { allocate } from './support.js';

export interface ConvolutionShape {
  readonly images: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly top: number;
  readonly left: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
}

/** Zeros left and right of each row, as far as the filter reaches; the tensor itself where it reaches no further. */
function withSideColumns(backend: BackendWasm, x: TensorInfo, shape: ConvolutionShape) {
  const { images, inHeight, inWidth, inChannels, left } = shape;
  const width = Math.max(left + inWidth, (shape.outWidth - 1) * shape.strideWidth + shape.filterWidth);
  if (width === inWidth) return { tensor: x, width, isCopy: false };
  const tensor = allocate(backend, [images, inHeight, width, inChannels]);
  trainingMath(backend).padImages(
    address(backend, x),
    address(backend, tensor),
    images,
    inHeight,
    inWidth * inChannels * 4,
    inHeight,
    width * inChannels * 4,
    0,
    left * inChannels * 4,
  );
  return { tensor, width, isCopy: true };
}

/**
 * @param filter [filterHeight, filterWidth, inChannels, outChannels]
 * @param bias [outChannels]
 * @returns [images, outHeight, outWidth, outChannels]
 */
export function convolve(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  shape: ConvolutionShape,
  bias?: TensorInfo,
  relu = false,
): TensorInfo {
  const { images, inHeight, inChannels, filterHeight, outHeight, outWidth, outChannels } = shape;
  const taps = shape.filterWidth * inChannels;
  const math = trainingMath(backend);
  const y = allocate(backend, [images, outHeight, outWidth, outChannels]);
  const panels = allocate(backend, [filterHeight * taps * Math.ceil(outChannels / 8) * 8]);
  const input = withSideColumns(backend, x, shape);
  math.pack(address(backend, filter), address(backend, panels), filterHeight * taps, outChannels);
  math.convolve(
    address(backend, input.tensor),
    inHeight * input.width * inChannels * 4,
    input.width * inChannels * 4,
    shape.strideWidth * inChannels * 4,
    inHeight,
    shape.strideHeight,
    shape.top,
    filterHeight,
    taps,
    address(backend, panels),
    bias ? address(backend, bias) : 0,
    0,
    relu ? 1 : 0,
    address(backend, y),
    outHeight * outWidth * outChannels * 4,
    outWidth * outChannels * 4,
    outChannels * 4,
    images,
    outHeight,
    outWidth,
    outChannels,
  );
  backend.disposeData(panels.dataId);
  if (input.isCopy) backend.disposeData(input.tensor.dataId);
  return y;
}
