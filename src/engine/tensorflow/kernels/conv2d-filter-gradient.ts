/**
 * Conv2DBackpropFilter, which the WebAssembly backend lacks: the gradient of a convolution with respect to its filter,
 * dW[r, s, c, o] = Σ x[n, y · stride + r, x · stride + s, c] · dy[n, y, x, o] over images and output positions. No patches
 * are laid out: within one filter row the taps (s, c) of an output position lie side by side in the padded image, so each
 * image and filter row is one product of matrices with overlapping rows. NHWC only.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { address, trainingMath } from '../training-math.js';
import { allocate, floats, replaceKernel } from './support.js';

type Convolution = backend_util.Conv2DInfo;

/** Numbers that the products may read past the last one. */
const OVERREAD = 3;

interface Images {
  readonly tensor: TensorInfo;
  readonly height: number;
  readonly width: number;
  readonly isCopy: boolean;
}

/** The images with their padding as zeros around them, and room to read past their end. */
function padded(backend: BackendWasm, x: TensorInfo, conv: Convolution): Images {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = conv;
  const height = Math.max(
    inHeight + padInfo.top,
    (conv.outHeight - 1) * conv.strideHeight + conv.filterHeight,
  );
  const width = Math.max(inWidth + padInfo.left, (conv.outWidth - 1) * conv.strideWidth + conv.filterWidth);
  const reads = conv.filterWidth * inChannels;
  if (height === inHeight && width === inWidth && reads % 4 === 0) {
    return { tensor: x, height, width, isCopy: false };
  }
  const tensor = allocate(backend, [batchSize * height * width * inChannels + OVERREAD]);
  trainingMath(backend).padImages(
    address(backend, x),
    address(backend, tensor),
    batchSize,
    inHeight,
    inWidth * inChannels * 4,
    height,
    width * inChannels * 4,
    padInfo.top,
    padInfo.left * inChannels * 4,
  );
  floats(backend, tensor).fill(0, -OVERREAD);
  return { tensor, height, width, isCopy: true };
}

function addGradients(
  backend: BackendWasm,
  images: Images,
  dy: TensorInfo,
  dW: TensorInfo,
  conv: Convolution,
): void {
  const { addWeightGradient } = trainingMath(backend);
  const { inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = conv;
  const rowBytes = images.width * inChannels * 4;
  const dyRowBytes = outWidth * outChannels * 4;
  const filterRow = filterWidth * inChannels;
  const x = address(backend, images.tensor);
  const above = address(backend, dy);
  const sums = address(backend, dW);
  for (let n = 0; n < conv.batchSize; n++) {
    for (let r = 0; r < filterHeight; r++) {
      addWeightGradient(
        x + (n * images.height + r) * rowBytes,
        conv.strideHeight * rowBytes,
        conv.strideWidth * inChannels * 4,
        above + n * outHeight * dyRowBytes,
        dyRowBytes,
        outChannels * 4,
        outHeight,
        outWidth,
        sums + r * filterRow * outChannels * 4,
        filterRow,
        outChannels,
      );
    }
  }
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
      const dW = allocate(backend, conv.filterShape);
      const images = padded(backend, x, conv);
      floats(backend, dW).fill(0);
      addGradients(backend, images, dy, dW, conv);
      if (images.isCopy) backend.disposeData(images.tensor.dataId);
      return dW;
    },
  );
}
