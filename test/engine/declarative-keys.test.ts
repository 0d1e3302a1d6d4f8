/**
 * Every key of a declarative config, through the YAML: that it is not ignored, that it is documented, and for those
 * where it shows in the result, that it does what it says. What each does in numbers is in the tests of its module.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { random } from '../../src/core/random.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { trainDeclarative } from '../../src/engine/trial/declarative/declarative.js';
import { configForm } from '../../src/engine/trial/declarative/schema.js';
import { TREE_KEYS } from '../../src/engine/trial/trees/keys.js';
import {
  CHANGES,
  CONV,
  type Config,
  IMAGE,
  LAYER_CHANGES,
  merged,
  ofLayers,
  TABLE,
} from './support/key-changes.js';
import { rehearse } from './support/rehearsal.js';

let folder: string;
beforeAll(async () => {
  await loadEmbedded();
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-keys-'));
  const r = random('data');
  const row = (): string => {
    const kind = r.next() < 0.25 ? 'rare' : r.next() < 0.5 ? 'odd' : 'usual';
    const pull = { rare: 1, odd: 0.2, usual: -0.6 }[kind];
    const inputs = Array.from({ length: 36 }, (_, i) => (2 * r.next() - 1 + (i % 3) * pull).toFixed(3));
    return [...inputs, kind, (pull * 3 + r.next()).toFixed(3)].join(',');
  };
  const names = [...Array.from({ length: 36 }, (_, i) => `x${i}`), 'kind', 'size'];
  const lines = Array.from({ length: 80 }, row);
  const without = (column: number) => (line: string) =>
    line
      .split(',')
      .filter((_, i) => i !== column)
      .join(',');
  await writeFile(join(folder, 'kinds.csv'), [names.join(','), ...lines].map(without(37)).join('\n'));
  await writeFile(join(folder, 'sizes.csv'), [names.join(','), ...lines].map(without(36)).join('\n'));
  const words = Array.from({ length: 60 }, () => {
    const list = Array.from({ length: 6 }, () => r.int(9));
    return [...list, list[0]! > 4 ? 'a' : 'b'].join(',');
  });
  await writeFile(join(folder, 'words.csv'), ['a,b,c,d,e,f,kind', ...words].join('\n'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

async function train(config: Config, metric = 'val_loss') {
  const rehearsal = rehearse(join(folder, 'model.yaml'), JSON.stringify(config, null, 1), {
    metric,
    metrics: [metric],
  });
  const values = await trainDeclarative(rehearsal.session);
  return { values, reports: rehearsal.reports() };
}

/** Reports of a config, trained once. */
const known = new Map<string, Promise<unknown>>();
function reportsOf(config: Config): Promise<unknown> {
  const key = JSON.stringify(config);
  let reports = known.get(key);
  if (!reports) {
    reports = train(config).then((trained) => trained.reports);
    known.set(key, reports);
  }
  return reports;
}

describe('a key is not ignored:', () => {
  it.each(
    [...CHANGES, ...LAYER_CHANGES].map(
      (change) => [`${change[0]} ${JSON.stringify(change[2])}`, change] as const,
    ),
  )('%s', async (_name, [, base, change]) => {
    expect(await reportsOf(merged(base, change))).not.toEqual(await reportsOf(base));
  });

  it.each(['globalMaxPooling', 'globalAveragePooling', 'flatten'])('layer %s', async (type) => {
    const [with_, without] = [ofLayers(IMAGE, CONV, { type }), ofLayers(IMAGE, CONV)];
    const same = type === 'flatten';
    expect(JSON.stringify(await reportsOf(with_)) === JSON.stringify(await reportsOf(without))).toBe(same);
  });
});

const kindsOf = (reports: readonly Readonly<Record<string, number>>[], name: string): number[] =>
  reports.map((report) => report[name]!);

