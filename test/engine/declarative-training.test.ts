/** The training loop of the declarative trainer: going on after an interruption, what it leaves behind, what it costs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { fusedUpdate } from '../../src/engine/tensorflow/optimizers/fused-update.js';
import type { Dataset } from '../../src/engine/trial/data/dataset.js';
import { scoresOf } from '../../src/engine/trial/declarative/evaluation.js';
import { readDeclarativeConfig } from '../../src/engine/trial/declarative/schema.js';
import { type TrainingRequest, trainNetwork } from '../../src/engine/trial/declarative/train-network.js';
import type { SavedTraining, TrainingStore } from '../../src/engine/trial/declarative/training-state.js';

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
}, 60_000);

/** 60 rows of 6×6 numbers in three classes, the last 20 for validation. */
function dataset(shape: readonly number[]): Dataset {
  const r = random('training');
  const part = (rows: number): Dataset['train'] => {
    const labels = Int32Array.from({ length: rows }, () => r.int(3));
    const inputs = Float32Array.from(
      { length: rows * 36 },
      (_, i) => r.next() + ((i % 3) * labels[Math.floor(i / 36)]!) / 4,
    );
    const outputs = new Float32Array(rows * 3);
    for (const [row, label] of labels.entries()) outputs[row * 3 + label] = 1;
    return {
      rows,
      inputs,
      outputs,
      isOnDisk: false,
      labels,
      targets: new Float64Array(),
      gather: (wanted, x, y) => {
        for (const [i, row] of wanted.entries()) {
          x.set(inputs.subarray(row * 36, (row + 1) * 36), i * 36);
          y.set(outputs.subarray(row * 3, (row + 1) * 3), i * 3);
        }
      },
    };
  };
  return {
    shape,
    rowSize: 36,
    outputs: 3,
    train: part(40),
    validation: part(20),
    scale: { mean: 0, deviation: 1 },
    classes: ['a', 'b', 'c'],
  };
}

type Section = Readonly<Record<string, unknown>>;

async function train(
  { model, optimizer = {}, training }: { model: Section; optimizer?: Section; training: Section },
  more: Partial<TrainingRequest> = {},
  shape: readonly number[] = [36],
) {
  const config = readDeclarativeConfig(
    {
      data: { csv: 'x', target: 'y', validation: 0.3 },
      model: { task: 'classification', ...model },
      optimizer,
      training: { batchSize: 8, ...training },
    } as never,
    'model.yaml',
    '',
  );
  const reports: unknown[] = [];
  const values = await trainNetwork({
    tf,
    config,
    dataset: dataset(shape),
    seed: 5,
    objective: 'val_loss',
    fused: fusedUpdate,
    complain: (_path, message) => {
      throw new Error(message);
    },
    report: async (_epoch, metrics) => {
      reports.push(metrics);
      return false;
    },
    ...more,
  });
  return { values, reports };
}

/** Everything that has a state: dropout, normalisation, slots, plateau, patience, losses of rows. */
const STATEFUL = {
  model: {
    layers: [
      { type: 'dense', units: 8 },
      { type: 'batchNormalization' },
      { type: 'dropout', rate: 0.2 },
      { type: 'gaussianNoise', deviation: 0.1 },
    ],
  },
  optimizer: {
    name: 'adam',
    learningRate: 0.05,
    schedule: { name: 'onPlateau', patience: 1, metric: 'val_accuracy', warmup: 2 },
  },
  training: {
    epochs: 8,
    batches: { name: 'hardExamples' },
    augmentation: { noise: 0.1, mixUp: 0.2 },
    earlyStopping: { patience: 5 },
  },
};

describe('an interrupted training', () => {
  it.each([1, 3, 6])('goes on after epoch %i with the same bits', async (stopped) => {
    const whole = await train(STATEFUL);
    let kept: SavedTraining | undefined;
    const store: TrainingStore = {
      load: async () => kept,
      save: async (epoch, capture) => {
        if (epoch === stopped && !kept) {
          kept = structuredClone(capture());
          throw new Error('interrupted');
        }
      },
    };
    await expect(train(STATEFUL, { store })).rejects.toThrow('interrupted');
    const rest = await train(STATEFUL, { store });
    expect(rest.reports).toEqual(whole.reports.slice(stopped));
    expect(rest.values).toEqual(whole.values);
  });
});

describe('a training', () => {
  it('gives back the weights of the best epoch', async () => {
    let scores: Float32Array | undefined;
    const config = {
      model: { units: [8] },
      optimizer: { learningRate: 0.5 },
      training: { epochs: 15, earlyStopping: { patience: 15 } },
    };
    const { reports } = await train(config, {
      trained: (model) => {
        const data = dataset([36]);
        scores = scoresOf(tf, model, data, data.validation!);
      },
    });
    const losses = (reports as { val_loss: number }[]).map(({ val_loss }) => val_loss);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(best).toBeLessThan(15);
    // The same training cut off at its best epoch ends with the same weights.
    await train(
      { ...config, training: { epochs: best } },
      {
        trained: (model) => {
          const data = dataset([36]);
          expect(scoresOf(tf, model, data, data.validation!)).toEqual(scores);
        },
      },
    );
  });

  it('does the same with plain operations as in one pass, to 1e-4', async () => {
    const config = { model: { units: [8] }, training: { epochs: 3 } };
    const [a, b] = [await train(config), await train(config, { fused: undefined })];
    expect((a.values as { loss: number }).loss).toBeCloseTo((b.values as { loss: number }).loss, 4);
  });

  it('reads back once per epoch and part', async () => {
    const backend = tf.backend();
    const read = backend.readSync.bind(backend);
    let reads = 0;
    backend.readSync = (dataId) => {
      reads++;
      return read(dataId);
    };
    try {
      await train({ model: { units: [8] }, training: { epochs: 3 } });
    } finally {
      backend.readSync = read;
    }
    expect(reads).toBe(6);
  });

  const IMAGE = [6, 6, 1];
  it.each([
    ['dense', { units: [8], dropout: 0.2, normalization: 'batch', l2: 0.01 }, [36]],
    ['convolution', { layers: [{ type: 'conv2d', filters: 2, kernelSize: 3, dilation: 2 }] }, IMAGE],
    [
      'depthwise',
      { layers: [{ type: 'separableConv2d', filters: 2, kernelSize: 3, activation: 'prelu' }] },
      IMAGE,
    ],
    ['recurrent', { layers: [{ type: 'gru', units: 3, dropout: 0.2, recurrentDropout: 0.2 }] }, [6, 6]],
    ['bidirectional', { layers: [{ type: 'bidirectional', layer: { type: 'lstm', units: 3 } }] }, [6, 6]],
    ['residual', { layers: [{ type: 'residual', drop: 0.3, layers: [{ type: 'dense', units: 4 }] }] }, [36]],
  ])('repeats its bits, and leaves no tensor and no variable behind: %s', async (_name, model, shape) => {
    const training = { epochs: 2, earlyStopping: 1, augmentation: { noise: 0.1 } };
    const optimizer = { name: 'adamax', clipNorm: 1, weightDecay: 0.1 };
    const first = await train({ model, optimizer, training }, {}, shape);
    const before = [tf.memory().numTensors, Object.keys(tf.engine().registeredVariables).length];
    for (let k = 0; k < 3; k++) expect(await train({ model, optimizer, training }, {}, shape)).toEqual(first);
    expect([tf.memory().numTensors, Object.keys(tf.engine().registeredVariables).length]).toEqual(before);
  });
});
