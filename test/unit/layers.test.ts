/** Imports go one way. Read from the sources, so that a wrong one fails here and not in a bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'src/core': ['src/core'],
  'src/protocol': ['src/protocol', 'src/core'],
  'src/engine': ['src/engine', 'src/protocol', 'src/core'],
  'src/cli': ['src/cli', 'src/engine', 'src/protocol', 'src/core'],
  'src/extension': ['src/extension', 'src/protocol', 'src/core'],
  'webview-ui': ['webview-ui', 'src/protocol', 'src/core'],
};

/** Packages and modules that a layer must not know. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  'src/core': /^(node:|vscode$|vscode-jsonrpc|@tensorflow|lit|esbuild)/,
  'src/protocol': /^(node:|vscode$|@tensorflow|lit|esbuild)/,
  'src/engine': /^(vscode$|lit)/,
  'src/cli': /^(vscode$|lit|@tensorflow)/,
  'src/extension': /^(@tensorflow|lit)/,
  'webview-ui': /^(node:|vscode$|@tensorflow|esbuild)/,
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => join(folder, file));
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');

describe('imports', () => {
  for (const [layer, allowed] of Object.entries(ALLOWED)) {
    it(`of ${layer} stay within ${allowed.join(', ')}`, () => {
      const files = sources(layer);
      expect(files.length).toBeGreaterThan(0);
      const wrong = files.flatMap((file) =>
        importsOf(file)
          .filter((target) => {
            if (!target.startsWith('.')) return FORBIDDEN[layer]?.test(target) ?? false;
            const path = relative(root, resolve(root, dirname(file), target))
              .split(sep)
              .join('/');
            return !allowed.some((folder) => path.startsWith(`${folder}/`));
          })
          .map((target) => `${file} imports ${target}`),
      );
      expect(wrong).toEqual([]);
    });
  }

  it('of the toolkit come from controls.ts alone', () => {
    const importers = sources('webview-ui').filter((file) =>
      importsOf(file).some((target) => target.startsWith('@vscode/webview-ui-toolkit')),
    );
    expect(importers.map((file) => file.split(sep).join('/'))).toEqual(['webview-ui/src/controls.ts']);
  });
});
