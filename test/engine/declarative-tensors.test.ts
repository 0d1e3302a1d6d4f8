/** Optimizers, losses and layers of the declarative trainer against formulas written out in double precision. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { fusedUpdate } from '../../src/engine/tensorflow/optimizers/fused-update.js';
import { LOSS_NAMES, type Loss, lossOf } from '../../src/engine/trial/declarative/losses/names.js';
import { classRowLosses, numberRowLosses, softmax } from '../../src/engine/trial/declarative/losses/rows.js';
import { lossOp } from '../../src/engine/trial/declarative/losses/tensors.js';
import {
  createOptimizer,
  type OptimizerOptions,
} from '../../src/engine/trial/declarative/optimizers/optimizer.js';
import { OPTIMIZER_NAMES } from '../../src/engine/trial/declarative/optimizers/rules.js';
import { closeTo, numbers } from './support/numbers.js';

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
});

/** Gradients of step `t`, the same for everyone. */
const gradientOf = (t: number): number[] => [0.5 / t, -0.2, 0.1 * t, 0];
const START = [1, -2, 0.5, 3];

/** Weights [2, 2] after `steps` steps. */
function stepped(options: OptimizerOptions, steps: number, fused?: typeof fusedUpdate): number[] {
  const w = tf.variable(tf.tensor2d(START, [2, 2]));
  const optimizer = createOptimizer(tf, options, fused);
  for (let t = 1; t <= steps; t++) {
    const g = tf.tensor2d(gradientOf(t), [2, 2]);
    optimizer.applyGradients({ [w.name]: g });
    g.dispose();
  }
  const result = [...w.dataSync()];
  w.dispose();
  optimizer.dispose();
  return result;
}

/** The papers' formulas for one weight over all steps. */
const BY_HAND: Readonly<Record<string, (w: number, g: (t: number) => number, steps: number) => number>> = {
  sgd: (w, g, n) => {
    for (let t = 1; t <= n; t++) w -= 0.1 * g(t);
    return w;
  },
  momentum: (w, g, n) => {
    for (let t = 1, v = 0; t <= n; t++) {
      v = 0.9 * v + g(t);
      w -= 0.1 * v;
    }
    return w;
  },
  nesterov: (w, g, n) => {
    for (let t = 1, v = 0; t <= n; t++) {
      v = 0.9 * v + g(t);
      w -= 0.1 * (g(t) + 0.9 * v);
    }
    return w;
  },
  rmsprop: (w, g, n) => {
    for (let t = 1, v = 0; t <= n; t++) {
      v = 0.9 * v + 0.1 * g(t) ** 2;
      w -= (0.1 * g(t)) / Math.sqrt(v + 1e-7);
    }
    return w;
  },
  adagrad: (w, g, n) => {
    for (let t = 1, v = 0.1; t <= n; t++) {
      v += g(t) ** 2;
      w -= (0.1 * g(t)) / Math.sqrt(v + 1e-7);
    }
    return w;
  },
  adadelta: (w, g, n) => {
    for (let t = 1, e = 0, u = 0; t <= n; t++) {
      e = 0.95 * e + 0.05 * g(t) ** 2;
      const d = Math.sqrt((u + 1e-6) / (e + 1e-6)) * g(t);
      u = 0.95 * u + 0.05 * d * d;
      w -= 0.1 * d;
    }
    return w;
  },
  adam: (w, g, n) => {
    for (let t = 1, m = 0, v = 0; t <= n; t++) {
      m = 0.9 * m + 0.1 * g(t);
      v = 0.999 * v + 0.001 * g(t) ** 2;
      w -= (0.1 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-7);
    }
    return w;
  },
  adamw: (w, g, n) => {
    for (let t = 1, m = 0, v = 0; t <= n; t++) {
      m = 0.9 * m + 0.1 * g(t);
      v = 0.999 * v + 0.001 * g(t) ** 2;
      w -= 0.1 * 0.01 * w + (0.1 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-7);
    }
    return w;
  },
  adamax: (w, g, n) => {
    for (let t = 1, m = 0, u = 0; t <= n; t++) {
      m = 0.9 * m + 0.1 * g(t);
      u = Math.max(0.999 * u, Math.abs(g(t)));
      w -= ((0.1 / (1 - 0.9 ** t)) * m) / (u + 1e-7);
    }
    return w;
  },
  lion: (w, g, n) => {
    for (let t = 1, m = 0; t <= n; t++) {
      w -= 0.1 * Math.sign(0.9 * m + 0.1 * g(t));
      m = 0.99 * m + 0.01 * g(t);
    }
    return w;
  },
};

