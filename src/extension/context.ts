/** Typed `setContext`: the keys that menus and welcome texts test, set only when they change. */
import { commands } from 'vscode';
import { type Configs, menuPaths } from './configs.js';
import type { Contexts } from './contributions.js';
import { Disposables } from './disposables.js';
import type { Focus } from './focus.js';
import type { Studies } from './studies.js';
import { isArchived, isRunning } from './study-entry.js';
import { Throttle } from './throttle.js';
import type { StudiesTree } from './views/studies-tree.js';

/** Scans and running sweeps change the lists many times a second; menus are opened by hand. In milliseconds. */
const UPDATE_EVERY = 100;

const current = new Map<string, string>();

export function setContext<K extends keyof Contexts>(key: K, value: Contexts[K]): void {
  const text = JSON.stringify(value);
  if (current.get(key) === text) return;
  current.set(key, text);
  void commands.executeCommand('setContext', key, value);
}

/** The keys follow the lists until what this gives is disposed. */
export function keepContexts(
  configs: Configs,
  studies: Studies,
  focus: Focus,
  tree: StudiesTree,
): Disposables {
  const own = new Disposables();
  const update = own.add(
    new Throttle(UPDATE_EVERY, () => {
      const entries = studies.all;
      const running = entries.filter(isRunning);
      const withBest = entries.filter(({ best }) => best !== undefined);
      setContext('sweetspot.configFiles', menuPaths(configs.all.map(({ path }) => path)));
      setContext('sweetspot.hasConfigs', configs.all.length > 0);
      setContext('sweetspot.runningFiles', menuPaths(running.map(({ configFile }) => configFile)));
      setContext('sweetspot.hasRunning', running.length > 0);
      setContext('sweetspot.bestFiles', menuPaths(withBest.map(({ configFile }) => configFile)));
      setContext('sweetspot.hasBest', withBest.length > 0);
      setContext('sweetspot.hasStudies', entries.length > 0);
      setContext('sweetspot.hasForeign', studies.foreignFiles.length > 0);
      setContext(
        'sweetspot.hasFilter',
        entries.some(({ id }) => focus.isFiltered(id)),
      );
      setContext('sweetspot.focusFiltered', focus.study !== undefined && focus.isFiltered(focus.study));
      setContext('sweetspot.hasArchived', entries.some(isArchived));
      setContext('sweetspot.archivedShown', tree.archivedShown);
    }),
  );
  const request = () => update.request();
  own.add(configs.onDidChangeList(request));
  own.add(studies.onDidChange(request));
  own.add(studies.onDidChangeList(request));
  own.add(focus.onDidChangeStudy(request));
  own.add(focus.onDidShare(({ what }) => what.kind === 'filtered' && request()));
  own.add(tree.onDidChangeTreeData(request));
  return own;
}
