/**
 * A trial with all that is needed to run it again and to tell whether it still is what it was: its config, seed, curve
 * and environment. Written by `sweetspot lock` as JSON for a repository; also what `sweetspot verify` works on.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { environmentOfTrial } from '../../core/analysis/environment-diff.js';
import type { RunRecord } from '../../core/analysis/reproduction.js';
import { applyValues } from '../../core/annotation/edit.js';
import { parseConfig } from '../../core/annotation/yaml.js';
import { canonicalJson, type Json, type JsonObject } from '../../core/json.js';
import { derivedSeed } from '../../core/random.js';
import { repeatOf } from '../../core/study/repeats.js';
import type { Study, Trial } from '../../core/study/trial.js';
import { withOwnSeed } from '../runner/repeat-seed.js';

const FORMAT = 'sweetspot-lock';

/** JSON has no other way to say them. */
const number = z.union([
  z.number(),
  z.enum(['NaN', 'Infinity', '-Infinity']).transform((text) => Number(text)),
]);
const metrics = z.record(z.string(), number);
const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());

const schema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** Path of the config relative to the lock's own folder, with forward slashes. */
  config: z.string(),
  /** The config's text with the trial's values in it. */
  text: z.string(),
  /** Hash of what the text says, comments aside. */
  values: z.string(),
  study: z.string(),
  trial: z.number().int(),
  state: z.enum(['complete', 'pruned']),
  params: json,
  /** Seed of the training. */
  seed: z.number(),
  reports: z.array(z.object({ step: z.number(), metrics })),
  result: metrics,
  environment: json,
});

export type TrialLock = Readonly<z.infer<typeof schema>>;

export const hashOfConfig = (data: Json): string =>
  `sha256:${createHash('sha256').update(canonicalJson(data)).digest('hex')}`;

/** The lock of a finished trial, or why there is none, in a sentence. `config`: its path as the lock is to name it. */
export function lockOf(study: Study, trial: Trial, config: string): TrialLock | string {
  if (trial.state !== 'complete' && trial.state !== 'pruned') {
    return `Trial ${trial.number} is ${trial.state}: only a trial with a result can be run again and compared.`;
  }
  const before = parseConfig(study.config.text).config;
  if (!before) return `The study "${study.name}" does not hold its config. Was it imported from elsewhere?`;
  const { text } = applyValues(study.config.text, before.tuned, trial.params);
  const data = parseConfig(text).config?.data ?? null;
  const { seed } = trial.attributes;
  return {
    format: FORMAT,
    version: 1,
    config,
    text: repeatOf(trial) === undefined ? text : withOwnSeed(data, text, trial.number).text,
    values: hashOfConfig(data),
    study: study.name,
    trial: trial.number,
    state: trial.state,
    params: { ...trial.params } as TrialLock['params'],
    seed: typeof seed === 'number' ? seed : derivedSeed(study.settings.seed, trial.number, 'training'),
    reports: trial.reports.map(({ step, metrics }) => ({ step, metrics: { ...metrics } })),
    result: { ...trial.values },
    environment: environmentOfTrial(study, trial) as TrialLock['environment'],
  };
}

export const printLock = (lock: TrialLock): string =>
  `${JSON.stringify(
    lock,
    (_key, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    2,
  )}\n`;

/** The lock in a text; undefined where the text is none, a sentence where it is a broken one. */
export function readLock(text: string): TrialLock | string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if ((value as { format?: unknown } | null)?.format !== FORMAT) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  return `it is not a lock this version reads: ${z.prettifyError(parsed.error)}`;
}

export const recordOf = ({ reports, result }: TrialLock): RunRecord => ({ reports, values: result });
