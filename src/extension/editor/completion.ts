/** Completion in annotations. Editors do not suggest in comments by themselves: `@` and a blank ask for it. */
import {
  CompletionItem,
  CompletionItemKind,
  type Disposable,
  languages,
  type Position,
  SnippetString,
  type TextDocument,
} from 'vscode';
import { completionsAt } from '../../core/annotation/completion.js';
import { CONFIG_FILES } from './selector.js';

export function registerCompletion(): Disposable {
  return languages.registerCompletionItemProvider(CONFIG_FILES, { provideCompletionItems }, '@', ' ');
}

function provideCompletionItems(document: TextDocument, position: Position): CompletionItem[] {
  const lines = document.getText().split(/\r?\n/);
  const line = document.lineAt(position).text.slice(0, position.character);
  const typed = /@?\w*$/.exec(line)?.[0].length ?? 0;
  return completionsAt(lines.slice(0, position.line), line).map(({ label, detail, snippet }, place) => {
    const item = new CompletionItem(label, CompletionItemKind.Property);
    item.detail = detail;
    item.insertText = new SnippetString(snippet);
    item.range = document.lineAt(position).range.with(position.translate(0, -typed), position);
    item.sortText = String(place).padStart(2, '0');
    // The values of a setting follow at once.
    if (snippet.endsWith(' ')) item.command = { command: 'editor.action.triggerSuggest', title: '' };
    return item;
  });
}
