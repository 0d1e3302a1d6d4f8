/** `run` and `resume`: a study from the terminal, with a progress bar for people or an event per line for machines. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { clearLine, cursorTo } from 'node:readline';
import { Presets, SingleBar } from 'cli-progress';
import { bestTrial, objectiveOf } from '../core/study/best.js';
import { isFinished } from '../core/study/journal/reduce.js';
import { frontCount, hasSeveralObjectives } from '../core/study/objectives/front.js';
import type { Study, StudyStatus, Trial } from '../core/study/trial.js';
import { bestJson, trialJson } from '../core/study/trial-json.js';
import { type RunningEngine, startEngine } from '../engine/engine.js';
import { unifiedDiff, withValues } from './apply.js';
import { openStudy, UsageError } from './open-study.js';
import { ExitCode } from './output.js';
import { describeBest, number } from './report.js';

export interface RunOptions {
  readonly mode: 'run' | 'resume';
  readonly study?: string;
  readonly trials?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly fuse?: number;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly backend: 'auto' | 'embedded' | 'native';
  readonly new?: boolean;
  readonly json?: boolean;
}

const EXIT_OF_ERROR = { config: ExitCode.usage, busy: ExitCode.failed, failed: ExitCode.failed } as const;

export async function run(config: string, options: RunOptions): Promise<void> {
  const configFile = resolve(config);
  const study =
    options.mode === 'resume' && options.study === undefined
      ? (await openStudy(config, undefined)).reducer.study.name
      : options.study;
  const { trials, seed, workers, fuse, sampler, pruner } = options;
  const engine = await startEngine({
    configFile,
    ...(study === undefined ? {} : { study }),
    fresh: options.new ?? false,
    overrides: defined({ trials, seed, workers, fuse, sampler, pruner }),
    backend: options.backend,
    tensorflowFolders: [process.cwd()],
    graceMs: null,
  });
  if (engine.kind === 'error') throw new UsageError(engine.message, EXIT_OF_ERROR[engine.code]);

  engine.runner.on('notice', (message) => console.error(message));
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true;
      engine.runner.stop('now', `interrupted by ${signal}`);
    });
  }
  const status = options.json ? await narrate(engine) : await display(config, engine);
  process.exitCode = exitCode(engine.runner.study, status, interrupted);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const defined = <T extends object>(object: T): Defined<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;

function exitCode(study: Study, status: StudyStatus, interrupted: boolean): number {
  switch (status.kind) {
    case 'finished':
      return bestTrial(study) ? ExitCode.ok : ExitCode.failed;
    case 'stopped':
      return interrupted ? ExitCode.interrupted : ExitCode.ok;
    case 'error':
      return status.cause === 'config' ? ExitCode.usage : ExitCode.failed;
    case 'running':
      return ExitCode.failed;
  }
}

/** Calls back for each trial when it starts and when it ends, once what happened is on disk. */
function watchTrials(study: Study, onChange: (trial: Study['trials'][number]) => void): () => void {
  /** States of those that may still change: looked at after every report, so not of all there are. */
  const open = new Map<number, string>();
  let seen = 0;
  const look = (tell: boolean): void => {
    for (; seen < study.trials.length; seen++) open.set(seen, '');
    for (const [number, known] of open) {
      const trial = study.trials[number];
      if (!trial || trial.state === known) continue;
      if (isFinished(trial.state)) open.delete(number);
      else open.set(number, trial.state);
      if (tell) onChange(trial);
    }
  };
  look(false);
  return () => look(true);
}

/** One JSON object per line. */
async function narrate({ runner, continued, notes, ended }: RunningEngine): Promise<StudyStatus> {
  const { study } = runner;
  const say = (event: object): void => console.log(JSON.stringify(event));
  say({ event: 'start', study: study.name, continued, notes });
  const look = watchTrials(study, (trial) => say({ event: 'trial', trial: trialJson(trial) }));
  runner.on('appended', look);
  const status = await ended;
  look();
  say({ event: 'end', status, ...bestJson(study) });
  return status;
}

