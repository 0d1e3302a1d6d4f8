/** An export in MLflow's file layout, by the rules that its FileStore reads by (store/tracking/file_store.py, utils/validation.py). */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, relative, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ForeignTrial, viewForeign } from '../../src/core/exchange/foreign-study.js';
import { writeMlflow } from '../../src/engine/exchange/mlflow.js';

/** Parameters and metrics named as people do, and a study whose name is a date to YAML 1.1. */
const NAMES = ['lr', 'größe', 'a:b', '../up', 'x//y', 'end/', 'k=v', 'enc', 'enc/dim'];
const { study } = viewForeign({
  name: '2026-11-20',
  objectives: [{ metric: 'val/loss', direction: 'minimize' }],
  space: Object.fromEntries(NAMES.map((name) => [name, { type: 'float', low: 0, high: 1 }] as const)),
  trials: [
    {
      state: 'complete',
      params: Object.fromEntries(NAMES.map((name, index) => [name, index / 10])),
      objectives: [0.5],
      values: { 'val/loss': 0.5, val: 0.25, bad: Number.POSITIVE_INFINITY },
      reports: [{ step: 3, value: Number.NaN, metrics: { 'val/loss': Number.NaN } }],
      startedAt: '2026-11-20T15:00:00.000000+00:00',
      finishedAt: '2026-11-20T15:00:01.500000+00:00',
      attributes: {},
      marks: { note: 'a **note**', tags: ['a', 'b'], starred: true },
    },
  ],
  marks: { note: 'the study' },
});

/** A study of one trial, with nothing else to tell it from others of its name than when it began. */
const named = (name: string, trial: ForeignTrial) =>
  viewForeign({ name, objectives: [{ metric: 'loss', direction: 'minimize' }], space: {}, trials: [trial] })
    .study;
const begun = (day: string): ForeignTrial => ({
  state: 'complete',
  params: {},
  objectives: [1],
  values: { loss: 1 },
  reports: [],
  attributes: {},
  startedAt: `2026-11-${day}T15:00:00.000000+00:00`,
});

let folder: string;
let place: string;
let run: string;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'sweetspot-test-')), 'mlruns');
  expect(await writeMlflow(study, folder)).toBe(1);
  place = join(folder, (await readdir(folder)).find((name) => name !== '0') ?? '');
  const [id] = (await readdir(place)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  run = join(place, id ?? '');
});
afterAll(() => rm(join(folder, '..'), { recursive: true, force: true, maxRetries: 5 }));

/** All files below, by name as MLflow makes it of their paths. */
async function files(below: string): Promise<Readonly<Record<string, string>>> {
  const found = (await readdir(below, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  const all = found.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [relative(below, file).replaceAll(sep, '/'), await readFile(file, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}
/** As PyYAML reads it. */
const meta = async (of: string) => parse(await readFile(join(of, 'meta.yaml'), 'utf8'), { version: '1.1' });

describe("MLflow's file store finds in an export", () => {
  it('an experiment and a run whose names and ids are texts to YAML 1.1', async () => {
    expect(await meta(place)).toMatchObject({ name: '2026-11-20', experiment_id: place.split(sep).at(-1) });
    expect(await meta(run)).toMatchObject({
      run_id: run.split(sep).at(-1),
      experiment_id: place.split(sep).at(-1),
      run_name: '2026-11-20-0',
      status: 3,
      start_time: Date.parse('2026-11-20T15:00:00Z'),
      end_time: Date.parse('2026-11-20T15:00:01.500Z'),
    });
  });

  it('the default experiment, without which runs that name none fail', async () => {
    expect(await meta(join(folder, '0'))).toMatchObject({
      experiment_id: '0',
      name: 'Default',
      lifecycle_stage: 'active',
    });
  });

  it('every parameter, under a name that it allows', async () => {
    const params = await files(join(run, 'params'));
    expect(Object.values(params).toSorted()).toEqual(NAMES.map((_, index) => String(index / 10)).toSorted());
    for (const name of Object.keys(params)) {
      expect(name).toMatch(/^[/\p{L}\p{N}_.\- ]*$/u);
      expect(posix.normalize(name)).toBe(name);
      expect(name).not.toMatch(/^(\/|\.\.)/);
    }
    expect(params).toMatchObject({ größe: '0.1', enc: '0.7', enc_dim: '0.8' });
  });

  it('every metric as time, value and step; the last step is the end result', async () => {
    const metrics = await files(join(run, 'metrics'));
    const lines = metrics.val_loss
      ?.trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(lines?.map(([, value, step]) => [value, step])).toEqual([
      ['nan', '3'],
      ['0.5', '4'],
    ]);
    expect(lines?.every(([time]) => /^\d+$/.test(time ?? ''))).toBe(true);
    expect(metrics.bad).toMatch(/^\d+ inf 4\n$/);
  });

  it('notes where its pages show them, and our other marks as tags', async () => {
    expect(await files(join(run, 'tags'))).toMatchObject({
      'mlflow.note.content': 'a **note**',
      'mlflow.runName': '2026-11-20-0',
      'sweetspot.tags': 'a, b',
      'sweetspot.starred': 'yes',
    });
    expect(await files(join(place, 'tags'))).toMatchObject({ 'mlflow.note.content': 'the study' });
  });

  it('the folders of a run that failed before it measured anything', async () => {
    const failed: ForeignTrial = { state: 'failed', params: {}, values: {}, reports: [], attributes: {} };
    const store = join(folder, '..', 'failed');
    await writeMlflow(named('failed', failed), store);
    const [id] = (await readdir(store)).filter((name) => name !== '0');
    const runs = await readdir(join(store, id ?? ''), { withFileTypes: true });
    const [of] = runs.filter(({ name }) => /^[0-9a-f]{32}$/.test(name));
    expect(await readdir(join(store, id ?? '', of?.name ?? ''))).toEqual(
      expect.arrayContaining(['artifacts', 'metrics', 'params']),
    );
  });

  it('each study once, under a name that no other has, however often it is written', async () => {
    const store = join(folder, '..', 'several');
    const [one, other] = [named('Default', begun('01')), named('Default', begun('02'))];
    for (const each of [one, other, one, other]) await writeMlflow(each, store);
    await mkdir(join(store, 'strange'));
    await writeFile(join(store, 'strange', 'meta.yaml'), '[');
    await writeMlflow(one, store);
    const all = (await readdir(store))
      .filter((name) => name !== 'strange')
      .map((id) => meta(join(store, id)));
    const names = (await Promise.all(all)).map(({ name }) => name as string);
    expect(names.toSorted()).toEqual(['Default', 'Default (2)', 'Default (3)']);
  });
});
