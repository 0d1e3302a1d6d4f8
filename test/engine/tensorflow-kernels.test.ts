import '@tensorflow/tfjs-backend-cpu';
import type * as tfCore from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
});

type Op = (...tensors: tfCore.Tensor[]) => tfCore.Tensor;
type Shape = readonly number[];

const size = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);
function numbers(shape: Shape, key: string): number[] {
  const r = random('kernels', key);
  return Array.from({ length: size(shape) }, () => 2 * r.next() - 1);
}

/** Gradients of Σ op(inputs) · weights with respect to each input, on one backend. */
async function gradients(backend: string, op: Op, shapes: readonly Shape[], values: readonly number[][]) {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const inputs = shapes.map((shape, i) => tf.tensor(values[i]!, [...shape]));
  const output = tf.tidy(() => op(...inputs));
  const weights = tf.tensor(numbers(output.shape, 'weights'), output.shape);
  const found = tf.grads((...t: tfCore.Tensor[]) => tf.sum(tf.mul(op(...t), weights)))(inputs);
  const result = found.map((gradient) => [...gradient.dataSync()]);
  tf.dispose([inputs, output, weights, found]);
  expect(tf.memory().numTensors, `tensors leaked on ${backend}`).toBe(before);
  return result;
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const largest = (values: readonly number[]): number =>
    values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const scale = Math.max(1, largest(expected));
  const worst = largest(actual.map((value, i) => value - expected[i]!));
  expect(worst / scale).toBeLessThan(tolerance);
}

/** Central differences along 6 random directions; linear ops are exact but for rounding. */
async function expectSlopes(op: Op, shapes: readonly Shape[], values: readonly number[][], step: number) {
  const found = await gradients('wasm', op, shapes, values);
  const f = (at: readonly number[][]): number => {
    const output = tf.tidy(() => op(...shapes.map((shape, i) => tf.tensor(at[i]!, [...shape]))));
    const weights = numbers(output.shape, 'weights');
    const y = [...output.dataSync()];
    output.dispose();
    return y.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  };
  for (let k = 0; k < 6; k++) {
    const direction = shapes.map((shape, i) => numbers(shape, `direction ${k} ${i}`));
    const moved = (sign: number) =>
      values.map((v, i) => v.map((x, j) => x + sign * step * direction[i]![j]!));
    const slope = (f(moved(1)) - f(moved(-1))) / (2 * step);
    const predicted = found
      .flatMap((g, i) => g.map((x, j) => x * direction[i]![j]!))
      .reduce((a, b) => a + b, 0);
    const scale = Math.max(1, Math.sqrt(found.flat().reduce((sum, x) => sum + x * x, 0)));
    expect(Math.abs(slope - predicted) / scale).toBeLessThan(2e-3);
  }
}

const conv =
  (strides: number, pad: 'same' | 'valid' | number): Op =>
  (x, w) =>
    tf.conv2d(x as tfCore.Tensor4D, w as tfCore.Tensor4D, strides, pad);
const depthwise =
  (strides: number, pad: 'same' | 'valid'): Op =>
  (x, w) =>
    tf.depthwiseConv2d(x as tfCore.Tensor4D, w as tfCore.Tensor4D, strides, pad);
const maxPool =
  (window: number, strides: number, pad: 'same' | 'valid'): Op =>
  (x) =>
    tf.maxPool(x as tfCore.Tensor4D, window, strides, pad);
const avgPool =
  (window: number, strides: number, pad: 'same' | 'valid'): Op =>
  (x) =>
    tf.avgPool(x as tfCore.Tensor4D, window, strides, pad);
const matMul =
  (transposeA: boolean, transposeB: boolean): Op =>
  (a, b) =>
    tf.matMul(a, b, transposeA, transposeB);
const embedding: Op = (table) =>
  tf.gather(
    table,
    tf.tensor2d(
      [
        [0, 3, 3],
        [1, 0, 3],
      ],
      [2, 3],
      'int32',
    ),
  );

interface Case {
  readonly name: string;
  readonly op: Op;
  readonly shapes: readonly Shape[];
  /** The plain cpu backend is wrong here, so only slopes judge. */
  readonly cpuIsWrong?: boolean;
  /** Maximum is not smooth: a smaller step keeps the winner of a window. */
  readonly step?: number;
}

