/**
 * The command trainer: any program, run through the shell with this trial's config. It reports by printing lines such
 * as `::sweetspot {"step": 1, "val_loss": 0.3}`; one without a step gives the final values. All else it prints is its
 * own business.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseJson } from '../../core/study/journal-line.js';
import { processAttributes } from './backend-of-trial.js';
import { spawnGroup } from './process-group.js';
import { type Metrics, type Session, toMetrics } from './session.js';

const PREFIX = '::sweetspot ';
/** Lines of stderr shown with a failure. */
const LAST_LINES = 15;

type Line =
  | { readonly kind: 'report'; readonly step: number; readonly metrics: Metrics }
  | { readonly kind: 'values'; readonly metrics: Metrics };

/** Reads what follows the prefix; NaN and Infinity may stand bare, as Python prints them. */
function parseLine(text: string, metric: string): Line {
  const what = `The line "${PREFIX}${text}"`;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new Error(`${what} is not JSON. Print for instance ${PREFIX}{"step": 1, "${metric}": 0.5}`);
  }
  if (typeof value !== 'object' || value === null)
    return { kind: 'values', metrics: toMetrics(value, metric, what) };
  const { step, ...metrics } = value as Record<string, unknown>;
  if (step === undefined) return { kind: 'values', metrics: toMetrics(metrics, metric, what) };
  return { kind: 'report', step: Number(step), metrics: toMetrics(metrics, metric, what) };
}

const quoted = (path: string): string =>
  process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;

/** `${config}`, `${folder}`, `${seed}` and `${trial}` filled in; any other `${…}` is the shell's. */
function filledIn(command: string, { spec }: Session, config: string): string {
  const values: Readonly<Record<string, string>> = {
    config: quoted(config),
    folder: quoted(spec.folder),
    seed: String(spec.seed),
    trial: String(spec.trial),
  };
  return command.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** The user's environment without what the editor put there for us. */
function environment({ spec }: Session, config: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      name !== 'ELECTRON_RUN_AS_NODE' && !name.startsWith('VSCODE_') && !name.startsWith('NODE_CHANNEL_'),
  );
  return {
    // Else Python keeps its reports until the end, since it prints into a pipe.
    PYTHONUNBUFFERED: '1',
    ...Object.fromEntries(inherited),
    SWEETSPOT_CONFIG: config,
    SWEETSPOT_TRIAL: String(spec.trial),
    SWEETSPOT_SEED: String(spec.seed),
    SWEETSPOT_FOLDER: spec.folder,
  };
}

/** Runs the command to its end. Throws when it exits with another code than 0, or reports what cannot be read. */
export async function trainCommand(session: Session, command: string): Promise<Metrics> {
  const { spec } = session;
  const config = join(spec.folder, basename(spec.configFile));
  await writeFile(config, spec.configText);
  const { child, kill } = spawnGroup(filledIn(command, session, config), {
    cwd: session.configFolder,
    env: environment(session, config),
  });
  session.started({ ...processAttributes(spec.seed), command, commandPid: child.pid ?? null });

  let values: Metrics = {};
  let wrongLine: unknown;
  const lastWords: string[] = [];
  const onLine = async (line: string): Promise<void> => {
    if (!line.startsWith(PREFIX) || session.shouldStop || wrongLine) return;
    try {
      const parsed = parseLine(line.slice(PREFIX.length), spec.metric);
      if (parsed.kind === 'values') values = { ...values, ...parsed.metrics };
      else if (await session.report(parsed.step, parsed.metrics)) kill();
    } catch (error) {
      wrongLine = error;
      kill();
    }
  };
  child.stdout?.on('data', (chunk: Buffer) => process.stdout.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => void onLine(line));
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastWords.push(line);
      if (lastWords.length > LAST_LINES) lastWords.shift();
    });
  }

  const end = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  await session.settled();
  if (wrongLine) throw wrongLine;
  if (session.shouldStop) return values;
  if (end.code === 0) return values;
  const how = end.signal === null ? `exited with code ${end.code}` : `was ended by ${end.signal}`;
  throw new Error([`The command ${how}: ${command}`, ...lastWords].join('\n'));
}
