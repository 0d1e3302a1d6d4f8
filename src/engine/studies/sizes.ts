/** What studies and their trials take up on the disk. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { studyFiles } from '../../core/study/places.js';

/** Bytes of all files below a folder; 0 where there is none. Files that vanish meanwhile do not count. */
export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      (stats) => (stats.isFile() ? stats.size : 0),
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

export interface StudyBytes {
  readonly journal: number;
  /** Logs, checkpoints and whatever else trials left; the snapshot of the journal, too. */
  readonly trials: number;
}

export async function studyBytes(journal: string): Promise<StudyBytes> {
  const [{ size }, trials] = await Promise.all([stat(journal), folderBytes(studyFiles(journal))]);
  return { journal: size, trials };
}
