/**
 * A study as TensorBoard's event files: a folder per trial with its curves, and the HParams plugin's summaries, by which
 * TensorBoard shows parameters and results side by side (tensorboard/plugins/hparams/plugin_data.proto and api.proto).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buf as crc32c } from 'crc-32/crc32c';
import { PbfWriter } from 'pbf';
import type { Json } from '../../core/json.js';
import { choicesOf } from '../../core/space/encode.js';
import type { Distribution } from '../../core/space/parameter.js';
import type { Study, Trial } from '../../core/study/trial.js';

const PLUGIN = 'hparams';
const EXPERIMENT = '_hparams_/experiment';
const SESSION_START = '_hparams_/session_start_info';
const SESSION_END = '_hparams_/session_end_info';
/** hparams.DataType */
const TYPE = { text: 1, bool: 2, number: 3 } as const;
/** hparams.Status */
const STATUS = { complete: 1, pruned: 1, failed: 2, running: 3, waiting: 0 } as const;

type Write = (pbf: PbfWriter) => void;
const message = (pbf: PbfWriter, field: number, write: Write): void =>
  pbf.writeMessage(field, (_: null, inner) => write(inner), null);

/** google.protobuf.Value */
function value(pbf: PbfWriter, item: Json): void {
  if (item === null) pbf.writeVarintField(1, 0);
  else if (typeof item === 'number') pbf.writeDoubleField(2, item);
  else if (typeof item === 'boolean') pbf.writeVarintField(4, item ? 1 : 0);
  else pbf.writeStringField(3, typeof item === 'string' ? item : JSON.stringify(item));
}

const typeOf = (distribution: Distribution): number => {
  if (distribution.type === 'float' || distribution.type === 'int') return TYPE.number;
  const choices = choicesOf(distribution);
  if (choices.every((choice) => typeof choice === 'boolean')) return TYPE.bool;
  return choices.every((choice) => typeof choice === 'number') ? TYPE.number : TYPE.text;
};

/** The value as its type says it: where any choice is a text, all of them are, for TensorBoard compares by type. */
const typed = (distribution: Distribution, item: Json): Json =>
  typeOf(distribution) === TYPE.text && typeof item !== 'string' ? JSON.stringify(item) : item;

/** hparams.HParamInfo */
function hparam(pbf: PbfWriter, name: string, distribution: Distribution): void {
  pbf.writeStringField(1, name);
  pbf.writeVarintField(4, typeOf(distribution));
  if (distribution.type === 'float' || distribution.type === 'int') {
    message(pbf, 6, (interval) => {
      interval.writeDoubleField(1, distribution.low);
      interval.writeDoubleField(2, distribution.high);
    });
  } else {
    message(pbf, 5, (list) => {
      for (const choice of choicesOf(distribution))
        message(list, 1, (inner) => value(inner, typed(distribution, choice)));
    });
  }
}

/** tensorflow.Summary.Value whose metadata carries the plugin's data, with the empty tensor that readers expect. */
const pluginSummary =
  (tag: string, data: Write): Write =>
  (summary) =>
    message(summary, 1, (one) => {
      one.writeStringField(1, tag);
      message(one, 9, (metadata) => {
        message(metadata, 1, (plugin) => {
          plugin.writeStringField(1, PLUGIN);
          const content = new PbfWriter();
          // HParamsPluginData.version 0 is the default and is not written.
          data(content);
          plugin.writeBytesField(2, content.finish());
        });
      });
      message(one, 8, (tensor) => {
        tensor.writeVarintField(1, 1);
        message(tensor, 2, () => undefined);
        tensor.writePackedFloat(5, [0]);
      });
    });

const scalar =
  (tag: string, number: number): Write =>
  (summary) =>
    message(summary, 1, (one) => {
      one.writeStringField(1, tag);
      one.writeFloatField(2, number);
    });

/** tensorflow.Event */
function event(seconds: number, step: number, body: Write): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeDoubleField(1, seconds);
  // As TensorFlow does: what is 0 is not said.
  if (step > 0) pbf.writeVarintField(2, step);
  body(pbf);
  return pbf.finish();
}

