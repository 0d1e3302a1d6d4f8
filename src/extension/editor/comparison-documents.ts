/** Virtual documents that show studies of a config side by side, as `sweetspot compare` prints them. */
import { basename } from 'node:path';
import { type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import { COMPARISON_SCHEME } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { OwnCli } from '../own-cli.js';

interface Compared {
  readonly configFile: string;
  readonly names: readonly string[];
}

export class ComparisonDocuments implements TextDocumentContentProvider {
  readonly #own = new Disposables();
  #shown = 0;

  constructor(private readonly cli: OwnCli) {
    this.#own.add(workspace.registerTextDocumentContentProvider(COMPARISON_SCHEME, this));
  }

  async show(compared: Compared): Promise<void> {
    const uri = Uri.from({
      scheme: COMPARISON_SCHEME,
      path: `/${basename(compared.configFile)}: ${compared.names.join(' | ')}.txt`,
      query: JSON.stringify(compared),
      // The studies may have changed since they were compared last.
      fragment: String(this.#shown++),
    });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const { configFile, names } = JSON.parse(uri.query) as Compared;
    const result = await this.cli.run('compare', configFile, ...names);
    return result.kind === 'done' ? result.output : `${result.message}\n`;
  }

  dispose(): void {
    this.#own.dispose();
  }
}
