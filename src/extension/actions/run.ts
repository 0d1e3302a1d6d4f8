/**
 * Start, continue and stop a sweep: every check that comes before, the engine's start, and the message where it does
 * not. A study that runs is never started twice; a second start says so.
 */
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { commands, type LogOutputChannel, ProgressLocation, window, workspace } from 'vscode';
import { studyStem } from '../../core/study/places.js';
import type { EngineStart } from '../../protocol/engine.js';
import type { Configs } from '../configs.js';
import { Command, View } from '../contributions.js';
import { reveal } from '../editor/ranges.js';
import type { RunProblems } from '../editor/run-problems.js';
import { engineLogFile, startEngine } from '../engine-client.js';
import { setting } from '../settings.js';
import type { Studies } from '../studies.js';
import { isRunning, progressText, type StudyEntry } from '../study-entry.js';
import { nativeFolder } from './install-native.js';

export interface RunRequest {
  /** Continue this study, by name. */
  readonly study?: string;
  /** Start a new study whatever is there. */
  readonly fresh?: boolean;
  /** In place of the file's number. */
  readonly trials?: number;
}

export interface Places {
  /** Folder of the extension. */
  readonly extension: string;
  /** Folder for the logs of this window. */
  readonly logs: string;
  /** Absolute path of the extension's own storage, which outlives it. */
  readonly storage: string;
}

