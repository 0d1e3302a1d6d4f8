/** `maskZero` of an embedding: recurrent layers pass over padding. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../src/engine/tensorflow/backend.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { seedMathRandom } from '../../src/engine/tensorflow/random.js';
import { buildNetwork, disposeNetwork } from '../../src/engine/trial/declarative/model/network.js';
import type { LayerConfig } from '../../src/engine/trial/declarative/schema/layers.js';
import { readDeclarativeConfig } from '../../src/engine/trial/declarative/schema.js';

let tf: TensorFlow;
beforeAll(async () => {
  tf = (await loadEmbedded()).tf;
});

const WORDS = 9;

/** What a freshly initialised network gives for one text; the same weights every time. */
function scoresOf(layers: readonly LayerConfig[], words: readonly number[]): readonly number[] {
  const given = { data: { csv: 'x', target: 'y' }, model: { task: 'classification', layers } };
  const { model } = readDeclarativeConfig(given as never, 'mask.yaml', '');
  seedMathRandom(3);
  const dataset = { shape: [words.length], rowSize: words.length, outputs: 2, vocabulary: () => WORDS };
  const network = buildNetwork(tf, model, dataset as never);
  try {
    return tf.tidy(() => {
      const x = tf.tensor2d([[...words]]);
      return [...(network.predict(x) as Tensor).dataSync()];
    });
  } finally {
    disposeNetwork(tf, network);
  }
}

const TYPES = ['lstm', 'gru', 'simpleRnn'] as const;
const embedding = (maskZero: boolean): LayerConfig => ({ type: 'embedding', units: 4, maskZero });
const largest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));

describe('an embedding with maskZero', () => {
  it.each(TYPES)('gives a padded text the scores of the text itself: %s', (type) => {
    const layers = (maskZero: boolean): LayerConfig[] => [
      embedding(maskZero),
      { type, units: 5, bias: true },
      { type, units: 3 },
    ];
    const [text, padded] = [
      [4, 2, 7],
      [0, 0, 0, 4, 2, 7],
    ];
    expect(largest(scoresOf(layers(true), padded!), scoresOf(layers(true), text!))).toBeLessThan(1e-6);
    expect(largest(scoresOf(layers(false), padded!), scoresOf(layers(false), text!))).toBeGreaterThan(1e-4);
    expect(scoresOf(layers(true), text!)).toHaveLength(2);
  });

  it.each<[string, LayerConfig[], RegExp]>([
    [
      'pooling',
      [{ type: 'globalAveragePooling' }],
      /model\.layers\.0 \(embedding\): maskZero goes with lstm, gru/,
    ],
    ['nothing', [], /but no layer follows/],
    [
      'a layer between',
      [
        { type: 'dropout', rate: 0.1 },
        { type: 'lstm', units: 2 },
      ],
      /but dropout follows/,
    ],
    [
      'pooling behind a recurrent layer',
      [{ type: 'gru', units: 2 }, { type: 'globalMaxPooling' }],
      /must not give every step\. .*\(globalMaxPooling\)/,
    ],
  ])('is refused in front of %s, with the way out', (_, after, message) => {
    expect(() => scoresOf([embedding(true), ...after], [1, 2, 0])).toThrow(message);
  });
});
