/**
 * Where a study's files lie: `<folder>/.sweetspot/<file name>/<study>.jsonl`, a lock beside it while an engine is at
 * work, and a folder for each trial. Pure text; both kinds of slashes are understood, since configs live on Windows too.
 */

/** The folder that keeps all studies of all configs of a folder. Git-ignored by its own .gitignore. */
export const STORE = '.sweetspot';
export const JOURNAL_SUFFIX = '.jsonl';

function split(path: string): { folder: string; name: string; separator: string } {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { folder: path.slice(0, Math.max(at, 0)), name: path.slice(at + 1), separator: path[at] ?? '/' };
}

export function storeFolder(configFile: string): string {
  const { folder, separator } = split(configFile);
  return `${folder}${separator}${STORE}`;
}

export function studiesFolder(configFile: string): string {
  const { name, separator } = split(configFile);
  return `${storeFolder(configFile)}${separator}${name}`;
}

/** `iris` for `/a/iris.yaml`: the stem that study names begin with. */
export function studyStem(configFile: string): string {
  const { name } = split(configFile);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Which of a config's studies a name was given to: `iris` 1, `iris-2` 2, `iris-10` 10; 0 for any other name. */
export function studyNumber(configFile: string, name: string): number {
  const stem = studyStem(configFile);
  if (name === stem) return 1;
  return name.startsWith(stem) ? Number(/^-(\d+)$/.exec(name.slice(stem.length))?.[1] ?? 0) : 0;
}

export function journalFile(configFile: string, study: string): string {
  const { separator } = split(configFile);
  return `${studiesFolder(configFile)}${separator}${study}${JOURNAL_SUFFIX}`;
}

/** `.sweetspot/.trash/<config's name>`: holds one folder, `<study>.<time>`, for each study that was thrown away. */
export function trashFolder(configFile: string): string {
  const { name, separator } = split(configFile);
  return `${storeFolder(configFile)}${separator}.trash${separator}${name}`;
}

/** The study in a folder of the trash, and when it was put there in milliseconds since 1970; undefined for other names. */
export function trashed(folder: string): { readonly name: string; readonly at: number } | undefined {
  const dot = folder.lastIndexOf('.');
  const at = Number(folder.slice(dot + 1));
  return dot > 0 && Number.isFinite(at) ? { name: folder.slice(0, dot), at } : undefined;
}

/** The folder beside a journal that holds what its trials leave, and its snapshot. */
export const studyFiles = (journal: string): string => journal.slice(0, -JOURNAL_SUFFIX.length);

export const lockFile = (journal: string): string => `${studyFiles(journal)}.lock`;

export function trialFolder(journal: string, trial: number): string {
  const { separator } = split(journal);
  return `${studyFiles(journal)}${separator}${trial}`;
}

/** What a trial's own program printed. */
export function trialLog(journal: string, trial: number): string {
  const { separator } = split(journal);
  return `${trialFolder(journal, trial)}${separator}log.txt`;
}

/** The config and study of a journal, or undefined for a path that is none. */
export function journalOwner(journal: string): { configFile: string; study: string } | undefined {
  if (!journal.endsWith(JOURNAL_SUFFIX)) return undefined;
  const file = split(journal);
  const owner = split(file.folder);
  const store = split(owner.folder);
  if (store.name !== STORE) return undefined;
  return {
    configFile: `${store.folder}${store.separator}${owner.name}`,
    study: file.name.slice(0, -JOURNAL_SUFFIX.length),
  };
}
