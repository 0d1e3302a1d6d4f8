/** Says so when a study goes on in another environment than before, and when a journal turns out to be damaged. */
import { window } from 'vscode';
import { environmentChange } from '../core/analysis/environment-diff.js';
import { type ManageActions, offerRepair } from './actions/manage.js';
import { Disposables } from './disposables.js';
import type { EnvironmentDocuments } from './editor/environment-documents.js';
import type { Studies } from './studies.js';
import { isRunning } from './study-entry.js';

/** Names what differs and what likely matters. */
export function registerEnvironmentNotices(studies: Studies, documents: EnvironmentDocuments): Disposables {
  const own = new Disposables();
  const told = new Map<string, number>();
  own.add(
    studies.onDidChange((entry) => {
      const { environments } = entry.study;
      const before = told.get(entry.id);
      // What a window finds when it opens was told before.
      if (before === undefined) told.set(entry.id, environments.length);
      // The journal may be read before its engine is found: it is told once both are there.
      if (before === undefined || before >= environments.length || !isRunning(entry)) return;
      told.set(entry.id, environments.length);
      const change = environmentChange(entry.study);
      if (change === undefined) return;
      const runs = environments.length;
      void window
        .showWarningMessage(`${entry.name}: ${change}`, 'Show Difference')
        .then((choice) => choice && documents.compare(entry, { run: runs - 2 }, { run: runs - 1 }));
    }),
  );
  return own;
}

/** Once per study and window; the tree goes on saying it. */
export function registerDamageNotices(studies: Studies, manage: ManageActions): Disposables {
  const own = new Disposables();
  const told = new Set<string>();
  own.add(
    studies.onDidChange((entry) => {
      if (entry.damaged === 0) told.delete(entry.id);
      else if (!told.has(entry.id)) {
        told.add(entry.id);
        offerRepair(entry, () => manage.repair(entry));
      }
    }),
  );
  return own;
}
