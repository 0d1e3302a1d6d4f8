/**
 * A command line of the user as a program and its arguments, the trial's values filled in. Quotes and `$NAME` are read
 * as a shell reads them, but no shell runs: what is filled in stays one argument, whatever is in it.
 */
import { parse } from 'shell-quote';
import { didYouMean } from '../../../core/annotation/nearest.js';
import type { Json, JsonObject } from '../../../core/json.js';
import { FatalTrainingError } from '../fatal-error.js';

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  /** From `NAME=value` before the program. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Values {
  /** `${config}`, `${folder}`, … by name. */
  readonly own: Readonly<Record<string, string>>;
  readonly params: JsonObject;
  /** The trial's config, for `${optimizer.learningRate}`. */
  readonly config: Json;
  readonly environment: NodeJS.ProcessEnv;
}

/** Lists and mappings as JSON, which YAML readers take too. */
export const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function atPath(config: Json, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return (value as Readonly<Record<string, Json>>)[key];
  }, config);
}

function pathsOf(value: Json, prefix = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return prefix ? [prefix] : [];
  return Object.entries(value).flatMap(([key, inner]) =>
    pathsOf(inner as Json, prefix ? `${prefix}.${key}` : key),
  );
}

/** Stands for `--name=value` of every parameter. */
const ARGS = { args: 'all' } as const;

function filledIn(name: string, { own, params, config, environment }: Values): string {
  const found = own[name] ?? params[name] ?? atPath(config, name);
  if (found !== undefined) return textOf(found);
  const inherited = environment[name];
  if (inherited !== undefined) return inherited;
  const known = [...Object.keys(own), 'args', ...new Set([...Object.keys(params), ...pathsOf(config)])];
  throw new FatalTrainingError(
    `the command names \${${name}}, which is no value of this config and no environment variable.${didYouMean(name, known)} Known: ${known.slice(0, 20).join(', ')}.`,
  );
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** @throws FatalTrainingError for what only a shell could do, and for names that mean nothing; without file and line */
export function commandLine(command: string, values: Values): CommandLine {
  const entries = parse<string | typeof ARGS>(
    command,
    (name) => (name === 'args' ? ARGS : filledIn(name, values)),
    // Paths on Windows are full of backslashes.
    process.platform === 'win32' ? { escape: '^' } : undefined,
  );
  const words = entries.flatMap((entry): readonly string[] => {
    if (typeof entry === 'string') return [entry];
    if ('args' in entry)
      return Object.entries(values.params).map(([name, value]) => `--${name}=${textOf(value)}`);
    if ('pattern' in entry) return [entry.pattern];
    const sign = 'comment' in entry ? '#' : entry.op;
    throw new FatalTrainingError(
      `the command is started without a shell, so "${sign}" has no meaning. Put it in quotes, or what needs it into a script: sh train.sh \${config}`,
    );
  });
  const environment: Record<string, string> = {};
  let first = 0;
  for (; first < words.length; first++) {
    const match = ASSIGNMENT.exec(words[first]!);
    if (!match) break;
    environment[match[1]!] = match[2]!;
  }
  const [program, ...args] = words.slice(first);
  if (!program) throw new FatalTrainingError('the command names no program, such as python train.py.');
  return { program, args, environment };
}
