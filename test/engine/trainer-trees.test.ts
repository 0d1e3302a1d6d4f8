import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { memoryPart } from '../../src/engine/trial/data/dataset.js';
import { trainDeclarative } from '../../src/engine/trial/declarative/declarative.js';
import type { AttemptSpec } from '../../src/engine/trial/messages.js';
import { binColumns, thresholdsOf } from '../../src/engine/trial/trees/bins.js';
import { growTree, leafOf, type TreeOptions } from '../../src/engine/trial/trees/grow.js';
import { isTreeConfig } from '../../src/engine/trial/trees/schema.js';
import { trainTrees } from '../../src/engine/trial/trees/trees.js';
import { rehearse, validationIn } from './support/rehearsal.js';

const IRIS = join(import.meta.dirname, '../../examples/iris/iris.yaml');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-trees-'));
  const r = random('friedman');
  // J. Friedman, "Multivariate adaptive regression splines", 1991: two of the seven columns are noise.
  const rows = Array.from({ length: 600 }, () => {
    const x = Array.from({ length: 7 }, () => r.next());
    const y = 10 * Math.sin(Math.PI * x[0]! * x[1]!) + 20 * (x[2]! - 0.5) ** 2 + 10 * x[3]! + 5 * x[4]!;
    return [...x, y].join(',');
  });
  await writeFile(join(folder, 'friedman.csv'), `a,b,c,d,e,f,g,y\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

type Options = Partial<AttemptSpec> & { stopAfter?: number };

async function train(text: string, file: string, options: Options = {}) {
  const rehearsal = rehearse(file, text, options);
  const values = await trainTrees(rehearsal.session);
  return { ...rehearsal, values, reports: rehearsal.reports() };
}
const iris = (model: string, options?: Options, rest = 'seed: 1') =>
  train(
    `data: {csv: iris.csv, target: species, validation: 0.25}\nmodel: {task: classification, ${model}}\n${rest}`,
    IRIS,
    options,
  );
const friedman = (model: string, rest = 'seed: 1', options: Options = {}) =>
  train(
    `data: {csv: friedman.csv, target: y, validation: 0.25}\nmodel: {task: regression, ${model}}\n${rest}`,
    join(folder, 'model.yaml'),
    { metric: 'val_mse', metrics: ['val_mse'], ...options },
  );

describe('what trees made of the validation rows', () => {
  it.each(['tree', 'forest', 'boosting'])('is kept beside a trial of a %s: classes', async (kind) => {
    const own = join(folder, `classes-${kind}`);
    const { values } = await iris(`kind: ${kind}, trees: 10`, { folder: own });
    const kept = await validationIn(own);
    if (kept?.kind !== 'classes') throw new Error('no matrix was kept');
    const rows = kept.counts.flat().reduce((sum, n) => sum + n, 0);
    const right = kept.counts.reduce((sum, row, actual) => sum + (row[actual] ?? 0), 0);
    expect(right / rows).toBeCloseTo((values as { val_accuracy: number }).val_accuracy);
  });

  it('is kept in the target’s own unit for a regression', async () => {
    const own = join(folder, 'numbers');
    const { values } = await friedman('kind: boosting, trees: 40', 'seed: 1', { folder: own });
    const kept = await validationIn(own);
    if (kept?.kind !== 'numbers') throw new Error('no predictions were kept');
    const squares = kept.pairs.map(([predicted, actual]) => (predicted - actual) ** 2);
    expect(squares.reduce((sum, x) => sum + x, 0) / squares.length).toBeCloseTo(
      (values as { val_mse: number }).val_mse,
      3,
    );
  });

  it('is not kept of a trial that was told to stop', async () => {
    const own = join(folder, 'stopped');
    await iris('kind: forest, trees: 10', { folder: own, stopAfter: 2 });
    expect(await validationIn(own)).toBeUndefined();
  });
});

describe('the trainer of trees', () => {
  it('is chosen by model.kind', () => {
    expect(isTreeConfig({ model: { kind: 'forest' } })).toBe(true);
    expect(isTreeConfig({ model: { units: [3] } })).toBe(false);
  });

  it.each(['tree', 'forest', 'boosting'])(
    'learns iris with a %s, with the metrics of networks',
    async (kind) => {
      const { values, sent } = await iris(`kind: ${kind}, trees: 30`);
      expect(values.val_accuracy).toBeGreaterThan(0.88);
      expect(values.accuracy).toBeGreaterThan(0.97);
      expect(Object.keys(values)).toHaveLength(10);
      expect(sent[0]).toMatchObject({ attributes: { seed: 1, backend: 'trees', data: { rows: 150 } } });
    },
  );

  it('learns a curved function: boosting better than a forest, a forest better than a tree', async () => {
    const tree = (await friedman('kind: tree')).values.val_r2!;
    const forest = (await friedman('kind: forest, featuresPerSplit: 0.6')).values.val_r2!;
    const boosting = (await friedman('kind: boosting, depth: 3, trees: 200')).values.val_r2!;
    expect(tree).toBeGreaterThan(0.5);
    expect(forest).toBeGreaterThan(tree);
    expect(boosting).toBeGreaterThan(forest);
    expect(boosting).toBeGreaterThan(0.9);
  });

  it('reports each round, and ends where it is told to', async () => {
    const { reports } = await iris('kind: boosting, trees: 40');
    expect(reports).toHaveLength(40);
    expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss! / 2);
    expect((await iris('kind: boosting, trees: 40', { stopAfter: 7 })).reports).toHaveLength(7);
    // Each up to 100, then every tenth.
    expect((await iris('kind: boosting, depth: 1, trees: 125')).reports).toHaveLength(100 + 2 + 1);
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    for (const model of ['kind: forest, trees: 5', 'kind: boosting, trees: 5, subsample: 0.5']) {
      const first = (await iris(model)).reports;
      expect((await iris(model)).reports).toEqual(first);
      expect((await iris(model, {}, 'seed: 2')).reports).not.toEqual(first);
    }
  });

  it('reports a fold at a time in cross-validation', async () => {
    const { reports, values } = await train(
      'data: {csv: iris.csv, target: species, folds: 5}\nmodel: {kind: tree, task: classification}\nseed: 1',
      IRIS,
    );
    expect(reports).toHaveLength(5);
    expect(values.val_accuracy).toBeGreaterThan(0.9);
  });

  it('is the same from disk', async () => {
    const run = (stream: boolean) =>
      train(
        `data: {csv: friedman.csv, target: y, validation: 0.25, stream: ${stream}}\nmodel: {task: regression, kind: boosting, trees: 5}\nseed: 1`,
        join(folder, 'model.yaml'),
      );
    expect((await run(true)).reports).toEqual((await run(false)).reports);
  });
});

describe('a hyperparameter of trees', () => {
  it('depth bounds what a tree can tell apart', async () => {
    const loss = async (depth: number) => (await friedman(`kind: tree, depth: ${depth}`)).values.mse!;
    expect(await loss(1)).toBeGreaterThan(await loss(3));
    expect(await loss(3)).toBeGreaterThan(await loss(8));
  });

  it('minLeaf keeps leaves large', async () => {
    const errorOf = async (minLeaf: number) =>
      (await friedman(`kind: tree, minLeaf: ${minLeaf}`)).values.mse!;
    expect(await errorOf(1)).toBeLessThan(1e-9);
    expect(await errorOf(20)).toBeGreaterThan(await errorOf(5));
  });

  it('learningRate and trees trade against each other', async () => {
    const errorOf = async (model: string) =>
      (await friedman(`kind: boosting, depth: 3, ${model}`)).values.mse!;
    expect(await errorOf('trees: 20, learningRate: 0.02')).toBeGreaterThan(
      await errorOf('trees: 20, learningRate: 0.2'),
    );
    expect(await errorOf('trees: 10')).toBeGreaterThan(await errorOf('trees: 60'));
  });

  it('featuresPerSplit, subsample, l2 and bins change the trees', async () => {
    const errorOf = async (model: string) =>
      (await friedman(`kind: boosting, depth: 3, trees: 10, ${model}`)).values.mse!;
    const plain = await errorOf('bins: 255');
    for (const model of ['featuresPerSplit: 0.3', 'subsample: 0.4', 'l2: 50', 'bins: 4']) {
      expect(await errorOf(model)).not.toBe(plain);
    }
    expect(await errorOf('l2: 50')).toBeGreaterThan(plain);
  });
});

const OPTIONS: TreeOptions = { depth: 10, minLeaf: 1, features: 2, l2: 0 };

/** Two columns; class 1 where exactly one of them is above 0.5. */
function xor() {
  const inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0.75);
  const labels = Int32Array.of(0, 1, 1, 0, 0, 0);
  const train = memoryPart(
    inputs,
    2,
    { labels, targets: new Float64Array(), outputs: 2 },
    { mean: 0, deviation: 1 },
    'classification',
  );
  return {
    inputs,
    labels,
    dataset: {
      shape: [2],
      rowSize: 2,
      outputs: 2,
      train,
      scale: { mean: 0, deviation: 1 },
      classes: ['0', '1'],
    },
  };
}

describe('a tree', () => {
  it('is the one in the books on iris: petal length at 2.45, petal width at 1.75, 144 of 150 right', async () => {
    const { values } = await train(
      'data: {csv: iris.csv, target: species}\nmodel: {kind: tree, task: classification, depth: 2}',
      IRIS,
      { metrics: ['loss'] },
    );
    expect(values.accuracy).toBeCloseTo(144 / 150, 12);
    // Leaves of 50, 49 of 54 and 45 of 46.
    const [n, a, b] = [150, 54, 46];
    const loss = -(49 * Math.log(49 / a) + 5 * Math.log(5 / a) + 45 * Math.log(45 / b) + Math.log(1 / b)) / n;
    expect(values.loss).toBeCloseTo(loss, 6);
  });

  it('tells apart what no single column does', () => {
    const { inputs, labels, dataset } = xor();
    const columns = binColumns(dataset, 255);
    const rows = Uint32Array.from(labels.keys());
    const tree = growTree(
      columns,
      { kind: 'labels', labels, classes: 2 },
      rows,
      undefined,
      OPTIONS,
      random('x'),
    );
    const predicted = [...labels.keys()].map((row) => leafOf(tree, inputs, row * 2)[1]);
    expect(predicted).toEqual([...labels]);
  });

  it('has bins that keep every value apart while there are enough, else quantiles', () => {
    expect([...thresholdsOf(Float32Array.of(1, 1, 2, 4), 255)]).toEqual([1.5, 3]);
    const many = Float32Array.from({ length: 1000 }, (_, i) => i);
    const thresholds = thresholdsOf(many, 4);
    expect([...thresholds]).toEqual([249.5, 499.5, 749.5]);
  });
});

describe('the kind of a model', () => {
  it('can be tuned: what concerns another kind may stand beside it', async () => {
    const text = (kind: string) => `
data: {csv: iris.csv, target: species, validation: 0.25, standardize: true}
model: {kind: ${kind}, task: classification, units: [8], depth: 3, trees: 5, learningRate: 0.2}
optimizer: {name: adam, learningRate: 0.01}
training: {epochs: 2}
seed: 1`;
    expect((await train(text('forest'), IRIS)).reports).toHaveLength(5);
    const network = rehearse(IRIS, text('network'));
    await trainDeclarative(network.session);
    expect(network.reports()).toHaveLength(2);
  });

  it('has to be named where keys of trees are', async () => {
    const { session } = rehearse(
      IRIS,
      'data: {csv: iris.csv, target: species}\nmodel:\n  task: classification\n  units: [8]\n  depth: 3\n',
    );
    await expect(trainDeclarative(session)).rejects.toThrow(
      'iris.yaml:5: unknown key "model.depth". It is for kind: tree, forest or boosting.',
    );
  });
});

describe('what is wrong with a config of trees', () => {
  const failure = async (model: string, options: Options = {}): Promise<string> => {
    const error: unknown = await iris(model, options).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'FatalTrainingError' });
    return (error as Error).message;
  };
  it('names file, line, path and the nearest key', async () => {
    expect(await failure('kind: forest, tree: 3')).toBe(
      'iris.yaml:2: unknown key "model.tree". Did you mean `trees`?',
    );
    expect(await failure('kind: shrub')).toBe(
      'iris.yaml:2: model.kind must be one of tree, forest, boosting; it is "shrub".',
    );
    expect(await failure('kind: tree', { metrics: ['val_los'] })).toContain('Did you mean `val_loss`?');
  });
});
