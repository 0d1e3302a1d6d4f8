/** Between the core's source ranges (lines and columns from 1) and the editor's (from 0). */
import { Range, Uri, window } from 'vscode';
import type { SourceRange } from '../../core/annotation/annotated-config.js';

export function toRange({ line, column, endLine, endColumn }: SourceRange): Range {
  return new Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}

/** Opens the file with the range selected. */
export async function reveal(path: string, range: SourceRange): Promise<void> {
  await window.showTextDocument(Uri.file(path), { selection: toRange(range) });
}
