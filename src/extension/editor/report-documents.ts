/** Virtual documents that show what the command line has to say at length: studies side by side, a verdict in full. */
import { type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import { REPORT_SCHEME } from '../contributions.js';
import { Disposables } from '../disposables.js';

export class ReportDocuments implements TextDocumentContentProvider {
  readonly #own = new Disposables();
  /** By the fragment of their address; gone with their document. */
  readonly #texts = new Map<string, string>();
  #shown = 0;

  constructor() {
    this.#own.add(workspace.registerTextDocumentContentProvider(REPORT_SCHEME, this));
    this.#own.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === REPORT_SCHEME) this.#texts.delete(uri.fragment);
      }),
    );
  }

  /** @param title the name on its tab */
  async show(title: string, text: string): Promise<void> {
    const fragment = String(this.#shown++);
    this.#texts.set(fragment, text);
    const uri = Uri.from({ scheme: REPORT_SCHEME, path: `/${title}.txt`, fragment });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }

  provideTextDocumentContent({ fragment }: Uri): string {
    return this.#texts.get(fragment) ?? 'This report is gone. Ask for it again.\n';
  }

  dispose(): void {
    this.#own.dispose();
  }
}
