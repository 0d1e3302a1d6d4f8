/** Collects the diagnostics of one text and turns offsets into lines and columns. */
import { LineCounter } from 'yaml';
import type { Diagnostic, SourceRange } from './annotated-config.js';

/** Where things are in a text. A byte order mark takes no column, as editors do not show it. */
export class SourceText {
  readonly #lines = new LineCounter();
  readonly #mark: number;

  constructor(readonly text: string) {
    this.#mark = text.startsWith('\uFEFF') ? 1 : 0;
    this.#lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
      this.#lines.addNewLine(at + 1);
  }

  position(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: line === 1 ? Math.max(1, col - this.#mark) : col };
  }

  line(offset: number): number {
    return this.#lines.linePos(offset).line;
  }

  /** Offset of the first character of a line that exists. */
  lineStart(line: number): number {
    return this.#lines.lineStarts[line - 1] ?? this.text.length;
  }

  range(start: number, end: number): SourceRange {
    const from = this.position(start);
    const to = this.position(end);
    return { start, end, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }
}

export class Diagnostics {
  readonly #list: Diagnostic[] = [];

  constructor(readonly source: SourceText) {}

  error(code: string, message: string, start: number, end: number): void {
    this.add('error', code, message, start, end);
  }

  warning(code: string, message: string, start: number, end: number): void {
    this.add('warning', code, message, start, end);
  }

  add(severity: Diagnostic['severity'], code: string, message: string, start: number, end: number): void {
    this.#list.push({ severity, code, message, range: this.source.range(start, end) });
  }

  get hasErrors(): boolean {
    return this.#list.some(({ severity }) => severity === 'error');
  }

  /** In the order of the text. */
  list(): readonly Diagnostic[] {
    return this.#list.toSorted((a, b) => a.range.start - b.range.start);
  }
}
