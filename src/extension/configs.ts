/**
 * Which files of the workspace are annotated, and what their annotations say. A bounded scan in the background finds
 * them, a watcher and the open documents keep the list true. Studies are not known here.
 */
import { type Event, EventEmitter, type LogOutputChannel, type TextDocument, Uri, workspace } from 'vscode';
import type { ParsedConfig } from '../core/annotation/annotated-config.js';
import { looksAnnotated } from '../core/annotation/detect.js';
import { parseConfig } from '../core/annotation/yaml.js';
import { Disposables } from './disposables.js';
import { type FolderWatcher, isWithin, type NewFolders } from './new-folders.js';
import { findConfigsBelow, findExcluded, isConfigPath, scanWorkspace } from './scan.js';
import { Debounce, Throttle } from './throttle.js';

/** Typing pauses this long before the annotations are read again, in milliseconds. */
const TYPING_PAUSE = 150;

/** New files are looked at so often at most, in milliseconds, and beyond so many at once by looking through everything. */
const ARRIVALS_EVERY = 200;
const MANY = 10;
/** In milliseconds: of a file that is gone for longer another is no continuation. */
const MOVED_WITHIN = 5_000;
/** Of one that was there for longer before the other went, it is a copy. */
const TOLD_LATE = 1_000;

/** Absolute paths. */
export interface ConfigMove {
  readonly from: string;
  readonly to: string;
}

export interface ConfigFile {
  readonly uri: Uri;
  /** Absolute path: what identifies it. */
  readonly path: string;
  readonly text: string;
  readonly parsed: ParsedConfig;
}

/** The paths under which menus know a file: `resourcePath` is the URI's path where the file system is remote. */
export function menuPaths(paths: Iterable<string>): readonly string[] {
  return [...new Set([...paths].flatMap((path) => [path, Uri.file(path).path]))].sort();
}

export class Configs {
  readonly #own = new Disposables();
  readonly #files = new Map<string, ConfigFile>();
  readonly #typing = new Map<string, Debounce>();
  readonly #changed = this.#own.add(new EventEmitter<ConfigFile>());
  readonly #listed = this.#own.add(new EventEmitter<void>());
  readonly #moved = this.#own.add(new EventEmitter<ConfigMove>());
  /** Texts by path of those that came, and of those that went, a moment ago. */
  readonly #came = new Map<string, string>();
  readonly #went = new Map<string, string>();
  /** Files that have just appeared. */
  readonly #arrived = new Map<string, Uri>();
  readonly #arrivals = this.#own.add(new Throttle(ARRIVALS_EVERY, () => this.#takeArrivals()));
  #scanned = false;

  /** A config came, or its text changed. */
  readonly onDidChange: Event<ConfigFile> = this.#changed.event;
  /** The list grew or shrank. */
  readonly onDidChangeList: Event<void> = this.#listed.event;
  /** One went and another came with the same text: it was renamed or moved, in the editor or outside. */
  readonly onDidMove: Event<ConfigMove> = this.#moved.event;

