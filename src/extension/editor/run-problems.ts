/**
 * Mistakes that show only when a sweep runs (a missing data file, a metric that is never reported), put at the line
 * that the engine named. They stay until the file changes or the sweep runs again.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Diagnostic, DiagnosticSeverity, languages, Range, Uri, workspace } from 'vscode';
import type { Configs } from '../configs.js';
import { Disposables } from '../disposables.js';
import type { Studies } from '../studies.js';
import { isRunning } from '../study-entry.js';
import { toRange } from './ranges.js';

/** `iris.yaml:7: there is no file …`, `train.ts:12:3: …`, on the first line that names a place. */
const PLACE = /^([^\n]+?):(\d+)(?::(\d+))?: ([\s\S]*)$/m;

export class RunProblems {
  readonly #own = new Disposables();
  readonly #problems = this.#own.add(languages.createDiagnosticCollection('sweetspot-run'));
  /** Where the problem of a config stands: in the config itself or in a file of its training. */
  readonly #places = new Map<string, Uri>();

  constructor(
    private readonly configs: Configs,
    studies: Studies,
  ) {
    this.#own.add(studies.onDidChange((entry) => isRunning(entry) && this.#clear(entry.configFile)));
    this.#own.add(configs.onDidChange(({ path }) => this.#clear(path)));
    this.#own.add(
      workspace.onDidSaveTextDocument(({ uri }) => {
        for (const [config, place] of this.#places) if (place.fsPath === uri.fsPath) this.#clear(config);
      }),
    );
  }

  /** Puts the engine's message where it says, or at `@sweep` when it names no line. Gives that place. */
  show(configFile: string, message: string): { readonly uri: Uri; readonly range: Range } {
    this.#clear(configFile);
    const [, file = '', line = '1', column = '1', text = message] = PLACE.exec(message) ?? [];
    const named = resolve(dirname(configFile), file);
    const isPlace = file !== '' && existsSync(named);
    const uri = Uri.file(isPlace ? named : configFile);
    const at = this.configs.get(configFile)?.parsed.sweepRange;
    const start = Number(line) - 1;
    const range = isPlace
      ? new Range(start, Number(column) - 1, start, Number.MAX_SAFE_INTEGER)
      : at
        ? toRange(at)
        : new Range(0, 0, 0, 0);
    const problem = new Diagnostic(range, isPlace ? text : message, DiagnosticSeverity.Error);
    problem.source = 'Sweetspot';
    this.#problems.set(uri, [problem]);
    this.#places.set(configFile, uri);
    return { uri, range };
  }

  dispose(): void {
    this.#own.dispose();
  }

  #clear(configFile: string): void {
    const place = this.#places.get(configFile);
    if (place) this.#problems.delete(place);
    this.#places.delete(configFile);
  }
}
