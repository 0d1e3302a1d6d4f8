/** What the latest study of an open config says about its annotations, as hints with quick fixes. */
import {
  CodeAction,
  CodeActionKind,
  type CodeActionProvider,
  Diagnostic,
  DiagnosticSeverity,
  languages,
  type Range,
  type TextDocument,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import { type Hint, hintsOf } from '../../core/analysis/hints.js';
import type { Configs } from '../configs.js';
import { Disposables } from '../disposables.js';
import type { Studies } from '../studies.js';
import { Throttle } from '../throttle.js';
import { toRange } from './ranges.js';
import { CONFIG_FILES } from './selector.js';

/** While a study runs; in milliseconds. */
const LOOK_EVERY = 5_000;

export class TuneHints implements CodeActionProvider {
  readonly #own = new Disposables();
  readonly #shown = this.#own.add(languages.createDiagnosticCollection('sweetspot-hints'));
  readonly #look = this.#own.add(new Throttle(LOOK_EVERY, () => this.#show()));

  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
  ) {
    const look = () => this.#look.request();
    this.#own.add(studies.onDidChange(look));
    this.#own.add(studies.onDidChangeList(look));
    this.#own.add(configs.onDidChange(() => this.#show()));
    this.#own.add(workspace.onDidOpenTextDocument(look));
    this.#own.add(workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri)));
    this.#own.add(
      languages.registerCodeActionsProvider(CONFIG_FILES, this, {
        providedCodeActionKinds: [CodeActionKind.QuickFix],
      }),
    );
    look();
  }

  #hints(document: TextDocument): readonly Hint[] {
    const config = this.configs.now(document.uri.fsPath);
    if (!config || config.parsed.tuned.length === 0) return [];
    return hintsOf(config.text, config.parsed.tuned, this.studies.current(config.path)?.study);
  }

  #show(): void {
    for (const document of workspace.textDocuments) {
      if (!this.configs.get(document.uri.fsPath)) continue;
      this.#shown.set(
        document.uri,
        this.#hints(document).map(({ range, message, kind }) => {
          const problem = new Diagnostic(toRange(range), message, DiagnosticSeverity.Information);
          problem.source = 'Sweetspot';
          problem.code = kind;
          return problem;
        }),
      );
    }
  }

  provideCodeActions(document: TextDocument, at: Range): CodeAction[] {
    return this.#hints(document)
      .filter(({ range }) => toRange(range).intersection(at) !== undefined)
      .map(({ action: title, edits }) => {
        const action = new CodeAction(title, CodeActionKind.QuickFix);
        action.edit = new WorkspaceEdit();
        for (const { range, newText } of edits) action.edit.replace(document.uri, toRange(range), newText);
        return action;
      });
  }

  dispose(): void {
    this.#own.dispose();
  }
}
