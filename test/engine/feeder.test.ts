/** What a batch holds when it comes to the network. */
import { describe, expect, it } from 'vitest';
import { epochOrder } from '../../src/engine/trial/declarative/batches.js';
import { Feeder } from '../../src/engine/trial/declarative/feeder.js';
import { trainingSettings } from '../../src/engine/trial/declarative/settings.js';
import { smallConfig, smallDataset } from './support/trainings.js';

describe('a batch', () => {
  it('has labels of which the share to be smoothed is spread over all classes, and weights of whole classes', () => {
    const data = smallDataset('classification');
    const loss = { name: 'crossentropy', labelSmoothing: 0.3, classWeights: { a: 4 } };
    const settings = trainingSettings(smallConfig({ loss }), data, 'loss', (_, message) => {
      throw new Error(message);
    });
    const rows = Uint32Array.from({ length: 9 }, (_, i) => i);
    const outputs = new Float32Array(27);
    const weights = new Feeder(data, settings, 1).fill(rows, 1, 0, new Float32Array(63), outputs);
    for (const row of rows) {
      const label = data.train.labels[row]!;
      const truth = [...outputs.subarray(3 * row, 3 * row + 3)];
      for (const [c, share] of truth.entries()) expect(share).toBeCloseTo(c === label ? 0.8 : 0.1, 6);
      expect(weights![row]).toBe(label === 0 ? 4 : 1);
    }
    expect(new Set(data.train.labels.slice(0, 9)).size).toBeGreaterThan(1);
  });

  it('that is balanced begins with no class in particular, so that none gains where it cannot be even', () => {
    const strata = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    const order = epochOrder({ name: 'balanced', pressure: 1, warmup: 1 }, { rows: 60, strata }, 1, 1);
    const turns = Array.from({ length: 20 }, (_, i) =>
      [...order.subarray(3 * i, 3 * i + 3)].map((row) => strata[row]),
    );
    for (const turn of turns) expect(turn.toSorted()).toEqual([0, 1, 2]);
    expect(new Set(turns.map(([first]) => first))).toEqual(new Set([0, 1, 2]));
  });
});
