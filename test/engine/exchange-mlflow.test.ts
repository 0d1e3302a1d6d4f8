/** An export in MLflow's file layout, by the rules that its FileStore reads by (store/tracking/file_store.py, utils/validation.py). */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, relative, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { viewForeign } from '../../src/core/exchange/foreign-study.js';
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
    expect(await files(join(place, 'tags'))).toEqual({ 'mlflow.note.content': 'the study' });
  });
});