const summaryEvent = (seconds: number, step: number, ...values: readonly Write[]): Uint8Array =>
  event(seconds, step, (pbf) =>
    message(pbf, 5, (summary) => {
      for (const write of values) write(summary);
    }),
  );

/** The checksum of a TFRecord: CRC-32C, rotated and shifted. */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

/** A TFRecord: length, its checksum, the message, its checksum. */
function frame(body: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(body.length));
  head.writeUInt32LE(masked(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(masked(body));
  return Buffer.concat([head, body, tail]);
}

async function writeEvents(folder: string, seconds: number, events: readonly Uint8Array[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const version = event(seconds, 0, (pbf) => pbf.writeStringField(3, 'brain.Event:2'));
  // One name per trial, so that an export again takes the place of the one before.
  const file = join(folder, `events.out.tfevents.${String(Math.floor(seconds)).padStart(10, '0')}.sweetspot`);
  await writeFile(file, Buffer.concat([version, ...events].map(frame)));
}

/** Writes into `folder`, TensorBoard's logdir. Returns the number of trials written. */
export async function writeTensorBoard(study: Study, folder: string): Promise<number> {
  const trials = study.trials.filter(({ state }) => state !== 'waiting');
  const first = seconds(trials[0]?.startedAt);
  const metrics = new Set(
    trials.flatMap(({ values, reports }) => [values, ...reports.map((r) => r.metrics)].flatMap(Object.keys)),
  );
  const experiment = pluginSummary(EXPERIMENT, (data) =>
    message(data, 2, (info) => {
      info.writeStringField(6, study.name);
      info.writeDoubleField(3, first);
      for (const [name, parameter] of Object.entries(study.space)) {
        message(info, 4, (one) => hparam(one, name, parameter));
      }
      for (const metric of metrics) {
        message(info, 5, (one) => message(one, 1, (name) => name.writeStringField(2, metric)));
      }
    }),
  );
  await writeEvents(folder, first, [summaryEvent(first, 0, experiment)]);
  for (const trial of trials)
    await writeEvents(
      join(folder, String(trial.number)),
      seconds(trial.startedAt),
      trialEvents(study, trial),
    );
  return trials.length;
}

const seconds = (at: string | undefined): number => (Date.parse(at ?? '') || 0) / 1000;

function trialEvents(study: Study, trial: Trial): readonly Uint8Array[] {
  const start = seconds(trial.startedAt);
  const end = Math.max(start, seconds(trial.finishedAt));
  const { reports, values } = trial;
  const last = reports.at(-1);
  const each = (end - start) / Math.max(1, reports.length);
  const started = pluginSummary(SESSION_START, (data) =>
    message(data, 3, (info) => {
      for (const [name, item] of Object.entries(trial.params)) {
        const parameter = study.space[name];
        // map<string, google.protobuf.Value> hparams
        message(info, 1, (entry) => {
          entry.writeStringField(1, name);
          message(entry, 2, (inner) => value(inner, parameter ? typed(parameter, item) : item));
        });
      }
      info.writeStringField(4, `${study.name}-${trial.number}`);
      info.writeDoubleField(5, start);
    }),
  );
  const ended = pluginSummary(SESSION_END, (data) =>
    message(data, 4, (info) => {
      info.writeVarintField(1, STATUS[trial.state]);
      info.writeDoubleField(2, end);
    }),
  );
  const result = Object.entries(values).filter(
    ([metric, number]) => !Object.is(last?.metrics[metric], number),
  );
  return [
    summaryEvent(start, 0, started),
    ...reports.map(({ step, metrics }, index) =>
      summaryEvent(
        start + (index + 1) * each,
        step,
        ...Object.entries(metrics).map(([name, number]) => scalar(name, number)),
      ),
    ),
    // The end result, where the last report does not say it already.
    ...(result.length > 0
      ? [summaryEvent(end, (last?.step ?? 0) + 1, ...result.map(([name, number]) => scalar(name, number)))]
      : []),
    summaryEvent(end, 0, ended),
  ];
}
