/**
 * The embedded backend: TensorFlow.js on WebAssembly with our training kernels. Needs no installation, one thread, the
 * same bits on every platform.
 */
import { accessSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
// `x.add(y)` beside `tf.add(x, y)`: users of the whole package expect both, tfjs-core alone has the second only.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tfCore from '@tensorflow/tfjs-core';
import * as tfLayers from '@tensorflow/tfjs-layers';
import type { Backend, TensorFlow } from './backend.js';
import { installTrainingKernels } from './kernels/training-kernels.js';
import { fuseLayers } from './layers/fused-layers.js';
import { fuseLstm } from './layers/fused-lstm.js';
import { fuseStockOptimizers } from './optimizers/stock-optimizers.js';
import { repair } from './repairs.js';

const BINARY = 'tfjs-backend-wasm-simd.wasm';

/** Beside the bundle once built; in the package while running from source. */
function binaryFolder(): string {
  const beside = fileURLToPath(new URL(`./${BINARY}`, import.meta.url));
  try {
    accessSync(beside);
    return dirname(beside);
  } catch {
    return dirname(createRequire(import.meta.url).resolve(`@tensorflow/tfjs-backend-wasm/dist/${BINARY}`));
  }
}

/**
 * Emscripten adds listeners that throw every uncaught error and rejected promise again, which would hide the user's own
 * stack behind its own: keep those that were there before.
 */
async function withoutNewListeners(load: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.rawListeners(event)));
  await load();
  for (const [i, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]?.has(listener)) process.off(event, listener as (...args: unknown[]) => void);
    }
  }
}

let backend: Promise<Backend> | undefined;

async function load(): Promise<Backend> {
  const version = { 'tfjs-core': tfCore.version_core, 'tfjs-layers': tfLayers.version_layers };
  const tf: TensorFlow = Object.assign({ version }, tfCore, tfLayers);
  setWasmPaths(binaryFolder() + sep);
  await withoutNewListeners(async () => {
    if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js could not start WebAssembly.');
    await tf.ready();
  });
  installTrainingKernels();
  fuseLayers();
  fuseLstm();
  fuseStockOptimizers();
  repair(tf);
  return {
    tf,
    kind: 'embedded',
    versions: { tfjs: tfCore.version_core, 'tfjs-backend-wasm': version_wasm },
  };
}

/** Loaded once per process. Rejects where the runtime has no WebAssembly SIMD (Node before 16.4). */
export function loadEmbedded(): Promise<Backend> {
  backend ??= load();
  return backend;
}
