/**
 * The engine's socket: any number of clients (windows, command lines) attach, hear of new records and may stop the
 * study. Data is read from the journal, not from here.
 */
import { rm } from 'node:fs/promises';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc';
import { SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import type { StudyStatus } from '../core/study/trial.js';
import { type Server, serve } from '../protocol/contract.js';
import { type EngineContract, type EngineStatus, type EngineUsage, PROTOCOL } from '../protocol/engine.js';
import { UsageMeter } from './processes/usage.js';
import type { StudyRunner } from './runner/study-runner.js';
import { longTimeout } from './runner/timer.js';
import { VERSION } from './version.js';

/** Milliseconds between two looks at what the processes take. */
const METER_EVERY = 3000;
/** Milliseconds in which clients may hear of the end and hang up; one that is halted never does. */
const FAREWELL = 2000;

export class EngineServer {
  readonly #server: NetServer;
  readonly #clients = new Map<Socket, { connection: MessageConnection; server: Server<EngineContract> }>();
  readonly #runner: StudyRunner;
  readonly #journal: string;
  #graceMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #meter = new UsageMeter(process.pid);
  #metering: NodeJS.Timeout | undefined;
  #usage: EngineUsage | undefined;

  private constructor(server: NetServer, runner: StudyRunner, journal: string) {
    this.#server = server;
    this.#runner = runner;
    this.#journal = journal;
    server.on('connection', (socket) => this.#welcome(socket));
    runner.on('appended', (seq) => this.#emit('appended', { seq }));
    runner.on('status', () => this.#emit('status', this.#status));
    runner.on('notice', (message) => this.#emit('log', { level: 'warn', message }));
  }

  static async listen(path: string, runner: StudyRunner, journal: string): Promise<EngineServer> {
    // The lock is ours: a socket file from before belongs to a dead engine.
    if (process.platform !== 'win32') await rm(path, { force: true });
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path }, resolve);
    });
    return new EngineServer(server, runner, journal);
  }

  get #status(): EngineStatus {
    return { ...this.#runner.status, ...(this.#usage ? { usage: this.#usage } : {}) };
  }

  /** Only while somebody listens. */
  #meterOn(): void {
    if (this.#clients.size === 0) {
      clearInterval(this.#metering);
      this.#metering = undefined;
      return;
    }
    this.#metering ??= setInterval(async () => {
      this.#usage = await this.#meter.measure();
      if (this.#usage) this.#emit('status', this.#status);
    }, METER_EVERY).unref();
  }

  /** Stops the study when no client has been connected for so many milliseconds, the time before the first included. */
  stopWhenAlone(graceMs: number): void {
    this.#graceMs = graceMs;
    this.#watch();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#graceMs === undefined || this.#clients.size > 0) return;
    this.#timer = longTimeout(() => this.#runner.stop('now', 'the window was closed'), this.#graceMs);
  }

  /** Tells every client how the study ended, then hangs up. */
  async close(status: StudyStatus): Promise<void> {
    this.#graceMs = undefined;
    clearTimeout(this.#timer);
    clearInterval(this.#metering);
    const hangUp = setTimeout(() => {
      for (const socket of this.#clients.keys()) socket.destroy();
    }, FAREWELL);
    for (const [socket, { server }] of this.#clients) {
      void server
        .emit('ended', { status })
        .catch(() => undefined)
        .then(() => socket.end());
    }
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(hangUp);
  }

  #emit<K extends 'appended' | 'status' | 'log'>(name: K, params: EngineContract['events'][K]): void {
    for (const { server } of this.#clients.values()) void server.emit(name, params).catch(() => undefined);
  }

  #welcome(socket: Socket): void {
    const connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    const server = serve<EngineContract>(connection, {
      hello: () => ({
        protocol: PROTOCOL,
        version: VERSION,
        study: this.#runner.study.name,
        journal: this.#journal,
        pid: process.pid,
        status: this.#status,
      }),
      mark: ({ marked, change }) => this.#runner.mark(marked, change),
      enqueue: ({ fixed, unnamed }) => this.#runner.enqueue(fixed, unnamed),
      stop: ({ mode }) => this.#runner.stop(mode, 'stopped by you'),
    });
    connection.onError(() => undefined);
    connection.listen();
    this.#clients.set(socket, { connection, server });
    this.#watch();
    this.#meterOn();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#clients.delete(socket);
      connection.dispose();
      this.#watch();
      this.#meterOn();
    });
  }
}
