/**
 * Which study the side bar's table shows, and which trials are selected: one answer for every view. Follows the tree's
 * selection, the active editor, and sweeps that start.
 */
import { type Event, EventEmitter, type Memento, window } from 'vscode';
import type { PageFilter } from '../protocol/panel.js';
import { Disposables } from './disposables.js';
import type { Studies } from './studies.js';
import { isArchived, isRunning } from './study-entry.js';

const REMEMBERED = 'focusedStudy';
const FILTERS = 'filters';
const KEPT_FILTERS = 20;

export interface Selection {
  /** Path of the study's journal. */
  readonly study: string;
  readonly trials: readonly number[];
  /** Who selected, so that it is not told of its own doing. */
  readonly by: object;
}

/** What the pages of a study share beyond the selection. */
export interface Shared {
  readonly study: string;
  readonly what:
    | { readonly kind: 'pointed'; readonly trial: number | null }
    | { readonly kind: 'filtered'; readonly filter: PageFilter };
  /** Which page it comes from. */
  readonly by: object;
}

export class Focus {
  readonly #own = new Disposables();
  readonly #studyChanged = this.#own.add(new EventEmitter<void>());
  readonly #selected = this.#own.add(new EventEmitter<Selection>());
  readonly #shared = this.#own.add(new EventEmitter<Shared>());
  readonly #filters = new Map<string, PageFilter>();
  readonly #running = new Set<string>();
  #study: string | undefined;
  #selection: Selection | undefined;

  readonly onDidChangeStudy: Event<void> = this.#studyChanged.event;
  readonly onDidSelect: Event<Selection> = this.#selected.event;
  readonly onDidShare: Event<Shared> = this.#shared.event;

  constructor(
    private readonly studies: Studies,
    private readonly memory: Memento,
  ) {
    for (const [study, filter] of memory.get<readonly (readonly [string, PageFilter])[]>(FILTERS) ?? [])
      this.#filters.set(study, filter);
    this.#own.add(
      studies.onDidChange((entry) => {
        if (!isRunning(entry)) this.#running.delete(entry.id);
        else if (!this.#running.has(entry.id)) {
          this.#running.add(entry.id);
          this.show(entry.id);
        }
      }),
    );
    this.#own.add(studies.onDidChangeList(() => this.#studyChanged.fire()));
    this.#own.add(
      studies.onDidRename(({ from, to }) => {
        const filter = this.#filters.get(from);
        this.#filters.delete(from);
        if (filter) this.#filters.set(to, filter);
        if (this.#study === from) this.show(to);
      }),
    );
    this.#own.add(
      window.onDidChangeActiveTextEditor((editor) => {
        const study =
          editor?.document.uri.scheme === 'file' ? studies.current(editor.document.uri.fsPath) : undefined;
        if (study) this.show(study.id);
      }),
    );
  }

  /** Path of the journal of the study to show; undefined while there is none. */
  get study(): string | undefined {
    const remembered = this.#study ?? this.memory.get<string>(REMEMBERED);
    if (remembered !== undefined && this.studies.get(remembered)) return remembered;
    return (this.studies.all.find((entry) => !isArchived(entry)) ?? this.studies.all[0])?.id;
  }

  show(study: string): void {
    if (this.#study === study) return;
    this.#study = study;
    void this.memory.update(REMEMBERED, study);
    this.#studyChanged.fire();
  }

  /** What was selected last, in whatever view. */
  get selection(): Selection | undefined {
    return this.#selection;
  }

  select(selection: Selection): void {
    this.#selection = selection;
    this.#selected.fire(selection);
  }

  /** The filter in force on a study; undefined while nobody has set one in this window. */
  filterOf(study: string): PageFilter | undefined {
    return this.#filters.get(study);
  }

  isFiltered(study: string): boolean {
    const { text = '', brushes = [] } = this.#filters.get(study) ?? {};
    return text.trim() !== '' || brushes.length > 0;
  }

  share(shared: Shared): void {
    if (shared.what.kind === 'filtered') {
      this.#filters.set(shared.study, shared.what.filter);
      this.#rememberFilters();
    }
    this.#shared.fire(shared);
  }

  dispose(): void {
    this.#own.dispose();
  }

  /** The pages bring back theirs after a reload; the tree is to agree with them. */
  #rememberFilters(): void {
    const filters = [...this.#filters].filter(([study]) => this.isFiltered(study)).slice(-KEPT_FILTERS);
    void this.memory.update(FILTERS, filters);
  }
}