/** @param shapes of the inputs, such as `2×5×6×3 and 3×3×3×4` */
const of = (name: string, op: Op, shapes: string, more: Partial<Case> = {}): Case => ({
  name,
  op,
  shapes: shapes.split(' and ').map((shape) => shape.split('×').map(Number)),
  ...more,
});

const cases: readonly Case[] = [
  of('conv2d, stride 1, same', conv(1, 'same'), '2×5×6×3 and 3×3×3×4'),
  of('conv2d, stride 2, same', conv(2, 'same'), '2×7×6×2 and 3×3×2×3'),
  of('conv2d, stride 2, valid', conv(2, 'valid'), '2×8×7×2 and 3×2×2×3'),
  of('conv2d, stride 3, even filter', conv(3, 'same'), '1×8×8×1 and 4×4×1×2'),
  of('conv2d, 1×1', conv(1, 'valid'), '3×4×4×5 and 1×1×5×2'),
  of('conv2d, padding 2', conv(1, 2), '1×4×4×2 and 3×3×2×2'),
  of('conv2d, padding beyond the filter', conv(1, 2), '1×4×4×2 and 1×1×2×2'),
  of('conv2d, batch in several chunks', conv(1, 'same'), '5×60×60×16 and 3×3×16×2'),
  of('depthwise, stride 1, same', depthwise(1, 'same'), '2×5×6×3 and 3×3×3×2'),
  of('depthwise, stride 2, valid', depthwise(2, 'valid'), '2×7×7×2 and 3×3×2×1'),
  of('max pooling 2×2', maxPool(2, 2, 'valid'), '2×6×6×3', { step: 1e-3 }),
  of('max pooling 3×3, overlapping, same', maxPool(3, 2, 'same'), '2×7×6×2', { step: 1e-3 }),
  of('average pooling, valid', avgPool(2, 2, 'valid'), '2×6×6×3'),
  of('average pooling, same', avgPool(3, 2, 'same'), '2×6×7×2', { cpuIsWrong: true }),
  of('a·b', matMul(false, false), '4×3 and 3×5'),
  of('aᵀ·b', matMul(true, false), '3×4 and 3×5'),
  of('a·bᵀ', matMul(false, true), '4×3 and 5×3'),
  of('aᵀ·bᵀ', matMul(true, true), '3×4 and 5×3'),
  of('batched a·bᵀ', matMul(false, true), '2×4×3 and 2×5×3'),
  of('batch of one, aᵀ·b', matMul(true, false), '1×3×4 and 1×3×5'),
  of('gather with repeated rows', embedding, '5×4'),
];

describe('training kernels of the embedded backend', () => {
  it.each(cases.filter((c) => size(c.shapes[0]!) < 10_000))(
    '$name: gradients have the slopes of the function',
    async ({ op, shapes, step }) => {
      const values = shapes.map((shape, i) => numbers(shape, `input ${i}`));
      await expectSlopes(op, shapes, values, step ?? 1e-2);
    },
  );

  it.each(cases.filter((c) => !c.cpuIsWrong))(
    '$name: gradients equal those of the plain cpu backend',
    async ({ op, shapes }) => {
      const values = shapes.map((shape, i) => numbers(shape, `input ${i}`));
      const ours = await gradients('wasm', op, shapes, values);
      const theirs = await gradients('cpu', op, shapes, values);
      for (const [i, gradient] of ours.entries()) expectClose(gradient, theirs[i]!, 1e-5);
    },
  );

  it('keeps the gradient of windows whose maximum is negative', async () => {
    const values = [[-4, -3, -2, -1]];
    const [dx] = await gradients('wasm', maxPool(2, 2, 'valid'), [[1, 2, 2, 1]], values);
    expect(dx?.slice(0, 3)).toEqual([0, 0, 0]);
    expect(dx?.[3]).not.toBe(0);
  });

  it('divides average pooling at the edge by the pixels inside the image', async () => {
    await tf.setBackend('wasm');
    const dx = tf.grad((x) => tf.sum(avgPool(2, 2, 'same')(x)))(tf.ones([1, 3, 3, 1]));
    // The windows hold 4, 2, 2 and 1 pixels.
    expect([...dx.dataSync()]).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
  });

  it('drops rows whose segment is out of range', async () => {
    await tf.setBackend('wasm');
    const sum = tf.unsortedSegmentSum(
      tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      tf.tensor1d([1, 7, 1], 'int32'),
      2,
    );
    expect(sum.arraySync()).toEqual([
      [0, 0],
      [6, 8],
    ]);
  });
});
