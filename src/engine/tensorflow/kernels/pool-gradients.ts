/**
 * MaxPoolGrad and AvgPoolGrad done right. The shipped MaxPoolGrad loses the gradient of windows whose maximum is at most 0;
 * the shipped AvgPoolGrad divides by the whole window where TensorFlow divides by the part of it inside the image
 * (padding `same`). NHWC, as the ops have no other.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  type AvgPoolGradAttrs,
  type AvgPoolGradInputs,
  backend_util,
  type MaxPoolGradAttrs,
  type MaxPoolGradInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { address, trainingMath } from '../training-math.js';
import { allocate, replaceKernel } from './support.js';

interface Gradient {
  readonly backend: BackendWasm;
  readonly isMax: boolean;
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
  readonly attrs: MaxPoolGradAttrs | AvgPoolGradAttrs;
}

function poolGradient({ backend, isMax, x, dy, attrs }: Gradient): TensorInfo {
  const pool = backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    'dimRoundingMode' in attrs ? attrs.dimRoundingMode : undefined,
  );
  const dx = allocate(backend, x.shape);
  trainingMath(backend).poolGradient(
    isMax ? 1 : 0,
    address(backend, x),
    address(backend, dy),
    address(backend, dx),
    pool.batchSize,
    pool.inHeight,
    pool.inWidth,
    pool.inChannels,
    pool.outHeight,
    pool.outWidth,
    pool.effectiveFilterHeight,
    pool.effectiveFilterWidth,
    pool.strideHeight,
    pool.strideWidth,
    pool.padInfo.top,
    pool.padInfo.left,
  );
  return dx;
}

export function replacePoolGradients(): void {
  replaceKernel<MaxPoolGradInputs, MaxPoolGradAttrs>('MaxPoolGrad', ({ inputs, attrs, backend }) => {
    const { input, dy } = inputs as Readonly<Record<'input' | 'dy', TensorInfo>>;
    return poolGradient({ backend, isMax: true, x: input, dy, attrs });
  });
  replaceKernel<AvgPoolGradInputs, AvgPoolGradAttrs>('AvgPoolGrad', ({ inputs, attrs, backend }) => {
    const { input, dy } = inputs as Readonly<Record<'input' | 'dy', TensorInfo>>;
    return poolGradient({ backend, isMax: false, x: input, dy, attrs });
  });
}