describe('a key does what it says:', () => {
  const long = (more: Config): Config => merged(merged(TABLE, { training: { epochs: 20 } }), more);

  it('early stopping ends patience epochs after the best, and gives its metrics', async () => {
    const config = long({
      optimizer: { learningRate: 0.2 },
      training: { epochs: 60, earlyStopping: { patience: 4 } },
    });
    const { reports, values } = await train(config);
    const losses = kindsOf(reports, 'val_loss');
    const best = losses.indexOf(Math.min(...losses));
    expect(reports).toHaveLength(best + 1 + 4);
    expect(values).toEqual(reports[best]);
    const last = merged(config, { training: { earlyStopping: { restoreBest: false } } });
    expect((await train(last)).values).toEqual(reports.at(-1));
  });

  it('early stopping looks at the metric of the study unless told otherwise', async () => {
    const config = long({ training: { epochs: 40, earlyStopping: 2 }, optimizer: { learningRate: 0.1 } });
    const { reports } = await train(config, 'accuracy');
    const values = kindsOf(reports, 'accuracy');
    expect(values.length).toBeLessThan(40);
    expect(Math.max(...values.slice(0, -2))).toBe(Math.max(...values));
  });

  it('a rate that has fallen to nothing trains nothing more', async () => {
    const { reports } = await train(
      long({ training: { epochs: 4 }, optimizer: { schedule: { name: 'step', every: 2, factor: 1e-30 } } }),
    );
    const losses = kindsOf(reports, 'val_loss');
    expect(losses[1]).not.toBe(losses[0]);
    expect(losses[2]).toBe(losses[1]);
    expect(losses[3]).toBe(losses[1]);
  });

  it('class weights, balanced and weighted batches make a rare class heard', async () => {
    const r = random('rare');
    const rows = Array.from({ length: 200 }, (_, i) => {
      const isRare = i % 10 === 0;
      return `${((isRare ? 1 : 0) + 2 * r.next() - 1).toFixed(3)},${isRare ? 'yes' : 'no'}`;
    });
    await writeFile(join(folder, 'rare.csv'), ['x,y', ...rows].join('\n'));
    const plain = merged(TABLE, {
      data: { csv: 'rare.csv', target: 'y', validation: 0 },
      training: { epochs: 20, trainMetrics: 'exact' },
    });
    const recall = async (more: Config) => (await train(merged(plain, more), 'loss')).values.recall!;
    expect(await recall({})).toBeLessThan(0.65);
    expect(await recall({ model: { loss: { classWeights: 'balanced' } } })).toBeGreaterThan(0.7);
    expect(await recall({ model: { loss: { classWeights: { yes: 9 } } } })).toBeGreaterThan(0.7);
    expect(await recall({ training: { batches: 'balanced' } })).toBeGreaterThan(0.7);
    const weighted = { name: 'weighted', weights: { yes: 9 } };
    expect(await recall({ training: { batches: weighted } })).toBeGreaterThan(0.7);
  });

  it('label smoothing keeps the network from being certain', async () => {
    const loss = async (labelSmoothing: number) =>
      (await train(long({ optimizer: { learningRate: 0.05 }, model: { loss: { labelSmoothing } } }))).values
        .loss!;
    expect(await loss(0.5)).toBeGreaterThan((await loss(0)) * 1.5);
  });

  it('penalties, decay and dropout hold back the fit to the training part', async () => {
    const loss = async (more: Config) =>
      (await train(long(merged({ training: { trainMetrics: 'exact' } }, more)))).values.loss!;
    const free = await loss({});
    expect(await loss({ model: { l2: 0.1 } })).toBeGreaterThan(free * 1.2);
    expect(await loss({ model: { l1: 0.1 } })).toBeGreaterThan(free * 1.2);
    expect(await loss({ optimizer: { weightDecay: 5 } })).toBeGreaterThan(free * 1.2);
    expect(await loss({ model: { dropout: 0.8 } })).toBeGreaterThan(free * 1.2);
  });

  it('augmentation touches the training part alone', async () => {
    // At a rate of next to nothing the network stays as it began, and so must what it makes of the validation part.
    const still = merged(TABLE, { optimizer: { name: 'sgd', learningRate: 1e-30 } });
    const wild = merged(still, { training: { augmentation: { noise: 3, mixUp: 1 } } });
    const [a, b] = [await train(still), await train(wild)];
    expect(kindsOf(a.reports, 'val_loss')).toEqual(kindsOf(b.reports, 'val_loss'));
    expect(kindsOf(a.reports, 'loss')).not.toEqual(kindsOf(b.reports, 'loss'));
  });

  it('false stands for no clipping, no period, no early stopping', async () => {
    const off = merged(TABLE, {
      model: { loss: { classWeights: 'none' } },
      optimizer: { clipNorm: false, clipValue: false, schedule: { period: false } },
      training: { earlyStopping: false },
    });
    expect(await reportsOf(off)).toEqual(await reportsOf(TABLE));
  });

  it('exact metrics are those of the weights after the epoch', async () => {
    const same = { validation: './kinds.csv' };
    const config = merged(TABLE, { data: same, training: { trainMetrics: 'exact' } });
    for (const report of (await train(config)).reports) expect(report.loss).toBe(report.val_loss);
  });
});