describe('an optimizer', () => {
  it.each(OPTIMIZER_NAMES)('%s takes the steps of its paper', (name) => {
    const expected = START.map((w, i) => BY_HAND[name]!(w, (t) => gradientOf(t)[i]!, 7));
    closeTo(stepped({ name, learningRate: 0.1 }, 7), expected, 5);
  });

  it.each(OPTIMIZER_NAMES)('%s does the same in one pass', (name) => {
    const options = { name, learningRate: 0.05, weightDecay: 0.1 } as const;
    closeTo(stepped(options, 5, fusedUpdate), stepped(options, 5), 6);
  });

  it('takes RMSProp by the variance without NaN where a gradient is 0', () => {
    const expected = START.map((start, i) => {
      let [w, v, m] = [start, 0, 0];
      for (let t = 1; t <= 5; t++) {
        const g = gradientOf(t)[i]!;
        v = 0.9 * v + 0.1 * g * g;
        m = 0.9 * m + 0.1 * g;
        w -= (0.1 * g) / Math.sqrt(v - m * m + 1e-7);
      }
      return w;
    });
    closeTo(stepped({ name: 'rmsprop', learningRate: 0.1, centered: true }, 5), expected, 4);
  });

  it('decays kernels by rate · λ · w beside any step, and no biases', () => {
    const kernel = tf.variable(tf.tensor2d([2], [1, 1]));
    const bias = tf.variable(tf.tensor1d([2]));
    const optimizer = createOptimizer(tf, { name: 'sgd', learningRate: 0.5, weightDecay: 0.1 });
    optimizer.applyGradients({ [kernel.name]: tf.tensor2d([1], [1, 1]), [bias.name]: tf.tensor1d([1]) });
    expect([kernel.dataSync()[0], bias.dataSync()[0]]).toEqual([Math.fround(2 - 0.5 * 0.1 * 2 - 0.5), 1.5]);
    tf.dispose([kernel, bias]);
  });

  it('clips the norm of all gradients together', () => {
    const a = tf.variable(tf.tensor1d([0]));
    const b = tf.variable(tf.tensor1d([0]));
    const optimizer = createOptimizer(tf, { name: 'sgd', learningRate: 1, clipNorm: 1 });
    optimizer.applyGradients({ [a.name]: tf.tensor1d([3]), [b.name]: tf.tensor1d([-4]) });
    closeTo([a.dataSync()[0]!, b.dataSync()[0]!], [-0.6, 0.8]);
    optimizer.applyGradients({ [a.name]: tf.tensor1d([0.3]), [b.name]: tf.tensor1d([0.4]) });
    closeTo([a.dataSync()[0]!, b.dataSync()[0]!], [-0.9, 0.4]);
    tf.dispose([a, b]);
  });

  it('clips each value by itself, before the norm', () => {
    closeTo(stepped({ name: 'sgd', learningRate: 1, clipValue: 0.1 }, 1), [0.9, -1.9, 0.4, 3]);
    const both = stepped({ name: 'sgd', learningRate: 1, clipValue: 0.1, clipNorm: 0.1 }, 1);
    closeTo(
      both,
      START.map((w, i) => w - ([0.1, -0.1, 0.1, 0][i]! * 0.1) / Math.hypot(0.1, 0.1, 0.1)),
    );
  });

  it('takes its rate anew each step', () => {
    const w = tf.variable(tf.tensor1d([0]));
    const optimizer = createOptimizer(tf, { name: 'sgd', learningRate: 1 });
    for (const rate of [1, 0.5, 0.25]) {
      optimizer.learningRate = rate;
      optimizer.applyGradients({ [w.name]: tf.tensor1d([1]) });
    }
    expect(w.dataSync()[0]).toBe(-1.75);
    w.dispose();
  });
});

