/**
 * Entry of a worker's child process (dist/trial.js), forked by the engine: receives attempts over IPC, one after another
 * or several at a time, trains each, and answers with reports and results. It leaves when the channel closes. What users'
 * code prints goes to stdout and stderr only.
 */
import { fileURLToPath } from 'node:url';
import { endWithParent } from '../processes/orphan-guard.js';
import { forgetPeak, ownPeak } from '../processes/peak-memory.js';
import { collectGarbage } from './collect-garbage.js';
import { trainCommand } from './command/command.js';
import { trainDeclarative } from './declarative/declarative.js';
import { FatalTrainingError } from './fatal-error.js';
import type { AttemptSpec, FromWorker, ToWorker } from './messages.js';
import { compileElsewhere, isCompileProcess, runCompileProcess } from './module/compile-process.js';
import { trainModule } from './module/module.js';
import { StopTraining } from './module/trial-handle.js';
import { type Metrics, Session } from './session.js';
import { checkSpace } from './space-check.js';
import { isTreeConfig } from './trees/schema.js';
import { trainTrees } from './trees/trees.js';

const SCRIPT = fileURLToPath(import.meta.url);

function train(session: Session): Promise<Metrics> {
  const { trainer } = session.spec;
  switch (trainer.kind) {
    case 'declarative':
      checkSpace(session.spec);
      return isTreeConfig(session.spec.config) ? trainTrees(session) : trainDeclarative(session);
    case 'module':
      return trainModule(session, trainer.file, (file, folder) => compileElsewhere(SCRIPT, file, folder));
    case 'command':
      return trainCommand(session, trainer.command);
    default:
      return trainer satisfies never;
  }
}

/** The message, or for errors of users' modules the stack without our own frames and Node's. */
function wordsOf(error: unknown, { trainer }: AttemptSpec): string {
  if (!(error instanceof Error)) return `train() threw ${String(error)}`;
  if (error instanceof FatalTrainingError || trainer.kind !== 'module') return error.message;
  const lines = (error.stack ?? error.message).split('\n');
  return lines
    .filter((line) => !/^\s+at /.test(line) || !(line.includes(SCRIPT) || line.includes('node:')))
    .join('\n');
}

/** What a trial prints in one go waits in this process: its log is closed with the trial, so that must be out by then. */
const printed = (stream: NodeJS.WriteStream): Promise<void> | undefined =>
  stream.writableLength === 0 ? undefined : new Promise((done) => stream.write('', () => done()));

function runWorker(): void {
  const post = process.send?.bind(process);
  if (!post) throw new Error('dist/trial.js is started by the engine, not by hand.');
  // The channel is ours: a program that looks for one of its own must not find it.
  Object.assign(process, { send: undefined });
  process.setSourceMapsEnabled(true);
  endWithParent();

  const send = (message: FromWorker, sent?: () => void): void => {
    post(message, undefined, undefined, () => sent?.());
  };
  const sessions = new Map<string, Session>();
  const keyOf = ({ trial, attempt }: { trial: number; attempt: number }): string => `${trial} ${attempt}`;

  const failure = ({ spec }: Session, error: unknown) =>
    ({
      kind: 'failed',
      trial: spec.trial,
      attempt: spec.attempt,
      error: wordsOf(error, spec),
      fatal: error instanceof FatalTrainingError,
    }) as const;

  const run = async (current: Session): Promise<void> => {
    const { trial, attempt } = current.spec;
    // Of trials that share the process the peak is that of all.
    if (sessions.size === 1) await forgetPeak();
    const measured = async (): Promise<void> => {
      // What a command took is not what this process took.
      if (current.spec.trainer.kind !== 'command') current.measured({ peakMemory: await ownPeak() });
    };
    try {
      const values = await train(current);
      await measured();
      await Promise.all([printed(process.stdout), printed(process.stderr)]);
      sessions.delete(keyOf(current.spec));
      send({ kind: 'finished', trial, attempt, values, stopped: current.shouldStop });
    } catch (error) {
      await measured();
      await Promise.all([printed(process.stdout), printed(process.stderr)]);
      sessions.delete(keyOf(current.spec));
      send(failure(current, error));
    }
    // Once the answer is on its way, and before the next attempt comes.
    setImmediate(collectGarbage);
  };

  process.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'run': {
        const session = new Session(message.spec, send);
        sessions.set(keyOf(message.spec), session);
        void run(session);
        return;
      }
      // Of an attempt that is over there is none.
      case 'verdict':
        sessions.get(keyOf(message))?.judge(message.stop);
        return;
      case 'cancel':
        sessions.get(keyOf(message))?.cancel();
        return;
    }
  });
  process.on('disconnect', () => process.exit());
  // Ctrl+C in a terminal reaches every process of the group; what happens to a trial is the engine's to say.
  process.on('SIGINT', () => undefined);

  // Errors that escape from users' code: the process is in no state to serve another trial.
  const giveUp = (error: unknown): void => {
    if (error instanceof StopTraining) return;
    const [session, ...others] = sessions.values();
    // Of several nobody knows whose error it is: the engine runs each again by itself.
    if (session && others.length === 0)
      send({ ...failure(session, error), leaving: true }, () => process.exit(1));
    else process.exit(1);
  };
  process.on('uncaughtException', giveUp);
  process.on('unhandledRejection', giveUp);
}

if (isCompileProcess()) await runCompileProcess();
else runWorker();
