/**
 * The program of one backend's process: trains every case for three epochs, compares slopes with gradients, and writes what
 * it found as JSON to the file it is told. `node run.mjs embedded|cpu|native FILE [FOLDER]`, where FOLDER has tfjs-node.
 */
import { writeFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { random } from '../../../src/core/random.js';
import type { TensorFlow } from '../../../src/engine/tensorflow/backend.js';
import { loadBackend } from '../../../src/engine/tensorflow/load.js';
import { fusedUpdate } from '../../../src/engine/tensorflow/optimizers/fused-update.js';
import { seedMathRandom } from '../../../src/engine/tensorflow/random.js';
import { type Dataset, memoryPart } from '../../../src/engine/trial/data/dataset.js';
import { lossOf } from '../../../src/engine/trial/declarative/losses/names.js';
import { lossOp } from '../../../src/engine/trial/declarative/losses/tensors.js';
import { buildNetwork, disposeNetwork } from '../../../src/engine/trial/declarative/model/network.js';
import {
  type DeclarativeConfig,
  readDeclarativeConfig,
} from '../../../src/engine/trial/declarative/schema.js';
import { trainNetwork } from '../../../src/engine/trial/declarative/train-network.js';
import { CASES, type Case } from './cases.js';
import type { Finding, Findings } from './findings.js';
import { STOCK_CASES } from './stock.js';

const ROWS = 12;
const CLASSES = 3;
const DIRECTIONS = 4;
/** Changes of weights by which slopes are taken, for losses of about 1 in single precision. */
const STEP = 3e-3;

function datasetOf({ shape, model, vocabulary }: Case): Dataset {
  const task = model.task as 'classification' | 'regression';
  const rowSize = shape.reduce((product, n) => product * n, 1);
  const r = random('conformance');
  const inputs = Float32Array.from({ length: ROWS * rowSize }, () =>
    vocabulary === undefined ? 2 * r.next() - 1 : r.int(vocabulary),
  );
  const outputs = task === 'classification' ? CLASSES : 1;
  const labels =
    task === 'classification' ? Int32Array.from({ length: ROWS }, (_, i) => i % 3) : new Int32Array();
  const targets =
    task === 'regression' ? Float64Array.from({ length: ROWS }, () => r.next()) : new Float64Array();
  const scale = { mean: 0, deviation: 1 };
  const train = memoryPart(inputs, rowSize, { labels, targets, outputs }, scale, task);
  const classes = task === 'classification' ? ['a', 'b', 'c'] : [];
  return { shape, rowSize, outputs, train, scale, classes, ...(vocabulary !== undefined && { vocabulary }) };
}

function configOf({ model, optimizer = {} }: Case): DeclarativeConfig {
  const training = { epochs: 3, batchSize: ROWS / 2 };
  const data = { csv: 'none.csv', target: 'none' };
  return readDeclarativeConfig({ data, model, optimizer, training }, 'case.yaml', '');
}

const numbersOf = (tensors: readonly Tensor[]): number[] =>
  tensors.flatMap((tensor) => [...tensor.dataSync()]);

async function train(
  tf: TensorFlow,
  one: Case,
  fused: boolean,
): Promise<Pick<Finding, 'losses' | 'weights'>> {
  const losses: number[] = [];
  let weights: number[] = [];
  await trainNetwork({
    tf,
    config: configOf(one),
    dataset: datasetOf(one),
    seed: 7,
    objective: 'loss',
    ...(fused && { fused: fusedUpdate }),
    complain: (path, message) => {
      throw new Error(`${path.join('.')}: ${message}`);
    },
    report: (_epoch, metrics) => {
      losses.push(metrics.loss ?? Number.NaN);
      return Promise.resolve(false);
    },
    trained: (model) => {
      weights = numbersOf(model.getWeights());
    },
  });
  return { losses, weights };
}

/** Of the whole dataset as one batch, penalties included. */
function lossFunction(
  tf: TensorFlow,
  model: LayersModel,
  config: DeclarativeConfig,
  dataset: Dataset,
): () => Tensor {
  const { task, loss } = config.model;
  const name = loss?.name ?? (task === 'classification' ? 'crossentropy' : 'mse');
  const op = lossOp(tf, lossOf(name, loss ?? {}), task);
  return () => {
    const x = tf.tensor(dataset.train.inputs, [ROWS, ...dataset.shape]);
    const y = tf.tensor2d(dataset.train.outputs, [ROWS, dataset.outputs]);
    const scores = model.apply(x, { training: true }) as Tensor;
    const data = tf.mean(op(y, scores as never));
    return tf.addN([data, ...model.calculateLosses()]).asScalar();
  };
}

/** The largest difference between a slope and what the gradient says, in parts of the gradient's length. */
function slopeError(tf: TensorFlow, one: Case): number {
  const config = configOf(one);
  const dataset = datasetOf(one);
  const { step = STEP } = one;
  seedMathRandom(11);
  const model = buildNetwork(tf, config.model, { ...dataset, vocabulary: () => one.vocabulary ?? 1 });
  const f = lossFunction(tf, model, config, dataset);
  const weights = model.trainableWeights.map((weight) => weight.read() as Variable);
  try {
    return tf.tidy(() => {
      const { grads } = tf.variableGrads(() => f().asScalar(), weights);
      const gradients = weights.map((weight) => [...grads[weight.name]!.dataSync()]);
      const start = weights.map((weight) => weight.dataSync().slice() as Float32Array);
      const length = Math.sqrt(gradients.flat().reduce((sum, g) => sum + g * g, 0));
      const size = Math.sqrt(gradients.flat().length);
      const at = (direction: readonly number[][], distance: number): number =>
        tf.tidy(() => {
          for (const [i, weight] of weights.entries()) {
            const moved = start[i]!.map((w, j) => w + distance * direction[i]![j]!);
            weight.assign(tf.tensor(moved, weight.shape));
          }
          return f().dataSync()[0]!;
        });
      let worst = 0;
      for (let k = 0; k < DIRECTIONS; k++) {
        const r = random('direction', k);
        const direction = gradients.map((g) => g.map(() => (2 * (r.next() < 0.5 ? 0 : 1) - 1) / size));
        const slope = (at(direction, step) - at(direction, -step)) / (2 * step);
        const predicted = direction
          .flatMap((d, i) => d.map((x, j) => x * gradients[i]![j]!))
          .reduce((a, b) => a + b, 0);
        worst = Math.max(worst, Math.abs(slope - predicted) / Math.max(length, 0.05));
      }
      return worst;
    });
  } finally {
    disposeNetwork(tf, model);
  }
}

async function find(tf: TensorFlow, one: Case, fused: boolean): Promise<Finding> {
  try {
    const trained = await train(tf, one, fused);
    return { ...trained, slopeError: one.isRandom ? 0 : slopeError(tf, one) };
  } catch (error) {
    return {
      losses: [],
      weights: [],
      slopeError: 0,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

const [kind, file, folder] = process.argv.slice(2) as [string, string, string?];
const backend = await loadBackend({
  prefer: kind === 'native' ? 'native' : 'embedded',
  searchFolders: folder === undefined ? [] : [folder],
});
const { tf } = backend;
if (kind === 'cpu') await tf.setBackend('cpu');
const findings: Record<string, Finding> = {};
for (const one of CASES) findings[one.name] = await find(tf, one, kind === 'embedded');
for (const { name, train } of STOCK_CASES) {
  seedMathRandom(5);
  findings[name] = { ...(await train(tf)), slopeError: 0 };
}
const result: Findings = { backend: tf.getBackend(), versions: backend.versions, findings };
writeFileSync(file, JSON.stringify(result));
process.exit(0);
