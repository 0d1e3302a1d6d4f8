/**
 * Compiled training modules on disk, beside their source so that imports of packages resolve as they would from there:
 * `<folder>/.sweetspot/modules/<name>-<hash>.mjs`, with a note of the files it was made from. Compiled again only when
 * one of them has changed.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeWhole } from '../../write-whole.js';
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
const FORMAT = 3;
/** Outputs of earlier versions go when they are older than this (ms): a worker may be about to load one. */
const OLD = 60_000;
/** Nobody compiles for longer (ms): a lock of that age was left behind, by another machine perhaps. */
const STALE = 60_000;
/** Between looks at a lock (ms). */
const LOOK_EVERY = 50;

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

const ageOf = async (path: string): Promise<number> =>
  Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;

/** Whether the process that made the lock file was killed. One that is still empty is being made. */
async function isLeftBehind(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Holds the lock file while `work` runs, so that of several workers that start cold one compiles and the others find
 * its output. Waits for whoever holds it.
 */
async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const isOurs = await writeFile(path, String(process.pid), { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        // Windows says EPERM while the file is being deleted.
        if (error.code !== 'EEXIST' && error.code !== 'EPERM') throw error;
        return false;
      },
    );
    if (isOurs) {
      try {
        return await work();
      } finally {
        await rm(path, { force: true });
      }
    }
    if ((await isLeftBehind(path)) || (await ageOf(path)) > STALE) await rm(path, { force: true });
    else await setTimeout(LOOK_EVERY);
  }
}

/** Removes what was compiled from earlier versions of the module. */
async function removeOld(modules: string, name: string, output: string): Promise<void> {
  for (const file of await readdir(modules)) {
    if (!file.startsWith(`${name}-`) || file === output) continue;
    const path = join(modules, file);
    if ((await ageOf(path)) > OLD) await rm(path, { force: true }).catch(() => undefined);
  }
}

/**
 * @param file absolute path of the module
 * @param folder what paths in error messages are relative to
 */
export async function compiledFile(file: string, folder: string, compile: Compile): Promise<CompiledFile> {
  const home = join(dirname(file), '.sweetspot');
  const modules = join(home, 'modules');
  const name = basename(file);
  const notePath = join(modules, `${name}.json`);
  const existing = await upToDate(notePath);
  if (existing !== undefined) return { kind: 'ready', path: existing };

  await mkdir(modules, { recursive: true });
  await writeFile(join(home, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  return locked(join(modules, `${name}.lock`), async () => {
    const made = await upToDate(notePath);
    if (made !== undefined) return { kind: 'ready', path: made };
    const compiled = await compile(file, folder);
    if (compiled.kind === 'failed') return compiled;
    const output = `${name}-${hash(compiled.code)}.mjs`;
    await writeWhole(join(modules, output), compiled.code);
    const inputs = await Promise.all(
      compiled.inputs.map(async (path) => ({ path, hash: await hashOfFile(path) })),
    );
    const note: Note = { format: FORMAT, output, inputs };
    await writeWhole(notePath, JSON.stringify(note));
    await removeOld(modules, name, output);
    return { kind: 'ready', path: join(modules, output) };
  });
}
