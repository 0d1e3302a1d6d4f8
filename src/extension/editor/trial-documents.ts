/**
 * Virtual documents that show a config as it is this moment with the values of a trial: the right side of the diff.
 * They follow the file as it is edited, so the diff never shows an old one.
 */
import { basename } from 'node:path';
import { type Event, EventEmitter, type TextDocumentContentProvider, Uri, workspace } from 'vscode';
import type { Configs } from '../configs.js';
import { TRIAL_SCHEME } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { Studies } from '../studies.js';
import { withTrialValues } from './trial-values.js';

export interface TrialRef {
  /** Path of the study's journal. */
  readonly journal: string;
  readonly trial: number;
}

/** The path stays the config's, so that the language and the file's icon are its. */
export function trialUri(configFile: string, ref: TrialRef): Uri {
  return Uri.file(configFile).with({ scheme: TRIAL_SCHEME, query: JSON.stringify(ref) });
}

/** The trial of a virtual document's URI; undefined for any other URI. */
export function trialOfUri(uri: Uri): TrialRef | undefined {
  if (uri.scheme !== TRIAL_SCHEME) return undefined;
  return JSON.parse(uri.query) as TrialRef;
}

export class TrialDocuments implements TextDocumentContentProvider {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new EventEmitter<Uri>());
  readonly onDidChange: Event<Uri> = this.#changed.event;

  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
  ) {
    this.#own.add(workspace.registerTextDocumentContentProvider(TRIAL_SCHEME, this));
    this.#own.add(
      configs.onDidChange(({ path }) => {
        for (const { uri } of workspace.textDocuments) {
          if (uri.scheme === TRIAL_SCHEME && uri.with({ scheme: 'file', query: '' }).fsPath === path)
            this.#changed.fire(uri);
        }
      }),
    );
  }

  provideTextDocumentContent(uri: Uri): string {
    const ref = trialOfUri(uri);
    const path = uri.with({ scheme: 'file', query: '' }).fsPath;
    const config = this.configs.now(path);
    if (!config || !ref) return `# ${basename(path)} is not annotated any more.\n`;
    const params = this.studies.get(ref.journal)?.study.trials[ref.trial]?.params;
    if (!params) return '# This trial is not known any more: its study was deleted.\n';
    const values = withTrialValues(basename(path), config.text, config.parsed, params);
    return values.kind === 'ok' ? values.text : `# ${values.message}\n`;
  }

  dispose(): void {
    this.#own.dispose();
  }
}
