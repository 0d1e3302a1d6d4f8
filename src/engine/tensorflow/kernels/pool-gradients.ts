/**
 * The gradients of 2-D pooling, both wrong in the shipped backend: its MaxPoolGrad starts looking for the maximum at a
 * positive number, so windows whose maximum is ≤ 0 lose their gradient; its AvgPoolGrad divides by the whole window
 * where TensorFlow divides by the part of it inside the image (padding `same`). NHWC, as the ops have no other.
 */
import {
  type AvgPoolGradAttrs,
  type AvgPoolGradInputs,
  backend_util,
  type MaxPoolGradAttrs,
  type MaxPoolGradInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { allocate, floats, replaceKernel } from './support.js';

type Pooling = backend_util.Conv2DInfo;
type Shape4 = [number, number, number, number];

/** The part of a pooling window inside the image: offset of its first pixel, and its size in pixels. */
type VisitWindow = (firstPixel: number, height: number, width: number, outputPixel: number) => void;

function forEachWindow(pool: Pooling, visit: VisitWindow): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = pool;
  let outputPixel = 0;
  for (let n = 0; n < pool.batchSize; n++) {
    for (let y = 0; y < outHeight; y++) {
      const top = y * pool.strideHeight - padInfo.top;
      const yFrom = Math.max(0, top);
      const yTo = Math.min(inHeight, top + pool.effectiveFilterHeight);
      for (let x = 0; x < outWidth; x++, outputPixel += inChannels) {
        const left = x * pool.strideWidth - padInfo.left;
        const xFrom = Math.max(0, left);
        const xTo = Math.min(inWidth, left + pool.effectiveFilterWidth);
        const firstPixel = ((n * inHeight + yFrom) * inWidth + xFrom) * inChannels;
        visit(firstPixel, yTo - yFrom, xTo - xFrom, outputPixel);
      }
    }
  }
}

export function replacePoolGradients(): void {
  replaceKernel<MaxPoolGradInputs, MaxPoolGradAttrs>('MaxPoolGrad', ({ inputs, attrs, backend }) => {
    const dy = inputs.dy as TensorInfo;
    const input = inputs.input as TensorInfo;
    const pool = backend_util.computePool2DInfo(
      input.shape as Shape4,
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    const channels = pool.inChannels;
    const rowSize = pool.inWidth * channels;
    const gradient = allocate(backend, input.shape);
    const pixels = floats(backend, input);
    const above = floats(backend, dy);
    const dx = floats(backend, gradient).fill(0);
    forEachWindow(pool, (firstPixel, height, width, outputPixel) => {
      for (let c = 0; c < channels; c++) {
        const first = firstPixel + c;
        let best = pixels[first]!;
        let bestAt = first;
        for (let y = 0; y < height; y++) {
          const row = first + y * rowSize;
          for (let at = row; at < row + width * channels; at += channels) {
            const value = pixels[at]!;
            if (value > best) {
              best = value;
              bestAt = at;
            }
          }
        }
        dx[bestAt]! += above[outputPixel + c]!;
      }
    });
    return gradient;
  });

  replaceKernel<AvgPoolGradInputs, AvgPoolGradAttrs>('AvgPoolGrad', ({ inputs, attrs, backend }) => {
    const dy = inputs.dy as TensorInfo;
    const input = inputs.input as TensorInfo;
    const pool = backend_util.computePool2DInfo(
      input.shape as Shape4,
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
    );
    const channels = pool.inChannels;
    const rowSize = pool.inWidth * channels;
    const gradient = allocate(backend, input.shape);
    const above = floats(backend, dy);
    const dx = floats(backend, gradient).fill(0);
    forEachWindow(pool, (firstPixel, height, width, outputPixel) => {
      const share = 1 / (height * width);
      for (let y = 0; y < height; y++) {
        const row = firstPixel + y * rowSize;
        for (let x = 0; x < width; x++) {
          const pixel = row + x * channels;
          for (let c = 0; c < channels; c++) dx[pixel + c]! += above[outputPixel + c]! * share;
        }
      }
    });
    return gradient;
  });
}
