/** Memory of a compiled program on the heap of the embedded backend: arrays of float32 by their addresses. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/support.js';
import { address } from '../training-math.js';

/** Kernels read and write up to 12 bytes past the end of some arrays. */
const MARGIN = 4;

/** Of so many numbers, how many an array takes with what may be touched behind it. */
export const withMargin = (count: number): number => count + MARGIN;

export class Memory {
  readonly #blocks: TensorInfo[] = [];

  constructor(private readonly backend: BackendWasm) {}

  /** @returns the address of an array of zeros, which stays where it is */
  reserve(count: number): number {
    const block = allocate(this.backend, [withMargin(count)]);
    this.#blocks.push(block);
    const at = address(this.backend, block);
    this.view(at, withMargin(count)).fill(0);
    return at;
  }

  /** The numbers at an address; valid until something is allocated. */
  view(at: number, count: number): Float32Array {
    return new Float32Array(this.backend.wasm.HEAPU8.buffer, at, count);
  }

  dispose(): void {
    for (const { dataId } of this.#blocks.splice(0)) this.backend.disposeData(dataId);
  }
}
