/** Layers and networks of the declarative trainer: shapes, gradients, and formulas written out in double precision. */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { seedMathRandom } from '../../src/engine/tensorflow/random.js';
import { ACTIVATION_NAMES } from '../../src/engine/trial/declarative/model/activations.js';
import {
  buildNetwork,
  disposeNetwork,
  penaltiesOf,
} from '../../src/engine/trial/declarative/model/network.js';
import type { LayerConfig } from '../../src/engine/trial/declarative/schema/layers.js';
import { closeTo, numbers } from './support/numbers.js';

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
});

const network = (layers: readonly LayerConfig[], shape: readonly number[], more = {}) => {
  seedMathRandom(4);
  return buildNetwork(tf, { task: 'classification', layers: [...layers], ...more } as never, {
    shape,
    outputs: 3,
    vocabulary: () => 10,
  });
};

/** Output shapes of the layers after the input, without the rows. */
function shapesOf(layers: readonly LayerConfig[], shape: readonly number[]): (readonly number[])[] {
  const model = network(layers, shape);
  const shapes = model.layers.slice(1).map((layer) => (layer.outputShape as number[]).slice(1));
  disposeNetwork(tf, model);
  return shapes;
}

/** Every kind of layer on the input it takes. */
const EVERY_LAYER: readonly (readonly [string, readonly number[], readonly LayerConfig[]])[] = [
  ['dense', [5], [{ type: 'dense', units: 4 }]],
  ['conv2d', [6, 6, 2], [{ type: 'conv2d', filters: 3, kernelSize: 3 }]],
  [
    'conv2d with strides',
    [6, 6, 2],
    [{ type: 'conv2d', filters: 3, kernelSize: 3, strides: 2, padding: 'same' }],
  ],
  ['conv2d with dilation', [6, 6, 2], [{ type: 'conv2d', filters: 3, kernelSize: 2, dilation: [2, 3] }]],
  ['conv1d', [8, 2], [{ type: 'conv1d', filters: 3, kernelSize: 3 }]],
  ['causal conv1d', [8, 2], [{ type: 'conv1d', filters: 3, kernelSize: 3, dilation: 2, padding: 'causal' }]],
  ['depthwiseConv2d', [6, 6, 2], [{ type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2 }]],
  ['separableConv2d', [6, 6, 2], [{ type: 'separableConv2d', filters: 4, kernelSize: 3 }]],
  ['lstm', [5, 3], [{ type: 'lstm', units: 4 }]],
  ['gru', [5, 3], [{ type: 'gru', units: 4 }]],
  ['simpleRnn', [5, 3], [{ type: 'simpleRnn', units: 4 }]],
  ['bidirectional', [5, 3], [{ type: 'bidirectional', layer: { type: 'gru', units: 3 }, merge: 'concat' }]],
  ['embedding', [5], [{ type: 'embedding', units: 4 }]],
  ['batchNormalization', [5], [{ type: 'dense', units: 4 }, { type: 'batchNormalization' }]],
  ['layerNormalization', [5], [{ type: 'dense', units: 4 }, { type: 'layerNormalization' }]],
  ['maxPooling2d', [6, 6, 1], [{ type: 'conv2d', filters: 2, kernelSize: 1 }, { type: 'maxPooling2d' }]],
  [
    'averagePooling2d',
    [6, 6, 2],
    [{ type: 'conv2d', filters: 2, kernelSize: 1 }, { type: 'averagePooling2d' }],
  ],
  ['maxPooling1d', [6, 1], [{ type: 'conv1d', filters: 2, kernelSize: 1 }, { type: 'maxPooling1d' }]],
  ['averagePooling1d', [6, 2], [{ type: 'conv1d', filters: 2, kernelSize: 1 }, { type: 'averagePooling1d' }]],
  [
    'globalMaxPooling',
    [6, 6, 1],
    [{ type: 'conv2d', filters: 3, kernelSize: 1 }, { type: 'globalMaxPooling' }],
  ],
  [
    'globalAveragePooling',
    [6, 2],
    [{ type: 'conv1d', filters: 3, kernelSize: 3 }, { type: 'globalAveragePooling' }],
  ],
  ['flatten', [3, 2], [{ type: 'flatten' }, { type: 'dense', units: 4 }]],
  [
    'reshape',
    [12],
    [
      { type: 'reshape', shape: [4, 3] },
      { type: 'lstm', units: 3 },
    ],
  ],
  ['residual', [5], [{ type: 'residual', layers: [{ type: 'dense', units: 4 }] }]],
  ['repeat', [5], [{ type: 'repeat', times: 2, layers: [{ type: 'dense', units: 4 }] }]],
];

