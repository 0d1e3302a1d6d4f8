/**
 * Encoded rows on disk, for tables larger than memory: float32 numbers one row after another, read back batch by batch.
 * Kept in `.sweetspot/data/` for the next trial; workers that encode the same at once do not disturb each other.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, diskPart, type Part, type Targets } from './dataset.js';
import type { RowSink } from './tables.js';

/** Encodings of one folder's data that are kept; the longest unused goes first. */
const KEPT = 4;
/** One that is not finished after a day (ms) was left behind by a process that was killed. */
const ABANDONED = 24 * 3600 * 1000;
const BUFFERED_BYTES = 2 ** 22;
const META = 'meta.json';

type Meta = Omit<Dataset, 'train' | 'validation'> & {
  readonly rows: { readonly train: number; readonly validation: number };
};

const inputsFile = (folder: string, part: string): string => join(folder, `${part}.inputs`);
const targetsFile = (folder: string, part: string): string => join(folder, `${part}.targets`);

/** Writes rows behind each other; `finish` gives nothing to read yet, since the folder still moves to its place. */
export async function fileSink(folder: string, part: 'train' | 'validation'): Promise<RowSink> {
  const handle = await open(inputsFile(folder, part), 'w');
  let buffered: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const chunk = Buffer.concat(buffered);
    buffered = [];
    bytes = 0;
    await handle.writeFile(chunk);
  };
  return {
    add: (row) => {
      buffered.push(
        Buffer.from(row.buffer.slice(row.byteOffset, row.byteOffset + row.byteLength) as ArrayBuffer),
      );
      bytes += row.byteLength;
      return bytes < BUFFERED_BYTES ? undefined : flush();
    },
    finish: async (of, scale) => {
      await flush();
      await handle.close();
      const { labels, targets } = of;
      await writeFile(targetsFile(folder, part), labels.length > 0 ? labels : targets);
      return diskPart(labels.length || targets.length, 0, of, scale, () => undefined);
    },
  };
}

/** Closes the files of parts that nobody holds any more: trials that share a process may each be at another fold. */
const unused = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

async function openStored(folder: string): Promise<Dataset | undefined> {
  let meta: Meta;
  try {
    meta = JSON.parse(await readFile(join(folder, META), 'utf8')) as Meta;
  } catch {
    return undefined;
  }
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined);
  const { rows, ...rest } = meta;
  const part = async (name: 'train' | 'validation'): Promise<Part> => {
    const bytes = await readFile(targetsFile(folder, name));
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const isClasses = rest.classes.length > 0;
    const of: Targets = {
      labels: isClasses ? new Int32Array(buffer) : new Int32Array(),
      targets: isClasses ? new Float64Array() : new Float64Array(buffer),
      outputs: rest.outputs,
    };
    const file = inputsFile(folder, name);
    const descriptor = openSync(file, 'r');
    const made = diskPart(rows[name], rest.rowSize, of, rest.scale, (from, into) => {
      const wanted = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
      for (let done = 0; done < wanted.length; ) {
        const read = readSync(descriptor, wanted, done, wanted.length - done, from * rest.rowSize * 4 + done);
        if (read === 0) throw new Error(`${file} is cut short. Delete its folder; it is made anew.`);
        done += read;
      }
    });
    unused.register(made, descriptor);
    return made;
  };
  const train = await part('train');
  const validation = rows.validation > 0 ? await part('validation') : undefined;
  return { ...rest, train, ...(validation && { validation }) };
}

/** Where this process makes an encoding before it moves to its place. */
const makingFolder = (place: string): string => `${place}.${process.pid}`;
const isBeingMade = (name: string): boolean => name.includes('.');

/**
 * Removes the encodings that were not used for longest; one that another worker has open stays readable to it. What
 * other workers are making is theirs.
 */
async function removeOld(home: string): Promise<void> {
  const names = await readdir(home);
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      used: (await stat(join(home, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const finished = aged.filter(({ name }) => !isBeingMade(name)).sort((a, b) => b.used - a.used);
  const abandoned = aged.filter(({ name, used }) => isBeingMade(name) && Date.now() - used > ABANDONED);
  for (const { name } of [...finished.slice(KEPT), ...abandoned]) {
    await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * The stored dataset of `key`, made by `prepare` where there is none yet.
 * @param home the folder of all of them
 * @param prepare writes the parts into the folder it is given, with `fileSink`
 */
export async function storedDataset(
  home: string,
  key: string,
  prepare: (folder: string) => Promise<Dataset>,
): Promise<Dataset> {
  const place = join(home, createHash('sha256').update(key).digest('hex').slice(0, 24));
  const existing = await openStored(place);
  if (existing) return existing;
  const making = makingFolder(place);
  await mkdir(making, { recursive: true });
  await writeFile(join(home, '..', '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  try {
    const { train, validation, ...rest } = await prepare(making);
    const meta: Meta = { ...rest, rows: { train: train.rows, validation: validation?.rows ?? 0 } };
    await writeFile(join(making, META), JSON.stringify(meta));
    // Where another worker was first, its folder is as good.
    await rename(making, place).catch(() => undefined);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  await removeOld(home);
  const stored = await openStored(place);
  if (!stored) throw new Error(`The encoded data cannot be read back from ${place}.`);
  return stored;
}
