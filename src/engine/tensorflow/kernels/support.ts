/**
 * What the training kernels share: access to the WebAssembly heap, calling and replacing kernels. Not a kernel itself.
 * A view of the heap is only valid until the next allocation, since the heap may move when it grows: every kernel
 * allocates first and takes its views afterwards.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  type Attribute,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

const BACKEND = 'wasm';

interface KernelArguments<Inputs, Attrs> {
  readonly inputs: Inputs;
  readonly attrs: Attrs;
  readonly backend: BackendWasm;
}

/** A kernel with the types of its op; tfjs itself registers kernels untyped. */
export type Kernel<Inputs, Attrs> = (args: KernelArguments<Inputs, Attrs>) => TensorInfo;

/** Registers `kernel` for the WebAssembly backend in place of the one that is there, if any. */
export function replaceKernel<Inputs, Attrs>(kernelName: string, kernel: Kernel<Inputs, Attrs>): void {
  const shipped = getKernel(kernelName, BACKEND);
  if (shipped) unregisterKernel(kernelName, BACKEND);
  registerKernel({
    kernelName,
    backendName: BACKEND,
    ...(shipped?.setupFunc && { setupFunc: shipped.setupFunc }),
    kernelFunc: kernel as unknown as KernelFunc,
  });
}

/** Likewise a kernel of several outputs. */
export const replaceKernels = <Inputs, Attrs>(
  kernelName: string,
  kernel: (args: KernelArguments<Inputs, Attrs>) => TensorInfo[],
): void => replaceKernel<Inputs, Attrs>(kernelName, kernel as unknown as Kernel<Inputs, Attrs>);

/** The kernel that is registered now, to be called or wrapped. */
export function kernelOf<Inputs, Attrs>(kernelName: string): Kernel<Inputs, Attrs> {
  const config = getKernel(kernelName, BACKEND);
  if (!config) throw new Error(`The WebAssembly backend has no kernel ${kernelName}.`);
  return config.kernelFunc as unknown as Kernel<Inputs, Attrs>;
}

/** Calls a registered kernel of one output. */
export function callKernel(
  kernelName: string,
  backend: BackendWasm,
  inputs: NamedTensorInfoMap,
  attrs: Readonly<Record<string, Attribute | undefined>>,
): TensorInfo {
  return kernelOf<NamedTensorInfoMap, NamedAttrMap>(kernelName)({
    inputs,
    attrs: attrs as NamedAttrMap,
    backend,
  });
}

/** The numbers of a float32 tensor in the heap. Invalid after the next allocation. */
export const floats = (backend: BackendWasm, info: TensorInfo): Float32Array =>
  backend.typedArrayFromHeap(info) as Float32Array;

export const allocate = (backend: BackendWasm, shape: readonly number[]): TensorInfo =>
  backend.makeOutput([...shape], 'float32');

/** The same data under another shape of equal size. */
export const reshaped = ({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo => ({
  dataId,
  dtype,
  shape: [...shape],
});

/**
 * Output positions [from, to) along one axis at which a tap of the filter lies inside the image, for
 * input = output · stride − padding + tap.
 */
export function validOutputs(
  tap: number,
  padding: number,
  stride: number,
  inputSize: number,
  outputSize: number,
): readonly [from: number, to: number] {
  const from = Math.min(outputSize, Math.max(0, Math.ceil((padding - tap) / stride)));
  const to = Math.min(outputSize, Math.floor((inputSize - 1 + padding - tap) / stride) + 1);
  return [from, Math.max(from, to)];
}

/** Numbers in a tensor of this shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);
