/**
 * Compiled training modules on disk, beside their source so that imports of packages resolve as they would from there:
 * `<folder>/.sweetspot/modules/<name>-<hash>.mjs`, with a note of the files it was made from. Compiled again only when
 * one of them has changed.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Compiled } from './compile.js';

export type Compile = (file: string, folder: string) => Promise<Compiled>;

export type CompiledFile =
  | { readonly kind: 'ready'; readonly path: string }
  | { readonly kind: 'failed'; readonly message: string };

interface Note {
  readonly format: number;
  readonly output: string;
  readonly inputs: readonly { readonly path: string; readonly hash: string }[];
}

/** Raised when the way of compiling changes. */
const FORMAT = 1;

const hash = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);
const hashOfFile = async (path: string): Promise<string> => hash(await readFile(path));

/** The output named by the note, if everything is still as it was then. */
async function upToDate(notePath: string): Promise<string | undefined> {
  try {
    const note = JSON.parse(await readFile(notePath, 'utf8')) as Note;
    if (note.format !== FORMAT) return undefined;
    const hashes = await Promise.all(note.inputs.map(({ path }) => hashOfFile(path)));
    const same = hashes.every((now, i) => now === note.inputs[i]?.hash);
    const output = join(dirname(notePath), note.output);
    if (same) await readFile(output);
    return same ? output : undefined;
  } catch {
    // No note, or a file is gone.
    return undefined;
  }
}

/** Several workers may write the same file at once: each its own, moved into place whole. */
async function writeWhole(path: string, content: string): Promise<void> {
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, content);
  await rename(partial, path);
}

/**
 * @param file absolute path of the module
 * @param folder what paths in error messages are relative to
 */
export async function compiledFile(file: string, folder: string, compile: Compile): Promise<CompiledFile> {
  const home = join(dirname(file), '.sweetspot');
  const modules = join(home, 'modules');
  const notePath = join(modules, `${basename(file)}.json`);
  const existing = await upToDate(notePath);
  if (existing !== undefined) return { kind: 'ready', path: existing };

  const compiled = await compile(file, folder);
  if (compiled.kind === 'failed') return compiled;
  await mkdir(modules, { recursive: true });
  await writeFile(join(home, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  const output = `${basename(file)}-${hash(compiled.code)}.mjs`;
  await writeWhole(join(modules, output), compiled.code);
  const inputs = await Promise.all(
    compiled.inputs.map(async (path) => ({ path, hash: await hashOfFile(path) })),
  );
  const note: Note = { format: FORMAT, output, inputs };
  await writeWhole(notePath, JSON.stringify(note));
  return { kind: 'ready', path: join(modules, output) };
}
