// What the suites inside the extension host share: the extension's model, configs written for one test, waiting, and
// the messages that a person would have seen.
import { strict as assert } from 'node:assert';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { SweetspotApi } from '../../src/extension/extension.js';
import type { StudyEntry } from '../../src/extension/study-entry.js';

/** The active extension, its workspace looked through. */
export async function sweetspot(): Promise<SweetspotApi> {
  const extension = vscode.extensions.getExtension<SweetspotApi>('sweetspot.sweetspot');
  assert.ok(extension);
  const api = await extension.activate();
  await api.ready;
  return api;
}

/** Waits until `probe` gives something that is not undefined or false. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  patience = 20_000,
): Promise<T> {
  for (const deadline = Date.now() + patience; ; ) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < deadline, `not within ${patience / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Absolute path of a file in the first folder of the workspace. */
export function inWorkspace(...parts: readonly string[]): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return join(folder.uri.fsPath, ...parts);
}

const ROWS = Array.from(
  { length: 40 },
  (_, i) => `${i / 40},${(i * 7) % 11},${i % 2 === 0 ? 'even' : 'odd'}`,
);

/** A config of a small classification; `epochs` sets how long a trial takes. */
export function configText({ trials = 4, epochs = 3, metric = 'val_loss' } = {}): string {
  return `# @sweep
#   metric: ${metric}
#   goal: minimize
#   stop: {trials: ${trials}}
data:
  csv: ./data.csv
  target: kind
  validation: 0.25
model:
  task: classification
  units: [4]            # @tune choice([4], [8])  # small
optimizer:
  name: "adam"          # @tune choice("sgd", "adam")
  learningRate: 1e-3    # @tune float(1e-4, 1e-1, log)
training:
  epochs: ${epochs}
seed: 1
`;
}

/** Writes a config with its data into a folder of its own, and waits until the extension has found it. */
export async function addConfig(name: string, text: string): Promise<string> {
  const path = inWorkspace(`${name}-test`, `${name}.yaml`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(join(dirname(path), 'data.csv'), `a,b,kind\n${ROWS.join('\n')}\n`);
  await writeFile(path, text);
  const { configs } = await sweetspot();
  await eventually(`${name} is found`, () => configs.all.some((config) => config.path === path));
  return path;
}

/** The study of a config that the views show first, once it looks as wanted. */
export async function study(
  config: string,
  what: string,
  wanted: (entry: StudyEntry) => boolean,
  patience?: number,
): Promise<StudyEntry> {
  const { studies } = await sweetspot();
  return eventually(
    `${basename(config)}: ${what}`,
    () => {
      const entry = studies.of(config)[0];
      return entry && wanted(entry) ? entry : undefined;
    },
    patience,
  );
}

/** A study that has run to its end, every trial with a seed of its own. */
export async function finishedStudy(name: string, trials = 3): Promise<StudyEntry> {
  const config = await addConfig(name, configText({ trials }).replace('seed: 1\n', ''));
  await run('startSweep', vscode.Uri.file(config));
  return study(config, 'it finishes', ({ phase, engine }) => phase.kind === 'finished' && !engine, 60_000);
}

/** Stops what runs on a config and waits until it has. */
export async function stopAll(config: string): Promise<void> {
  const { studies } = await sweetspot();
  for (const entry of studies.of(config)) {
    if (entry.engine) await vscode.commands.executeCommand('sweetspot.stopNow', { journal: entry.id });
  }
  await eventually('the engines are gone', () => studies.of(config).every(({ engine }) => !engine));
}

/** Process id of the engine at work on a study. */
export async function enginePid(entry: StudyEntry): Promise<number> {
  const lock: unknown = JSON.parse(await readFile(entry.id.replace(/\.jsonl$/, '.lock'), 'utf8'));
  assert.ok(typeof lock === 'object' && lock !== null && 'pid' in lock && typeof lock.pid === 'number');
  return lock.pid;
}

const MESSAGES = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

/** Takes the place of notifications while `action` runs: gives what was shown, answered by `answer`. */
export async function messagesOf(
  action: () => PromiseLike<unknown>,
  answer?: string,
): Promise<readonly string[]> {
  const shown: string[] = [];
  const real = MESSAGES.map((name) => [name, vscode.window[name]] as const);
  const stand = (message: string) => {
    shown.push(message);
    return Promise.resolve(answer);
  };
  for (const name of MESSAGES) Reflect.set(vscode.window, name, stand);
  try {
    await action();
  } finally {
    for (const [name, original] of real) Reflect.set(vscode.window, name, original);
  }
  return shown;
}

/** Takes the place of a question to the person while `action` runs: `answer`, or what it makes of the choices. */
export async function answering<T>(
  question: 'showInputBox' | 'showQuickPick' | 'showSaveDialog' | 'showOpenDialog',
  answer: string | ((choices: readonly T[]) => unknown),
  action: () => PromiseLike<unknown>,
): Promise<void> {
  const real = vscode.window[question];
  const stand = async (choices: readonly T[]) => (typeof answer === 'string' ? answer : answer(choices));
  Reflect.set(vscode.window, question, stand);
  try {
    await action();
  } finally {
    Reflect.set(vscode.window, question, real);
  }
}

export const run = (command: string, ...args: readonly unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`sweetspot.${command}`, ...args);
