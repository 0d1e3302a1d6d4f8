/** Changing what people say about trials: notes, tags, stars, exclusions. How it is written down is write.ts's. */
import type { JournalRecord } from './journal/records.js';
import { marksRecord } from './journal/write.js';
import type { Marks, Study } from './trial.js';

/** What to change; null takes a mark away. */
export interface MarksChange {
  readonly excluded?: string | null;
  readonly starred?: boolean | null;
  readonly note?: string | null;
  readonly tags?: readonly string[] | null;
  /** Of a study only. */
  readonly archived?: boolean | null;
}

/** The marks after a change. Empty texts, empty lists and `false` are no marks. */
function changedMarks(marks: Marks | undefined, change: MarksChange): Marks {
  const excluded = change.excluded === undefined ? marks?.excluded : (change.excluded ?? undefined);
  const starred = change.starred === undefined ? marks?.starred : change.starred;
  const note = change.note === undefined ? marks?.note : change.note;
  const tags = change.tags === undefined ? marks?.tags : change.tags;
  const archived = change.archived === undefined ? marks?.archived : change.archived;
  return {
    ...(excluded === undefined ? {} : { excluded }),
    ...(starred ? { starred: true } : {}),
    ...(note ? { note } : {}),
    ...(tags && tags.length > 0 ? { tags: [...new Set(tags)] } : {}),
    ...(archived ? { archived: true } : {}),
  };
}

/** What is marked: trials by number, or the study. */
export type Marked = readonly number[] | 'study';

/**
 * The records of a change.
 * @throws Error that names a trial that is not there.
 */
export function markRecords(
  worker: string,
  study: Study,
  marked: Marked,
  change: MarksChange,
): readonly JournalRecord[] {
  if (marked === 'study') return [marksRecord(worker, 'study', changedMarks(study.marks, change))];
  return marked.map((number) => {
    const trial = study.trials[number];
    if (!trial) {
      const there = `it has ${study.trials.length} trials`;
      throw new Error(`The study "${study.name}" has no trial ${number}; ${there}.`);
    }
    return marksRecord(worker, number, changedMarks(trial.marks, change));
  });
}
