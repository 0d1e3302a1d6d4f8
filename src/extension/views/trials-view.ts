/** The table of trials in the side bar: one page that follows the study in focus. */
import { type Uri, type WebviewView, type WebviewViewProvider, window } from 'vscode';
import { View } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { Focus } from '../focus.js';
import { PageHost } from '../panel/page-host.js';
import type { Studies } from '../studies.js';

export class TrialsView implements WebviewViewProvider {
  readonly #own = new Disposables();

  constructor(
    private readonly extension: Uri,
    private readonly studies: Studies,
    private readonly focus: Focus,
  ) {
    this.#own.add(window.registerWebviewViewProvider(View.trials, this));
  }

  resolveWebviewView(view: WebviewView): void {
    const host = new PageHost(
      {
        page: 'table',
        webview: view.webview,
        extension: this.extension,
        visible: () => view.visible,
        study: () => this.focus.study,
      },
      this.studies,
      this.focus,
    );
    const describe = () => {
      const id = this.focus.study;
      view.description = id === undefined ? '' : (this.studies.get(id)?.name ?? '');
    };
    const following = this.focus.onDidChangeStudy(() => {
      describe();
      host.refresh();
    });
    describe();
    view.onDidChangeVisibility(() => view.visible && host.refresh());
    view.onDidDispose(() => {
      following.dispose();
      host.dispose();
    });
  }

  dispose(): void {
    this.#own.dispose();
  }
}
