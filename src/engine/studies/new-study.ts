/** What a new study begins with: trials of the one before whose space was another, and what other studies found. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { AnnotatedConfig } from '../../core/annotation/annotated-config.js';
import { carryOver, learnFrom } from '../../core/exchange/continue-changed.js';
import type { JournalRecord } from '../../core/study/journal/records.js';
import { earlierRecord } from '../../core/study/journal/write.js';
import type { EarlierTrial, Study } from '../../core/study/trial.js';
import { loadStudy, studyNames } from './study-store.js';

/** The study before this one, whose space was another. */
export interface Before {
  readonly study: Study;
  /** Whether it was under way, so that this one takes its place: its trials then count as trials of this one. */
  readonly unfinished: boolean;
}

/** What `warmStart` names is not there, in a sentence. */
export class WarmStartError extends Error {}

export interface Beginning {
  /** To follow those that make the study. */
  readonly records: readonly JournalRecord[];
  readonly notes: readonly string[];
}

/** @throws WarmStartError where `warmStart` names a study that is not there. */
export async function beginningOf(
  worker: string,
  configFile: string,
  config: AnnotatedConfig,
  before: Before | undefined,
): Promise<Beginning> {
  const notes: string[] = [];
  const earlier: EarlierTrial[] = [];
  let carried: readonly JournalRecord[] = [];
  if (before?.unfinished) {
    const over = carryOver(worker, before.study, config);
    carried = over.records;
    notes.push(...over.notes);
  }
  const known = new Set<string>();
  const learn = (study: Study, key: string): void => {
    if (known.has(key)) return;
    known.add(key);
    const learned = learnFrom(study, config);
    earlier.push(...learned.trials);
    notes.push(...learned.notes);
  };
  for (const source of config.sweep.warmStart ?? []) {
    const { file, name } = await locate(configFile, source);
    learn((await loadStudy(file, name)).reducer.study, `${file}#${name}`);
  }
  if (before && !before.unfinished) learn(before.study, `${configFile}#${before.study.name}`);
  return { records: [...(earlier.length > 0 ? [earlierRecord(worker, earlier)] : []), ...carried], notes };
}

/** `other-study` of this config, the latest of `./other.yaml`, or `./other.yaml#study`. */
async function locate(configFile: string, source: string): Promise<{ file: string; name: string }> {
  const own = await studyNames(configFile);
  if (own.includes(source)) return { file: configFile, name: source };
  const [path = '', wanted] = source.split('#');
  const file = resolve(dirname(configFile), path);
  if (!existsSync(file)) {
    const known = own.length > 0 ? `; there are ${own.join(', ')}` : '';
    throw new WarmStartError(
      `warmStart: there is neither a study nor a config "${source}" for ${configFile}${known}.`,
    );
  }
  const names = await studyNames(file);
  const name = wanted ?? names.at(-1);
  if (name === undefined || !names.includes(name)) {
    throw new WarmStartError(
      `warmStart: ${file} has ${names.length === 0 ? 'no study yet' : `no study "${name}"; it has ${names.join(', ')}`}.`,
    );
  }
  return { file, name };
}
