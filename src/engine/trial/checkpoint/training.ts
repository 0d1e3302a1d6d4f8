/**
 * Checkpoints of the declarative trainer, in the trial's folder: an interrupted trial goes on where it stopped, with
 * the bits of one that was not, and one that was told to stop could go on later. Kept every few seconds of training;
 * removed when the trial is over.
 */
import { rm } from 'node:fs/promises';
import type { SavedArray, SavedTraining, TrainingStore } from '../declarative/training-state.js';
import type { Metrics, Reported, Session } from '../session.js';
import { type NamedArray, readCheckpoint, writeCheckpoint } from './file.js';
import { checkpointKey, checkpointPath } from './key.js';

/** When the next one is due. */
export interface Pace {
  /** Milliseconds since the last one at least. */
  readonly every: number;
  /** As many times what the last one took, at least: 50 bounds the cost to 2 % of the time. */
  readonly timesItsCost: number;
}

const PACE: Pace = { every: 2000, timesItsCost: 50 };

const ARRAYS = ['weights', 'slots', 'bestWeights'] as const;

interface Notes extends Omit<SavedTraining, (typeof ARRAYS)[number]> {
  readonly key: string;
  readonly fold: number;
  /** What the trial had reported before this epoch. */
  readonly reported: readonly Reported[];
}

const toNamed = (prefix: string, arrays: readonly SavedArray[]): readonly NamedArray[] =>
  arrays.map(({ shape, values }, i) => ({ name: `${prefix}.${i}`, shape, values }));

export class TrainingCheckpoint {
  #saved: { readonly notes: Notes; readonly training: SavedTraining } | undefined;
  #last = performance.now();
  #cost = 0;
  /** What was trained since the last one was written. */
  #unsaved: (() => Promise<void>) | undefined;

  private constructor(
    private readonly session: Session,
    private readonly key: string,
    private readonly pace: Pace,
  ) {}

  /**
   * @param dependsOn what the bits of the result depend on, besides the config and the seed
   */
  static async open(session: Session, dependsOn: unknown, pace = PACE): Promise<TrainingCheckpoint> {
    const checkpoint = new TrainingCheckpoint(session, checkpointKey(session, dependsOn), pace);
    const file = await readCheckpoint(checkpointPath(session));
    const notes = file?.notes as Notes | undefined;
    if (!file || notes?.key !== checkpoint.key) return checkpoint;
    const named = (prefix: string): readonly SavedArray[] =>
      file.arrays.flatMap(({ name, shape, values }) =>
        name.startsWith(`${prefix}.`) && values instanceof Float32Array ? [{ shape, values }] : [],
      );
    const [weights, slots, bestWeights] = ARRAYS.map(named) as [SavedArray[], SavedArray[], SavedArray[]];
    checkpoint.#saved = { notes, training: { ...notes, weights, slots, bestWeights } };
    return checkpoint;
  }

  /** Where the trial stood when it was interrupted: folds that are done, and epochs of the one begun. */
  get resumed(): { readonly fold: number; readonly epoch: number; readonly metrics: Metrics } | undefined {
    const notes = this.#saved?.notes;
    return notes && { fold: notes.fold, epoch: notes.epoch, metrics: notes.metrics };
  }

  /** Reports again what was reported before: the journal of this attempt begins at its first step. */
  async replay(folds: number): Promise<void> {
    if (!this.#saved) return;
    const { reported, epoch, metrics } = this.#saved.notes;
    await this.session.replay(folds > 1 ? reported : [...reported, { step: epoch, metrics }]);
  }

  store(fold: number): TrainingStore {
    return {
      load: async () => (this.#saved?.notes.fold === fold ? this.#saved.training : undefined),
      save: async (_epoch, capture) => {
        const { reported } = this.session;
        const before = reported.length;
        this.#unsaved = () => this.#write(fold, reported.slice(0, before), capture());
        const { every, timesItsCost } = this.pace;
        if (performance.now() - this.#last < Math.max(every, timesItsCost * this.#cost)) return;
        await this.flush();
      },
    };
  }

  /** Writes what is not yet written: before a training that is told to stop lets go of its weights. */
  async flush(): Promise<void> {
    const write = this.#unsaved;
    this.#unsaved = undefined;
    const started = performance.now();
    // A full disk must not end a trial.
    await write?.().catch(() => undefined);
    this.#last = performance.now();
    this.#cost = this.#last - started;
  }

  /** The trial is over. */
  async remove(): Promise<void> {
    await rm(checkpointPath(this.session), { force: true });
  }

  async #write(fold: number, reported: readonly Reported[], training: SavedTraining): Promise<void> {
    const { weights, slots, bestWeights, ...rest } = training;
    const notes: Notes = { ...rest, key: this.key, fold, reported };
    const arrays = [
      ...toNamed('weights', weights),
      ...toNamed('slots', slots),
      ...toNamed('bestWeights', bestWeights),
    ];
    await writeCheckpoint(checkpointPath(this.session), { notes, arrays });
  }
}
