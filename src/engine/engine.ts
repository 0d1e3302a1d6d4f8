/**
 * Puts an engine together: reads the config, finds or makes the study, takes its lock, runs it, and serves clients on
 * its socket. Used by the engine process and by the command line alike.
 */
import { fileURLToPath } from 'node:url';
import { environmentChange } from '../core/analysis/environment-turn.js';
import type { AnnotatedConfig, SweepSettings } from '../core/annotation/annotated-config.js';
import { prunerProblem } from '../core/pruners/choose.js';
import { gridSize, gridText } from '../core/samplers/grid.js';
import { samplers } from '../core/samplers/registry.js';
import { allowance } from '../core/space/constraint.js';
import { OUR_WORKER } from '../core/study/journal/line.js';
import type { JournalRecord } from '../core/study/journal/records.js';
import { StudyReducer } from '../core/study/journal/reduce.js';
import { environmentRecord, settingsRecord, studyRecords, timestamp } from '../core/study/journal/write.js';
import { changedValues, firstOf } from '../core/study/migrate.js';
import { journalFile } from '../core/study/places.js';
import type { Study, StudySettings, StudyStatus } from '../core/study/trial.js';
import type { EngineStart } from '../protocol/engine.js';
import { readConfig } from './config-file.js';
import { captureEnvironment } from './environment/capture.js';
import { usableCores } from './environment/limits.js';
import { LocalExecutor } from './executors/local.js';
import { trialsPerWorker } from './executors/trials-per-worker.js';
import { Journal, JournalError } from './journal/journal.js';
import { StudyLock } from './journal/lock.js';
import { SnapshotKeeper } from './journal/snapshot.js';
import { StudyRunner } from './runner/study-runner.js';
import { EngineServer } from './server.js';
import { type Before, beginningOf, WarmStartError } from './studies/new-study.js';
import { RetentionKeeper } from './studies/retention.js';
import {
  continuationProblem,
  damageOf,
  ensureStore,
  latestStudy,
  loadStudy,
  newStudyName,
  OTHER_SEED,
  type StoredStudy,
  studyNames,
  updateStudy,
} from './studies/study-store.js';

export interface RunningEngine {
  readonly kind: 'running';
  readonly runner: StudyRunner;
  readonly journal: string;
  readonly socket: string;
  /** Whether an earlier study goes on. */
  readonly continued: boolean;
  /** What a person should know, such as why an earlier study does not go on. */
  readonly notes: readonly string[];
  /** Of them those about earlier trials: which were taken over and which were not. */
  readonly carried: readonly string[];
  /** How it ended; the lock is free and the socket closed by then. */
  readonly ended: Promise<StudyStatus>;
  /** Stops the study, resumable, when no client has been connected for so many milliseconds. */
  stopWhenAlone(graceMs: number): void;
}

export type EngineResult =
  | RunningEngine
  | { readonly kind: 'error'; readonly code: 'config' | 'busy' | 'failed'; readonly message: string };

