/**
 * The studies of a config go where it goes. A config that is renamed or moved, in the editor or outside, takes along what
 * lies in `.sweetspot` under its name; while a sweep runs on it that waits for the sweep's end.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type LogOutputChannel, window } from 'vscode';
import { storeFolder, studiesFolder } from '../core/study/places.js';
import type { ConfigMove, Configs } from './configs.js';
import { isThere } from './disk.js';
import { Disposables } from './disposables.js';
import type { Studies } from './studies.js';
import { isRunning } from './study-entry.js';

export function registerConfigMoves(configs: Configs, studies: Studies, log: LogOutputChannel): Disposables {
  const own = new Disposables();
  /** By the old path: where those go that are still running. */
  const waiting = new Map<string, ConfigMove>();
  const follow = async (move: ConfigMove): Promise<void> => {
    try {
      if (await moveStore(move)) await studies.sync();
    } catch (error) {
      log.warn(`The studies of ${move.from} could not be moved to ${move.to}: ${String(error)}`);
    }
  };
  own.add(
    configs.onDidMove((move) => {
      // Moved on before its sweep has ended: it is the first place that matters.
      const first = [...waiting.values()].find(({ to }) => to === move.from);
      if (first) waiting.set(first.from, { from: first.from, to: move.to });
      else if (studies.of(move.from).some(isRunning)) waiting.set(move.from, move);
      else void follow(move);
    }),
  );
  const endOf = (from: string): void => {
    const move = waiting.get(from);
    if (!move || studies.of(from).some(isRunning)) return;
    waiting.delete(from);
    void follow(move);
  };
  own.add(studies.onDidEnd(({ entry }) => endOf(entry.configFile)));
  // Of a config that is gone a study may leave the list before its engine has said its last word.
  own.add(studies.onDidChangeList(endOf));
  return own;
}

/** Whether there was something to move, and it was moved. */
async function moveStore({ from, to }: ConfigMove): Promise<boolean> {
  const [before, after] = [studiesFolder(from), studiesFolder(to)];
  // A copy that stays: the studies are the original's.
  if (!(await isThere(before)) || (await isThere(from))) return false;
  if (await isThere(after)) {
    void window.showInformationMessage(
      `${basename(to)} has studies of its own; those of ${basename(from)} stay in ${before}.`,
    );
    return false;
  }
  await mkdir(dirname(after), { recursive: true });
  const ignore = join(storeFolder(to), '.gitignore');
  if (!(await isThere(ignore))) await writeFile(ignore, '*\n');
  await rename(before, after);
  return true;
}
