/** `data.weights`: a column that says what each row counts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { trainDeclarative } from '../../src/engine/trial/declarative/declarative.js';
import type { Metrics } from '../../src/engine/trial/session.js';
import { trainTrees } from '../../src/engine/trial/trees/trees.js';
import { rehearse } from './support/rehearsal.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-weights-'));
  // The same input everywhere: the best answer is the weighted mean of the targets.
  const numbers = Array.from({ length: 80 }, (_, i) => `1,${i % 2},${i % 2 ? 1 : 3}`);
  await writeFile(join(folder, 'numbers.csv'), `x,y,w\n${numbers.join('\n')}\n`);
  const r = random('rare');
  const rare = Array.from({ length: 200 }, (_, i) => {
    const isRare = i % 10 === 0;
    return `${((isRare ? 1 : 0) + 2 * r.next() - 1).toFixed(3)},${isRare ? 'yes' : 'no'},${isRare ? 9 : 1}`;
  });
  await writeFile(join(folder, 'rare.csv'), `x,y,w\n${rare.join('\n')}\n`);
  await writeFile(join(folder, 'wrong.csv'), 'x,y,w\n1,0,1\n2,1,-1\n3,0,1\n4,1,1\n');
});
afterAll(() => rm(folder, { recursive: true }));

const UNITS = 'units: [4], activation: tanh';

async function train(
  data: string,
  rest: string,
  task = 'classification',
  model: string = UNITS,
): Promise<Metrics> {
  const text = `data: {${data}}\nmodel: {task: ${task}, ${model}}\n${rest}\nseed: 1\n`;
  const { session } = rehearse(join(folder, 'model.yaml'), text, { metric: 'loss', metrics: ['loss'] });
  return trainDeclarative(session);
}

/** A change of shape takes a training out of the compiled steps. */
const STEPS = [
  ['in compiled steps', UNITS],
  [
    'operation by operation',
    'layers: [{type: dense, units: 4, activation: tanh}, {type: reshape, shape: [4]}]',
  ],
] as const;

describe.each(STEPS)('a column of weights, %s', (_, model) => {
  const rest = (batches: string) => `optimizer: {name: adam, learningRate: 0.05, schedule: cosine}
training: {epochs: 200, batchSize: 80, trainMetrics: exact, batches: ${batches}}`;
  const numbers = 'csv: numbers.csv, target: y, columns: [x]';
  const mse = async (data: string, batches = 'shuffled') =>
    (await train(data, rest(batches), 'regression', model)).mse!;

  it('moves a prediction to the weighted mean of the targets', async () => {
    // Of 0 and 1, half each: 0.5 is best unweighted; with weights 3 and 1 it is 0.25, whose squared error is 0.3125.
    expect(await mse(numbers)).toBeCloseTo(0.25, 2);
    expect(await mse(`${numbers}, weights: w`)).toBeCloseTo(0.3125, 2);
  });

  it('changes nothing where all rows weigh the same, whatever the number', async () => {
    const even = Array.from({ length: 40 }, (_, i) => `${i / 40},${i % 3},8`);
    await writeFile(join(folder, 'even.csv'), `x,y,w\n${even.join('\n')}\n`);
    const sgd = 'optimizer: {name: sgd, learningRate: 0.1}\ntraining: {epochs: 3, batchSize: 20}';
    const weighted = await train('csv: even.csv, target: y, weights: w', sgd, 'regression', model);
    expect(weighted).toEqual(await train('csv: even.csv, target: y, ignore: [w]', sgd, 'regression', model));
  });

  it('draws rows as often as it says where batches are weighted', async () => {
    expect(await mse(`${numbers}, weights: w`, 'weighted')).toBeCloseTo(0.3125, 2);
  });

  it('makes a rare class heard, from a stream as well, and is no input', async () => {
    const recall = async (data: string, batches = 'shuffled') =>
      (await train(data, rest(batches), 'classification', model)).recall!;
    const rare = 'csv: rare.csv, target: y';
    expect(await recall(`${rare}, ignore: [w]`)).toBeLessThan(0.7);
    const weighted = await recall(`${rare}, weights: w`);
    expect(weighted).toBeGreaterThan(0.7);
    expect(weighted).toBeLessThan(0.97);
    expect(await recall(`${rare}, weights: w, stream: true`)).toBe(weighted);
    expect(await recall(`${rare}, weights: w`, 'weighted')).toBeGreaterThan(0.7);
  });
});

describe('a column of weights', () => {
  it('that holds something else is refused with its line', async () => {
    await expect(train('csv: wrong.csv, target: y, weights: w', '', 'regression')).rejects.toThrow(
      'wrong.csv:3: column "w" for data.weights holds "-1". A row\'s weight is a number of at least 0.',
    );
    await expect(train('csv: rare.csv, target: y, weights: v', '')).rejects.toThrow(
      'rare.csv has no column "v" for data.weights.',
    );
    await expect(train('csv: rare.csv, target: y, weights: y', '')).rejects.toThrow('a column of its own');
  });

  it('is refused for trees, with the line', async () => {
    const text =
      'data: {csv: rare.csv, target: y, weights: w}\nmodel: {kind: forest, task: classification}\n';
    const { session } = rehearse(join(folder, 'trees.yaml'), text, { metric: 'loss', metrics: ['loss'] });
    await expect(trainTrees(session)).rejects.toThrow(/trees\.yaml:1: data\.weights is for networks/);
  });
});
