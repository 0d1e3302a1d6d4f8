/**
 * BatchMatMul with transposes. The shipped kernel hands only the plain product of two matrices to XNNPACK and does
 * everything else in a scalar triple loop, which is every backward pass of a dense layer. Here matrices are multiplied by
 * assembly/products.ts, and aᵀ·b, the gradient of weights, by a product of its own in assembly/matrices.ts. Batches of
 * matrices stay with the shipped kernel where nothing is transposed or shared.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { BatchMatMulAttrs, BatchMatMulInputs, TensorInfo } from '@tensorflow/tfjs-core';
import { address, trainingMath } from '../training-math.js';
import { allocate, floats, kernelOf, replaceKernel, reshaped, sizeOf } from './support.js';

const isOneMatrix = ({ shape }: TensorInfo): boolean => shape.slice(0, -2).every((size) => size === 1);

interface Product {
  readonly transposeB?: boolean;
  /** [n] */
  readonly bias?: TensorInfo | undefined;
  readonly relu?: boolean;
}

/** a · b + bias as [m, n], of a [m, k] and b [k, n] (or [n, k], transposed). Leading dimensions of 1 are ignored. */
export function matrixProduct(
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  { transposeB = false, bias, relu = false }: Product,
): TensorInfo {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(transposeB ? -2 : -1)!;
  const math = trainingMath(backend);
  const y = allocate(backend, [m, n]);
  const panels = allocate(backend, [k * Math.ceil(n / 8) * 8]);
  (transposeB ? math.packTransposed : math.pack)(address(backend, b), address(backend, panels), k, n);
  math.convolve(
    address(backend, a),
    0,
    0,
    k * 4,
    1,
    1,
    0,
    1,
    k,
    address(backend, panels),
    bias ? address(backend, bias) : 0,
    0,
    relu ? 1 : 0,
    address(backend, y),
    0,
    0,
    n * 4,
    1,
    1,
    m,
    n,
  );
  backend.disposeData(panels.dataId);
  return y;
}

/** Whether the heap goes on far enough behind the tensor for what addWeightGradient reads past it. */
const mayOverread = (backend: BackendWasm, info: TensorInfo): boolean =>
  address(backend, info) + sizeOf(info.shape) * 4 + 12 <= backend.typedArrayFromHeap(info).buffer.byteLength;

function transposed(backend: BackendWasm, matrix: TensorInfo): TensorInfo {
  const [rows, columns] = matrix.shape.slice(-2) as [number, number];
  const result = allocate(backend, [columns, rows]);
  trainingMath(backend).transpose(address(backend, matrix), address(backend, result), rows, columns);
  return result;
}

/** aᵀ · b without transposing: a [k, m], b [k, n]. */
function weightGradient(backend: BackendWasm, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [k, m] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const result = allocate(backend, [m, n]);
  floats(backend, result).fill(0);
  trainingMath(backend).addWeightGradient(
    address(backend, a),
    0,
    m * 4,
    address(backend, b),
    0,
    n * 4,
    1,
    k,
    address(backend, result),
    m,
    n,
  );
  return result;
}

/** aᵀ · b of a [k, m] and b [k, n]. Leading dimensions of 1 are ignored. */
export function transposeAProduct(backend: BackendWasm, a: TensorInfo, b: TensorInfo): TensorInfo {
  if (mayOverread(backend, a)) return weightGradient(backend, a, b);
  return multiply(backend, a, b, true, false);
}

function multiply(
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo {
  if (!transposeA) return matrixProduct(backend, a, b, { transposeB });
  if (!transposeB && mayOverread(backend, a)) return weightGradient(backend, a, b);
  const left = transposed(backend, a);
  const product = matrixProduct(backend, left, b, { transposeB });
  backend.disposeData(left.dataId);
  return product;
}

export function replaceBatchMatMul(): void {
  const shipped = kernelOf<BatchMatMulInputs, BatchMatMulAttrs>('BatchMatMul');

  replaceKernel<BatchMatMulInputs, BatchMatMulAttrs>('BatchMatMul', (args) => {
    const { inputs, attrs, backend } = args;
    const a = inputs.a as TensorInfo;
    const b = inputs.b as TensorInfo;
    const isFloat = a.dtype === 'float32' && b.dtype === 'float32';
    if (!isFloat || !isOneMatrix(a) || !isOneMatrix(b)) return shipped(args);
    const product = multiply(backend, a, b, attrs.transposeA, attrs.transposeB);
    const outer = a.shape.length >= b.shape.length ? a.shape : b.shape;
    return reshaped(product, [...outer.slice(0, -2), ...product.shape]);
  });
}
