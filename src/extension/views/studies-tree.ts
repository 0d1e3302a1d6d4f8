/**
 * The tree: annotated files, their studies, the trials of each. Nodes keep their identity, so that only what changed
 * is drawn again, a few times a second at most. Long studies are capped; the table shows them whole.
 */
import { basename, dirname } from 'node:path';
import {
  type Event,
  EventEmitter,
  type Memento,
  type ProviderResult,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  window,
  workspace,
} from 'vscode';
import type { Trial } from '../../core/study/trial.js';
import type { Configs } from '../configs.js';
import { View } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { Focus } from '../focus.js';
import { count } from '../format.js';
import type { Studies } from '../studies.js';
import { isArchived, isRunning, type StudyEntry } from '../study-entry.js';
import { Throttle } from '../throttle.js';
import { type FilteredTrials, filteredTrials } from '../trial-filter.js';
import {
  configItem,
  folderItem,
  foreignItem,
  moreItem,
  resolveTooltip,
  studyItem,
  trialItem,
} from './items.js';
import type { TreeNode } from './nodes.js';

const ARCHIVED_SHOWN = 'archivedShown';
const CAP = 200;
/** Changes are drawn at most so often, in milliseconds. */
const DRAW_EVERY = 250;

export class StudiesTree implements TreeDataProvider<TreeNode> {
  readonly #own = new Disposables();
  readonly #nodes = new Map<string, TreeNode>();
  readonly #dirty = new Set<string>();
  readonly #draw = this.#own.add(new Throttle(DRAW_EVERY, () => this.#redraw()));
  readonly #changed = this.#own.add(new EventEmitter<TreeNode | TreeNode[] | undefined>());
  readonly #view: TreeView<TreeNode>;
  /** Studies that began to run since the tree was seen last: opened once it is seen. */
  readonly #toOpen = new Set<string>();
  readonly #running = new Set<string>();
  /** What each config looked like when it was drawn last: it is drawn again only when that changes. */
  readonly #drawn = new Map<string, string>();
  readonly onDidChangeTreeData: Event<TreeNode | TreeNode[] | undefined> = this.#changed.event;

  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
    private readonly focus: Focus,
    private readonly memory: Memento,
  ) {
    this.#view = this.#own.add(
      window.createTreeView(View.studies, {
        treeDataProvider: this,
        showCollapseAll: true,
        canSelectMany: true,
      }),
    );
    this.#own.add(configs.onDidChangeList(() => this.#touch('')));
    this.#own.add(configs.onDidChange(({ path }) => this.#touchConfig(path)));
    this.#own.add(
      studies.onDidChangeList((path) => this.#touch(this.configs.get(path) ? configId(path) : '')),
    );
    this.#own.add(
      studies.onDidChange((entry) => {
        this.#touch(studyId(entry.id));
        this.#touchConfig(entry.configFile);
        this.#noteStart(entry);
      }),
    );
    this.#own.add(
      this.#view.onDidChangeSelection(({ selection }) => {
        const [node] = selection;
        if (node && 'journal' in node) this.focus.show(node.journal);
        const trials = selection.flatMap((one) => (one.kind === 'trial' ? [one] : []));
        const [first] = trials;
        if (first) {
          const numbers = trials
            .filter(({ journal }) => journal === first.journal)
            .map(({ number }) => number);
          this.focus.select({ study: first.journal, trials: numbers, by: this });
        }
      }),
    );
    this.#own.add(
      focus.onDidShare(({ study, what }) => what.kind === 'filtered' && this.#touch(studyId(study))),
    );
    this.#own.add(this.#view.onDidChangeVisibility(() => void this.#openStarted()));
    this.#own.add(workspace.onDidGrantWorkspaceTrust(() => this.#tellTrust()));
    this.#tellTrust();
  }

  getTreeItem(node: TreeNode): TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node);
      case 'config':
        this.#drawn.set(node.path, this.#configLooks(node.path));
        return configItem(node, this.configs.get(node.path), this.#shown(node.path));
      case 'foreign':
        return foreignItem(node, this.studies.of(node.path));
      case 'study': {
        const entry = this.studies.get(node.journal);
        if (!entry) return { id: node.id, label: 'Deleted' };
        const filtered = this.#filtered(entry);
        return studyItem(node, entry, filtered && { left: filtered.trials.length, text: filtered.text });
      }
      case 'trial': {
        const entry = this.studies.get(node.journal);
        const trial = entry?.study.trials[node.number];
        return entry && trial ? trialItem(node, entry, trial) : { id: node.id, label: 'Deleted' };
      }
      case 'more':
        return moreItem(node);
    }
  }

  getChildren(node?: TreeNode): ProviderResult<TreeNode[]> {
    if (!node) return this.#roots();
    switch (node.kind) {
      case 'folder':
        return this.#configsOf(node.path);
      case 'config':
      case 'foreign':
        return this.#shown(node.path).map(({ id }) =>
          this.#keep({ kind: 'study', id: studyId(id), journal: id }),
        );
      case 'study':
        return this.#trialsOf(node.journal);
      case 'trial':
      case 'more':
        return [];
    }
  }

  resolveTreeItem(item: TreeItem, node: TreeNode): ProviderResult<TreeItem> {
    if (node.kind !== 'study' && node.kind !== 'trial') return item;
    const entry = this.studies.get(node.journal);
    return entry ? resolveTooltip(item, node, entry) : item;
  }

  /** Whether studies that were archived are listed. */
  get archivedShown(): boolean {
    return this.memory.get<boolean>(ARCHIVED_SHOWN) ?? false;
  }

  async showArchived(shown: boolean): Promise<void> {
    await this.memory.update(ARCHIVED_SHOWN, shown);
    this.#touch('');
  }

  getParent(node: TreeNode): TreeNode | undefined {
    switch (node.kind) {
      case 'folder':
      case 'foreign':
        return undefined;
      case 'config': {
        const folder = (workspace.workspaceFolders?.length ?? 0) > 1 ? folderOf(node.path) : undefined;
        return folder && this.#nodes.get(folderId(folder.path));
      }
      case 'study': {
        const entry = this.studies.get(node.journal);
        return entry && this.#nodes.get((entry.foreign ? foreignId : configId)(entry.configFile));
      }
      case 'trial':
      case 'more':
        return this.#nodes.get(studyId(node.journal));
    }
  }

  /** Unfolds a study where the tree can be seen. */
  async unfold(journal: string): Promise<void> {
    this.#toOpen.add(journal);
    await this.#openStarted();
  }

  dispose(): void {
    this.#own.dispose();
  }

  #roots(): TreeNode[] {
    const foreign = this.studies.foreignFiles.map((path) =>
      this.#keep({ kind: 'foreign', id: foreignId(path), path }),
    );
    const paths = this.#configPaths();
    if ((workspace.workspaceFolders?.length ?? 0) < 2)
      return [...paths.map((path) => this.#config(path)), ...foreign];
    const folders = new Map(paths.map((path) => [folderOf(path).path, folderOf(path)]));
    return [
      ...[...folders.values()].map(({ path, name }) =>
        this.#keep({ kind: 'folder', id: folderId(path), path, name }),
      ),
      ...foreign,
    ];
  }

  #configsOf(folder: string): TreeNode[] {
    return this.#configPaths()
      .filter((path) => folderOf(path).path === folder)
      .map((path) => this.#config(path));
  }

  /** Also of those that are gone while their sweep goes on: it must be seen, and can be stopped. */
  #configPaths(): readonly string[] {
    return [...this.configs.all.map(({ path }) => path), ...this.studies.orphans].sort();
  }

  #config(path: string): TreeNode {
    return this.#keep({ kind: 'config', id: configId(path), path });
  }

  #trialsOf(journal: string): TreeNode[] {
    const entry = this.studies.get(journal);
    if (!entry) return [];
    const trials = this.#filtered(entry)?.trials ?? entry.study.trials;
    const shown = leading(entry, trials, CAP).map(({ number }) =>
      this.#keep({ kind: 'trial', id: `trial:${journal}#${number}`, journal, number }),
    );
    const hidden = trials.length - shown.length;
    if (hidden > 0) shown.push({ kind: 'more', id: `more:${journal}`, journal, hidden });
    return shown;
  }

  #filtered({ id, study }: StudyEntry): FilteredTrials | undefined {
    return filteredTrials(study, this.focus.filterOf(id));
  }

  #keep<N extends TreeNode>(node: N): TreeNode {
    const there = this.#nodes.get(node.id);
    if (there) return there;
    this.#nodes.set(node.id, node);
    return node;
  }

  #shown(path: string): readonly StudyEntry[] {
    const all = this.studies.of(path);
    return this.archivedShown ? all : all.filter((entry) => !isArchived(entry));
  }

  #configLooks(path: string): string {
    const studies = this.#shown(path);
    const errors = this.configs.get(path)?.parsed.diagnostics.length ?? 0;
    return `${errors} ${studies.length} ${studies.some(isRunning)} ${studies.some(({ best }) => best)}`;
  }

  #touchConfig(path: string): void {
    if (this.#drawn.get(path) !== this.#configLooks(path)) this.#touch(configId(path));
  }

  /** Empty: the roots. */
  #touch(id: string): void {
    this.#dirty.add(id);
    this.#draw.request();
  }

  #redraw(): void {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    if (dirty.includes('')) this.#changed.fire(undefined);
    else {
      const nodes = dirty.flatMap((id) => this.#nodes.get(id) ?? []);
      if (nodes.length > 0) this.#changed.fire(nodes);
    }
    this.#badge();
    void this.#openStarted();
  }

  #noteStart(entry: StudyEntry): void {
    if (!isRunning(entry)) {
      this.#running.delete(entry.id);
      this.#toOpen.delete(entry.id);
    } else if (!this.#running.has(entry.id)) {
      this.#running.add(entry.id);
      this.#toOpen.add(entry.id);
    }
  }

  /** Unfolds studies that started, without taking the focus or bringing up a view that is hidden. */
  async #openStarted(): Promise<void> {
    for (const id of this.#toOpen) {
      const node = this.#nodes.get(studyId(id));
      if (!this.#view.visible || !node) return;
      this.#toOpen.delete(id);
      await this.#view.reveal(node, { select: false, focus: false, expand: true });
    }
  }

  #badge(): void {
    // Between two trials nothing runs for a moment: the badge must not blink.
    const busy = this.studies.all
      .filter(isRunning)
      .reduce((sum, { engine }) => sum + Math.max(1, engine?.busy ?? 0), 0);
    this.#view.badge = busy === 0 ? undefined : { value: busy, tooltip: `${count(busy, 'trial')} running` };
  }

  #tellTrust(): void {
    // Deleting it would not reach the view.
    this.#view.message = workspace.isTrusted
      ? ''
      : 'Restricted Mode: studies can be looked at, sweeps cannot be started.';
  }
}

/** The best one first, then what runs, then the newest; so many of them. */
function leading({ best }: StudyEntry, trials: readonly Trial[], most: number): readonly Trial[] {
  const first: Trial[] = [];
  const running: Trial[] = [];
  const others: Trial[] = [];
  // Looked through once: sorting a long study ten times a second would hold up the whole window.
  for (let index = trials.length - 1; index >= 0; index--) {
    const trial = trials[index] as Trial;
    if (trial.number === best?.number) first.push(trial);
    else if (trial.state === 'running') running.push(trial);
    else if (others.length < most) others.push(trial);
  }
  return [...first, ...running, ...others].slice(0, most);
}

function folderOf(path: string): { path: string; name: string } {
  const folder = workspace.workspaceFolders?.find(
    ({ uri }) => path.startsWith(`${uri.fsPath}/`) || path.startsWith(`${uri.fsPath}\\`),
  );
  if (folder) return { path: folder.uri.fsPath, name: folder.name };
  const outside = dirname(path);
  return { path: outside, name: basename(outside) };
}

const folderId = (path: string) => `folder:${path}`;
const foreignId = (path: string) => `foreign:${path}`;
const configId = (path: string) => `config:${path}`;
const studyId = (journal: string) => `study:${journal}`;
