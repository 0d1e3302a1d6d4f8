/**
 * Several studies of one config as a new one: the trials of all, mapped onto the config as it is now, with what they left
 * on disk. The studies that are merged stay as they are.
 */
import type { AnnotatedConfig } from '../../core/annotation/annotated-config.js';
import { continueForeign } from '../../core/exchange/continue-foreign.js';
import { type ForeignStudy, type ForeignTrial, foreignOfStudy } from '../../core/exchange/foreign-study.js';
import { OUR_WORKER } from '../../core/study/journal/line.js';
import { timestamp } from '../../core/study/journal/write.js';
import { journalFile, studyFiles, trialFolder } from '../../core/study/places.js';
import type { RecordedEnvironment } from '../../core/study/trial.js';
import { Journal } from '../journal/journal.js';
import { copyFiles, newNameProblem, type Refused, refused, removeCopies, whileAtRest } from './manage.js';
import { loadStudy, newStudyName } from './study-store.js';

export interface Merged {
  readonly kind: 'merged';
  readonly name: string;
  readonly journal: string;
  /** Trials taken, of how many. */
  readonly taken: number;
  readonly of: number;
  /** Why others were not: a sentence and how many. */
  readonly left: ReadonlyMap<string, number>;
}

interface MergeRequest {
  readonly configFile: string;
  readonly config: AnnotatedConfig;
  readonly text: string;
  /** At least two, all of this config. */
  readonly names: readonly string[];
  /** Of the new study; absent: the next in the row. */
  readonly into?: string;
}

/** @throws JournalError when one of the journals is damaged. */
export async function mergeStudies(request: MergeRequest): Promise<Merged | Refused> {
  const { configFile, config, text, names, into } = request;
  if (new Set(names).size < 2) return refused('Merging takes at least two different studies.');
  const problem = into === undefined ? undefined : await newNameProblem(configFile, into);
  if (problem !== undefined) return refused(problem);

  const trials: ForeignTrial[] = [];
  const folders: string[] = [];
  const environments = new Map<string, RecordedEnvironment>();
  const merged: ForeignStudy[] = [];
  for (const name of names) {
    const foreign = await whileAtRest(configFile, name, async () =>
      foreignOfStudy((await loadStudy(configFile, name)).reducer.study),
    );
    if ('kind' in foreign) return foreign;
    merged.push(foreign);
    for (const environment of foreign.own?.environments ?? []) environments.set(environment.id, environment);
    for (const [number, trial] of foreign.trials.entries()) {
      trials.push({ ...trial, attributes: { ...trial.attributes, 'merged-from': `${name} #${number}` } });
      folders.push(trialFolder(journalFile(configFile, name), number));
    }
  }
  const { objectives, space } = merged[0] as ForeignStudy;
  const own = await newStudyName(configFile);
  const name = into ?? own;
  const continued = continueForeign(
    {
      name,
      objectives,
      space,
      trials,
      own: { environments: [...environments.values()] },
    },
    {
      worker: `${OUR_WORKER}${process.pid}`,
      name: own,
      config,
      configFile,
      text,
      names: {},
      source: names.join(', '),
      at: timestamp(Date.now()),
    },
  );
  if (typeof continued === 'string') return refused(continued);
  const { records, taken, left, origins } = continued;
  if (taken === 0) return refused(`No trial of ${names.join(', ')} fits the config as it is now.`);
  const file = journalFile(configFile, name);
  try {
    for (const [number, origin] of origins.entries()) {
      const from = origin === undefined ? undefined : folders[origin];
      if (from !== undefined) await copyFiles(from, trialFolder(file, number));
    }
    const journal = await Journal.create(file, records);
    await journal.close();
  } catch (error) {
    await removeCopies(studyFiles(file), error);
    throw error;
  }
  return { kind: 'merged', name, journal: file, taken, of: trials.length, left };
}
