/** Studies as things: listed, renamed, duplicated, merged, put away, thrown away and taken back. */
import { resolve } from 'node:path';
import { formatBytes } from '../core/format.js';
import { bestTrial, objectiveOf } from '../core/study/best.js';
import { isFinished } from '../core/study/journal/reduce.js';
import { frontCount, hasSeveralObjectives } from '../core/study/objectives/front.js';
import { journalFile } from '../core/study/places.js';
import type { Study } from '../core/study/trial.js';
import { readConfig } from '../engine/config-file.js';
import { JournalError } from '../engine/journal/journal.js';
import {
  deleteStudy,
  duplicateStudy,
  type Refused,
  renameStudy,
  restoreStudy,
  trashedStudies,
  whileAtRest,
} from '../engine/studies/manage.js';
import { markTrials } from '../engine/studies/marks.js';
import { mergeStudies } from '../engine/studies/merge.js';
import { type StudyBytes, studyBytes } from '../engine/studies/sizes.js';
import { loadStudy, studyNames } from '../engine/studies/study-store.js';
import { INTERRUPTED, isInterrupted, openStudy, UsageError } from './open-study.js';
import { ExitCode, textTable } from './output.js';
import { number } from './report.js';

/** The result, or an end with the words of the refusal. */
function granted<T extends { readonly kind: string }>(result: T | Refused): Exclude<T, Refused> {
  if (result.kind === 'refused') throw new UsageError((result as Refused).message, ExitCode.failed);
  return result as Exclude<T, Refused>;
}

async function existing(config: string, name: string): Promise<string> {
  const configFile = resolve(config);
  const names = await studyNames(configFile);
  if (names.includes(name)) return configFile;
  const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there is none yet';
  throw new UsageError(`There is no study "${name}" of ${config}; ${known}.`);
}

interface Listed {
  readonly name: string;
  readonly study?: Study;
  readonly problem?: string;
  readonly bytes: StudyBytes;
  readonly status: string;
}

async function listed(configFile: string): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for (const name of await studyNames(configFile)) {
    const journal = journalFile(configFile, name);
    const bytes = await studyBytes(journal);
    try {
      const { study } = (await loadStudy(configFile, name)).reducer;
      found.push({
        name,
        bytes,
        study,
        status: (await isInterrupted(study, journal)) ? INTERRUPTED : study.status.kind,
      });
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      found.push({ name, bytes, problem: error.message, status: 'damaged' });
    }
  }
  return found;
}

const doneOf = ({ trials }: Study): number => trials.filter(({ state }) => isFinished(state)).length;

function json({ name, study, problem, bytes, status }: Listed) {
  if (!study) return { name, problem, bytes };
  const best = bestTrial(study);
  return {
    name,
    status,
    archived: study.marks?.archived ?? false,
    trials: study.trials.length,
    finished: doneOf(study),
    objectives: study.objectives,
    best: best ? { trial: best.number, value: objectiveOf(best) } : null,
    startedAt: study.trials[0]?.startedAt ?? null,
    bytes,
  };
}

export async function studies(
  config: string,
  options: { readonly archived?: boolean; readonly trash?: boolean; readonly json?: boolean },
): Promise<void> {
  const configFile = resolve(config);
  if (options.trash) {
    const names = (await trashedStudies(configFile)).map(({ name }) => name);
    if (options.json) console.log(JSON.stringify(names));
    else console.log(names.length > 0 ? names.join('\n') : 'The trash is empty.');
    return;
  }
  const all = await listed(configFile);
  const shown = options.archived ? all : all.filter(({ study }) => !study?.marks?.archived);
  if (options.json) {
    console.log(JSON.stringify(shown.map(json), null, 2));
    return;
  }
  const rows = shown.map(({ name, study, bytes, status }) => {
    const size = formatBytes(bytes.journal + bytes.trials);
    if (!study) return [name, status, '', '', '', '', size];
    const best = bestTrial(study);
    return [
      study.marks?.archived ? `${name} (archived)` : name,
      status,
      `${doneOf(study)}`,
      study.objectives.map(({ metric }) => metric).join(', '),
      hasSeveralObjectives(study) ? frontCount(study) : number(best && objectiveOf(best)),
      (study.trials[0]?.startedAt ?? '').slice(0, 16).replace('T', ' '),
      size,
    ];
  });
  if (rows.length > 0)
    console.log(textTable([['study', 'status', 'trials', 'metric', 'best', 'started', 'size'], ...rows]));
  else console.log(`There is no study of ${config} yet. Start one: sweetspot run ${config}`);
  const hidden = all.length - shown.length;
  if (hidden > 0) console.log(`${hidden} archived; see them with --archived.`);
  for (const { problem } of shown) if (problem !== undefined) console.log(problem);
}

export async function rename(config: string, from: string, to: string): Promise<void> {
  granted(await renameStudy(await existing(config, from), from, to));
  console.log(`${from} is ${to} now.`);
}

export async function duplicate(config: string, from: string, to: string | undefined): Promise<void> {
  const { name } = granted(await duplicateStudy(await existing(config, from), from, to));
  console.log(`${name} is a copy of ${from}.`);
}

export async function merge(
  config: string,
  names: readonly string[],
  { into }: { readonly into?: string },
): Promise<void> {
  for (const name of names) await existing(config, name);
  const configFile = resolve(config);
  const read = await readConfig(configFile);
  if (read.kind === 'error') throw new UsageError(read.message);
  const merged = granted(
    await mergeStudies({
      configFile,
      config: read.config,
      text: read.text,
      names,
      ...(into === undefined ? {} : { into }),
    }),
  );
  console.log(`${merged.name} holds ${merged.taken} of ${merged.of} trials of ${names.join(', ')}.`);
  for (const [reason, count] of merged.left) console.log(`${count} left out: ${reason}.`);
  console.log(`Go on with: sweetspot resume ${config} --study ${merged.name}`);
}

export async function archive(config: string, names: readonly string[], archived: boolean): Promise<void> {
  for (const name of names) {
    const configFile = await existing(config, name);
    // While it runs it is in use, and its engine would take the mark.
    granted(await whileAtRest(configFile, name, async () => ({ kind: 'at rest' as const })));
    await markTrials(configFile, name, 'study', { archived });
  }
  const one = names.length === 1;
  console.log(`${names.join(', ')} ${one ? 'is' : 'are'} ${archived ? 'archived' : 'back'}.`);
}

export async function remove(
  config: string,
  names: readonly string[],
  { forever = false }: { readonly forever?: boolean },
): Promise<void> {
  for (const name of names) {
    granted(await deleteStudy(await existing(config, name), name, forever));
    if (forever) console.log(`${name} is gone for good.`);
    else console.log(`${name} is in the trash. Take it back with: sweetspot restore ${config} ${name}`);
  }
}

export async function restore(config: string, name: string): Promise<void> {
  granted(await restoreStudy(resolve(config), name));
  console.log(`${name} is back.`);
}

/** The studies named, else all that are not archived. */
export async function chosenStudies(config: string, names: readonly string[]): Promise<readonly Study[]> {
  if (names.length > 0) {
    const found: Study[] = [];
    for (const name of names) found.push((await openStudy(config, name)).reducer.study);
    return found;
  }
  const all = await listed(resolve(config));
  const open = all.flatMap(({ study }) => (study && !study.marks?.archived ? [study] : []));
  if (open.length > 0) return open;
  throw new UsageError(`There is no study of ${config} to compare.`, ExitCode.failed);
}
