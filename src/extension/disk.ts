/** Small questions to the disk. */
import { access } from 'node:fs/promises';

/** Whether there is a file or folder. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
