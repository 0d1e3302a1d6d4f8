/**
 * The one model that every view reads: the studies of the known configs, each read from its journal on disk, with the
 * engine at work on it where there is one. Finds engines that were started elsewhere, or before a reload, through the
 * locks beside the journals.
 */
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { type Event, EventEmitter, type LogOutputChannel, type Uri, workspace } from 'vscode';
import type { OutgoingStudy } from '../core/study/packed/transfer.js';
import { JOURNAL_SUFFIX, journalOwner, STORE, studiesFolder, studyNumber } from '../core/study/places.js';
import type { StudyStatus } from '../core/study/trial.js';
import type { Configs } from './configs.js';
import { isThere } from './disk.js';
import { Disposables } from './disposables.js';
import { EngineClient } from './engine-client.js';
import { isAlive, readLock } from './engine-lock.js';
import type { Growth } from './journal-file.js';
import { type FolderWatcher, isWithin, type NewFolders } from './new-folders.js';
import { isContinued, OpenStudy } from './open-study.js';
import { isArchived, isRunning, type StudyEntry } from './study-entry.js';
import { Throttle } from './throttle.js';

/** A scan finds hundreds of configs within a second, and each look is at all of them; in milliseconds. */
const SYNC_EVERY = 300;
/** Running studies are also looked at by the clock: file watchers do not see what other machines write. */
const POLL_EVERY = 3_000;
/** In milliseconds: a journal that is gone for longer was deleted, not renamed. */
const RENAMED_WITHIN = 10_000;
/** A lock is written a moment before its socket listens. */
const ATTACH_ATTEMPTS = 4;
const ATTACH_PAUSE = 250;

/** How a study's engine went: with its last word, or `undefined` when it was lost. */
export interface EngineEnd {
  readonly entry: StudyEntry;
  readonly lastWord: StudyStatus | undefined;
}

/** Paths of its journal. */
export interface StudyRename {
  readonly from: string;
  readonly to: string;
}

export class Studies {
  readonly #own = new Disposables();
  readonly #open = new Map<string, OpenStudy>();
  readonly #changed = this.#own.add(new EventEmitter<StudyEntry>());
  readonly #listed = this.#own.add(new EventEmitter<string>());
  readonly #ended = this.#own.add(new EventEmitter<EngineEnd>());
  readonly #renamed = this.#own.add(new EventEmitter<StudyRename>());
  /** Closed a moment ago: one that comes back under another name is the same. */
  readonly #closed = new Set<OpenStudy>();

  /** A study has more trials, another phase, another engine state. */
  readonly onDidChange: Event<StudyEntry> = this.#changed.event;
  /** The studies of this config (absolute path) became more or fewer. */
  readonly onDidChangeList: Event<string> = this.#listed.event;
  readonly onDidEnd: Event<EngineEnd> = this.#ended.event;
  /** The journal of a study has another path now, and its study is shown there. */
  readonly onDidRename: Event<StudyRename> = this.#renamed.event;

