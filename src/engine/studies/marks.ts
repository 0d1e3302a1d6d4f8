/** Marks trials of a study, whether or not its engine is at work. */
import { type Marked, type MarksChange, markRecords } from '../../core/study/marks.js';
import { amendStudy } from './amend.js';

/**
 * Resolves when the marks are on disk.
 * @throws JournalError when the journal is damaged, Error when there is no such trial or the holder does not answer.
 */
export async function markTrials(
  configFile: string,
  name: string,
  marked: Marked,
  change: MarksChange,
): Promise<void> {
  await amendStudy(configFile, name, {
    here: (worker, study) => ({ records: markRecords(worker, study, marked, change), result: undefined }),
    there: (engine) => engine.call('mark', { marked, change }),
  });
}
