/** Small trainings of the declarative trainer in this process: compiled, and operation by operation beside them. */
import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import type { JsonObject } from '../../../src/core/json.js';
import { random } from '../../../src/core/random.js';
import type { TensorFlow } from '../../../src/engine/tensorflow/backend.js';
import { fusedUpdate } from '../../../src/engine/tensorflow/optimizers/fused-update.js';
import { type Dataset, memoryPart } from '../../../src/engine/trial/data/dataset.js';
import { type CompiledPlan, compiledShape } from '../../../src/engine/trial/declarative/compiled-shape.js';
import {
  type DeclarativeConfig,
  readDeclarativeConfig,
} from '../../../src/engine/trial/declarative/schema.js';
import { trainCompiled } from '../../../src/engine/trial/declarative/train-compiled.js';
import { trainNetwork } from '../../../src/engine/trial/declarative/train-network.js';
import type { Metrics } from '../../../src/engine/trial/session.js';

const ROWS = 90;
const COLUMNS = 7;
const NO_SCALE = { mean: 0, deviation: 1 };

/** 90 rows of 7 numbers to train on, 31 beside them. */
export function smallDataset(task: 'classification' | 'regression'): Dataset {
  const r = random('together', task);
  const part = (rows: number) => {
    const inputs = Float32Array.from({ length: rows * COLUMNS }, () => 2 * r.next() - 1);
    const sums = Array.from({ length: rows }, (_, i) => inputs[i * COLUMNS]! + inputs[i * COLUMNS + 1]! ** 2);
    const isClasses = task === 'classification';
    const labels = Int32Array.from(isClasses ? sums.map((s) => (s < 0 ? 0 : s < 0.5 ? 1 : 2)) : []);
    const targets = Float64Array.from(isClasses ? [] : sums);
    return memoryPart(inputs, COLUMNS, { labels, targets, outputs: isClasses ? 3 : 1 }, NO_SCALE, task);
  };
  return {
    shape: [COLUMNS],
    rowSize: COLUMNS,
    outputs: task === 'classification' ? 3 : 1,
    train: part(ROWS),
    validation: part(31),
    scale: NO_SCALE,
    classes: task === 'classification' ? ['a', 'b', 'c'] : [],
  };
}

/** A config of two small dense layers and 4 epochs but for what is given. */
export const smallConfig = (
  model: JsonObject = {},
  optimizer: JsonObject = {},
  training: JsonObject = {},
): DeclarativeConfig =>
  readDeclarativeConfig(
    {
      data: { csv: 'none.csv', target: 'none' },
      model: { task: 'classification', ...('layers' in model ? {} : { units: [12, 5] }), ...model },
      optimizer,
      training: { epochs: 4, batchSize: 16, ...training },
    },
    'case.yaml',
    '',
  );

const complain = (path: readonly (string | number)[], message: string): never => {
  throw new Error(`${path.join('.')}: ${message}`);
};

export interface Trained {
  readonly epochs: Metrics[];
  weights: number[];
}

/**
 * Operation by operation, one alone.
 * @param isFused whether the optimizer takes its steps in one pass, or of TensorFlow's own operations, too
 */
export async function apart(
  tf: TensorFlow,
  dataset: Dataset,
  config: DeclarativeConfig,
  seed: number,
  isFused = true,
): Promise<Trained> {
  const result: Trained = { epochs: [], weights: [] };
  await trainNetwork({
    tf,
    config,
    dataset,
    seed,
    objective: 'val_loss',
    fused: isFused ? fusedUpdate : undefined,
    complain,
    report: async (_epoch, metrics) => {
      result.epochs.push(metrics);
      return false;
    },
    trained: (model) => {
      result.weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
    },
  });
  return result;
}

/** @throws Error where the config is not for compiled steps */
function planOf(config: DeclarativeConfig, dataset: Dataset): CompiledPlan {
  const steps = compiledShape(config, dataset);
  if (steps.kind !== 'compiled') throw new Error(`not compiled: ${steps.reason}`);
  return steps;
}

export const compiledRequest = (
  tf: TensorFlow,
  dataset: Dataset,
  config: DeclarativeConfig,
  seed: number,
) => ({ tf, config, dataset, plan: planOf(config, dataset), seed, objective: 'val_loss', complain });

/** In compiled steps, all at the same time; training i with seed i. */
export async function together(
  tf: TensorFlow,
  dataset: Dataset,
  configs: readonly DeclarativeConfig[],
  stops: (i: number, epoch: number) => boolean = () => false,
): Promise<Trained[]> {
  const results = configs.map((): Trained => ({ epochs: [], weights: [] }));
  const trainings = configs.map((config, i) =>
    trainCompiled({
      ...compiledRequest(tf, dataset, config, i),
      report: async (epoch: number, metrics: Metrics) => {
        results[i]!.epochs.push(metrics);
        // As a report that travels to the engine and back.
        await setImmediate();
        return stops(i, epoch);
      },
      trained: (weights: readonly Float32Array[]) => {
        results[i]!.weights = weights.flatMap((numbers) => [...numbers]);
      },
    }),
  );
  await Promise.all(trainings);
  return results;
}

/** Weights and every metric of every epoch, to 1e-4. */
export function expectSame(ours: Trained, theirs: Trained): void {
  expect(ours.weights.length).toBe(theirs.weights.length);
  const worst = ours.weights.reduce((most, weight, i) => {
    const difference = Math.abs(weight - theirs.weights[i]!);
    return difference <= most ? most : difference;
  }, 0);
  expect(worst).toBeLessThan(1e-4);
  expect(ours.epochs.length).toBe(theirs.epochs.length);
  for (const [i, metrics] of ours.epochs.entries()) {
    for (const [name, value] of Object.entries(theirs.epochs[i]!)) {
      expect(Math.abs(metrics[name]! - value), `${name} after epoch ${i + 1}`).toBeLessThan(1e-4);
    }
  }
}
