/**
 * `lock`: the best config with its environment and its curve, for deployment; `verify`: runs a trial or a lock again
 * and says whether the result is the same bit for bit, within noise, or drifted. Exit codes are made for CI.
 */
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EnvironmentDifference, environmentDifference } from '../core/analysis/environment-diff.js';
import type { Parting, Verdict } from '../core/analysis/reproduction.js';
import { readConfig } from '../engine/config-file.js';
import { slots } from '../engine/engine.js';
import { captureEnvironment } from '../engine/environment/capture.js';
import { changedSince } from '../engine/environment/code-change.js';
import {
  hashOfConfig,
  lockOf,
  printLock,
  readLock,
  type TrialLock,
} from '../engine/environment/lock-file.js';
import { type RerunResult, rerun } from '../engine/environment/rerun.js';
import { writeWhole } from '../engine/write-whole.js';
import { differenceTable } from './env.js';
import { interruption } from './interrupt.js';
import { openStudy, trialOrBest, UsageError } from './open-study.js';
import { ExitCode } from './output.js';
import { number } from './report.js';

interface ChooseOptions {
  readonly study?: string;
  readonly trial?: number;
}

export interface LockOptions extends ChooseOptions {
  readonly output?: string;
}

export interface VerifyOptions extends ChooseOptions {
  readonly repeats: number;
  readonly backend?: 'auto' | 'embedded' | 'native';
  /** Compare the environment and train nothing. */
  readonly environmentOnly?: boolean;
  /** Differences that may only touch the last digits fail, too. */
  readonly strict?: boolean;
  readonly json?: boolean;
}

async function lockOfTrial(config: string, options: ChooseOptions, named: string): Promise<TrialLock> {
  const { study } = (await openStudy(config, options.study)).reducer;
  const lock = lockOf(study, trialOrBest(study, options.trial), named);
  if (typeof lock === 'string') throw new UsageError(lock, ExitCode.failed);
  return lock;
}

export async function lock(config: string, options: LockOptions): Promise<void> {
  const configFile = resolve(config);
  const output = resolve(options.output ?? `${configFile.replace(/\.[^.\\/]+$/, '')}.lock.json`);
  const named = relative(dirname(output), configFile).replaceAll('\\', '/');
  const made = await lockOfTrial(config, options, named);
  await writeWhole(output, printLock(made));
  console.log(
    `${relative(process.cwd(), output)} holds trial ${made.trial} of ${made.study} with its environment.`,
  );
  const read = await readConfig(configFile);
  if (read.kind === 'config' && hashOfConfig(read.config.data) !== made.values) {
    console.log(
      `${config} does not have these values yet: sweetspot apply ${config} --study ${made.study} --trial ${made.trial}`,
    );
  }
}

interface Subject {
  readonly lock: TrialLock;
  /** The lock's own file. */
  readonly file?: string;
  readonly configFile: string;
  /** Made by `sweetspot lock`: its values and environment are promises, not history. */
  readonly promised: boolean;
}

async function subjectOf(file: string, options: VerifyOptions): Promise<Subject> {
  const path = resolve(file);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw new UsageError(`${file}: there is no such file`);
  const found = file.endsWith('.json') ? readLock(text) : undefined;
  if (typeof found === 'string') throw new UsageError(`${file}: ${found}`);
  if (found) {
    const configFile = resolve(dirname(path), found.config);
    return { lock: found, file: path, configFile, promised: true };
  }
  return { lock: await lockOfTrial(file, options, basename(file)), configFile: path, promised: false };
}

async function differencesOf(
  subject: Subject,
  attributes: RerunResult | undefined,
): Promise<readonly EnvironmentDifference[]> {
  const { lock, configFile, promised } = subject;
  const { environment, values } = lock;
  const read = await readConfig(configFile);
  if (read.kind === 'error') throw new UsageError(read.message);
  const { sweep, data } = read.config;
  const workers = (environment.threads as { workers?: number } | undefined)?.workers;
  const { facts } = await captureEnvironment(
    { configFile, trainer: sweep.trainer, workers: workers ?? slots(sweep) },
    new Date().toISOString(),
  );
  // Without a run here what only a run can tell is not compared.
  const said = attributes?.kind === 'rerun' ? attributes.attributes : undefined;
  const before = Object.fromEntries(
    Object.entries(environment).filter(([name]) => said !== undefined || name in facts),
  );
  const differences = environmentDifference(
    promised ? { ...before, config: values } : before,
    promised ? { ...said, ...facts, config: hashOfConfig(data) } : { ...said, ...facts },
  );
  const sameCode = promised && (await isCodeTheSame(subject));
  return sameCode ? differences.filter(({ path }) => !path.startsWith('git.')) : differences;
}

