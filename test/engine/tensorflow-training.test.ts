import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadBackend } from '../../src/engine/tensorflow/load.js';
import { seedMathRandom } from '../../src/engine/tensorflow/random.js';

let tf: TensorFlow;
beforeAll(async () => {
  const backend = await loadBackend({ prefer: 'embedded', searchFolders: [] });
  tf = backend.tf;
});

/** Trains a small convolutional net on stripes, upright or lying. Losses per step, and the weights at the end. */
async function trainStripes(seed: number, steps = 30) {
  seedMathRandom(seed);
  const images = Array.from({ length: 32 * 36 }, (_, i) => ((i % 36) + Math.floor(i / 36) * 7) % 36).map(
    (pixel, i) => {
      const image = Math.floor(i / 36);
      const along = image % 2 === 0 ? pixel % 6 : Math.floor(pixel / 6);
      return along % 2 === 0 ? 1 : -1;
    },
  );
  const x = tf.tensor4d(images, [32, 6, 6, 1]);
  const y = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: 32 }, (_, i) => i % 2),
      'int32',
    ),
    2,
  );
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.2 }),
      tf.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  const optimizer = tf.train.adam(0.02);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await model.trainOnBatch(x, y)) as number);
  const weights = model.getWeights().map((w) => [...w.dataSync()]);
  tf.dispose([x, y]);
  model.dispose();
  optimizer.dispose();
  return { losses, weights };
}

describe('the embedded backend', () => {
  it('trains a convolutional net', async () => {
    const { losses } = await trainStripes(1, 60);
    expect(losses[0]).toBeGreaterThan(0.3);
    expect(losses.at(-1)).toBeLessThan(0.1);
  });

  it('gives the same bits for the same seed, whatever ran before', async () => {
    const first = await trainStripes(7);
    await trainStripes(8);
    const second = await trainStripes(7);
    expect(second).toEqual(first);
  });

  it('gives other weights for another seed', async () => {
    expect((await trainStripes(8)).losses).not.toEqual((await trainStripes(7)).losses);
  });

  it('draws another mask at each step of dropout with a seed, and the same ones in each run', () => {
    const x = tf.ones([4, 16]);
    const masks = (): number[][] => {
      const layer = tf.layers.dropout({ rate: 0.5, seed: 3 });
      const draw = (): number[] => [...(layer.apply(x, { training: true }) as typeof x).dataSync()];
      return [draw(), draw()];
    };
    const [first, second] = masks();
    expect(first).not.toEqual(second);
    expect(masks()).toEqual([first, second]);
  });

  it('keeps centered RMSProp finite where a gradient is 0', () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = tf.train.rmsprop(0.1, 0.9, 0, 1e-7, true);
    for (let i = 0; i < 3; i++) optimizer.minimize(() => tf.sum(tf.mul(w, tf.tensor1d([1, 0]))).asScalar());
    const [moved, still] = w.dataSync();
    expect(moved).toBeLessThan(1);
    expect(moved).toBeGreaterThan(-10);
    expect(still).toBe(2);
  });

  it('gives the gradient of a penalty on gradients', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 5, activation: 'relu', inputShape: [3] }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    const at = tf.tensor2d([[0.3, -0.2, 0.5]]);
    const f = (x: Tensor) => tf.sum(model.apply(x, { training: true }) as Tensor);
    const penalty = () => tf.sum(tf.square(tf.grad(f)(at))).asScalar();
    const kernel = model.trainableWeights[0]!.read() as Variable;
    const found = tf.variableGrads(penalty, [kernel]).grads[kernel.name]!;
    const start = kernel.clone();
    const step = tf.fill(kernel.shape, 1e-3);
    kernel.assign(tf.add(start, step));
    const after = penalty().dataSync()[0]!;
    kernel.assign(tf.sub(start, step));
    const before = penalty().dataSync()[0]!;
    expect(tf.sum(tf.mul(found, step)).dataSync()[0]!).toBeCloseTo((after - before) / 2, 5);
  });

  it('leaves no listener that throws uncaught errors again', async () => {
    const added = process.rawListeners('uncaughtException').filter((l) => String(l).includes('ExitStatus'));
    expect(added).toEqual([]);
  });
});

describe('choosing a backend', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sweetspot-native-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const install = async (name: string, code: string): Promise<string> => {
    const home = join(folder, name, 'node_modules', '@tensorflow', 'tfjs-node');
    await mkdir(home, { recursive: true });
    await writeFile(
      join(home, 'package.json'),
      JSON.stringify({ name: '@tensorflow/tfjs-node', main: 'index.js' }),
    );
    await writeFile(join(home, 'index.js'), code);
    return join(folder, name);
  };

  it('falls back where tfjs-node is not installed, and says so', async () => {
    const backend = await loadBackend({ prefer: 'auto', searchFolders: [folder] });
    expect(backend.kind).toBe('embedded');
    expect(backend.versions.tfjs).toMatch(/^4\./);
    expect(backend.fallbackReason).toBe('@tensorflow/tfjs-node is not installed in the workspace.');
  });

  it('falls back where its binary is missing', async () => {
    const workspace = await install(
      'broken',
      "throw new Error('tfjs_binding.node can not be found.\\nSee docs');",
    );
    const backend = await loadBackend({ prefer: 'auto', searchFolders: [workspace] });
    expect(backend.kind).toBe('embedded');
    expect(backend.fallbackReason).toBe(
      '@tensorflow/tfjs-node was found but does not work: tfjs_binding.node can not be found.',
    );
  });

  it('takes it where a training step works, with one thread', async () => {
    const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
    const layers = createRequire(import.meta.url).resolve('@tensorflow/tfjs-layers');
    const workspace = await install(
      'working',
      `module.exports = Object.assign({}, require(${JSON.stringify(core)}), require(${JSON.stringify(layers)}));`,
    );
    const backend = await loadBackend({ prefer: 'auto', searchFolders: [workspace] });
    expect(backend.kind).toBe('native');
    expect(backend.fallbackReason).toBeUndefined();
    expect(process.env.TF_NUM_INTRAOP_THREADS).toBe('1');
  });

  it('refuses to go on where native was insisted on', async () => {
    await expect(loadBackend({ prefer: 'native', searchFolders: [folder] })).rejects.toThrow(
      /native backend was asked for, but .* is not installed/,
    );
  });
});
