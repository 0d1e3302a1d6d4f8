/** The results panels: one per study, found again when asked for twice, and brought back after a reload. */
import { Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { RESULTS_PANEL } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { Focus } from '../focus.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';
import { PageHost } from './page-host.js';

export class ResultsPanels {
  readonly #own = new Disposables();
  readonly #panels = new Map<string, WebviewPanel>();

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
  }

  open(entry: StudyEntry): void {
    const there = this.#panels.get(entry.id);
    if (there) {
      there.reveal();
      return;
    }
    this.#host(window.createWebviewPanel(RESULTS_PANEL, entry.name, ViewColumn.Active), entry.id);
  }

  dispose(): void {
    this.#own.dispose();
  }

  async #bringBack(panel: WebviewPanel, state: unknown): Promise<void> {
    await this.ready;
    this.#host(panel, studyOf(state) ?? this.focus.study ?? '');
  }

  #host(panel: WebviewPanel, study: string): void {
    const host = new PageHost(
      {
        page: 'results',
        webview: panel.webview,
        extension: this.extension,
        visible: () => panel.visible,
        study: () => study,
      },
      this.studies,
      this.focus,
    );
    panel.title = this.studies.get(study)?.name ?? 'Results';
    panel.iconPath = {
      light: Uri.joinPath(this.extension, 'media', 'panel-light.svg'),
      dark: Uri.joinPath(this.extension, 'media', 'panel-dark.svg'),
    };
    this.#panels.set(study, panel);
    panel.onDidChangeViewState(() => {
      if (panel.visible) host.refresh();
      if (panel.active && this.studies.get(study)) this.focus.show(study);
    });
    panel.onDidDispose(() => {
      host.dispose();
      if (this.#panels.get(study) === panel) this.#panels.delete(study);
    });
  }
}

/** The page keeps the study it shows in its state. */
function studyOf(state: unknown): string | undefined {
  const study = typeof state === 'object' && state !== null && 'study' in state ? state.study : undefined;
  const id = typeof study === 'object' && study !== null && 'id' in study ? study.id : undefined;
  return typeof id === 'string' ? id : undefined;
}
