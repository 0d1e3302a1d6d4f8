/** Quick fixes for mistyped words: what a problem of ours says was meant is put in the word's place. */
import {
  CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type Disposable,
  languages,
  type Range,
  type TextDocument,
  WorkspaceEdit,
} from 'vscode';
import { meantIn } from '../../core/annotation/nearest.js';
import { CONFIG_FILES } from './selector.js';

function provideCodeActions(
  document: TextDocument,
  _at: Range,
  { diagnostics }: CodeActionContext,
): CodeAction[] {
  return diagnostics.flatMap((problem) => {
    const meant = meantIn(problem.message, document.getText(problem.range));
    if (problem.source !== 'Sweetspot' || meant === undefined) return [];
    const action = new CodeAction(`Change to ${meant}`, CodeActionKind.QuickFix);
    action.diagnostics = [problem];
    action.isPreferred = true;
    action.edit = new WorkspaceEdit();
    action.edit.replace(document.uri, problem.range, meant);
    return [action];
  });
}

export const registerSpelling = (): Disposable =>
  languages.registerCodeActionsProvider(
    CONFIG_FILES,
    { provideCodeActions },
    { providedCodeActionKinds: [CodeActionKind.QuickFix] },
  );
