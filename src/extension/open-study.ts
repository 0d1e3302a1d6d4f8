/** One study that is shown: its journal as it is read, and the engine at work on it. Owned by studies.ts, which reads and connects. */
import { bestTrial } from '../core/study/best.js';
import type { Study } from '../core/study/trial.js';
import type { EngineClient } from './engine-client.js';
import { type Growth, JournalFile } from './journal-file.js';
import { type LockState, phaseOf, type StudyEntry } from './study-entry.js';
import { Throttle } from './throttle.js';

/** A growing journal is read at most so often, in milliseconds. */
const READ_EVERY = 100;

export class OpenStudy {
  readonly journal: JournalFile;
  readonly throttle: Throttle;
  engine: EngineClient | undefined;
  lock: LockState = { kind: 'unknown' };
  entry: StudyEntry;
  reading: Promise<Growth> | undefined;
  attaching: Promise<boolean> | undefined;

  constructor(
    readonly id: string,
    readonly name: string,
    readonly configFile: string,
    readonly foreign: boolean,
    grown: (study: OpenStudy) => void,
  ) {
    this.journal = new JournalFile(id);
    this.throttle = new Throttle(READ_EVERY, () => grown(this));
    this.entry = this.snapshot();
  }

  snapshot(): StudyEntry {
    const { study, bornAt } = this.journal;
    const started = study.trials[0]?.startedAt;
    return {
      id: this.id,
      name: this.name,
      configFile: this.configFile,
      study,
      engine: this.engine?.status,
      phase: phaseOf(study.status, this.engine?.status, this.lock),
      best: bestTrial(study),
      startedAt: started ? Date.parse(started) : bornAt,
      damaged: this.journal.damaged,
      foreign: this.foreign,
    };
  }
}

/** Whether `after` holds what `before` held: the times are to the microsecond. */
export function isContinued(before: Study, after: Study): boolean {
  const began = ({ trials, environments }: Study) => trials[0]?.startedAt ?? environments[0]?.at;
  return began(before) !== undefined && began(before) === began(after) && before.seq <= after.seq;
}
