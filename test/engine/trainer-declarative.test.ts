import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import { trainDeclarative } from '../../src/engine/trial/declarative/declarative.js';
import type { AttemptSpec } from '../../src/engine/trial/messages.js';
import { rehearse, validationIn } from './support/rehearsal.js';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const IRIS = join(EXAMPLES, 'iris/iris.yaml');

interface Choices {
  readonly csv?: string;
  readonly optimizer?: string;
  readonly epochs?: number;
  readonly seed?: string;
  readonly extra?: string;
}
const iris = ({
  csv = './iris.csv',
  optimizer = 'adam',
  epochs = 5,
  seed = 'seed: 1',
  extra = '',
}: Choices = {}) => `
data:
  csv: ${csv}
  target: species
  validation: 0.25
  standardize: true
model:
  task: classification
  units: [32]
  activation: relu
  dropout: 0.1
optimizer:
  name: ${optimizer}
  learningRate: 1e-2
  momentum: 0.9
training:
  epochs: ${epochs}
  batchSize: 16
${seed}
${extra}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-declarative-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function train(text: string, options: Partial<AttemptSpec> & { stopAfter?: number } = {}, file = IRIS) {
  const rehearsal = rehearse(file, text, options);
  const values = await trainDeclarative(rehearsal.session);
  return { ...rehearsal, values, reports: rehearsal.reports() };
}

const write = async (name: string, content: string | Buffer): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, 'model.yaml');
};

describe('the declarative trainer', () => {
  it('learns iris and reports every metric of both parts each epoch', async () => {
    const { values, reports, sent } = await train(iris({ epochs: 40 }));
    expect(sent[0]).toMatchObject({ kind: 'started', attributes: { backend: 'embedded', seed: 1 } });
    expect(reports).toHaveLength(40);
    expect(Object.keys(values).sort()).toEqual(
      ['accuracy', 'f1', 'loss', 'precision', 'recall'].flatMap((name) => [name, `val_${name}`]).sort(),
    );
    expect(values).toEqual(reports.at(-1));
    expect(values.val_accuracy).toBeGreaterThan(0.9);
    expect(values.loss).toBeLessThan(reports[0]!.loss! / 3);
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const first = await train(iris());
    expect((await train(iris())).reports).toEqual(first.reports);
    expect((await train(iris({ seed: 'seed: 2' }))).reports).not.toEqual(first.reports);
  });

  it("takes the trial's seed for training, yet the same split, where the config names none", async () => {
    const a = await train(iris({ seed: '', epochs: 1 }), { seed: 5 });
    const b = await train(iris({ seed: '', epochs: 1 }), { seed: 6 });
    expect(a.reports).not.toEqual(b.reports);
  });

  // Adadelta finds its own rate: less than 1 only slows it down.
  it.each([
    ['sgd', '1e-2'],
    ['momentum', '1e-2'],
    ['nesterov', '1e-2'],
    ['rmsprop', '1e-2'],
    ['adam', '1e-2'],
    ['adamw', '1e-2'],
    ['adagrad', '1e-2'],
    ['adadelta', '1'],
    ['adamax', '1e-2'],
    ['lion', '1e-3'],
  ])('lowers the loss with %s', async (optimizer, rate) => {
    const { reports } = await train(iris({ optimizer, epochs: 8 }).replace('1e-2', rate));
    expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss!);
  });

  it('ends where the verdict is to stop', async () => {
    const { reports, values } = await train(iris({ epochs: 30 }), { stopAfter: 3 });
    expect(reports).toHaveLength(3);
    expect(values).toEqual(reports[2]);
  });

  it('leaves no tensor behind over 30 trials', async () => {
    const { tf } = await loadEmbedded();
    await train(iris({ epochs: 1 }));
    const before = tf.memory().numTensors;
    const names = ['sgd', 'momentum', 'rmsprop', 'adam', 'adagrad', 'adadelta', 'adamax', 'lion', 'adamw'];
    for (let k = 0; k < 30; k++) await train(iris({ epochs: 1, optimizer: names[k % 9]! }));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('reports a diverged model as NaN and ends there', async () => {
    const { reports, values } = await train(iris({ optimizer: 'sgd', epochs: 20 }).replace('1e-2', '1e30'));
    expect(values.val_loss).toBeNaN();
    expect(values.accuracy).toBeNaN();
    expect(reports.length).toBeLessThan(20);
  });

  it('learns a line, with errors in the units of the target', async () => {
    const r = random('line');
    const rows = Array.from({ length: 200 }, () => [r.next() * 10, r.next() < 0.5 ? 'red' : 'blue'] as const);
    const lines = rows.map(
      ([x, colour]) => `${x};${colour};${1000 + 300 * x + (colour === 'red' ? 500 : 0)}`,
    );
    const file = await write('line.csv', `x;colour;price\n${lines.join('\n')}\n`);
    const text = `
