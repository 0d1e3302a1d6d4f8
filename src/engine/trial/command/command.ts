/**
 * The command trainer: any program, with this trial's values as a file, as arguments or in its environment. It says how
 * it does by lines such as `::sweetspot {"step": 1, "val_loss": 0.3}`, JSON lines or `name=value` in its output, a
 * results file, or TensorBoard's event files. All else it prints is its own business.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { watchPeak } from '../../processes/peak-memory.js';
import { type ProcessGroup, spawnGroup } from '../../processes/process-group.js';
import { processAttributes } from '../backend-of-trial.js';
import { placeOfSetting } from '../config-lines.js';
import { FatalTrainingError } from '../fatal-error.js';
import type { Metrics, Session } from '../session.js';
import { validationProblem } from '../validation-file.js';
import { type CommandLine, commandLine, textOf } from './arguments.js';
import { readLine } from './lines.js';
import { Observer } from './observer.js';
import { WatchedFiles } from './watched-files.js';

/** Lines of stderr shown with a failure. */
const LAST_LINES = 15;
/** How long a program may take to end itself when it is told to stop (ms). */
const GRACE = 5000;
/** Between looks at the files it writes (ms). */
const LOOK_EVERY = 500;

interface Places {
  readonly config: string;
  readonly params: string;
  readonly results: string;
}

/** The user's environment without what the editor put there for us. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        name !== 'ELECTRON_RUN_AS_NODE' && !name.startsWith('VSCODE_') && !name.startsWith('NODE_CHANNEL_'),
    ),
  );
}

function environment({ spec }: Session, places: Places): NodeJS.ProcessEnv {
  const params = Object.entries(spec.params).map(([name, value]) => [
    `SWEETSPOT_PARAM_${name.replace(/\W/g, '_')}`,
    textOf(value),
  ]);
  return {
    // Else Python keeps its reports until the end, since it prints into a pipe.
    PYTHONUNBUFFERED: '1',
    ...inherited(),
    SWEETSPOT_CONFIG: places.config,
    SWEETSPOT_PARAMS: JSON.stringify(spec.params),
    SWEETSPOT_RESULTS: places.results,
    SWEETSPOT_TRIAL: String(spec.trial),
    SWEETSPOT_SEED: String(spec.seed),
    SWEETSPOT_FOLDER: spec.folder,
    ...Object.fromEntries(params),
  };
}

const placeOfCommand = ({ spec }: Session): string =>
  placeOfSetting(spec.configFile, spec.configText, 'command');

function readCommand(session: Session, command: string, { config, params, results }: Places): CommandLine {
  const { spec } = session;
  const own = {
    config,
    params,
    results,
    folder: spec.folder,
    seed: String(spec.seed),
    trial: String(spec.trial),
  };
  try {
    return commandLine(command, { own, params: spec.params, config: spec.config, environment: inherited() });
  } catch (error) {
    if (!(error instanceof FatalTrainingError)) throw error;
    throw new FatalTrainingError(`${placeOfCommand(session)}${error.message}`);
  }
}

/** Resolves when it has ended and its output is read. @throws FatalTrainingError where it cannot be started */
function ended(session: Session, { child }: ProcessGroup, program: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'there is no such program' : error.message;
      reject(
        new FatalTrainingError(
          `${placeOfCommand(session)}the command cannot be started: "${program}": ${why}. Install it, or give its full path.`,
        ),
      );
    });
    child.once('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`);
    });
  });
}

/** @throws FatalTrainingError where the folder cannot be written, which is not this trial's fault: none would fare better */
async function prepare({ spec }: Session, places: Places): Promise<void> {
  try {
    await mkdir(spec.folder, { recursive: true });
    await writeFile(places.config, spec.configText);
    await writeFile(places.params, JSON.stringify(spec.params));
    // What an interrupted attempt left.
    await rm(places.results, { force: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FatalTrainingError(
      `The trial's folder cannot be written: ${why}. Make room, or the folder writable, and resume.`,
    );
  }
}

/** The first line says why, since lists of trials show no other: an error that the program names, else its last words. */
function failureText(failure: string, lastWords: readonly string[], command: string): string {
  const words = lastWords.map(stripVTControlCharacters).filter((line) => line.trim() !== '');
  const why = words.findLast((line) => /^[\w.]*(Error|Exception)\b/.test(line)) ?? words.at(-1) ?? command;
  return [`The command ${failure}: ${why}`, ...(words.length > 1 ? words : [])].join('\n');
}

/**
 * Runs the command to its end. Throws when it exits with another code than 0, or reports what cannot be read.
 * @param graceMs how long it may take to end itself when it is told to stop
 */
export async function trainCommand(session: Session, command: string, graceMs = GRACE): Promise<Metrics> {
  const { spec } = session;
  const places: Places = {
    config: join(spec.folder, basename(spec.configFile)),
    params: join(spec.folder, 'params.json'),
    results: join(spec.folder, 'results.json'),
  };
  const { program, args, environment: assigned } = readCommand(session, command, places);
  await prepare(session, places);
  const group = spawnGroup(program, args, {
    cwd: session.configFolder,
    env: { ...environment(session, places), ...assigned },
  });
  const { child } = group;
  const end = ended(session, group, program);
  if (child.pid !== undefined) {
    session.started({ ...processAttributes(spec.seed), command, commandPid: child.pid });
  }

  let wrong: unknown;
  const observer = new Observer(session, () => group.terminate(graceMs));
  const watched = new WatchedFiles(spec.folder, places.results, spec.metrics);
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    if (wrong) return;
    try {
      await work();
    } catch (error) {
      wrong = error;
      group.kill();
    }
  };
  const onLine = (text: string): Promise<void> =>
    guarded(async () => {
      const line = readLine(text, spec.metrics);
      if (line) await observer.see(line);
    });
  const look = (atEnd: boolean): Promise<void> =>
    guarded(async () => {
      for (const line of await watched.look(atEnd)) await observer.see(line);
    });

  const lastWords: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => process.stdout.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => void onLine(line));
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastWords.push(line);
      if (lastWords.length > LAST_LINES) lastWords.shift();
    });
  }
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(() => look(false));
  }, LOOK_EVERY);

  const memory = child.pid === undefined ? undefined : watchPeak(child.pid);
  let failure: string | undefined;
  try {
    failure = await end;
  } finally {
    clearInterval(timer);
    const peakMemory = memory?.end();
    if (peakMemory !== undefined) session.measured({ peakMemory });
  }
  await looking;
  await session.settled();
  await look(true);
  await session.settled();
  if (wrong) throw wrong;
  const problem = await validationProblem(spec.folder);
  if (problem !== undefined) session.measured({ dataNotices: [problem] });
  if (session.shouldStop || failure === undefined) return observer.values;
  throw new Error(failureText(failure, lastWords, command));
}
