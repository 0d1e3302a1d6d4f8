/**
 * The results panels: one per study, found again when asked for twice, brought back after a reload, and true to their
 * study when it is renamed.
 */
import { TabInputWebview, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { RESULTS_PANEL } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { Focus } from '../focus.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';
import { PageHost } from './page-host.js';

interface OpenPanel {
  readonly panel: WebviewPanel;
  readonly host: PageHost;
  /** Path of the journal of the study it shows. */
  study: string;
  renamedFrom: string | undefined;
}

export class ResultsPanels {
  readonly #own = new Disposables();
  readonly #panels = new Map<string, OpenPanel>();

  constructor(
    private readonly extension: Uri,
    private readonly studies: Studies,
    private readonly focus: Focus,
    private readonly ready: Promise<unknown>,
  ) {
    this.#own.add(
      window.registerWebviewPanelSerializer(RESULTS_PANEL, {
        deserializeWebviewPanel: async (panel, state) => this.#bringBack(panel, state),
      }),
    );
    this.#own.add(this.studies.onDidRename(({ from, to }) => this.#follow(from, to)));
  }

  open(entry: StudyEntry): void {
    this.#shown(entry);
  }

  /** Opens the study over others (paths of their journals). */
  compare(entry: StudyEntry, others: readonly string[]): void {
    this.#shown(entry).host.compare(others);
  }

  dispose(): void {
    this.#own.dispose();
  }

  #shown(entry: StudyEntry): OpenPanel {
    const there = this.#panels.get(entry.id);
    if (there) {
      there.panel.reveal();
      return there;
    }
    this.#closeSleeping(entry);
    return this.#host(window.createWebviewPanel(RESULTS_PANEL, entry.name, ViewColumn.Active), entry.id);
  }

  /**
   * After a reload a panel behind another editor is a mere tab until it is looked at. It gives way to the new panel of
   * its study, where its name, which is all that a tab tells, says which that is.
   */
  #closeSleeping({ name }: StudyEntry): void {
    if (this.studies.all.filter((entry) => entry.name === name).length > 1) return;
    const sleeping = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ label, input }) => label === name && isResults(input));
    void window.tabGroups.close(sleeping);
  }

  async #bringBack(panel: WebviewPanel, state: unknown): Promise<void> {
    await this.ready;
    this.#host(panel, studyOf(state) ?? this.focus.study ?? '');
  }

  #follow(from: string, to: string): void {
    const open = this.#panels.get(from);
    if (!open) return;
    this.#panels.delete(from);
    this.#panels.set(to, open);
    open.study = to;
    open.renamedFrom = from;
    open.panel.title = this.studies.get(to)?.name ?? open.panel.title;
    open.host.refresh();
  }

  #host(panel: WebviewPanel, study: string): OpenPanel {
    const host = new PageHost(
      {
        page: 'results',
        webview: panel.webview,
        extension: this.extension,
        visible: () => panel.visible,
        study: () => open.study,
        renamedFrom: () => open.renamedFrom,
      },
      this.studies,
      this.focus,
    );
    const open: OpenPanel = { panel, host, study, renamedFrom: undefined };
    panel.title = this.studies.get(study)?.name ?? 'Results';
    panel.iconPath = {
      light: Uri.joinPath(this.extension, 'media', 'panel-light.svg'),
      dark: Uri.joinPath(this.extension, 'media', 'panel-dark.svg'),
    };
    this.#panels.set(study, open);
    panel.onDidChangeViewState(() => {
      if (panel.visible) host.refresh();
      else host.hidden();
      if (panel.active && this.studies.get(open.study)) this.focus.show(open.study);
    });
    panel.onDidDispose(() => {
      host.dispose();
      if (this.#panels.get(open.study) === open) this.#panels.delete(open.study);
    });
    return open;
  }
}

/** VS Code puts words of its own before the type of a panel. */
const isResults = (input: unknown): boolean =>
  input instanceof TabInputWebview && input.viewType.endsWith(RESULTS_PANEL);

/** The page keeps the study it shows in its state. */
function studyOf(state: unknown): string | undefined {
  const study = typeof state === 'object' && state !== null && 'study' in state ? state.study : undefined;
  const id = typeof study === 'object' && study !== null && 'id' in study ? study.id : undefined;
  return typeof id === 'string' ? id : undefined;
}