data: {csv: line.csv, target: price, validation: 0.2, standardize: true}
model: {task: regression, units: [16]}
optimizer: {learningRate: 0.02}
training: {epochs: 60, batchSize: 16}`;
    const { values } = await train(text, { metric: 'val_mse', metrics: ['val_mse', 'val_r2'] }, file);
    expect(values.val_r2).toBeGreaterThan(0.98);
    expect(values.val_loss).toBe(values.val_mse);
    expect(values.val_mae).toBeGreaterThan(0.1);
    expect(values.val_mae).toBeLessThan(200);
  });

  it('trains a convolutional net on gzipped images', async () => {
    const text = `
data: {csv: ./digits.csv.gz, target: digit, shape: [8, 8, 1], scale: 16, validation: 0.2}
model:
  task: classification
  layers:
    - {type: conv2d, filters: 8, kernelSize: 3, padding: same}
    - {type: batchNormalization}
    - {type: maxPooling2d}
    - {type: conv2d, filters: 16, kernelSize: [3, 3]}
    - {type: averagePooling2d, poolSize: 2}
    - {type: flatten}
    - {type: dropout, rate: 0.2}
    - {type: dense, units: 32, activation: tanh}
optimizer: {name: adam, learningRate: 0.01}
training: {epochs: 4}
seed: 0`;
    const { values } = await train(text, {}, join(EXAMPLES, 'digits/digits.yaml'));
    expect(values.val_accuracy).toBeGreaterThan(0.9);
  });
});

describe('the example of a network without code', () => {
  it('reads digits right as it stands', async () => {
    const file = join(EXAMPLES, 'digits/network.yaml');
    const text = await readFile(file, 'utf8');
    const { values } = await train(text, { metric: 'val_accuracy', metrics: ['val_accuracy'] }, file);
    expect(values.val_accuracy).toBeGreaterThan(0.95);
  });
});

describe('what is wrong with a declarative config', () => {
  const failure = async (text: string, file = IRIS, options: Partial<AttemptSpec> = {}): Promise<string> => {
    const error: unknown = await train(text, options, file).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'FatalTrainingError' });
    return (error as Error).message;
  };

  it('names file, line, path and the nearest key', async () => {
    expect(await failure(iris().replace('units:', 'unit:'))).toContain(
      'iris.yaml:9: unknown key "model.unit". Did you mean `units`?',
    );
    expect(await failure(iris({ extra: 'epochs: 3' }))).toContain(
      'unknown key "epochs". It belongs under "training:".',
    );
  });

  it('says what a value must be and what it is', async () => {
    expect(await failure(iris().replace('dropout: 0.1', 'dropout: lots'))).toBe(
      'iris.yaml:11: model.dropout must be a number from 0 up to, but not including, 1; it is "lots".',
    );
    expect(await failure(iris().replace('  target: species\n', ''))).toBe(
      'iris.yaml:2: data.target is missing: it must be text.',
    );
    expect(await failure(iris({ optimizer: 'adm' }))).toMatch(
      /optimizer.name must be one of sgd, .*; it is "adm"/,
    );
  });

  it('names a layer type that does not exist', async () => {
    const text = iris().replace(
      '  units: [32]\n  activation: relu\n  dropout: 0.1',
      '  layers: [{type: lstn}]',
    );
    expect(await failure(text)).toMatch(
      /model.layers.0.type must be.*one of dense, conv2d.*Did you mean `lstm`\?/,
    );
  });

  it('names the line of a missing data file', async () => {
    const message = await failure(iris({ csv: './irs.csv' }));
    expect(message).toMatch(
      /^iris\.yaml:3: there is no file ".*irs\.csv" \(data\.csv: \.\/irs\.csv\)\. Correct the path/,
    );
  });

  it('lists the metrics that exist', async () => {
    const message = await failure(iris(), IRIS, { metrics: ['val_acuracy'] });
    expect(message).toContain(
      'unknown metric "val_acuracy" for classification. Did you mean `val_accuracy`? Known:',
    );
    const without = await failure(iris().replace('  validation: 0.25\n', ''), IRIS, {
      metrics: ['val_loss'],
    });
    expect(without).toContain('set data.validation');
  });

  it('names the line of a metric that does not exist', async () => {
    const text = `# @sweep\n#   stop: {trials: 3}\n#   metric: val_acuracy\n${iris()}`;
    expect(await failure(text, IRIS, { metrics: ['val_acuracy'] })).toMatch(/^iris\.yaml:3: unknown metric/);
  });

  it('names the column of a wrong target', async () => {
    expect(await failure(iris().replace('target: species', 'target: specis'))).toContain(
      'iris.csv has no column "specis" for data.target. Did you mean `species`? Columns: sepal_length,',
    );
  });

  const data = async (name: string, content: string, task = 'classification'): Promise<string> => {
    const file = await write(name, content);
    return failure(`data: {csv: ${name}, target: y}\nmodel: {task: ${task}, units: [4]}`, file, {
      metrics: ['loss'],
    });
  };

  it('names file, line and column of a missing or odd value', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 2}`).join('\n');
    expect(await data('gap.csv', `x,y\n1,0\n,1\n${rows}\n`)).toBe(
      'gap.csv:3: column "x" has no value (""). Fill it in or remove the row, or set data.missing to mean, median, mode or drop.',
    );
    expect(await data('odd.csv', `x,y\n1,0\n1.5kg,1\n${rows}\n`)).toMatch(
      /^odd.csv:3: column "x" holds numbers, but here "1.5kg"/,
    );
    expect(await data('short.csv', 'x,y\n1,0\n2\n')).toMatch(/^short.csv: .*line 3/);
    expect(await data('empty.csv', 'x,y\n')).toBe('empty.csv: there are no rows below the header line.');
  });

  it('says when the target does not fit the task', async () => {
    expect(await data('text.csv', 'x,y\n1,a\n2,b\n3,a\n4,b\n', 'regression')).toMatch(
      /set model.task to classification/,
    );
    expect(await data('real.csv', 'x,y\n1,0.1\n2,0.7\n3,0.4\n4,0.9\n')).toMatch(
      /set model.task to regression/,
    );
  });

  it('says when a shape does not hold the columns', async () => {
    const file = await write(
      'image.csv.gz',
      gzipSync('a,b,c,d,y\n1,2,3,4,0\n1,2,3,4,0\n1,2,3,4,1\n1,2,3,5,1\n'),
    );
    const text =
      'data: {csv: image.csv.gz, target: y, shape: [3, 3, 1]}\nmodel: {task: classification, units: [4]}';
    expect(await failure(text, file, { metrics: ['loss'] })).toBe(
      'image.csv.gz has 4 numbers a row besides the target, but data.shape [3, 3, 1] takes 9.',
    );
  });
});

describe('beside the trial', () => {
  it.each([
    ['compiled', ''],
    ['general', 'early'],
  ])('the confusion matrix agrees with val_accuracy: %s steps', async (_, kind) => {
    // A trial that has left nothing yet has no folder either.
    const own = join(await mkdtemp(join(folder, 'study-')), '0');
    const text = iris({ epochs: 12 });
    const early = text.replace(
      '  batchSize: 16',
      '  batchSize: 16\n  earlyStopping: {patience: 2, restoreBest: true}',
    );
    const { values } = await train(kind === 'early' ? early.replace('relu', 'swish') : text, { folder: own });
    const outcome = await validationIn(own);
    if (outcome?.kind !== 'classes') throw new Error('no matrix');
    const rows = outcome.counts.flat().reduce((sum, n) => sum + n, 0);
    const right = outcome.counts.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
    expect(outcome.classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(right / rows).toBeCloseTo(values.val_accuracy!, 9);
  });

  it('nothing is left of cross-validation, whose result is no single model’s', async () => {
    const own = await mkdtemp(join(folder, 'trial-'));
    await train(iris({ epochs: 2 }).replace('validation: 0.25', 'folds: 3'), { folder: own });
    expect(await validationIn(own)).toBeUndefined();
  });
});
