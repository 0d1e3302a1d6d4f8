/** What the data was, in one number: SHA-256 over the bytes of every file, so that a result can be traced to its data. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';

/** By path, size and time of change: a file is read once per process. */
const known = new Map<string, Promise<string>>();

async function hashOfFile(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  const key = JSON.stringify([path, mtimeMs, size]);
  let hash = known.get(key);
  if (!hash) {
    hash = (async () => {
      const sum = createHash('sha256');
      for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }))
        sum.update(chunk as Buffer);
      return sum.digest('hex');
    })();
    known.set(key, hash);
    hash.catch(() => known.delete(key));
  }
  return hash;
}

/** Of one file its own; of several one over their hashes and their names below `folder`. */
export async function contentHash(files: readonly string[], folder: string): Promise<string> {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return `sha256:${await hashOfFile(only)}`;
  const sum = createHash('sha256');
  for (const file of files) {
    sum.update(`${relative(folder, file).replaceAll('\\', '/')}\0${await hashOfFile(file)}\n`);
  }
  return `sha256:${sum.digest('hex')}`;
}