describe('a loss', () => {
  const ROWS = 6;
  const CLASSES = 4;
  const labels = Int32Array.from({ length: ROWS }, (_, row) => row % CLASSES);
  const truth = Float32Array.from({ length: ROWS * CLASSES }, (_, i) =>
    i % CLASSES === labels[Math.floor(i / CLASSES)] ? 1 : 0,
  );
  const scores = numbers(ROWS * CLASSES, 'scores').map((x) => 3 * x);
  const inDouble = (loss: Loss, z: Float32Array) =>
    classRowLosses(loss, z, softmax(z, CLASSES), labels, CLASSES);

  it.each(LOSS_NAMES)('%s is the same in training and in reports, with the right gradient', (name) => {
    const loss = lossOf(name, { delta: 0.3, gamma: 1.5 });
    const op = lossOp(tf, loss, 'classification');
    const y = tf.tensor2d(truth, [ROWS, CLASSES]);
    const z = tf.tensor2d(scores, [ROWS, CLASSES]);
    closeTo(op(y, z).dataSync(), inDouble(loss, scores), 5);
    const gradient = tf
      .grad((x) => tf.sum(op(y, x as Tensor2D)))(z)
      .dataSync();
    const h = 1e-3;
    for (let i = 0; i < scores.length; i++) {
      const moved = (by: number) => {
        const z2 = scores.slice();
        z2[i]! += by;
        return inDouble(loss, z2).reduce((a, b) => a + b);
      };
      expect(Math.abs(gradient[i]! - (moved(h) - moved(-h)) / (2 * h))).toBeLessThan(3e-3);
    }
  });

  it.each(['mse', 'mae', 'huber', 'logCosh'] as const)('%s of numbers likewise', (name) => {
    const loss = { ...lossOf(name, { delta: 0.5 }), name };
    const targets = numbers(ROWS, 'targets');
    const predictions = numbers(ROWS, 'predictions');
    const op = lossOp(tf, loss, 'regression');
    const given = op(tf.tensor2d(targets, [ROWS, 1]), tf.tensor2d(predictions, [ROWS, 1])).dataSync();
    closeTo(given, numberRowLosses(loss, Float64Array.from(predictions), Float64Array.from(targets), 1), 5);
  });

  it('stays finite for scores that are far off', () => {
    const y = tf.tensor2d([1, 0], [1, 2]);
    const z = tf.tensor2d([-200, 200], [1, 2]);
    for (const name of LOSS_NAMES) {
      const op = lossOp(tf, lossOf(name), 'classification');
      expect(op(y, z).dataSync()[0]).toBeLessThan(Number.POSITIVE_INFINITY);
      const gradient = tf
        .grad((x) => tf.sum(op(y, x as Tensor2D)))(z)
        .dataSync();
      expect([...gradient].every(Number.isFinite), name).toBe(true);
    }
  });

  it('focal counts the well classified less than crossentropy, by gamma', () => {
    const easy = Float32Array.of(4, 0, 0, 0);
    const of = (name: 'focal' | 'crossentropy', gamma: number) =>
      classRowLosses(lossOf(name, { gamma }), easy, softmax(easy, 4), Int32Array.of(0), 4)[0]!;
    expect(of('focal', 0)).toBeCloseTo(of('crossentropy', 0), 10);
    expect(of('focal', 2)).toBeLessThan(of('crossentropy', 0) / 100);
  });
});