/** A lock is committed after it was made, and so are the values it holds: that alone changes no code. */
async function isCodeTheSame({ lock: { environment }, file, configFile }: Subject): Promise<boolean> {
  const { commit, dirty } = (environment.git ?? {}) as { commit?: string; dirty?: boolean };
  if (commit === undefined || dirty) return false;
  const changed = await changedSince(commit, await realpath(dirname(configFile)));
  const own = await Promise.all([configFile, file ?? configFile].map((path) => realpath(path)));
  return changed?.every((path) => own.includes(path)) ?? false;
}

const where = ({ step, metric, before, after }: Parting): string =>
  `${step === undefined ? 'the end result' : `step ${step}`}: ${metric} was ${before ?? 'not reported'} and is ${after ?? 'not reported'}`;

function words(verdict: Verdict, objective: string): string {
  switch (verdict.kind) {
    case 'identical':
      return 'Bit-identical: every number of every step is the same.';
    case 'within-noise':
    case 'drifted': {
      const { test, parting } = verdict;
      const statistic = test
        ? ` ${objective} is ${number(Math.abs(test.t))} deviations from ${number(test.mean)} ± ${number(test.deviation)} of ${test.runs} runs here (t-test, p = ${number(test.p)}).`
        : ' Other seeds give no measure of noise here.';
      const head = verdict.kind === 'within-noise' ? 'Within noise:' : 'Drifted:';
      return `${head}${statistic}\nThe curves part first at ${where(parting)}.`;
    }
  }
}

export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const subject = await subjectOf(file, options);
  const { lock: locked, configFile, promised } = subject;
  const recorded = locked.environment.backend;
  const signal = interruption();
  const result = options.environmentOnly
    ? undefined
    : await rerun({
        lock: locked,
        configFile,
        backend: options.backend ?? (recorded === 'embedded' ? 'embedded' : 'auto'),
        tensorflowFolders: [process.cwd()],
        repeats: options.repeats,
        script: fileURLToPath(new URL('./trial.js', import.meta.url)),
        signal,
      });
  if (signal.aborted) throw new UsageError('Interrupted.', ExitCode.interrupted);
  if (result?.kind === 'failed') {
    throw new UsageError(`Trial ${locked.trial} cannot be run here: ${result.message}`, ExitCode.failed);
  }
  const differences = await differencesOf(subject, result);
  const broken = differences.filter(
    ({ weight }) => weight === 'likely' || (options.strict && weight === 'possible'),
  );
  const environmentFails = (promised || options.environmentOnly === true) && broken.length > 0;
  const failed = environmentFails || result?.verdict.kind === 'drifted';
  if (failed) process.exitCode = ExitCode.failed;
  if (options.json) {
    const { verdict, objective } = result ?? {};
    console.log(
      JSON.stringify(
        { ok: !failed, study: locked.study, trial: locked.trial, verdict, objective, differences },
        (_key, value) => (typeof value === 'number' && !Number.isFinite(value) ? null : value),
        2,
      ),
    );
    return;
  }
  if (result) console.log(words(result.verdict, result.objective));
  if (differences.length > 0) console.log(`\nThe environment differs:\n${differenceTable(differences)}`);
  else console.log('The environment is the same.');
  if (options.environmentOnly)
    console.log('What only a run can tell (the data, the backend, the result) was not compared.');
  if (environmentFails) console.log('\nThe environment has drifted.');
  if (differences.some(({ path }) => path === 'config')) {
    console.log(`${relative(process.cwd(), configFile)} does not have the locked values.`);
  }
}