describe('a layer', () => {
  const inputsFor = (layers: readonly LayerConfig[], shape: readonly number[], rows: number): Tensor => {
    const values = numbers(
      shape.reduce((a, b) => a * b, rows),
      'inputs',
    );
    const words = values.map((x) => Math.floor((x + 1) * 5) % 10);
    return tf.tensor(layers[0]?.type === 'embedding' ? words : values, [rows, ...shape]);
  };

  it.each(EVERY_LAYER)('%s has the gradients that finite differences have', (_name, shape, given) => {
    // Smooth activations, so that differences are exact enough.
    const layers = given.map((layer) => smooth(layer));
    const model = network(layers, shape);
    const x = inputsFor(layers, shape, 4);
    const target = tf.tensor2d(numbers(12, 'target'), [4, 3]);
    const weights = model.trainableWeights.map((weight) => weight.read() as Variable);
    const loss = () =>
      tf.sum(tf.square(tf.sub(model.apply(x, { training: true }) as Tensor, target))).asScalar();
    const { grads } = tf.variableGrads(loss, weights);
    for (const weight of weights) {
      const analytic = grads[weight.name]!.dataSync();
      const values = weight.dataSync().slice();
      for (const i of new Set([0, Math.floor(values.length / 2), values.length - 1])) {
        const h = 1e-2;
        const at = (by: number): number => {
          const moved = values.slice();
          moved[i]! += by;
          tf.tidy(() => weight.assign(tf.tensor(moved, weight.shape)));
          return tf.tidy(() => loss().dataSync()[0]!);
        };
        const numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        tf.tidy(() => weight.assign(tf.tensor(values, weight.shape)));
        expect(Math.abs(analytic[i]! - numeric), `${weight.name}[${i}]`).toBeLessThan(
          2e-3 * Math.max(1, Math.abs(numeric)),
        );
      }
    }
    tf.dispose([x, target, ...Object.values(grads)]);
    disposeNetwork(tf, model);
  });

  it.each(ACTIVATION_NAMES)('takes the activation %s', (activation) => {
    const f: Readonly<Record<string, (x: number) => number>> = {
      relu: (x) => Math.max(0, x),
      relu6: (x) => Math.min(6, Math.max(0, x)),
      elu: (x) => (x > 0 ? x : Math.expm1(x)),
      selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
      swish: (x) => x / (1 + Math.exp(-x)),
      silu: (x) => x / (1 + Math.exp(-x)),
      mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
      softplus: (x) => Math.log1p(Math.exp(x)),
      softsign: (x) => x / (1 + Math.abs(x)),
      tanh: Math.tanh,
      sigmoid: (x) => 1 / (1 + Math.exp(-x)),
      hardSigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
      linear: (x) => x,
      leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
      prelu: (x) => (x > 0 ? x : 0.25 * x),
      hardSwish: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
      exponential: Math.exp,
      geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
      gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    };
    const x = tf.tensor2d([-4, -1, -0.2, 0.3, 1, 7], [2, 3]);
    const model = network([{ type: 'activation', activation }], [3]);
    const layer = model.layers[1]!;
    const given = (layer.apply(x) as Tensor).dataSync();
    const hand = f[activation];
    if (hand) closeTo(given, Array.from(x.dataSync(), hand), activation === 'gelu' ? 2 : 4);
    else expect(given[0]! + given[1]! + given[2]!).toBeCloseTo(1, 5);
    const gradient = tf
      .grad((v) => tf.sum(tf.square(layer.apply(v) as Tensor)))(x)
      .dataSync();
    expect([...gradient].some((g) => g !== 0)).toBe(true);
    disposeNetwork(tf, model);
  });

  it('takes alpha: the slope of leakyRelu and elu, the start of prelu', () => {
    const below = (activation: 'leakyRelu' | 'prelu' | 'elu', alpha: number) => {
      const model = network([{ type: 'activation', activation, alpha }], [1]);
      return (model.layers[1]!.apply(tf.tensor2d([-1], [1, 1])) as Tensor).dataSync()[0]!;
    };
    expect(below('leakyRelu', 0.3)).toBeCloseTo(-0.3, 6);
    expect(below('prelu', 0.4)).toBeCloseTo(-0.4, 6);
    expect(below('elu', 2)).toBeCloseTo(2 * Math.expm1(-1), 5);
  });

  it('with dilation convolves as TensorFlow does, and causally sees no later step', () => {
    const model = network(
      [{ type: 'conv2d', filters: 2, kernelSize: 3, dilation: 2, activation: 'linear' }],
      [7, 7, 2],
    );
    const x = tf.tensor4d(numbers(98, 'image'), [1, 7, 7, 2]);
    const layer = model.layers[1]!;
    const plain = tf.conv2d(x, layer.getWeights()[0] as never, 1, 'valid', 'NHWC', 2);
    closeTo((layer.apply(x) as Tensor).dataSync(), plain.dataSync(), 5);

    const causal = network([{ type: 'conv1d', filters: 2, kernelSize: 3, padding: 'causal' }], [6, 1])
      .layers[1]!;
    const outputs = (last: number) =>
      (causal.apply(tf.tensor3d([1, -2, 3, -1, 2, last], [1, 6, 1])) as Tensor).dataSync();
    const [a, b] = [outputs(5), outputs(-5)];
    closeTo(a.slice(0, 10), b.slice(0, 10), 6);
    expect([...a.slice(10)]).not.toEqual([...b.slice(10)]);
  });

  const dropped = (layer: LayerConfig, shape: readonly number[], times = 1) => {
    const model = network([layer], shape);
    const x = tf.ones([2, ...shape]);
    const runs = Array.from({ length: times }, () => [
      ...(model.layers[1]!.apply(x, { training: true }) as Tensor).dataSync(),
    ]);
    expect(
      [...(model.layers[1]!.apply(x, { training: false }) as Tensor).dataSync()].every((v) => v === 1),
    ).toBe(true);
    return runs;
  };

  it('dropout drops its share anew each step, and keeps the mean', () => {
    const [first, second] = dropped({ type: 'dropout', rate: 0.25 }, [4000], 2);
    expect(first!.filter((v) => v === 0).length / 8000).toBeCloseTo(0.25, 1);
    expect(Math.max(...first!)).toBeCloseTo(4 / 3, 5);
    expect(first).not.toEqual(second);
  });

  it('spatialDropout drops whole channels', () => {
    const [values] = dropped({ type: 'spatialDropout', rate: 0.5 }, [4, 4, 50]);
    for (let channel = 0; channel < 100; channel++) {
      const own = values!.filter((_, i) => (i >= 800 ? 50 : 0) + (i % 50) === channel);
      expect(new Set(own).size).toBe(1);
    }
    const kept = values!.filter((v) => v > 0).length / 1600;
    expect(kept).toBeGreaterThan(0.3);
    expect(kept).toBeLessThan(0.7);
  });

  it('the Gaussian ones have the deviation asked for', () => {
    const deviation = (values: number[]) =>
      Math.sqrt(values.reduce((sum, v) => sum + (v - 1) ** 2, 0) / values.length);
    expect(deviation(dropped({ type: 'gaussianNoise', deviation: 0.3 }, [4000])[0]!)).toBeCloseTo(0.3, 1);
    const rate = 0.2;
    const [values] = dropped({ type: 'gaussianDropout', rate }, [4000]);
    expect(deviation(values!)).toBeCloseTo(Math.sqrt(rate / (1 - rate)), 1);
  });

  it('alphaDropout keeps mean and deviation of what selu gives', () => {
    const model = network([{ type: 'alphaDropout', rate: 0.2 }], [20000]);
    const x = tf.randomNormal([1, 20000], 0, 1, 'float32', 3);
    const y = [...(model.layers[1]!.apply(x, { training: true }) as Tensor).dataSync()];
    const mean = y.reduce((a, b) => a + b) / y.length;
    const deviation = Math.sqrt(y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / y.length);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.05);
  });

  it('dropout inside recurrent layers differs from step to step and leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    const model = network([{ type: 'lstm', units: 4, dropout: 0.5, recurrentDropout: 0.5 }], [5, 3]);
    const run = (training: boolean) =>
      tf.tidy(() => [...(model.apply(tf.ones([2, 5, 3]), { training }) as Tensor).dataSync()]);
    expect(run(true)).not.toEqual(run(true));
    expect(run(false)).toEqual(run(false));
    disposeNetwork(tf, model);
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** The same layer with tanh in place of what has kinks, and no more than one maximum. */
function smooth(layer: LayerConfig): LayerConfig {
  if (layer.type === 'residual' || layer.type === 'repeat') {
    return { ...layer, layers: layer.layers.map(smooth) };
  }
  return ['dense', 'conv2d', 'conv1d', 'depthwiseConv2d', 'separableConv2d'].includes(layer.type)
    ? ({ ...layer, activation: 'tanh' } as LayerConfig)
    : layer;
}

describe('a network', () => {
  it('is flattened before dense layers and the output', () => {
    expect(shapesOf([{ type: 'conv2d', filters: 2, kernelSize: 3 }], [5, 5, 1])).toEqual([
      [3, 3, 2],
      [18],
      [3],
    ]);
    expect(shapesOf([{ type: 'dense', units: 7 }], [4, 2])).toEqual([[8], [7], [3]]);
  });

  it('gives every step of a recurrent layer where what follows wants sequences', () => {
    const lstm = { type: 'lstm', units: 4 } as const;
    const shapes = (layers: readonly LayerConfig[]) => shapesOf(layers, [6, 2]);
    expect(shapes([lstm])).toEqual([[4], [3]]);
    expect(shapes([lstm, { type: 'dropout', rate: 0.1 }, lstm])[0]).toEqual([6, 4]);
    expect(shapes([lstm, { type: 'globalAveragePooling' }])).toEqual([[6, 4], [4], [3]]);
    expect(
      shapes([
        { ...lstm, returnSequences: true },
        { type: 'dense', units: 5 },
      ]),
    ).toEqual([[6, 4], [24], [5], [3]]);
    const both = { type: 'bidirectional', layer: lstm } as const;
    expect(shapes([both, both])).toContainEqual([6, 8]);
    expect(shapes([both, both]).at(-2)).toEqual([8]);
    expect(shapes([{ ...both, merge: 'sum' }]).at(-2)).toEqual([4]);
  });

  it('adds a residual block to its input, projected where the shapes differ', () => {
    const count = (layers: readonly LayerConfig[], shape: readonly number[]) => {
      const model = network(layers, shape);
      const classes = model.layers.map((layer) => layer.getClassName());
      disposeNetwork(tf, model);
      return classes.filter((name) => name === 'Conv2D').length;
    };
    const conv = { type: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' } as const;
    expect(count([{ type: 'residual', layers: [conv, conv] }], [6, 6, 4])).toBe(2);
    expect(count([{ type: 'residual', layers: [{ ...conv, strides: 2 }, conv] }], [6, 6, 2])).toBe(3);
    const model = network(
      [{ type: 'residual', layers: [{ type: 'dense', units: 2, initializer: { name: 'zeros' } }] }],
      [2],
    );
    const sum = model.layers.find((layer) => layer.getClassName() === 'Add')!;
    const through = tf.model({ inputs: model.inputs, outputs: sum.output as never });
    closeTo((through.predict(tf.tensor2d([1, 2], [1, 2])) as Tensor).dataSync(), [1, 2]);
  });

  it('drops whole residual branches in training where asked to', () => {
    const one = { type: 'dense', units: 1, initializer: { name: 'ones' }, activation: 'linear' } as const;
    const model = network([{ type: 'residual', layers: [one], drop: 0.5 }], [1]);
    const sum = model.layers.find((layer) => layer.getClassName() === 'Add')!;
    const through = tf.model({ inputs: model.inputs, outputs: sum.output as never });
    const x = tf.ones([200, 1]);
    const values = (through.apply(x, { training: true }) as Tensor).dataSync();
    expect(new Set(values)).toEqual(new Set([1, 3]));
    expect(new Set((through.apply(x) as Tensor).dataSync())).toEqual(new Set([2]));
  });

  it('repeats layers, also not at all', () => {
    const dense = { type: 'dense', units: 4 } as const;
    expect(shapesOf([{ type: 'repeat', times: 3, layers: [dense] }], [2])).toHaveLength(4);
    expect(shapesOf([{ type: 'repeat', times: 0, layers: [dense] }], [2])).toEqual([[3]]);
  });

  it('takes initializer, l1 and l2 of the model for every kernel that has none of its own', () => {
    const layers = [
      { type: 'dense', units: 3 },
      { type: 'dense', units: 3, l2: 0 },
    ] as const;
    const model = network(layers, [2], { initializer: { name: 'ones' }, l1: 0.1, l2: 0.5 });
    const penalties = penaltiesOf(model).map((loss) => loss.dataSync()[0]!);
    closeTo(penalties, [6 * 0.6, 9 * 0.1, 9 * 0.6], 4);
    disposeNetwork(tf, model);
    // Input and recurrent kernel of the recurrent layer, then the output's.
    const recurrent = network([{ type: 'simpleRnn', units: 2 }], [4, 3], { l2: 0.5 });
    expect(penaltiesOf(recurrent)).toHaveLength(3);
    disposeNetwork(tf, recurrent);
  });

  it.each([
    [
      [{ type: 'conv2d', filters: 2, kernelSize: 3 }],
      [4],
      /model\.layers\.0 \(conv2d\) works on images .* gets \[4\]\. Set data\.shape/,
    ],
    [[{ type: 'lstm', units: 2 }], [4], /works on sequences/],
    [[{ type: 'maxPooling2d', poolSize: 9 }], [4, 4, 1], /leaves nothing of its input \[4, 4, 1\]/],
    [
      [{ type: 'embedding', units: 2, vocabulary: 4 }],
      [4],
      /knows 4 words, but the data has numbers up to 9/,
    ],
    [
      [{ type: 'residual', layers: [{ type: 'conv2d', filters: 2, kernelSize: 2 }] }],
      [5, 5, 1],
      /turns \[5, 5, 1\] into \[4, 4, 2\].*padding: same/,
    ],
    [[{ type: 'reshape', shape: [7] }], [4], /model\.layers\.0 \(reshape\) makes \[7\] of 4 numbers/],
  ] as const)('says where %j does not fit', (layers, shape, message) => {
    expect(() => network(layers as readonly LayerConfig[], shape)).toThrow(message);
  });
});