describe('a wrong value', () => {
  const failure = async (config: Config): Promise<string> => {
    const error: unknown = await train(config).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'FatalTrainingError' });
    return (error as Error).message;
  };
  it.each([
    [
      { optimizer: { schedule: 'cosin' } },
      /model\.yaml:\d+: optimizer\.schedule must be one of .*it is "cosin"\. Did you mean `cosine`\?/,
    ],
    [
      { optimizer: { schedule: { name: 'cosine', warmpu: 2 } } },
      /unknown key "optimizer\.schedule\.warmpu"\. Did you mean `warmup`\?/,
    ],
    [{ optimizer: { name: 'adan' } }, /optimizer\.name must be .*Did you mean `adam`\?/],
    [
      { optimizer: { schedule: { name: 'step', factor: 2 } } },
      /optimizer\.schedule\.factor must be a number above 0 and at most 1; it is 2/,
    ],
    [
      { training: { augmentation: { rotate: 5 } } },
      /training\.augmentation\.rotate is for images .* but a row is \[36\]\. Set data\.shape/,
    ],
    [{ training: { batches: 'weighted' } }, /training\.batches: weighted needs weights/],
    [
      { training: { batches: { name: 'weighted', weights: { rar: 3 } } } },
      /there is no class "rar" in the data\. Did you mean `rare`\?/,
    ],
    [
      { training: { earlyStopping: { metric: 'val_acuracy' } } },
      /training\.earlyStopping\.metric: unknown metric "val_acuracy"\. Did you mean `val_accuracy`\?/,
    ],
    [
      { training: { earlyStopping: 0 } },
      /training\.earlyStopping must be a whole number of at least 1; it is 0/,
    ],
    [
      { model: { loss: { name: 'focal', gama: 1 } } },
      /unknown key "model\.loss\.gama"\. Did you mean `gamma`\?/,
    ],
    [
      { model: { loss: { classWeights: { usuall: 1 } } } },
      /model\.loss\.classWeights\.usuall: there is no class/,
    ],
    [
      { model: { task: 'regression', loss: 'hinge' }, data: { csv: 'sizes.csv', target: 'size' } },
      /model\.loss hinge is for classification; use mse, mae, huber, logCosh/,
    ],
    [{ model: { initializer: 'heNorm' } }, /model\.initializer must be one of .*Did you mean `heNormal`\?/],
    [{ model: { activation: 'thresholdedRelu' } }, /model\.activation must be one of relu, /],
    [{ clipNorm: 3 }, /unknown key "clipNorm"\. It belongs under "optimizer:"/],
  ])('%j says where and what', async (change, message) => {
    expect(await failure(merged(TABLE, change))).toMatch(message);
  });

  it('inside a layer of a layer says where and what', async () => {
    const dense = { type: 'dense', units: 0 };
    expect(await failure(ofLayers([36], { type: 'residual', layers: [dense] }))).toMatch(
      /model\.layers\.0\.layers\.0\.units must be a whole number of at least 1; it is 0/,
    );
    expect(await failure(ofLayers([36], { type: 'dense', unit: 3, units: 3 }))).toMatch(
      /unknown key "model\.layers\.0\.unit"\. Did you mean `units`\?/,
    );
    expect(await failure(ofLayers([36], { type: 'residual', layers: [{ type: 'dens' }] }))).toMatch(
      /model\.layers\.0\.layers\.0\.type must be .*Did you mean `dense`\?/,
    );
    expect(await failure(ofLayers([36], { type: 'gru', units: 3, initializer: 'hNormal' }))).toMatch(
      /model\.layers\.0\.initializer must be .*Did you mean `heNormal`\?/,
    );
  });
});

