/**
 * The compiled inner loops (assembly/kernels.ts) on the heap of the embedded backend. One instance per process, since
 * there is one heap. Pointers are byte offsets in the heap; what each function does is said where it is written.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bytes } from './assembly/kernels.wasm';

type Numbers = readonly number[];

/** Arguments in the order of assembly/kernels.ts. */
export interface TrainingMath {
  readonly gradientStep: (...args: Numbers) => void;
  readonly momentumStep: (...args: Numbers) => void;
  readonly adamStep: (...args: Numbers) => void;
  readonly adamaxStep: (...args: Numbers) => void;
  readonly lionStep: (...args: Numbers) => void;
  readonly rmspropStep: (...args: Numbers) => void;
  readonly adagradStep: (...args: Numbers) => void;
  readonly adadeltaStep: (...args: Numbers) => void;
  readonly transpose: (from: number, to: number, rows: number, columns: number) => void;
  readonly columnSums: (x: number, sums: number, rows: number, columns: number) => void;
  readonly addWeightGradient: (...args: Numbers) => void;
  readonly padImages: (...args: Numbers) => void;
  readonly activate: (kind: number, x: number, y: number, count: number, alpha: number) => void;
  readonly activationGradient: (...args: Numbers) => void;
  readonly pack: (b: number, panels: number, k: number, n: number) => void;
  readonly packTransposed: (b: number, panels: number, k: number, n: number) => void;
  readonly convolve: (...args: Numbers) => void;
  readonly normalizeGroups: (...args: Numbers) => void;
  readonly normalizeGroupsGradient: (...args: Numbers) => void;
  readonly normalizeColumns: (...args: Numbers) => void;
  readonly columnProducts: (a: number, b: number, sums: number, rows: number, columns: number) => void;
  readonly applyNoise: (x: number, factors: number, offsets: number, to: number, count: number) => void;
  readonly addPenalty: (g: number, w: number, count: number, l1: number, l2: number) => void;
  readonly clipValues: (x: number, count: number, most: number) => void;
  readonly clipNorm: (x: number, count: number, most: number) => void;
  readonly softmaxGradient: (
    scores: number,
    truth: number,
    to: number,
    rows: number,
    columns: number,
  ) => void;
  readonly lstmStep: (...args: Numbers) => void;
  readonly lstmStepGradient: (...args: Numbers) => void;
  readonly poolGradient: (...args: Numbers) => void;
}

/** What is used of WebAssembly, which the types of Node 20 leave out. */
interface WebAssemblyApi {
  readonly Memory: new () => object;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const instances = new WeakMap<BackendWasm, TrainingMath>();

function instantiate(backend: BackendWasm): TrainingMath {
  const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const { asm } = backend.wasm as unknown as { asm?: { memory?: unknown } };
  if (!(asm?.memory instanceof Memory)) {
    throw new Error('The WebAssembly backend of TensorFlow.js does not give access to its memory.');
  }
  return new Instance(new Module(bytes), { env: { memory: asm.memory } }).exports as TrainingMath;
}

/** @throws Error where the backend's module does not give its memory (another version of tfjs-backend-wasm) */
export function trainingMath(backend: BackendWasm): TrainingMath {
  let math = instances.get(backend);
  if (!math) {
    math = instantiate(backend);
    instances.set(backend, math);
  }
  return math;
}

/** Where a tensor's numbers lie in the heap. Stays valid until the tensor is disposed, whatever is allocated. */
export const address = (backend: BackendWasm, { dataId }: Pick<TensorInfo, 'dataId'>): number =>
  backend.getMemoryOffset(dataId);
