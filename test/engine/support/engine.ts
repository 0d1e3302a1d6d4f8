/** Starts the real engine process on a project in a temporary folder, as the extension does, and reads its journal. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { createMessageConnection } from 'vscode-jsonrpc';
import { SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { StudyReducer } from '../../../src/core/study/journal/reduce.js';
import type { Study } from '../../../src/core/study/trial.js';
import { loadJournal } from '../../../src/engine/journal/journal.js';
import { type Client, client } from '../../../src/protocol/contract.js';
import type { EngineContract, EngineStart, EngineStarted } from '../../../src/protocol/engine.js';

const dist = resolve(import.meta.dirname, '../../../dist');

/** The path of a bundle. Fails loudly where `npm run build` has not been run. */
export function bundle(name: string): string {
  const file = join(dist, name);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" before these tests.`);
  return file;
}

/** Runs the command line to its end. */
export const cli = (folder: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [bundle('cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    // What is printed beyond is lost: the list of a study may be long.
    maxBuffer: 2 ** 26,
  });

/** A folder with these files, removed after the test. */
export async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sweetspot-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

export interface TestEngine {
  readonly process: ChildProcess;
  readonly started: EngineStarted;
  /** Everything it printed. */
  readonly output: () => string;
  /** Resolves to its exit code, or the signal that ended it. */
  readonly exited: Promise<number | string | null>;
}

export async function startEngine(configFile: string, start: Partial<EngineStart> = {}): Promise<TestEngine> {
  const child = fork(bundle('engine.js'), [], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const exited = new Promise<number | string | null>((done) => {
    child.once('exit', (code, signal) => done(signal ?? code));
  });
  const started = new Promise<EngineStarted>((answer, reject) => {
    child.once('message', answer);
    child.once('exit', (code) =>
      reject(new Error(`the engine ended (${code}) without an answer:\n${output}`)),
    );
  });
  const message: EngineStart = {
    configFile,
    overrides: {},
    backend: 'embedded',
    tensorflowFolders: [],
    graceMs: null,
    ...start,
  };
  child.send(message);
  return { process: child, started: await started, output: () => output, exited };
}

/** Connects to a running engine. */
export async function attach(started: EngineStarted): Promise<Client<EngineContract>> {
  if (started.kind !== 'ready') throw new Error(started.message);
  const socket = connect({ path: started.socket });
  await new Promise((done, reject) => {
    socket.once('connect', done);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  connection.listen();
  onTestFinished(() => {
    connection.dispose();
    socket.destroy();
  });
  return client<EngineContract>(connection);
}

export async function readStudy(started: EngineStarted): Promise<Study> {
  if (started.kind !== 'ready') throw new Error(started.message);
  const reducer = new StudyReducer();
  await loadJournal(started.journal, (record) => reducer.apply(record));
  return reducer.study;
}

/** Waits until the study on disk is as wanted. */
export async function until(
  started: EngineStarted,
  wanted: (study: Study) => boolean,
  timeoutMs = 20_000,
): Promise<Study> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const study = await readStudy(started);
    if (wanted(study)) return study;
    if (Date.now() > end) {
      const states = study.trials
        .map(({ number, state, reason }) => `${number} ${state} ${reason ?? ''}`)
        .join('; ');
      throw new Error(`The study did not get there: ${JSON.stringify(study.status)}; ${states}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}
