/** What lies below a folder, in bytes, for tooltips. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** 0 where there is no such folder. Files that vanish meanwhile do not count. */
export async function folderSize(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      (stats) => (stats.isFile() ? stats.size : 0),
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
