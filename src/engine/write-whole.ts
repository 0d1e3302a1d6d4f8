/** Files that are as they were or as they are to be, never half written: a full disk or a kill costs nobody their config. */
import { chmod, chown, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/**
 * Writes a file whole or not at all, in place of one that is there; a link stays one, and what it leads to is written.
 * @param flush whether it must survive a power cut
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  { flush = false }: { readonly flush?: boolean } = {},
): Promise<void> {
  const file = await realpath(path).catch(() => path);
  const partial = `${file}.${process.pid}`;
  try {
    await writeFile(partial, content, { flush });
    await keepOwner(file, partial);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Gives the new file the old one's mode and, where this user may, its owner. */
async function keepOwner(from: string, to: string): Promise<void> {
  const old = await stat(from).catch(() => undefined);
  if (!old) return;
  await chmod(to, old.mode);
  await chown(to, old.uid, old.gid).catch(() => undefined);
}
