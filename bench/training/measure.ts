/** What is measured inside a process of its own, in CPU seconds, which a loaded machine distorts least. */

import { random } from '../../src/core/random.js';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadBackend } from '../../src/engine/tensorflow/load.js';
import { fusedUpdate } from '../../src/engine/tensorflow/optimizers/fused-update.js';
import type { Dataset } from '../../src/engine/trial/data/dataset.js';
import { memoryPart } from '../../src/engine/trial/data/dataset.js';
import { compiledShape } from '../../src/engine/trial/declarative/compiled-shape.js';
import { type DeclarativeConfig, readDeclarativeConfig } from '../../src/engine/trial/declarative/schema.js';
import { trainCompiled } from '../../src/engine/trial/declarative/train-compiled.js';
import { trainNetwork } from '../../src/engine/trial/declarative/train-network.js';
import { CLASSES, createModel, MODELS, type ModelName } from './models.js';

const BATCH = 64;
const ROWS = 2048;

/** CPU seconds that this process has used. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)]!;

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

async function backendOf(kind: string, folder: string | undefined): Promise<TensorFlow> {
  const searchFolders = folder === undefined ? [] : [folder];
  return (await loadBackend({ prefer: kind === 'native' ? 'native' : 'embedded', searchFolders })).tf;
}

/** Samples per CPU second of single steps, Adam, batches of 64: the median of five windows. */
export async function speed(
  kind: string,
  name: ModelName,
  seconds: number,
  folder?: string,
): Promise<number> {
  const tf = await backendOf(kind, folder);
  const { shape } = MODELS[name];
  const model = createModel(tf, name);
  const x = tf.randomUniform([ROWS, ...shape], 0, 1, 'float32', 1);
  const y = tf.oneHot(tf.randomUniform([ROWS], 0, CLASSES, 'int32', 2), CLASSES);
  const inputs = tf.split(x, ROWS / BATCH);
  const outputs = tf.split(tf.cast(y, 'float32'), ROWS / BATCH);
  let batch = 0;
  const step = async (): Promise<void> => {
    await model.trainOnBatch(inputs[batch % inputs.length]!, outputs[batch % outputs.length]!);
    batch++;
  };
  for (let i = 0; i < 10; i++) await step();
  const rates: number[] = [];
  for (let window = 0; window < 5; window++) {
    const [start, first] = [cpuSeconds(), batch];
    while (cpuSeconds() - start < seconds / 5) await step();
    rates.push(((batch - first) * BATCH) / (cpuSeconds() - start));
  }
  return median(rates);
}

function datasetOf(shape: readonly number[], rows: number): Dataset {
  const rowSize = sizeOf(shape);
  const r = random('bench');
  const scale = { mean: 0, deviation: 1 };
  const inputs = Float32Array.from({ length: rows * rowSize }, () => r.next());
  const labels = Int32Array.from({ length: rows }, () => r.int(CLASSES));
  const of = { labels, targets: new Float64Array(), outputs: CLASSES };
  const train = memoryPart(inputs, rowSize, of, scale, 'classification');
  const classes = Array.from({ length: CLASSES }, (_, i) => String(i));
  return { shape, rowSize, outputs: CLASSES, train, scale, classes };
}

function configOf(model: object, epochs: number, optimizer: object = {}): DeclarativeConfig {
  const data = { csv: 'none.csv', target: 'none' };
  const training = { epochs, batchSize: BATCH };
  return readDeclarativeConfig(
    { data, model: { task: 'classification', ...model }, optimizer, training } as never,
    'bench.yaml',
    '',
  );
}

const complain = (_path: readonly (string | number)[], message: string): never => {
  throw new Error(message);
};

const DECLARED: Readonly<Partial<Record<ModelName, object>>> = {
  mlp784: { units: [128, 64] },
  cnn8: {
    layers: [
      { type: 'conv2d', filters: 8, kernelSize: 3 },
      { type: 'maxPooling2d' },
      { type: 'conv2d', filters: 16, kernelSize: 3 },
      { type: 'maxPooling2d' },
    ],
  },
  mlp20: { units: [32, 32] },
};

/** Samples per CPU second of the declarative trainer ÷ those of model.fit with the same model, on the embedded backend. */
export async function trainerBesideFit(name: ModelName, rounds: number, epochs: number): Promise<number> {
  const tf = await backendOf('embedded', undefined);
  const { shape } = MODELS[name];
  const data = datasetOf(shape, ROWS);
  const config = configOf(DECLARED[name]!, epochs);
  const trainer = async (): Promise<void> => {
    const report = () => Promise.resolve(false);
    await trainNetwork({
      tf,
      config,
      dataset: data,
      seed: 1,
      objective: 'loss',
      fused: fusedUpdate,
      complain,
      report,
    });
  };
  const fit = async (): Promise<void> => {
    const model = createModel(tf, name);
    const x = tf.tensor(data.train.inputs, [ROWS, ...shape]);
    const y = tf.tensor2d(data.train.outputs, [ROWS, CLASSES]);
    await model.fit(x, y, { epochs, batchSize: BATCH, shuffle: true, verbose: 0 });
    tf.dispose([x, y]);
    model.dispose();
  };
  const time = async (work: () => Promise<void>): Promise<number> => {
    const start = cpuSeconds();
    await work();
    return cpuSeconds() - start;
  };
  await trainer();
  await fit();
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = await time(trainer);
    ratios.push((await time(fit)) / ours);
  }
  return median(ratios);
}

/** Trials per CPU second of 16 small networks in compiled steps side by side, and operation by operation in turn. */
export async function together(
  rounds: number,
): Promise<{ readonly together: number; readonly apart: number }> {
  const tf = await backendOf('embedded', undefined);
  const dataset = datasetOf(MODELS.mlp20.shape, ROWS);
  const report = () => Promise.resolve(false);
  const requests = Array.from({ length: 16 }, (_, seed) => {
    const config = configOf({ units: [32, 32], dropout: seed % 2 === 0 ? 0 : 0.1 }, 3, {
      name: seed % 3 === 0 ? 'momentum' : 'adam',
      learningRate: 0.001 * (seed + 1),
    });
    return { tf, config, dataset, seed, objective: 'loss', complain, report };
  });
  const all = (): Promise<unknown> =>
    Promise.all(
      requests.map((request) => {
        const steps = compiledShape(request.config, dataset);
        if (steps.kind !== 'compiled') throw new Error(`Not compiled: ${steps.reason}`);
        return trainCompiled({ ...request, plan: steps });
      }),
    );
  const each = async (): Promise<void> => {
    for (const request of requests) await trainNetwork({ ...request, fused: fusedUpdate });
  };
  const rate = async (work: () => Promise<unknown>): Promise<number> => {
    const start = cpuSeconds();
    await work();
    return requests.length / (cpuSeconds() - start);
  };
  await all();
  await each();
  const [fast, slow]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    fast.push(await rate(all));
    slow.push(await rate(each));
  }
  return { together: median(fast), apart: median(slow) };
}