  constructor(
    private readonly log: LogOutputChannel,
    newFolders: FolderWatcher,
  ) {
    this.#own.add(newFolders.onDidAppear((appeared) => void this.#lookInto(appeared)));
    this.#own.add(
      // Many programs save by replacing the file: what is there again a moment later never went.
      newFolders.onDidVanish((uri) => {
        for (const path of this.#files.keys()) if (isWithin(uri, path)) void this.#checkStillThere(path);
      }),
    );
    const watcher = this.#own.add(workspace.createFileSystemWatcher('**/*.{yaml,yml}'));
    this.#own.add(watcher.onDidCreate((uri) => this.#appeared(uri)));
    this.#own.add(watcher.onDidChange((uri) => this.#reread(uri)));
    this.#own.add(
      workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.#renamed(oldUri, newUri);
        void this.scan();
      }),
    );
    this.#own.add(workspace.onDidOpenTextDocument((document) => this.#readDocument(document)));
    this.#own.add(workspace.onDidCloseTextDocument(({ uri }) => this.#reread(uri)));
    this.#own.add(workspace.onDidChangeTextDocument(({ document }) => this.#typed(document)));
    this.#own.add(
      workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const { uri } of removed) this.#removeBelow(uri);
        void this.scan();
      }),
    );
  }

  /** Every annotated file, by path. */
  get all(): readonly ConfigFile[] {
    return [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  get(path: string): ConfigFile | undefined {
    return this.#files.get(path);
  }

  /** The config as it stands this moment, a pause in typing not waited for. */
  now(path: string): ConfigFile | undefined {
    const document = workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === path);
    if (document) this.#readDocument(document);
    return this.#files.get(path);
  }

  /** Looks through the workspace. Files that are gone leave the list, also those that no watcher spoke of. */
  async scan(): Promise<void> {
    for (const document of workspace.textDocuments) this.#readDocument(document);
    const known = new Set(this.#files.keys());
    const found = await scanWorkspace(this.log, ({ uri, text }) => {
      known.delete(uri.fsPath);
      this.#readText(uri, text);
    });
    for (const path of known) if (!found.complete || !this.#document(path)) await this.#checkStillThere(path);
    this.#scanned = true;
  }

  dispose(): void {
    for (const timer of this.#typing.values()) timer.dispose();
    this.#own.dispose();
  }

  #document(path: string): TextDocument | undefined {
    return workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === path);
  }

  async #checkStillThere(path: string): Promise<void> {
    try {
      await workspace.fs.stat(Uri.file(path));
    } catch {
      this.#remove(path);
    }
  }

  async #lookInto(appeared: NewFolders): Promise<void> {
    if (appeared.kind === 'everything') {
      await this.scan();
      return;
    }
    for (const folder of appeared.folders) {
      for (const uri of await findConfigsBelow(folder)) this.#appeared(uri);
    }
  }

  #appeared(uri: Uri): void {
    if (!isConfigPath(uri) || this.#files.has(uri.fsPath)) return;
    this.#arrived.set(uri.fsPath, uri);
    this.#arrivals.request();
  }

  /** Whether a single file is excluded is asked of a search program; for many, one search of everything is less work. */
  #takeArrivals(): void {
    const arrived = [...this.#arrived.values()];
    this.#arrived.clear();
    if (arrived.length > MANY) void this.scan();
    else for (const uri of arrived) void this.#readDisk(uri, true);
  }

  #reread(uri: Uri): void {
    if (isConfigPath(uri) && !this.#document(uri.fsPath))
      void this.#readDisk(uri, !this.#files.has(uri.fsPath));
  }

  async #readDisk(uri: Uri, mayBeExcluded: boolean): Promise<void> {
    try {
      const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
      if (looksAnnotated(text) && mayBeExcluded && (await findExcluded(uri))) return;
      if (!this.#own.disposed && !this.#document(uri.fsPath)) this.#readText(uri, text);
    } catch {
      this.#remove(uri.fsPath);
    }
  }

  #typed(document: TextDocument): void {
    if (!isConfigPath(document.uri)) return;
    const path = document.uri.fsPath;
    let timer = this.#typing.get(path);
    if (!timer) {
      timer = new Debounce(TYPING_PAUSE, () => {
        this.#typing.delete(path);
        if (!document.isClosed) this.#readDocument(document);
      });
      this.#typing.set(path, timer);
    }
    timer.request();
  }

  #readDocument(document: TextDocument): void {
    if (isConfigPath(document.uri)) this.#readText(document.uri, document.getText());
  }

  #readText(uri: Uri, text: string): void {
    const path = uri.fsPath;
    const before = this.#files.get(path);
    if (before?.text === text) return;
    if (!looksAnnotated(text)) {
      this.#remove(path);
      return;
    }
    const file: ConfigFile = { uri, path, text, parsed: parseConfig(text) };
    this.#files.set(path, file);
    this.#changed.fire(file);
    if (before) return;
    this.#listed.fire();
    if (this.#scanned) this.#noteMove(this.#came, this.#went, path, text);
  }

  #removeBelow(folder: Uri): void {
    for (const path of [...this.#files.keys()]) if (isWithin(folder, path)) this.#remove(path);
  }

  #remove(path: string): void {
    const file = this.#files.get(path);
    if (!file) return;
    this.#files.delete(path);
    this.#listed.fire();
    this.#noteMove(this.#went, this.#came, path, file.text);
  }

  /** A file or folder, in the editor: where each config went need not be guessed by its text. */
  #renamed(before: Uri, after: Uri): void {
    for (const path of [...this.#files.keys()]) {
      if (!isWithin(before, path)) continue;
      this.#files.delete(path);
      this.#listed.fire();
      this.#moved.fire({ from: path, to: after.fsPath + path.slice(before.fsPath.length) });
    }
  }

  /** Watchers tell of the going and the coming in either order. */
  #noteMove(own: Map<string, string>, others: Map<string, string>, path: string, text: string): void {
    others.delete(path);
    const other = [...others].find(([, itsText]) => itsText === text)?.[0];
    if (other === undefined) {
      own.set(path, text);
      setTimeout(() => own.delete(path), own === this.#went ? MOVED_WITHIN : TOLD_LATE).unref();
      return;
    }
    others.delete(other);
    this.#moved.fire(own === this.#went ? { from: path, to: other } : { from: other, to: path });
  }
}
