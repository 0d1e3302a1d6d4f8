import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../src/engine/trial/checkpoint/file.js';
import { trainDeclarative } from '../../src/engine/trial/declarative/declarative.js';
import type { AttemptSpec } from '../../src/engine/trial/messages.js';
import { compile } from '../../src/engine/trial/module/compile.js';
import { trainModule } from '../../src/engine/trial/module/module.js';
import type { Metrics, Session } from '../../src/engine/trial/session.js';
import { type Rehearsal, rehearse } from './support/rehearsal.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-checkpoint-'));
  const rows = Array.from({ length: 80 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${i % 3}`);
  await writeFile(join(folder, 'rows.csv'), `a,b,y\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

type Options = Partial<AttemptSpec> & { stopAfter?: number };
type Train = (session: Session) => Promise<Metrics>;

class Interrupted extends Error {}

/** Runs until the report of `step` is being sent, as a process that is killed there. */
async function interruptedAt(step: number, rehearsal: Rehearsal, train: Train): Promise<void> {
  const { session } = rehearsal;
  const report = session.report.bind(session);
  session.report = (at, metrics) => (at >= step ? Promise.reject(new Interrupted()) : report(at, metrics));
  await expect(train(session)).rejects.toBeInstanceOf(Interrupted);
}

describe('a checkpoint file', () => {
  it('holds notes and numbers, non-finite ones too, in the safetensors format', async () => {
    const path = join(folder, 'file.safetensors');
    const arrays = [
      { name: 'w', shape: [2, 2], values: Float32Array.of(1, Number.NaN, -0, 1e-40) },
      { name: 'n', shape: [], values: Int32Array.of(7) },
    ];
    await writeCheckpoint(path, { notes: { loss: Number.NaN, text: 'é' }, arrays });
    expect(await readCheckpoint(path)).toEqual({ notes: { loss: Number.NaN, text: 'é' }, arrays });
    const bytes = await readFile(path);
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
    expect(header.w).toEqual({ dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] });
  });

  it('counts as none where it is damaged', async () => {
    const path = join(folder, 'damaged.safetensors');
    await writeCheckpoint(path, {
      notes: 1,
      arrays: [{ name: 'w', shape: [4], values: new Float32Array(4) }],
    });
    await writeFile(path, (await readFile(path)).subarray(0, -3));
    expect(await readCheckpoint(path)).toBeUndefined();
    expect(await readCheckpoint(join(folder, 'absent'))).toBeUndefined();
  });
});

const NORMALISED = '{type: dense, units: 8}, {type: batchNormalization}, {type: dropout, rate: 0.3}';

describe.each([
  ['in compiled steps', 'units: [8, 8], dropout: 0.3, normalization: batch'],
  ['operation by operation', `layers: [${NORMALISED}, {type: reshape, shape: [8]}, ${NORMALISED}]`],
])('an interrupted declarative trial, %s', (steps, model) => {
  const config = (rest: string, data = 'validation: 0.25') => `
data: {csv: rows.csv, target: y, ${data}}
model: {task: classification, ${model}}
${rest}`;
  const start = (text: string, options: Options = {}): Rehearsal =>
    rehearse(join(folder, 'model.yaml'), text, options);
  const each: Train = (session) => trainDeclarative(session, { every: 0, timesItsCost: 0 });

  it.each([
    ['adam with a schedule', 'optimizer: {name: adam, schedule: {name: cosine}}\ntraining: {epochs: 7}'],
    ['momentum', 'optimizer: {name: momentum}\ntraining: {epochs: 7}'],
    ['lion and weight decay', 'optimizer: {name: lion, weightDecay: 0.1}\ntraining: {epochs: 7}'],
    ['rmsprop and hard examples', 'optimizer: {name: rmsprop}\ntraining: {epochs: 7, batches: hardExamples}'],
    ['early stopping', 'training: {epochs: 7, earlyStopping: {patience: 5, restoreBest: true}}'],
  ])('goes on with the same bits: %s', async (_, rest) => {
    const text = config(rest);
    const undisturbed = start(text);
    const values = await each(undisturbed.session);
    const kind = steps === 'in compiled steps' ? 'compiled' : 'general';
    expect(undisturbed.sent[0]).toMatchObject({ attributes: { steps: kind } });
    const first = start(text);
    await interruptedAt(4, first, each);
    const { folder: own } = first.session.spec;
    const second = start(text, { folder: own, attempt: 2 });
    expect(await each(second.session)).toEqual(values);
    expect(second.reports()).toEqual(undisturbed.reports());
    // It went on indeed, from an epoch of which all but the report was done.
    expect(second.sent[0]).toMatchObject({ attributes: { resumedFrom: { epoch: 4 } } });
    expect(existsSync(join(own, 'checkpoint.safetensors'))).toBe(false);
  });

  it('goes on in the midst of the folds', async () => {
    const text = config('training: {epochs: 3}', 'folds: 3');
    const undisturbed = start(text);
    const values = await each(undisturbed.session);
    const first = start(text);
    await interruptedAt(2, first, each);
    const second = start(text, { folder: first.session.spec.folder });
    expect(await each(second.session)).toEqual(values);
    expect(second.reports()).toEqual(undisturbed.reports());
    expect(second.sent[0]).toMatchObject({ attributes: { resumedFrom: { epoch: 3, fold: 2 } } });
  });

  it('can go on after it was told to stop', async () => {
    const text = config('training: {epochs: 6}');
    const undisturbed = start(text);
    const values = await each(undisturbed.session);
    // Seldom: it is written because it stops.
    const stopped = start(text, { stopAfter: 3 });
    await trainDeclarative(stopped.session, { every: 1e9, timesItsCost: 0 });
    expect(stopped.reports()).toHaveLength(3);
    const second = start(text, { folder: stopped.session.spec.folder });
    expect(await each(second.session)).toEqual(values);
    expect(second.sent[0]).toMatchObject({ attributes: { resumedFrom: { epoch: 3 } } });
  });

  it('begins anew where anything differs', async () => {
    const first = start(config('training: {epochs: 5}'));
    await interruptedAt(3, first, each);
    const { folder: own } = first.session.spec;
    for (const other of [
      start(config('training: {epochs: 5}\noptimizer: {learningRate: 0.5}'), { folder: own }),
      start(config('training: {epochs: 5}'), { folder: own, seed: 99 }),
    ]) {
      await each(other.session);
      expect(other.sent[0]).not.toHaveProperty('attributes.resumedFrom');
    }
  });

  it('is not slowed down: short trainings write nothing', async () => {
    const rehearsal = start(config('training: {epochs: 2}'));
    await interruptedAt(2, rehearsal, (session) => trainDeclarative(session));
    expect(existsSync(join(rehearsal.session.spec.folder, 'checkpoint.safetensors'))).toBe(false);
  });
});

describe('trial.checkpoint of a training module', () => {
  const source = (optimizer: string): string => `
    import * as tf from '@tensorflow/tfjs';
    export default async function train(config, trial) {
      const model = tf.sequential({ layers: [
        tf.layers.dense({ units: 6, activation: 'relu', inputShape: [3] }), tf.layers.dropout({ rate: 0.3 }),
        tf.layers.batchNormalization(), tf.layers.dense({ units: 2, activation: 'softmax' })] });
      model.compile({ optimizer: ${optimizer}, loss: 'categoricalCrossentropy' });
      const x = tf.tensor2d(Array.from({ length: 120 }, (_, i) => Math.sin(i)), [40, 3]);
      const y = tf.oneHot(tf.tensor1d(Array.from({ length: 40 }, (_, i) => i % 2), 'int32'), 2);
      const saved = await trial.checkpoint.restore(model);
      if (saved) console.log('went on after step ' + saved.step + ' with ' + saved.notes.hello);
      for (let step = (saved?.step ?? 0) + 1; step <= 6; step++) {
        const { history } = await model.fit(x, y, { epochs: 1, batchSize: 8, verbose: 0 });
        await trial.report(step, { val_loss: history.loss[0] });
        if (step % 2 === 0) await trial.checkpoint.save(model, { hello: 'you' });
      }
    }`;

  it.each([
    'tf.train.sgd(0.1)',
    'tf.train.momentum(0.1, 0.9, true)',
    'tf.train.adagrad(0.1)',
    'tf.train.adadelta()',
    'tf.train.adam()',
    'tf.train.adamax()',
    'tf.train.rmsprop(0.01, 0.9, 0.5)',
  ])('goes on with the same bits with %s', async (optimizer) => {
    const name = `${optimizer.replaceAll(/\W/g, '')}.ts`;
    await writeFile(join(folder, name), source(optimizer));
    const train: Train = (session) => trainModule(session, name, compile);
    const start = (options: Options = {}): Rehearsal =>
      rehearse(join(folder, 'model.yaml'), 'lr: 1\n', options);
    const undisturbed = start();
    await train(undisturbed.session);
    expect(undisturbed.reports()).toHaveLength(6);

    const first = start();
    await interruptedAt(5, first, train);
    const second = start({ folder: first.session.spec.folder, attempt: 2 });
    let calls = 0;
    const report = second.session.report.bind(second.session);
    second.session.report = (step, metrics) => {
      calls++;
      return report(step, metrics);
    };
    await train(second.session);
    expect(second.reports()).toEqual(undisturbed.reports());
    expect(calls).toBe(6);
  });
});
