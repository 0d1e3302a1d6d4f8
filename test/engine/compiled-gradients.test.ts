/** The derivatives of compiled steps beside differences of the functions themselves. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import {
  ELEMENTWISE,
  type ElementwiseName,
  elementwiseKind,
} from '../../src/engine/tensorflow/compiled/elementwise.js';
import { Memory } from '../../src/engine/tensorflow/compiled/memory.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { embeddedBackend } from '../../src/engine/tensorflow/optimizers/fused-update.js';
import { trainingMath } from '../../src/engine/tensorflow/training-math.js';
import { lossGradient } from '../../src/engine/trial/declarative/losses/gradients.js';
import { type LossName, lossesOf, lossOf } from '../../src/engine/trial/declarative/losses/names.js';
import { classRowLosses, softmax } from '../../src/engine/trial/declarative/losses/rows.js';

let backend: BackendWasm;
beforeAll(async () => {
  await loadEmbedded();
  backend = embeddedBackend()!;
});

/** Of single numbers, in double precision; erf by its series. */
function erf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const ALPHA = 0.7;
const FUNCTIONS: Readonly<Record<ElementwiseName, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  leakyRelu: (x) => (x > 0 ? x : ALPHA * x),
  elu: (x) => (x > 0 ? x : ALPHA * Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  swish: (x) => x * sigmoid(x),
  hardSwish: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  tanh: Math.tanh,
  sigmoid,
  hardSigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  softplus: (x) => Math.log1p(Math.exp(x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  exponential: Math.exp,
};

/** Values and derivatives at each x. */
function computed(name: ElementwiseName, xs: readonly number[]) {
  const memory = new Memory(backend);
  const math = trainingMath(backend);
  const count = xs.length;
  const [x, y, d] = [memory.reserve(count), memory.reserve(count), memory.reserve(count)];
  memory.view(x, count).set(xs);
  memory.view(d, count).fill(1);
  math.activate(elementwiseKind(name), x, y, count, ALPHA);
  math.activationGradient(elementwiseKind(name), d, x, y, d, count, ALPHA);
  const result = { values: [...memory.view(y, count)], slopes: [...memory.view(d, count)] };
  memory.dispose();
  return result;
}

describe('an activation', () => {
  // Not where one of them bends; a number of them that is no multiple of 4.
  const XS = Array.from({ length: 81 }, (_, i) => Math.fround((i - 40) * 0.11 + 0.013));

  it.each(ELEMENTWISE)('%s has the values and the slope of its formula', (name) => {
    const f = FUNCTIONS[name];
    const { values, slopes } = computed(name, XS);
    const h = 1e-5;
    for (const [i, x] of XS.entries()) {
      const scale = Math.max(1, Math.abs(f(x)));
      expect(Math.abs(values[i]! - f(x)) / scale, `${name}(${x})`).toBeLessThan(1e-6);
      const slope = (f(x + h) - f(x - h)) / (2 * h);
      expect(Math.abs(slopes[i]! - slope) / scale, `${name}′(${x})`).toBeLessThan(3e-6);
    }
  });

  it.each(ELEMENTWISE)('%s stays what it is far out, and lets what is no number be none', (name) => {
    const far = computed(name, [-200, 200, Number.NaN]);
    const expected = [FUNCTIONS[name](-200), FUNCTIONS[name](200)].map(Math.fround);
    const known = name === 'gelu' ? [0, 200] : name === 'mish' || name === 'softplus' ? [0, 200] : expected;
    for (const [i, value] of known.entries()) {
      if (Number.isFinite(value)) expect(far.values[i]).toBeCloseTo(value, 4);
      else expect(far.values[i]).toBe(value);
    }
    expect(far.values[2]).toBeNaN();
  });
});

describe('the gradient of a loss', () => {
  const r = random('loss gradients');
  const CLASSES = 4;
  const ROWS = 5;
  const scores = Float32Array.from({ length: ROWS * CLASSES }, () => 4 * r.next() - 2);
  const labels = Int32Array.from({ length: ROWS }, () => r.int(CLASSES));
  const truth = Float32Array.from(scores, (_, i) =>
    labels[Math.floor(i / CLASSES)] === i % CLASSES ? 1 : 0,
  );

  it.each<LossName>([...lossesOf('classification')])('%s is the slope of what is reported', (name) => {
    const loss = lossOf(name, { delta: 0.2, gamma: 1.5 });
    const mean = (z: Float32Array): number => {
      const losses = classRowLosses(loss, z, softmax(z, CLASSES), labels, CLASSES);
      return losses.reduce((a, b) => a + b, 0) / ROWS;
    };
    const to = new Float32Array(scores.length);
    lossGradient(loss, 'classification', CLASSES)(scores, truth, to);
    for (const i of scores.keys()) {
      const h = 1 / 512;
      const moved = (by: number) => mean(scores.with(i, scores[i]! + by));
      expect(to[i], `${name} of score ${i}`).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 3);
    }
    expect(to.some((value) => value !== 0)).toBe(true);
  });
});