  constructor(
    private readonly configs: Configs,
    private readonly log: LogOutputChannel,
    newFolders: FolderWatcher,
  ) {
    const soon = this.#own.add(new Throttle(SYNC_EVERY, () => void this.sync()));
    this.#own.add(newFolders.onDidAppear((appeared) => holdsStudies(appeared) && soon.request()));
    this.#own.add(
      newFolders.onDidVanish((uri) => {
        for (const study of [...this.#open.values()]) if (isWithin(uri, study.id)) study.throttle.request();
      }),
    );
    const watcher = this.#own.add(workspace.createFileSystemWatcher(`**/${STORE}/*/*.{jsonl,lock}`));
    this.#own.add(watcher.onDidCreate((uri) => this.#touched(uri)));
    this.#own.add(watcher.onDidChange((uri) => this.#touched(uri)));
    this.#own.add(watcher.onDidDelete((uri) => this.#touched(uri)));
    this.#own.add(configs.onDidChangeList(() => soon.request()));
    const poll = setInterval(() => this.#poll(), POLL_EVERY);
    this.#own.add({ dispose: () => clearInterval(poll) });
  }

  /** Latest first: by their numbers, as the engine has it, since the trials of an imported study began elsewhere long ago. */
  of(configFile: string): readonly StudyEntry[] {
    const own = [...this.#open.values()].filter((study) => study.configFile === configFile);
    const number = ({ journal }: OpenStudy) => studyNumber(configFile, journal.madeAs);
    return own
      .sort((a, b) => number(b) - number(a) || b.entry.startedAt - a.entry.startedAt)
      .map(({ entry }) => entry);
  }

  /** Latest first. */
  get all(): readonly StudyEntry[] {
    return [...this.#open.values()].map(({ entry }) => entry).sort((a, b) => b.startedAt - a.startedAt);
  }

  /** Absolute paths of the files of other programs that are shown. */
  get foreignFiles(): readonly string[] {
    const files = [...this.#open.values()].flatMap(({ foreign, configFile }) =>
      foreign ? [configFile] : [],
    );
    return [...new Set(files)];
  }

  get(id: string): StudyEntry | undefined {
    return this.#open.get(id)?.entry;
  }

  /** Absolute paths of configs that are gone while a sweep still runs on them. */
  get orphans(): readonly string[] {
    const files = [...this.#open.values()].flatMap(({ foreign, configFile }) =>
      foreign || this.configs.get(configFile) ? [] : [configFile],
    );
    return [...new Set(files)];
  }

  /** The study a config's commands mean: the running one, else the latest. */
  current(configFile: string): StudyEntry | undefined {
    const all = this.of(configFile).filter((entry) => !isArchived(entry));
    return all.find(isRunning) ?? all[0];
  }

  /** Raw journal lines for a page; undefined for a study that is not known. */
  async lines(id: string, seq: number, maxBytes: number) {
    return this.#open.get(id)?.journal.lines(seq, maxBytes);
  }

  /** Which of the files that were at a study's place is read now. */
  generation(id: string): number | undefined {
    return this.#open.get(id)?.journal.generation;
  }

  /** All of a study as it stands, for a page that has nothing of it. */
  whole(id: string): OutgoingStudy | undefined {
    return this.#open.get(id)?.journal.whole();
  }

  /** Brings the list in line with the configs and the disk. Resolves when every study was read and its engine found. */
  async sync(): Promise<void> {
    const configs = this.configs.all;
    const known = new Set(configs.map(({ path }) => path));
    for (const study of [...this.#open.values()])
      if (!study.foreign && !known.has(study.configFile) && !study.engine) this.#close(study);
    for (const { path } of configs) {
      const found = await readdir(studiesFolder(path)).catch(() => []);
      const journals = found.filter((file) => file.endsWith(JOURNAL_SUFFIX));
      const paths = new Set(journals.map((file) => join(studiesFolder(path), file)));
      for (const study of [...this.#open.values()]) {
        if (study.configFile === path && !paths.has(study.id)) this.#close(study);
      }
      for (const journal of paths) await this.load(journal);
    }
  }

  /** Opens a study if it is new, reads it, and looks for its engine. Undefined when it is no study of a known config. */
  async load(journal: string): Promise<StudyEntry | undefined> {
    const owner = journalOwner(journal);
    if (!owner || !this.configs.get(owner.configFile) || this.#own.disposed) return undefined;
    let study = this.#open.get(journal);
    const isNew = study === undefined;
    if (!study) {
      study = new OpenStudy(journal, owner.study, owner.configFile, false, (grown) => void this.#read(grown));
      this.#open.set(journal, study);
    }
    if ((await this.#read(study)) === 'gone') return undefined;
    if (isNew) {
      await this.#tellRename(study);
      this.#listed.fire(owner.configFile);
    }
    await this.#attach(study);
    return study.entry;
  }

  /** Shows a journal of ours that was made from another program's file. Undefined when it is gone. */
  async loadForeign(journal: string, name: string, file: string): Promise<StudyEntry | undefined> {
    let study = this.#open.get(journal);
    const isNew = study === undefined;
    if (!study) {
      study = new OpenStudy(journal, name, file, true, (grown) => void this.#read(grown));
      study.lock = { kind: 'none' };
      this.#open.set(journal, study);
    }
    if ((await this.#read(study)) === 'gone') return undefined;
    if (isNew) this.#listed.fire(file);
    return study.entry;
  }

  /** Shows the studies of another program's file no longer. */
  closeForeign(file: string): void {
    for (const study of [...this.#open.values()])
      if (study.foreign && study.configFile === file) this.#close(study);
  }

  /** Asks the engine of a study to stop. False when none is there. */
  async stop(id: string, mode: 'finish' | 'now'): Promise<boolean> {
    const engine = this.#open.get(id)?.engine;
    if (!engine) return false;
    await engine.stop(mode);
    return true;
  }

  dispose(): void {
    for (const study of this.#open.values()) this.#release(study);
    this.#open.clear();
    this.#own.dispose();
  }

  #touched(uri: Uri): void {
    const path = uri.fsPath;
    const journal = path.endsWith('.lock') ? `${path.slice(0, -'.lock'.length)}${JOURNAL_SUFFIX}` : path;
    const study = this.#open.get(journal);
    if (!study) {
      void this.load(journal);
      return;
    }
    study.throttle.request();
    if (path !== journal) void this.#attach(study);
  }

  #poll(): void {
    for (const study of this.#open.values()) {
      const { kind } = study.entry.phase;
      if (kind === 'running' || kind === 'stopping') study.throttle.request();
      if (kind === 'elsewhere' || kind === 'lost') {
        study.throttle.request();
        void this.#attach(study);
      }
    }
  }

  async #read(study: OpenStudy): Promise<Growth> {
    if (study.reading) {
      // What was appended since that read began is seen by one more.
      await study.reading;
      if (study.reading) return study.reading;
    }
    study.reading = study.journal.read();
    try {
      const growth = await study.reading;
      if (growth === 'gone') this.#close(study);
      else if (growth !== 'same') this.#update(study);
      return growth;
    } catch (error) {
      this.log.error(
        `${study.id} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return 'same';
    } finally {
      study.reading = undefined;
    }
  }

  #update(study: OpenStudy): void {
    if (this.#open.get(study.id) !== study) return;
    study.entry = study.snapshot();
    this.#changed.fire(study.entry);
  }

  /** Connects to the engine that holds the study's lock, if any. */
  #attach(study: OpenStudy): Promise<boolean> {
    study.attaching ??= this.#tryAttach(study).finally(() => {
      study.attaching = undefined;
      const { phase, engine } = study.snapshot();
      if (phase.kind !== study.entry.phase.kind || engine !== study.entry.engine) this.#update(study);
    });
    return study.attaching;
  }

  async #tryAttach(study: OpenStudy): Promise<boolean> {
    for (let attempt = 0; attempt < ATTACH_ATTEMPTS; attempt++) {
      if (study.engine) return true;
      const lock = await readLock(study.id);
      if (!lock) {
        study.lock = { kind: 'none' };
        return false;
      }
      if (lock.host !== hostname()) {
        study.lock = { kind: 'elsewhere', host: lock.host };
        return false;
      }
      try {
        const engine = await EngineClient.connect(study.id, lock.socket);
        this.#hold(study, engine);
        return true;
      } catch (error) {
        this.log.debug(
          `No engine answers for ${study.name}: ${error instanceof Error ? error.message : error}`,
        );
        if (!isAlive(lock.pid)) break;
        await new Promise((resolve) => setTimeout(resolve, ATTACH_PAUSE));
      }
    }
    study.lock = { kind: 'none' };
    return false;
  }

  #hold(study: OpenStudy, engine: EngineClient): void {
    if (this.#open.get(study.id) !== study) {
      engine.dispose();
      return;
    }
    study.engine = engine;
    study.lock = { kind: 'none' };
    engine.onDidAppend(() => study.throttle.request());
    engine.onDidChangeStatus(() => this.#update(study));
    engine.onDidLog(({ level, message }) => this.log[level](`[${study.name}] ${message}`));
    engine.onDidEnd((lastWord) => void this.#ends(study, lastWord));
    this.log.info(`Connected to the engine of ${study.name} (${basename(study.configFile)}).`);
  }

  async #ends(study: OpenStudy, lastWord: StudyStatus | undefined): Promise<void> {
    // The last records first, so that no view sees a study that neither runs nor has ended.
    await this.#read(study);
    study.engine?.dispose();
    study.engine = undefined;
    study.lock = { kind: 'none' };
    this.#update(study);
    this.log.info(`The engine of ${study.name} is gone: ${lastWord ? lastWord.kind : 'without a word'}.`);
    if (this.#open.get(study.id) !== study) return;
    this.#ended.fire({ entry: study.entry, lastWord });
    if (!study.foreign && !this.configs.get(study.configFile)) this.#close(study);
  }

  /** Whoever shows a study by the path of its journal follows it. Which was there before is told by what it holds. */
  async #tellRename(study: OpenStudy): Promise<void> {
    for (const before of [...this.#closed, ...this.#open.values()]) {
      if (before.id === study.id || !isContinued(before.entry.study, study.entry.study)) continue;
      // A copy: both are there.
      if (await isThere(before.id)) continue;
      this.#closed.delete(before);
      this.#renamed.fire({ from: before.id, to: study.id });
      this.#close(before);
      return;
    }
  }

  #close(study: OpenStudy): void {
    if (!this.#open.delete(study.id)) return;
    this.#closed.add(study);
    setTimeout(() => this.#closed.delete(study), RENAMED_WITHIN).unref();
    this.#release(study);
    this.#listed.fire(study.configFile);
  }

  #release(study: OpenStudy): void {
    study.throttle.dispose();
    study.engine?.dispose();
    study.engine = undefined;
  }
}

/** Whether a `.sweetspot`, or the folder of a config in one, may be new: those of single trials are not of interest. */
function holdsStudies(appeared: NewFolders): boolean {
  if (appeared.kind === 'everything') return true;
  return appeared.folders.some(({ path }) => {
    const [, below] = path.split(`/${STORE}`);
    return below === undefined ? false : below.split('/').length <= 2;
  });
}
