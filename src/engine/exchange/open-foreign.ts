/** Opens a file of another program: Optuna's journal or database. Read-only; what it is, its content says. */
import { readFile } from 'node:fs/promises';
import type { ForeignStudy } from '../../core/exchange/foreign-study.js';
import { readOptunaJournal } from '../../core/exchange/optuna-journal.js';
import { foreignOfOptuna } from '../../core/exchange/optuna-study.js';
import { isSqlite, readOptunaSqlite } from './optuna-sqlite.js';

/** Whether a path looks like one of these files rather than an annotated config. */
export const isForeignFile = (file: string): boolean => /\.(log|jsonl|db|sqlite3?)$/i.test(file);

/** All studies of the file in its order, or what is wrong, in words that begin with the file. */
export async function openForeign(file: string): Promise<readonly ForeignStudy[] | string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return `${file}: ${missing ? 'there is no such file' : String(error)}`;
  }
  const studies = isSqlite(bytes) ? await readOptunaSqlite(file) : readOptunaJournal(bytes.toString('utf8'));
  if (typeof studies === 'string') return `${file}: ${studies}`;
  if (studies.length === 0) return `${file}: there is no study in it`;
  return studies.map(foreignOfOptuna);
}