export class RunActions {
  /** Configs whose engine is on its way: a second click in that time is no second start. */
  readonly #starting = new Set<string>();

  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
    private readonly problems: RunProblems,
    private readonly places: Places,
    private readonly log: LogOutputChannel,
  ) {}

  /** The study that runs afterwards, or undefined when the person was told why none does. */
  async start(configFile: string, request: RunRequest = {}): Promise<StudyEntry | undefined> {
    if (!workspace.isTrusted) {
      await this.#askForTrust();
      return undefined;
    }
    const running = this.studies
      .of(configFile)
      .find((entry) => isRunning(entry) || entry.phase.kind === 'elsewhere');
    if (running) {
      await this.#alreadyRunning(running);
      return undefined;
    }
    if (this.#starting.has(configFile)) {
      void window.showInformationMessage(`The sweep of ${basename(configFile)} is already starting.`);
      return undefined;
    }
    this.#starting.add(configFile);
    try {
      if (!(await this.isReady(configFile))) return undefined;
      return await this.#launch(configFile, request);
    } finally {
      this.#starting.delete(configFile);
    }
  }

  async stop(entry: StudyEntry, mode: 'finish' | 'now'): Promise<void> {
    try {
      if (await this.studies.stop(entry.id, mode)) return;
      const where = entry.phase.kind === 'elsewhere' ? ` It runs on ${entry.phase.host}; stop it there.` : '';
      void window.showInformationMessage(`${entry.name} is not running here.${where}`);
    } catch (error) {
      void window.showErrorMessage(`${entry.name} could not be stopped: ${messageOf(error)}`);
    }
  }

  /** Whether the file on the disk is what the person sees, and without a mistake; else the person was told. */
  async isReady(configFile: string): Promise<boolean> {
    const name = basename(configFile);
    const document = workspace.textDocuments.find(
      ({ uri }) => uri.scheme === 'file' && uri.fsPath === configFile,
    );
    // The engine reads the file from the disk, as the user's own program will.
    if (document?.isDirty && !(await document.save())) {
      void window.showErrorMessage(
        `${name} has unsaved changes and could not be saved. Save it, then start the sweep.`,
      );
      return false;
    }
    const config = this.configs.now(configFile);
    if (!config) {
      void window.showErrorMessage(
        `${name} has no @sweep comment. Add one above the values to tune, then start the sweep.`,
      );
      return false;
    }
    const errors = config.parsed.diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (!first) return true;
    await reveal(configFile, first.range);
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    void this.#offer(
      `${name}:${first.range.line}: ${first.message}${more}`,
      'Show Problems',
      'workbench.actions.view.problems',
    );
    return false;
  }

  async #launch(configFile: string, request: RunRequest): Promise<StudyEntry | undefined> {
    const name = basename(configFile);
    const logFile = engineLogFile(this.places.logs, studyStem(configFile));
    const program = {
      script: join(this.places.extension, 'dist', 'engine.js'),
      nodePath: setting('nodePath'),
      logFile,
    };
    this.log.info(`Starting the engine for ${configFile}; what it prints goes to ${logFile}`);
    const started = await window.withProgress(
      { location: ProgressLocation.Window, title: `Starting the sweep of ${name}` },
      () =>
        window.withProgress({ location: { viewId: View.studies } }, () =>
          startEngine(program, engineStart(configFile, request, this.places.storage)),
        ),
    );
    if (started.kind === 'error') {
      this.log.error(`${configFile}: ${started.message}`);
      if (started.code === 'config') this.problems.show(configFile, started.message);
      // Another window or a terminal was faster: show its study.
      if (started.code === 'busy') await this.studies.sync();
      const busy = this.studies.of(configFile).find(isRunning);
      if (started.code === 'busy' && busy) await this.#alreadyRunning(busy);
      else void this.#offer(`${name}: ${started.message}`, 'Show Log', Command.showLog);
      return undefined;
    }
    if (started.notes.length > 0) void this.#tellCarried(name, started.notes);
    return this.studies.load(started.journal);
  }

  /** What became of earlier trials in a study whose space has changed: the first of it here, all of it in the log. */
  async #tellCarried(name: string, notes: readonly string[]): Promise<void> {
    for (const note of notes) this.log.info(`${name}: ${note}`);
    const more = notes.length > 3 ? ` (and ${notes.length - 3} more reasons, in the log)` : '';
    const message = `${name}: ${notes.slice(0, 3).join(' ')}${more}`;
    const choice = await window.showInformationMessage(message, 'Show Log');
    if (choice) await commands.executeCommand(Command.showLog);
  }

  async #alreadyRunning(entry: StudyEntry): Promise<void> {
    const name = basename(entry.configFile);
    if (entry.phase.kind === 'elsewhere') {
      void window.showInformationMessage(
        `The sweep of ${name} is running on ${entry.phase.host}, not on ${hostname()}. Its trials are shown here; stop it there.`,
      );
      return;
    }
    // Not awaited: a notification may stay for hours, and a command must end.
    void window
      .showInformationMessage(
        `The sweep of ${name} is already running (${progressText(entry)} trials).`,
        'Open Results',
        'Stop After Running Trials',
      )
      .then((choice) => {
        if (choice === 'Open Results')
          void commands.executeCommand(Command.openResults, { journal: entry.id });
        else if (choice) void this.stop(entry, 'finish');
      });
  }

  async #askForTrust(): Promise<void> {
    const message =
      'A sweep runs code of the workspace, and this workspace is not trusted. Nothing was started.';
    void this.#offer(message, 'Manage Workspace Trust', 'workbench.trust.manage', 'warning');
  }

  async #offer(
    message: string,
    title: string,
    command: string,
    kind: 'error' | 'warning' = 'error',
  ): Promise<void> {
    const show = kind === 'error' ? window.showErrorMessage : window.showWarningMessage;
    if ((await show(message, title)) === title) await commands.executeCommand(command);
  }
}

function engineStart(configFile: string, { study, fresh, trials }: RunRequest, storage: string): EngineStart {
  const workers = setting('workers');
  return {
    configFile,
    ...(study === undefined ? {} : { study }),
    ...(fresh === undefined ? {} : { fresh }),
    overrides: { ...(workers > 0 ? { workers } : {}), ...(trials === undefined ? {} : { trials }) },
    backend: setting('tensorflow.backend'),
    tensorflowFolders: [
      ...(workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === 'file')
        .map(({ uri }) => uri.fsPath),
      nativeFolder(storage),
    ],
    graceMs: setting('whenWindowCloses') === 'finish' ? null : setting('graceSeconds') * 1000,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