/** The form without what zod wraps around it. */
function bare(form: unknown): unknown {
  if (form instanceof z.ZodPipe) return bare(form.out);
  if (form instanceof z.ZodOptional || form instanceof z.ZodDefault || form instanceof z.ZodPrefault)
    return bare(form.unwrap());
  return form;
}

/** Every key as a path; layers as layer.<type>.<key>. */
function pathsOf(form: unknown, path: string): string[] {
  const here = bare(form);
  if (here instanceof z.ZodLazy) return [];
  if (here instanceof z.ZodUnion) return here.options.flatMap((option: unknown) => pathsOf(option, path));
  if (here instanceof z.ZodArray) return pathsOf(here.element, 'layer');
  if (!(here instanceof z.ZodObject)) return [];
  const type = bare(here.shape.type);
  const prefix = path === 'layer' && type instanceof z.ZodLiteral ? `layer.${[...type.values][0]}` : path;
  return Object.entries(here.shape).flatMap(([key, value]) => {
    const own = prefix === '' ? key : `${prefix}.${key}`;
    // Parameters of a layer's initializer are those of the model's.
    const isInLayer = prefix.startsWith('layer.');
    return key === 'type' ? [] : [own, ...(isInLayer ? [] : pathsOf(value, own))];
  });
}

const PATHS = pathsOf(configForm, '').filter((path) => !path.startsWith('data'));

describe('every key', () => {
  it('is in the test above', () => {
    const tested = new Set([...CHANGES, ...LAYER_CHANGES].map(([path]) => path));
    const elsewhere = new Set([
      'model',
      'optimizer',
      'training',
      'model.task',
      'model.kind',
      // In trainer-trees.test.ts.
      ...Object.keys(TREE_KEYS).map((key) => `model.${key}`),
      'training.earlyStopping.restoreBest',
      'layer.embedding.vocabulary',
    ]);
    expect(PATHS.length).toBeGreaterThan(150);
    expect(PATHS.filter((path) => !tested.has(path) && !elsewhere.has(path))).toEqual([]);
  });

  it('and every name is in examples/REFERENCE.md', async () => {
    const reference = await readFile(join(import.meta.dirname, '../../examples/REFERENCE.md'), 'utf8');
    const names = (form: unknown): string[] => {
      const here = bare(form);
      if (here instanceof z.ZodEnum) return here.options.map(String);
      if (here instanceof z.ZodLazy) return [];
      if (here instanceof z.ZodUnion) return here.options.flatMap(names);
      if (here instanceof z.ZodArray) return names(here.element);
      if (here instanceof z.ZodLiteral) return [...here.values].map(String);
      return here instanceof z.ZodObject ? Object.values(here.shape).flatMap(names) : [];
    };
    const keys = pathsOf(configForm, '').map((path) => path.split('.').at(-1)!);
    const missing = [...keys, ...names(configForm)].filter(
      (name) => !new RegExp(`\\b${name}\\b`).test(reference),
    );
    expect(missing).toEqual([]);
  });
});
