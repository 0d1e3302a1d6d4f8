/** Says so when a study goes on in another environment, or again in an earlier one, and when a journal is damaged. */
import { window } from 'vscode';
import { environmentChange, environmentTurn } from '../core/analysis/environment-turn.js';
import type { RecordedEnvironment } from '../core/study/trial.js';
import { type ManageActions, offerRepair } from './actions/manage.js';
import { Disposables } from './disposables.js';
import type { EnvironmentDocuments } from './editor/environment-documents.js';
import type { Studies } from './studies.js';
import { isRunning } from './study-entry.js';

/** Names what differs and what likely matters; also when an earlier environment is back. */
export function registerEnvironmentNotices(studies: Studies, documents: EnvironmentDocuments): Disposables {
  const own = new Disposables();
  const told = new Map<string, string | undefined>();
  own.add(
    studies.onDidChange((entry) => {
      const { environments, environment } = entry.study;
      // What a window finds when it opens was told before.
      if (!told.has(entry.id)) told.set(entry.id, environment);
      // The journal may be read before its engine is found: it is told once both are there.
      if (told.get(entry.id) === environment || !isRunning(entry)) return;
      const isFirst = told.get(entry.id) === undefined;
      told.set(entry.id, environment);
      const change = isFirst ? undefined : environmentChange(entry.study);
      const turn = environmentTurn(entry.study);
      if (change === undefined || !turn) return;
      const run = (one: RecordedEnvironment) => ({ run: environments.indexOf(one) });
      void window
        .showWarningMessage(`${entry.name}: ${change}`, 'Show Difference')
        .then((choice) => choice && documents.compare(entry, run(turn.before), run(turn.now)));
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
