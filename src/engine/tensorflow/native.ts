/**
 * The native backend: the user's own @tensorflow/tfjs-node, taken only when a real training step on it works. Its
 * package can be there without its binary (install scripts skipped, download blocked), so only trying tells.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Backend, TensorFlow } from './backend.js';
import { repair } from './repairs.js';

export type NativeResult =
  | { readonly kind: 'loaded'; readonly backend: Backend }
  | { readonly kind: 'unavailable'; readonly reason: string };

const PACKAGE = '@tensorflow/tfjs-node';

/** One thread per trial, since trials run side by side. Read by libtensorflow when it loads. */
const ENVIRONMENT = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '3' };

/** tfjs-node 4.22 calls functions of `util` that newer Nodes warn of or lack (tensorflow/tfjs#8425, not released). */
function restoreUtilFunctions(): void {
  const util = createRequire(import.meta.url)('node:util') as {
    isNullOrUndefined?: (value: unknown) => boolean;
    isArray?: (value: unknown) => boolean;
  };
  util.isNullOrUndefined = (value) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

function resolvePackage(folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(PACKAGE);
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/** Trains y = 2x by one step and looks whether the weight moved towards 2. */
async function proveTraining(tf: TensorFlow): Promise<void> {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: 'zeros' })],
  });
  const optimizer = tf.train.sgd(0.1);
  const x = tf.tensor2d([1, 2], [2, 1]);
  const y = tf.tensor2d([2, 4], [2, 1]);
  try {
    model.compile({ optimizer, loss: 'meanSquaredError' });
    await model.trainOnBatch(x, y);
    const weight = model.getWeights()[0]?.dataSync()[0];
    // dw = −0.1 · mean(2 · (0 − 2x) · x) = 0.1 · (4 + 16) / 2
    if (weight === undefined || Math.abs(weight - 1) > 1e-4) {
      throw new Error(`a training step gave the weight ${weight} where 1 is right`);
    }
  } finally {
    for (const disposable of [model, optimizer, x, y]) disposable.dispose();
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.trim() || 'an unknown error';

function libtensorflowVersion(tf: TensorFlow): Readonly<Record<string, string>> {
  const { binding } = tf.backend() as { binding?: { TF_Version?: unknown } };
  return typeof binding?.TF_Version === 'string' ? { libtensorflow: binding.TF_Version } : {};
}

/** Looks in `folders` in turn, loads the first found, and proves it. Never throws. */
export async function loadNative(folders: readonly string[]): Promise<NativeResult> {
  const path = resolvePackage(folders);
  if (path === undefined) {
    return { kind: 'unavailable', reason: `${PACKAGE} is not installed in the workspace.` };
  }
  for (const [name, value] of Object.entries(ENVIRONMENT)) process.env[name] ??= value;
  restoreUtilFunctions();
  try {
    const tf = createRequire(path)(path) as TensorFlow & { version_core: string };
    await tf.ready();
    await proveTraining(tf);
    repair(tf);
    const versions = { tfjs: tf.version_core, ...libtensorflowVersion(tf) };
    return { kind: 'loaded', backend: { tf, kind: 'native', versions } };
  } catch (error) {
    return {
      kind: 'unavailable',
      reason: `${PACKAGE} was found but does not work: ${firstLine(error).replace(/\.$/, '')}.`,
    };
  }
}
