/** Reading an annotated file from disk, its problems worded as `file:line:column`. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { AnnotatedConfig, Diagnostic } from '../core/annotation/annotated-config.js';
import { parseConfig } from '../core/annotation/yaml.js';

export type ConfigFile =
  | {
      readonly kind: 'config';
      readonly text: string;
      readonly config: AnnotatedConfig;
      /** What in it has no effect, a line each. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'error'; readonly message: string };

/** A line for each diagnostic of the severity: `file:line:column: message`. */
const linesOf = (
  name: string,
  diagnostics: readonly Diagnostic[],
  severity: Diagnostic['severity'],
): readonly string[] =>
  diagnostics
    .filter((diagnostic) => diagnostic.severity === severity)
    .map(({ range, message }) => `${name}:${range.line}:${range.column}: ${message}`);

/** Why a text is no config, where `parseConfig` gave none. @param name of the file, as it is to be shown */
export const configErrors = (name: string, diagnostics: readonly Diagnostic[]): string =>
  linesOf(name, diagnostics, 'error').join('\n') ||
  `${name}: nothing in it is marked for tuning. Add a comment \`# @sweep\` with a line \`#   metric: val_loss\` below it, and one such as \`# @tune float(0, 1)\` behind a value.`;

export async function readConfig(file: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error);
    return { kind: 'error', message: `${file}: ${why}` };
  }
  const { config, diagnostics } = parseConfig(text);
  const name = relative(process.cwd(), file) || file;
  const shown = name.startsWith('..') ? file : name;
  if (!config) return { kind: 'error', message: configErrors(shown, diagnostics) };
  return { kind: 'config', text, config, warnings: linesOf(shown, diagnostics, 'warning') };
}
