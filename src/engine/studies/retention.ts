/** Removes what trials left behind and nobody wants to keep: while a study runs, and on request afterwards. */
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isFinished } from '../../core/study/journal/reduce.js';
import { trialFolder } from '../../core/study/places.js';
import {
  KEPT_KINDS,
  type KeptKind,
  keptTrials,
  kindOfFile,
  type Retention,
} from '../../core/study/retention.js';
import type { Study, Trial } from '../../core/study/trial.js';

export interface Removed {
  readonly files: number;
  readonly bytes: number;
}

/** Removes files of these kinds from a trial's folder, and the folder where nothing is left. `dryRun` only counts. */
async function removeFiles(folder: string, kinds: ReadonlySet<KeptKind>, dryRun: boolean): Promise<Removed> {
  const paths = await readdir(folder, { recursive: true }).catch(() => []);
  const emptied = new Set([folder]);
  let files = 0;
  let bytes = 0;
  for (const path of paths) {
    const file = join(folder, path);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isDirectory()) emptied.add(file);
    if (!stats?.isFile() || !kinds.has(kindOfFile(path))) continue;
    if (!dryRun) await rm(file, { force: true });
    for (let above = dirname(file); above.length > folder.length; above = dirname(above)) emptied.add(above);
    files++;
    bytes += stats.size;
  }
  if (!dryRun && files > 0) {
    // The deepest first; one that still holds something stays.
    for (const one of [...emptied].sort((a, b) => b.length - a.length))
      await rmdir(one).catch(() => undefined);
  }
  return { files, bytes };
}

/** For each of the trials, the kinds of files that go. */
function condemned(
  study: Study,
  trials: readonly Trial[],
  retention: Retention,
): ReadonlyMap<number, ReadonlySet<KeptKind>> {
  const going = new Map<number, Set<KeptKind>>();
  for (const kind of KEPT_KINDS) {
    const keep = retention[kind] ?? 'all';
    if (keep === 'all') continue;
    const kept = keptTrials(study, trials, keep);
    for (const { number } of trials) {
      if (kept.has(number)) continue;
      const kinds = going.get(number) ?? new Set();
      going.set(number, kinds.add(kind));
    }
  }
  return going;
}

/** The caller holds the study's lock. */
export async function cleanStudy(
  journal: string,
  study: Study,
  retention: Retention,
  dryRun: boolean,
): Promise<Removed> {
  let files = 0;
  let bytes = 0;
  for (const [number, kinds] of condemned(study, study.trials, retention)) {
    const removed = await removeFiles(trialFolder(journal, number), kinds, dryRun);
    files += removed.files;
    bytes += removed.bytes;
  }
  return { files, bytes };
}

/** Follows a study that runs: whenever a trial has ended, the files go that are not to be kept. */
export class RetentionKeeper {
  readonly #journal: string;
  readonly #retention: Retention;
  /** Trials that have not ended when they were last looked at. */
  readonly #open = new Set<number>();
  #seen = 0;
  /** Ended trials that have something left to lose. */
  #candidates: number[] = [];
  #working = Promise.resolve();

  constructor(journal: string, retention: Retention) {
    this.#journal = journal;
    this.#retention = retention;
  }

  /** To be called when the study has changed. */
  look(study: Study): void {
    if (!KEPT_KINDS.some((kind) => (this.#retention[kind] ?? 'all') !== 'all')) return;
    for (; this.#seen < study.trials.length; this.#seen++) this.#open.add(this.#seen);
    const ended = [...this.#open].filter((number) => {
      const trial = study.trials[number];
      return trial && isFinished(trial.state);
    });
    if (ended.length === 0) return;
    for (const number of ended) this.#open.delete(number);
    this.#candidates.push(...ended);
    const trials = this.#candidates.flatMap((number) => study.trials[number] ?? []);
    const going = condemned(study, trials, this.#retention);
    const most = KEPT_KINDS.filter((kind) => (this.#retention[kind] ?? 'all') !== 'all').length;
    this.#candidates = this.#candidates.filter((number) => (going.get(number)?.size ?? 0) < most);
    this.#working = this.#working.then(async () => {
      for (const [number, kinds] of going) {
        // What cannot be removed now is there for `sweetspot clean`.
        await removeFiles(trialFolder(this.#journal, number), kinds, false).catch(() => undefined);
      }
    });
  }

  /** Resolves when what was condemned is gone. */
  close(): Promise<void> {
    return this.#working;
  }
}
