/** Reading an annotated file from disk, its problems worded as `file:line:column`. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { AnnotatedConfig } from '../core/annotation/annotated-config.js';
import { parseConfig } from '../core/annotation/yaml.js';

export type ConfigFile =
  | {
      readonly kind: 'config';
      readonly text: string;
      readonly config: AnnotatedConfig;
      readonly warnings: string;
    }
  | { readonly kind: 'error'; readonly message: string };

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
  const say = (severity: 'error' | 'warning'): string =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity)
      .map(({ range, message }) => `${shown}:${range.line}:${range.column}: ${message}`)
      .join('\n');
  if (!config) return { kind: 'error', message: say('error') };
  return { kind: 'config', text, config, warnings: say('warning') };
}
