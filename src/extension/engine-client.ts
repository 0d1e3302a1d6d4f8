/**
 * One engine process as the extension knows it: starting it, connecting to its socket, asking it to stop. The engine
 * outlives the window that started it, so nothing here holds it; a study that ends is told by `onDidEnd`.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { type Event, EventEmitter } from 'vscode';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import type { StudyStatus } from '../core/study/trial.js';
import { type Client, client } from '../protocol/contract.js';
import {
  type EngineContract,
  type EngineStart,
  type EngineStarted,
  type EngineStatus,
  PROTOCOL,
} from '../protocol/engine.js';
import { Disposables } from './disposables.js';

/** The engine answers after it has read the config and tried the TensorFlow backends. */
const START_TIMEOUT = 120_000;
const HELLO_TIMEOUT = 10_000;

export interface EngineProgram {
  /** Absolute path of dist/engine.js. */
  readonly script: string;
  /** Another Node.js than VS Code's own; empty: VS Code's. */
  readonly nodePath: string;
  /** File that takes what the process prints. */
  readonly logFile: string;
}

function environment(ownNode: boolean): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return ownNode ? { ...env, ELECTRON_RUN_AS_NODE: '1' } : env;
}

/** Starts an engine and gives its first words. Never rejects. */
export async function startEngine(program: EngineProgram, request: EngineStart): Promise<EngineStarted> {
  const failed = (message: string): EngineStarted => ({ kind: 'error', code: 'failed', message });
  mkdirSync(dirname(program.logFile), { recursive: true });
  const log = openSync(program.logFile, 'a');
  const ownNode = program.nodePath === '';
  try {
    const child = spawn(ownNode ? process.execPath : program.nodePath, [program.script], {
      cwd: dirname(request.configFile),
      env: environment(ownNode),
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
      windowsHide: true,
    });
    const answer = await new Promise<EngineStarted>((resolve) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        resolve(
          failed(`The engine did not answer within ${START_TIMEOUT / 1000} s. Its log: ${program.logFile}`),
        );
      }, START_TIMEOUT);
      const settle = (result: EngineStarted) => {
        clearTimeout(timer);
        resolve(result);
      };
      child.once('message', (message) => settle(message as EngineStarted));
      child.once('error', (error) =>
        settle(
          failed(
            ownNode
              ? `The engine could not be started: ${error.message}`
              : `"${program.nodePath}" could not be started (${error.message}). Correct or clear the setting sweetspot.nodePath.`,
          ),
        ),
      );
      child.once('exit', (code, signal) => {
        void lastLines(program.logFile).then((words) =>
          settle(
            failed(`The engine ended as it started (${signal ?? `exit code ${code}`}). ${words}`.trim()),
          ),
        );
      });
      child.send(
        request,
        (error) => error && settle(failed(`The engine could not be reached: ${error.message}`)),
      );
    });
    if (child.connected) child.disconnect();
    child.unref();
    return answer;
  } catch (error) {
    return failed(
      `The engine could not be started: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    closeSync(log);
  }
}

/** The end of what a process printed; empty when nothing can be read. */
async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-5).join('\n');
}

function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** A live connection to the engine of one study. */
export class EngineClient {
  readonly #own = new Disposables();
  readonly #client: Client<EngineContract>;
  readonly #appended = this.#own.add(new EventEmitter<void>());
  readonly #statusChanged = this.#own.add(new EventEmitter<void>());
  readonly #ended = this.#own.add(new EventEmitter<StudyStatus | undefined>());
  readonly #logged = this.#own.add(new EventEmitter<Parameters<LogListener>[0]>());
  #status: EngineStatus = { workers: 0, busy: 0 };
  #lastWord: StudyStatus | undefined;

  /** The journal has grown. */
  readonly onDidAppend: Event<void> = this.#appended.event;
  readonly onDidChangeStatus: Event<void> = this.#statusChanged.event;
  readonly onDidLog: Event<Parameters<LogListener>[0]> = this.#logged.event;
  /** The engine is gone: with its last word, or without one when it was lost. Fires once. */
  readonly onDidEnd: Event<StudyStatus | undefined> = this.#ended.event;

  private constructor(
    readonly journal: string,
    socket: Socket,
  ) {
    const connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    this.#own.add({ dispose: () => socket.destroy() });
    this.#own.add(connection);
    this.#client = client<EngineContract>(connection);
    this.#client.on('appended', () => this.#appended.fire());
    this.#client.on('status', (status) => this.#take(status));
    this.#client.on('log', (line) => this.#logged.fire(line));
    this.#client.on('ended', ({ status }) => {
      this.#lastWord = status;
    });
    connection.onClose(() => this.#ended.fire(this.#lastWord));
    connection.listen();
  }

  /** Connects and says hello. Rejects when nobody listens, or somebody who speaks another protocol. */
  static async connect(journal: string, socketPath: string): Promise<EngineClient> {
    const socket = await within(HELLO_TIMEOUT, 'Connecting to the engine', open(socketPath));
    const engine = new EngineClient(journal, socket);
    try {
      const hello = engine.#client.call('hello', { protocol: PROTOCOL, client: 'vscode' });
      const { protocol, version, status } = await within(HELLO_TIMEOUT, 'The greeting of the engine', hello);
      if (protocol !== PROTOCOL) {
        throw new Error(
          `The running engine is of another version (${version}). Stop it from where it was started, then resume here.`,
        );
      }
      engine.#take(status);
      return engine;
    } catch (error) {
      engine.dispose();
      throw error;
    }
  }

  get status(): EngineStatus {
    return this.#status;
  }

  async stop(mode: 'finish' | 'now'): Promise<void> {
    await this.#client.call('stop', { mode });
  }

  dispose(): void {
    this.#own.dispose();
  }

  #take(status: EngineStatus): void {
    this.#status = status;
    this.#statusChanged.fire();
  }
}

type LogListener = (line: { level: 'info' | 'warn' | 'error'; message: string }) => void;

/** Where one start of an engine leaves what it prints. */
export function engineLogFile(folder: string, stem: string): string {
  const at = new Date().toISOString().replace(/[:.]/g, '-');
  return join(folder, `engine-${stem}-${at}.log`);
}