/** Starts a study's engine. Expected failures are returned, not thrown. */
export async function startEngine(start: EngineStart): Promise<EngineResult> {
  const read = await readConfig(start.configFile);
  if (read.kind === 'error') return { kind: 'error', code: 'config', message: read.message };
  const overridden = settingsOf(read.config.sweep, start);
  if (typeof overridden === 'string') return { kind: 'error', code: 'config', message: overridden };
  try {
    await ensureStore(start.configFile);
    const chosen = await choose(start, read.config);
    if ('kind' in chosen) return chosen;
    const notes = [...read.warnings, ...chosen.notes];
    return await open(start, read.config, read.text, overridden, { ...chosen, notes });
  } catch (error) {
    const code = error instanceof JournalError || error instanceof WarmStartError ? 'config' : 'failed';
    return { kind: 'error', code, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The file's settings with the caller's in their place, or what is wrong with those. */
function settingsOf(sweep: SweepSettings, { overrides }: EngineStart): StudySettings | string {
  const { sampler = sweep.sampler, pruner = sweep.pruner, seed = sweep.seed ?? 0 } = overrides;
  const workers = overrides.workers ?? sweep.workers;
  if (!(sampler in samplers)) {
    return `There is no sampler "${sampler}"; there are ${Object.keys(samplers).join(', ')}.`;
  }
  const problem = prunerProblem(pruner);
  if (problem) return problem.message;
  const stop = overrides.trials === undefined ? sweep.stop : { ...sweep.stop, trials: overrides.trials };
  const { repeats, race, constraints, outcomeConstraints } = sweep;
  return {
    sampler,
    pruner,
    ...(repeats === undefined ? {} : { repeats }),
    ...(race === undefined ? {} : { race }),
    seed,
    stop,
    ...(workers === undefined ? {} : { workers }),
    ...(constraints && { constraints }),
    ...(outcomeConstraints && { outcomeConstraints }),
  };
}

interface Choice {
  readonly name: string;
  readonly isNew: boolean;
  readonly notes: readonly string[];
  /** What was read to choose it. */
  readonly stored?: StoredStudy;
  /** Of a new one: the study whose place it takes since the file has changed. */
  readonly before?: Before;
}

/** Which study to run: the one named, the latest where it can go on, else a new one. */
async function choose(
  start: EngineStart,
  config: AnnotatedConfig,
): Promise<Choice | Extract<EngineResult, { kind: 'error' }>> {
  const { configFile, overrides } = start;
  const wanted = {
    space: config.space,
    objectives: config.sweep.objectives,
    ...(config.sweep.constraints && { constraints: config.sweep.constraints }),
    ...(overrides.seed === undefined ? {} : { seed: overrides.seed }),
  };
  if (start.study !== undefined) {
    const names = await studyNames(configFile);
    if (!names.includes(start.study)) {
      const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there is none yet';
      return {
        kind: 'error',
        code: 'config',
        message: `There is no study "${start.study}" of ${configFile}; ${known}.`,
      };
    }
    const stored = await loadStudy(configFile, start.study);
    const { reducer } = stored;
    const problem = continuationProblem(reducer.study, wanted);
    if (problem !== undefined) {
      const message = `The study "${start.study}" cannot go on: ${problem}. Start a new study, or take the change back.`;
      return { kind: 'error', code: 'config', message };
    }
    return { name: start.study, isNew: false, notes: changedConfig(reducer.study, config), stored };
  }
  const stored = start.fresh ? undefined : await latestStudy(configFile);
  const notes: string[] = [];
  if (stored) {
    const { study } = stored.reducer;
    const { name: latest } = study;
    const unfinished =
      study.status.kind !== 'finished' || study.trials.some(({ state }) => state === 'waiting');
    const problem = continuationProblem(study, wanted);
    if (unfinished && problem === undefined) {
      return { name: latest, isNew: false, notes: changedConfig(study, config), stored };
    }
    if (problem !== undefined) {
      if (unfinished) notes.push(`The unfinished study "${latest}" is left as it is: ${problem}.`);
      // A seed of its own asks for a search of its own.
      const before = problem === OTHER_SEED ? undefined : { study, unfinished };
      return { name: await newStudyName(configFile), isNew: true, notes, ...(before && { before }) };
    }
    notes.push(`The study "${latest}" is finished; resume it to add trials to it instead.`);
  }
  return { name: await newStudyName(configFile), isNew: true, notes };
}

/** A word of warning where results of one study would come from two configs. */
function changedConfig(study: Study, config: AnnotatedConfig): readonly string[] {
  if (study.trials.length === 0) return [];
  const same = JSON.stringify(study.baseline) === JSON.stringify(config.baseline);
  const others = changedValues(study, config);
  return [
    ...(same
      ? []
      : ['The values in the file have changed since the study began; its trial 0 keeps the earlier ones.']),
    ...(others.length === 0
      ? []
      : [
          `Values that are not tuned have changed since the study began, and its earlier trials did not run with them: ${firstOf(others)}. A new study keeps the two apart.`,
        ]),
  ];
}

async function open(
  start: EngineStart,
  config: AnnotatedConfig,
  text: string,
  settings: StudySettings,
  choice: Choice,
): Promise<EngineResult> {
  const { configFile } = start;
  const file = journalFile(configFile, choice.name);
  const locked = await StudyLock.acquire(file);
  if (locked.kind === 'busy') return { kind: 'error', code: 'busy', message: locked.message };
  const { lock } = locked;
  let opened: Opened | undefined;
  try {
    const capturing = captureEnvironment(
      { configFile, trainer: config.sweep.trainer, workers: slots(settings), keepPatch: true },
      timestamp(Date.now()),
    );
    const beginning = choice.isNew
      ? await beginningOf(`${OUR_WORKER}${process.pid}`, configFile, config, choice.before)
      : { records: [], notes: [] };
    opened = choice.isNew
      ? await createStudy(file, choice.name, configFile, config, text, settings, beginning.records)
      : await continueStudy(configFile, choice.name, settings, choice.stored);
    const { journal, reducer, fromSnapshot } = opened;
    const environment = await capturing;
    const earlier = reducer.study.environment;
    const record = environmentRecord(`${OUR_WORKER}${process.pid}`, environment);
    reducer.apply(record);
    const moved =
      earlier === undefined || earlier === environment.id ? undefined : environmentChange(reducer.study);
    await journal.append([record]);
    const executor = new LocalExecutor(
      slots(settings),
      fileURLToPath(new URL('./trial.js', import.meta.url)),
      trialsPerWorker(config, settings, start.overrides.fuse ?? config.sweep.fuse, start.backend),
    );
    const runner = new StudyRunner({
      journal,
      reducer,
      config,
      text,
      configFile,
      executor,
      backend: start.backend,
      tensorflowFolders: start.tensorflowFolders,
      asking: { script: fileURLToPath(new URL('./ask.js', import.meta.url)) },
    });
    if (fromSnapshot) tellHiddenDamage(file, runner);
    const snapshots = new SnapshotKeeper(journal, reducer);
    const retention = new RetentionKeeper(file, config.sweep.keep ?? {});
    runner.on('appended', () => {
      snapshots.look();
      retention.look(runner.study);
    });
    const server = await EngineServer.listen(lock.socket, runner, file);
    const ended = runner
      .run()
      .catch((error: Error): StudyStatus => ({ kind: 'error', reason: error.message }))
      .then(async (status) => {
        await server.close(status);
        await journal.close().catch(() => undefined);
        await snapshots.close();
        await retention.close();
        await lock.release();
        return status;
      });
    const notes = [...choice.notes, ...beginning.notes, ...(moved === undefined ? [] : [moved])];
    if (settings.sampler === 'grid')
      notes.push(gridText(gridSize(config.space, allowance(settings.constraints))));
    return {
      kind: 'running',
      runner,
      journal: file,
      socket: lock.socket,
      continued: !choice.isNew,
      notes,
      carried: beginning.notes,
      ended,
      stopWhenAlone: (graceMs) => server.stopWhenAlone(graceMs),
    };
  } catch (error) {
    await opened?.journal.close().catch(() => undefined);
    await lock.release();
    throw error;
  }
}

interface Opened {
  readonly journal: Journal;
  readonly reducer: StudyReducer;
  readonly fromSnapshot: boolean;
}

async function createStudy(
  file: string,
  name: string,
  configFile: string,
  config: AnnotatedConfig,
  text: string,
  settings: StudySettings,
  beginning: readonly JournalRecord[],
): Promise<Opened> {
  const reducer = new StudyReducer();
  const made = studyRecords(`${OUR_WORKER}${process.pid}`, {
    name,
    objectives: config.sweep.objectives,
    space: config.space,
    settings,
    config: { file: configFile, text },
    baseline: config.baseline,
  });
  const records = [...made, ...beginning];
  for (const record of records) reducer.apply(record);
  const journal = await Journal.create(file, records);
  return { journal, reducer, fromSnapshot: false };
}

async function continueStudy(
  configFile: string,
  name: string,
  settings: StudySettings,
  stored: StoredStudy | undefined,
): Promise<Opened> {
  // Read on under the lock: another engine may have written since the choice.
  const { file, loaded, reducer, fromSnapshot } = stored
    ? await updateStudy(configFile, name, stored)
    : await loadStudy(configFile, name);
  const journal = await Journal.continue(file, loaded);
  // Its seed stays: the suggestions of a study come from one seed.
  const record = settingsRecord(`${OUR_WORKER}${process.pid}`, {
    ...settings,
    seed: reducer.study.settings.seed,
  });
  reducer.apply(record);
  await journal.append([record]);
  return { journal, reducer, fromSnapshot };
}

/** A snapshot is whole where the lines it stands for no longer are: nothing is lost yet, and it must be known. */
function tellHiddenDamage(file: string, runner: StudyRunner): void {
  void damageOf(file)
    .catch((error: Error) => `${file} could not be checked: ${error.message}`)
    .then((problem) => {
      if (problem !== undefined)
        runner.emit('notice', `${problem} The study goes on from its snapshot; stop it before you mend it.`);
    });
}

/** Trials at a time. */
export const slots = (settings: Pick<StudySettings, 'workers'>): number =>
  Math.max(1, settings.workers ?? usableCores() - 1);
