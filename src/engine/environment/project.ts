/** Facts of the user's project: the commit with what was changed since, lock files, and the trainer's own source. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { TrainerSpec } from '../../core/annotation/annotated-config.js';
import type { JsonObject } from '../../core/json.js';
import { outputOf } from './command-output.js';

const LOCK_FILES = [
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'requirements.txt',
  'poetry.lock',
  'uv.lock',
  'Pipfile.lock',
  'pdm.lock',
  'environment.yml',
  'conda-lock.yml',
];
/** Files that a trainer is made of, at most. */
const MOST_FILES = 200;
/** Characters of a patch that is kept whole; of a larger one its hash alone. */
const LARGEST_PATCH = 4 * 2 ** 20;
const EXTENSIONS = ['', '.ts', '.js', '.mjs', '.mts', '.tsx', '.jsx', '/index.ts', '/index.js'];
const IMPORT = /(?:\bfrom|\bimport|\brequire\()\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;
/** `import helpers`, `from .model import Net`: modules that may lie beside the program. */
const PYTHON_IMPORT = /^\s*(?:from\s+\.?([\w.]+)\s+import|import\s+([\w.]+))/gm;

const hashOf = (content: string | Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const contentOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined);

/** Beside the studies, named by its hash: with the commit it gives back the code that was run. */
async function keep(folder: string, patch: string): Promise<void> {
  await mkdir(folder, { recursive: true })
    .then(() => writeFile(join(folder, `${hashOf(patch).slice(7, 23)}.patch`), patch, { flag: 'wx' }))
    // It is there already, or the disk is full: the hash is recorded all the same.
    .catch(() => undefined);
}

/** undefined outside of a repository or without git. */
async function git(folder: string, patches: string | undefined): Promise<JsonObject | undefined> {
  const [commit, patch, root] = await Promise.all([
    outputOf('git', ['rev-parse', 'HEAD'], folder),
    outputOf('git', ['diff', 'HEAD', '--binary', '--no-ext-diff'], folder),
    outputOf('git', ['rev-parse', '--show-toplevel'], folder),
  ]);
  if (commit === undefined) return undefined;
  if (patch && patches !== undefined && patch.length <= LARGEST_PATCH) await keep(patches, patch);
  return {
    commit: commit.trim(),
    dirty: patch !== undefined && patch !== '',
    ...(patch ? { patch: hashOf(patch) } : {}),
    ...(root !== undefined && { folder: relative(root.trim(), folder).replaceAll('\\', '/') || '.' }),
  };
}

/** Of the nearest folder upwards that has any. */
async function lockFiles(folder: string): Promise<JsonObject | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await Promise.all(
      LOCK_FILES.map(async (name) => [name, await contentOf(join(at, name))] as const),
    );
    const hashes = found.flatMap(([name, text]) =>
      text === undefined ? [] : [[name, hashOf(text)] as const],
    );
    if (hashes.length > 0) return Object.fromEntries(hashes);
    if (dirname(at) === at) return undefined;
  }
}

function importsOf(file: string, text: string): readonly (readonly string[])[] {
  const folder = dirname(file);
  if (file.endsWith('.py')) {
    return [...text.matchAll(PYTHON_IMPORT)].map((match) => {
      const path = join(folder, (match[1] ?? match[2] ?? '').replaceAll('.', '/'));
      return [`${path}.py`, join(path, '__init__.py')];
    });
  }
  return [...text.matchAll(IMPORT)].map((match) => {
    const path = join(folder, match[1] ?? '');
    return [...EXTENSIONS.map((extension) => path + extension), path.replace(/\.js$/, '.ts')];
  });
}

/** Hashes of the files that a trainer consists of, found by following imports of files beside it. */
async function sources(entries: readonly string[], folder: string): Promise<JsonObject> {
  const hashes: Record<string, string> = {};
  const seen = new Set<string>();
  const queue = entries.map((entry) => [entry]);
  for (let candidates = queue.shift(); candidates && seen.size < MOST_FILES; candidates = queue.shift()) {
    for (const file of candidates) {
      if (seen.has(file)) break;
      const text = await contentOf(file);
      if (text === undefined) continue;
      seen.add(file);
      hashes[relative(folder, file).replaceAll('\\', '/')] = hashOf(text);
      queue.push(...importsOf(file, text).map((list) => [...list]));
      break;
    }
  }
  return hashes;
}

/** Words of a command that may name files. */
export const wordsOf = (command: string): readonly string[] =>
  (command.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));

/** @param patches folder in which changes since the commit are kept; absent: they are not */
export async function projectFacts(
  configFile: string,
  trainer: TrainerSpec,
  patches?: string,
): Promise<JsonObject> {
  const folder = dirname(configFile);
  const entries =
    trainer.kind === 'module'
      ? [trainer.file]
      : trainer.kind === 'command'
        ? wordsOf(trainer.command).filter((word) => /\.\w+$/.test(word) && !word.includes('${'))
        : [];
  const [repository, locks, files] = await Promise.all([
    git(folder, patches),
    lockFiles(folder),
    sources(
      entries.map((entry) => resolve(folder, entry)),
      folder,
    ),
  ]);
  return {
    ...(repository && { git: repository }),
    ...(locks && { lockFiles: locks }),
    trainer: {
      kind: trainer.kind,
      ...(trainer.kind === 'command' && { command: trainer.command }),
      ...(Object.keys(files).length > 0 && { files }),
    },
  };
}
