/**
 * TensorBoard's event files of an export, read by TensorBoard's own definitions of its messages with another library
 * than the one that wrote them: its readers (2.22) were seen to find the same numbers.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buf as crc32c } from 'crc-32/crc32c';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ForeignTrial, viewForeign } from '../../src/core/exchange/foreign-study.js';
import type { Space } from '../../src/core/space/parameter.js';
import { writeTensorBoard } from '../../src/engine/exchange/tensorboard.js';

const space: Space = {
  rate: { type: 'float', low: 1e-3, high: 1, log: true },
  units: { type: 'categorical', choices: [[16], [32, 16]] },
  odd: { type: 'categorical', choices: ['a', 3, null] },
  size: { type: 'ordinal', choices: [8, 16] },
  flag: { type: 'bool' },
};
const start = '2026-11-20T15:00:00.000000+00:00';
const trial = (more: Partial<ForeignTrial>): ForeignTrial => ({
  state: 'complete',
  params: {},
  values: {},
  reports: [],
  attributes: {},
  startedAt: start,
  finishedAt: '2026-11-20T15:00:08.000000+00:00',
  ...more,
});
const { study } = viewForeign({
  name: 'digits',
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  space,
  trials: [
    trial({
      params: { rate: 0.1, units: [32, 16], odd: 3, size: 16, flag: false },
      objectives: [0.25],
      values: { loss: 0.25, acc: 0.5 },
      reports: [
        { step: 1, value: 2, metrics: { loss: 2, acc: 0.125 } },
        { step: 300, value: Number.NaN, metrics: { loss: Number.NaN, acc: 0.5 } },
      ],
    }),
    trial({ state: 'failed', params: { rate: 0.5, odd: null } }),
    trial({ state: 'waiting', params: { rate: 0.5 } }),
  ],
});

let folder: string;
let messages: protobuf.Root;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-test-'));
  expect(await writeTensorBoard(study, folder)).toBe(2);
  messages = await protobuf.load(resolve(import.meta.dirname, '../fixtures/tensorboard/hparams.proto'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

type Message = Readonly<Record<string, unknown>>;
const decode = (type: string, bytes: Uint8Array): Message => {
  const found = messages.lookupType(`tensorboard.${type}`);
  return found.toObject(found.decode(bytes), {
    longs: Number,
    enums: String,
    oneofs: true,
    arrays: true,
  }) as Message;
};

const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

/** The events of the only file of a run, its records' checksums looked at as TFRecord has them. */
async function events(run: string): Promise<readonly Message[]> {
  const [name] = (await readdir(join(folder, run))).filter((one) => one.startsWith('events.out.tfevents.'));
  const bytes = await readFile(join(folder, run, name ?? ''));
  const found: Message[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)));
    const body = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(body));
    found.push(decode('Event', body));
    at += 16 + length;
  }
  return found;
}

interface Value {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly tensor?: unknown;
  readonly metadata?: { readonly pluginData: { readonly pluginName: string; readonly content: Uint8Array } };
}
const valuesOf = (all: readonly Message[]): readonly (Value & { readonly step: number })[] =>
  all.flatMap(({ step, summary }) =>
    ((summary as { value: readonly Value[] } | undefined)?.value ?? []).map((value) => ({
      ...value,
      step: (step as number | undefined) ?? 0,
    })),
  );

async function plugin(run: string, tag: string): Promise<Message> {
  const [value, ...others] = valuesOf(await events(run)).filter((one) => one.tag === tag);
  expect(others).toEqual([]);
  expect(value?.metadata?.pluginData.pluginName).toBe('hparams');
  // The readers of TensorBoard 2 want a tensor with it, whatever is in it.
  expect(value?.tensor).toMatchObject({ dtype: 1 });
  return decode('HParamsPluginData', value?.metadata?.pluginData.content ?? new Uint8Array());
}

describe("TensorBoard's definitions find in an export", () => {
  it('the experiment: its name, each parameter with type and domain, each metric', async () => {
    const { experiment } = await plugin('.', '_hparams_/experiment');
    const text = (...values: string[]) =>
      values.map((stringValue) => expect.objectContaining({ stringValue }));
    expect(experiment).toMatchObject({
      name: 'digits',
      timeCreatedSecs: Date.parse(start) / 1000,
      hparamInfos: [
        { name: 'rate', type: 'DATA_TYPE_FLOAT64', domainInterval: { minValue: 1e-3, maxValue: 1 } },
        { name: 'units', type: 'DATA_TYPE_STRING', domainDiscrete: { values: text('[16]', '[32,16]') } },
        { name: 'odd', type: 'DATA_TYPE_STRING', domainDiscrete: { values: text('a', '3', 'null') } },
        {
          name: 'size',
          type: 'DATA_TYPE_FLOAT64',
          domainDiscrete: { values: [{ numberValue: 8 }, { numberValue: 16 }] },
        },
        { name: 'flag', type: 'DATA_TYPE_BOOL' },
      ],
      metricInfos: [{ name: { tag: 'loss' } }, { name: { tag: 'acc' } }],
    });
  });

  it('each trial: its values of the types that the experiment says, when it began, and how it ended', async () => {
    expect((await plugin('0', '_hparams_/session_start_info')).sessionStartInfo).toMatchObject({
      hparams: {
        rate: { numberValue: 0.1 },
        units: { stringValue: '[32,16]' },
        odd: { stringValue: '3' },
        size: { numberValue: 16 },
        flag: { boolValue: false },
      },
      groupName: 'digits-0',
      startTimeSecs: Date.parse(start) / 1000,
    });
    expect((await plugin('0', '_hparams_/session_end_info')).sessionEndInfo).toEqual({
      status: 'STATUS_SUCCESS',
      endTimeSecs: Date.parse(start) / 1000 + 8,
    });
    expect((await plugin('1', '_hparams_/session_start_info')).sessionStartInfo).toMatchObject({
      hparams: { rate: { numberValue: 0.5 }, odd: { stringValue: 'null' } },
    });
    expect((await plugin('1', '_hparams_/session_end_info')).sessionEndInfo).toMatchObject({
      status: 'STATUS_FAILURE',
    });
    await expect(readdir(join(folder, '2'))).rejects.toThrow('ENOENT');
  });

  it('each curve by step, and the end result behind it where the last report does not say it', async () => {
    const all = await events('0');
    expect(all[0]).toMatchObject({ fileVersion: 'brain.Event:2' });
    const curve = (tag: string) =>
      valuesOf(all).flatMap((one) => (one.tag === tag ? [[one.step, one.simpleValue]] : []));
    expect(curve('loss')).toEqual([
      [1, 2],
      [300, Number.NaN],
      [301, 0.25],
    ]);
    expect(curve('acc')).toEqual([
      [1, 0.125],
      [300, 0.5],
    ]);
    const times = all.map(({ wallTime }) => wallTime as number);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});