/** A progress bar on a terminal, a line per trial elsewhere, and the result with its diff at the end. */
async function display(config: string, engine: RunningEngine): Promise<StudyStatus> {
  const { runner, continued, notes, ended } = engine;
  const { study } = runner;
  console.log(`${continued ? 'Continuing' : 'Starting'} study ${study.name}: ${engine.journal}`);
  for (const note of notes) console.log(note);

  const metric = study.objectives[0]?.metric ?? '';
  const several = hasSeveralObjectives(study);
  const total = study.settings.stop.trials;
  const bar = process.stdout.isTTY
    ? new SingleBar(
        {
          format: `{bar} {value}${total ? '/{total}' : ''} · ${several ? '' : `best ${metric} `}{best} · {duration_formatted}`,
          hideCursor: true,
        },
        Presets.shades_classic,
      )
    : undefined;
  const finished = (): number => study.trials.filter(({ state }) => isFinished(state)).length;
  const best = (): string => {
    if (several) return frontCount(study);
    const trial = bestTrial(study);
    return number(trial && objectiveOf(trial));
  };
  bar?.start(total ?? Math.max(1, finished()), finished(), { best: best() });

  const look = watchTrials(study, (trial) => {
    if (!isFinished(trial.state)) return;
    const said = trial.reason === undefined ? '' : `: ${trial.reason.split('\n')[0]}`;
    if (bar) {
      if (trial.state === 'failed') above(`trial ${trial.number} failed${said}`);
      bar.update(finished(), { best: best() });
    } else {
      const { values } = trialJson(trial);
      const reached = study.objectives.map(({ metric }) => `${metric} ${number(values[metric])}`).join(', ');
      console.log(
        `trial ${trial.number} ${trial.state}, ${reached}, ${several ? '' : 'best '}${best()}${said}`,
      );
    }
  });
  runner.on('appended', look);
  const status = await ended;
  look();
  bar?.stop();

  // A reason from a trainer is whole: sentences, a stack, or a command to copy. One of ours is half a sentence.
  const why = 'reason' in status ? status.reason.trim() : '';
  const isWhole = (status.kind === 'error' && status.cause === 'config') || /[.!?]$/.test(why);
  console.log(`\n${WORDS[status.kind]}: ${why}${isWhole ? '' : '.'}`);
  if (status.kind !== 'finished') console.log(howToGoOn(config, study));
  console.log(`\n${describeBest(study)}\n`);
  const winner = bestTrial(study);
  if (winner) {
    const change = await changeBy(config, winner);
    if (several && change.diff)
      console.log(`Trial ${winner.number} as a change of ${config}; apply it, or another with --trial N:\n`);
    console.log(
      change.problem ??
        (change.diff ||
          `${config} already has the ${several ? `values of trial ${winner.number}` : 'best values'}.`),
    );
  }
  return status;
}

/** A line in place of the bar, which is drawn anew below it. */
function above(line: string): void {
  cursorTo(process.stdout, 0);
  clearLine(process.stdout, 0);
  console.log(line);
}

/** Failures count and teach: where there is nothing else, what was wrong was no fault of the values. */
function howToGoOn(config: string, { name, trials }: Study): string {
  const states = trials.map(({ state }) => state);
  if (states.includes('failed') && !states.includes('complete') && !states.includes('pruned'))
    return `Once that is mended, begin anew: sweetspot run ${config} --new`;
  return `Go on with: sweetspot resume ${config} --study ${name}`;
}

/** The trial's values as a change of the config, which may have been edited, or be gone, since the study began. */
async function changeBy(
  config: string,
  trial: Trial,
): Promise<{ readonly diff: string; readonly problem?: string }> {
  try {
    const text = await readFile(resolve(config), 'utf8');
    return { diff: unifiedDiff(config, text, withValues(config, text, trial)) };
  } catch (error) {
    return { diff: '', problem: error instanceof Error ? error.message : String(error) };
  }
}

const WORDS = {
  finished: 'Finished',
  stopped: 'Stopped',
  error: 'Could not go on',
  running: 'Running',
} as const;
