/**
 * Virtual documents that show what the result of a trial, or of the latest run of a study, depends on; two of them side by
 * side are the difference of two environments, whose second begins with what differs and how likely it matters.
 */
import { basename } from 'node:path';
import { commands, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import { stringify } from 'yaml';
import { environmentDifference, environmentOfTrial, factText } from '../../core/analysis/environment-diff.js';
import type { JsonObject } from '../../core/json.js';
import type { Study } from '../../core/study/trial.js';
import { ENVIRONMENT_SCHEME } from '../contributions.js';
import { Disposables } from '../disposables.js';
import { count } from '../format.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';

/** A trial by its number, or a run of the study by its place among its environments. */
export type EnvironmentOf = { readonly trial: number } | { readonly run: number };

interface Shown {
  readonly journal: string;
  readonly of: EnvironmentOf;
  /** Say how it differs from this one. */
  readonly since?: EnvironmentOf;
}

const nameOf = (of: EnvironmentOf): string =>
  'trial' in of ? `trial ${of.trial}` : `environment ${of.run + 1}`;

function factsOf(study: Study, of: EnvironmentOf): JsonObject | undefined {
  if ('run' in of) return study.environments[of.run]?.facts;
  const trial = study.trials[of.trial];
  return trial && environmentOfTrial(study, trial);
}

function uriOf(entry: StudyEntry, shown: Omit<Shown, 'journal'>): Uri {
  return Uri.from({
    scheme: ENVIRONMENT_SCHEME,
    path: `/${entry.name} ${nameOf(shown.of)}.yaml`,
    query: JSON.stringify({ journal: entry.id, ...shown }),
  });
}

export class EnvironmentDocuments implements TextDocumentContentProvider {
  readonly #own = new Disposables();

  constructor(private readonly studies: Studies) {
    this.#own.add(workspace.registerTextDocumentContentProvider(ENVIRONMENT_SCHEME, this));
  }

  async show(entry: StudyEntry, of: EnvironmentOf): Promise<void> {
    if (!this.#known(entry, of)) return;
    await window.showTextDocument(await workspace.openTextDocument(uriOf(entry, { of })), { preview: true });
  }

  async compare(entry: StudyEntry, since: EnvironmentOf, of: EnvironmentOf): Promise<void> {
    if (!this.#known(entry, since) || !this.#known(entry, of)) return;
    await commands.executeCommand(
      'vscode.diff',
      uriOf(entry, { of: since }),
      uriOf(entry, { of, since }),
      `${entry.name}: environment of ${nameOf(since)} ↔ ${nameOf(of)}`,
      { preview: true },
    );
  }

  provideTextDocumentContent(uri: Uri): string {
    const { journal, of, since } = JSON.parse(uri.query) as Shown;
    const study = this.studies.get(journal)?.study;
    const facts = study && factsOf(study, of);
    if (!study || !facts) return `# ${basename(journal)} is not known any more.\n`;
    const before = since && factsOf(study, since);
    const head = before && since ? differenceText(before, facts, nameOf(since)) : '';
    return `${head}${stringify(facts, { sortMapEntries: true, lineWidth: 0 })}`;
  }

  dispose(): void {
    this.#own.dispose();
  }

  #known({ study, name }: StudyEntry, of: EnvironmentOf): boolean {
    const facts = factsOf(study, of);
    if (facts && Object.keys(facts).length > 0) return true;
    void window.showInformationMessage(
      `Nothing is recorded of the environment of ${nameOf(of)} of ${name}: it ran before environments were recorded, or elsewhere.`,
    );
    return false;
  }
}

function differenceText(before: JsonObject, after: JsonObject, name: string): string {
  const differences = environmentDifference(before, after);
  if (differences.length === 0) return `# Nothing differs from ${name}.\n\n`;
  const lines = differences.map(
    (one) =>
      `#   ${one.weight.padEnd(8)} ${one.path}: ${factText(one.before)} → ${factText(one.after)} (${one.why})`,
  );
  return `# ${count(differences.length, 'difference')} from ${name}, the likeliest to matter first:\n${lines.join('\n')}\n\n`;
}
