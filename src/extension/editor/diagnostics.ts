/** What is wrong with the annotations, in the editor and in the Problems view; also of files never opened. */
import { Diagnostic, DiagnosticSeverity, languages, type TextDocument, type Uri, workspace } from 'vscode';
import type { ParsedConfig } from '../../core/annotation/annotated-config.js';
import { parseConfig } from '../../core/annotation/yaml.js';
import type { Configs } from '../configs.js';
import { Disposables } from '../disposables.js';
import { isConfigPath } from '../scan.js';
import { toRange } from './ranges.js';

export function registerDiagnostics(configs: Configs): Disposables {
  const own = new Disposables();
  const problems = own.add(languages.createDiagnosticCollection('sweetspot'));
  const show = (uri: Uri, parsed: ParsedConfig) =>
    problems.set(
      uri,
      parsed.diagnostics.map(({ severity, message, range, code }) => {
        const level = severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
        const problem = new Diagnostic(toRange(range), message, level);
        problem.source = 'Sweetspot';
        problem.code = code;
        return problem;
      }),
    );
  /** An open file with @tune but without @sweep is no config yet; its author wants to know what is missing. */
  const showUnlisted = (document: TextDocument) => {
    const { uri } = document;
    if (!isConfigPath(uri) || configs.get(uri.fsPath)) return;
    const text = document.getText();
    if (/#.*@tune\b/.test(text)) show(uri, parseConfig(text));
    else problems.delete(uri);
  };
  own.add(configs.onDidChange(({ uri, parsed }) => show(uri, parsed)));
  own.add(
    configs.onDidChangeList(() => {
      problems.forEach((uri) => {
        if (!configs.get(uri.fsPath)) problems.delete(uri);
      });
      workspace.textDocuments.forEach(showUnlisted);
    }),
  );
  own.add(workspace.onDidOpenTextDocument(showUnlisted));
  own.add(workspace.onDidChangeTextDocument(({ document }) => showUnlisted(document)));
  own.add(workspace.onDidCloseTextDocument(({ uri }) => configs.get(uri.fsPath) ?? problems.delete(uri)));
  for (const { uri, parsed } of configs.all) show(uri, parsed);
  workspace.textDocuments.forEach(showUnlisted);
  return own;
}
