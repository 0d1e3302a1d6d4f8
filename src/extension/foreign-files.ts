/**
 * Files of other programs (Optuna's journals and databases) that a person opened: shown in all our views, never written,
 * read again when they change, and still there after a reload. Reading them is the command line's work, which makes
 * journals of ours from them in the extension's storage.
 */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import {
  type LogOutputChannel,
  type Memento,
  ProgressLocation,
  RelativePattern,
  Uri,
  window,
  workspace,
} from 'vscode';
import { Disposables } from './disposables.js';
import type { OwnCli } from './own-cli.js';
import type { Studies } from './studies.js';
import type { StudyEntry } from './study-entry.js';
import { Throttle } from './throttle.js';

const OPENED = 'openedFiles';
/** A file that another program goes on writing is read again at most so often, in milliseconds. */
const READ_EVERY = 2000;

interface Unpacked {
  readonly name: string;
  readonly journal: string;
}

export class ForeignFiles {
  readonly #watched = new Map<string, Disposables>();

  /** @param storage folder of the extension's own */
  constructor(
    private readonly studies: Studies,
    private readonly cli: OwnCli,
    private readonly memory: Memento,
    private readonly storage: string,
    private readonly log: LogOutputChannel,
  ) {}

  /** Opens again what was open in this workspace. */
  async restore(): Promise<void> {
    for (const file of this.#opened) {
      const problem = await this.#read(file);
      if (typeof problem === 'string') this.log.warn(problem);
    }
  }

  /** The studies of the file, or undefined when the person was told why they cannot be shown. */
  async open(file: string): Promise<readonly StudyEntry[] | undefined> {
    const read = await window.withProgress(
      { location: ProgressLocation.Window, title: `Reading ${basename(file)}` },
      () => this.#read(file),
    );
    if (typeof read === 'string') {
      void window.showErrorMessage(read);
      return undefined;
    }
    await this.memory.update(OPENED, [...new Set([...this.#opened, file])]);
    return read;
  }

  async close(file: string): Promise<void> {
    this.#watched.get(file)?.dispose();
    this.#watched.delete(file);
    this.studies.closeForeign(file);
    await this.memory.update(
      OPENED,
      this.#opened.filter((one) => one !== file),
    );
    await workspace.fs
      .delete(Uri.file(this.#folder(file)), { recursive: true })
      .then(undefined, () => undefined);
  }

  dispose(): void {
    for (const watched of this.#watched.values()) watched.dispose();
  }

  get #opened(): readonly string[] {
    return this.memory.get<readonly string[]>(OPENED) ?? [];
  }

  #folder(file: string): string {
    const key = createHash('sha256').update(file).digest('hex').slice(0, 16);
    return join(this.storage, 'opened', key);
  }

  async #read(file: string): Promise<readonly StudyEntry[] | string> {
    const result = await this.cli.run('unpack', file, '--into', this.#folder(file));
    if (result.kind === 'refused') return result.message;
    const unpacked = JSON.parse(result.output) as readonly Unpacked[];
    const entries: StudyEntry[] = [];
    for (const { name, journal } of unpacked) {
      const entry = await this.studies.loadForeign(journal, name, file);
      if (entry) entries.push(entry);
    }
    this.#watch(file);
    return entries;
  }

  #watch(file: string): void {
    if (this.#watched.has(file)) return;
    const own = new Disposables();
    this.#watched.set(file, own);
    const again = own.add(
      new Throttle(READ_EVERY, () => {
        void this.#read(file).then((read) => typeof read === 'string' && this.log.warn(read));
      }),
    );
    const watcher = own.add(
      workspace.createFileSystemWatcher(new RelativePattern(Uri.file(dirname(file)), basename(file))),
    );
    own.add(watcher.onDidChange(() => again.request()));
  }
}
