/** Which files of a project are no longer what they were at a commit: what another commit's number alone does not say. */
import { join } from 'node:path';
import { outputOf } from './command-output.js';

/**
 * Absolute paths of the tracked files of the repository around `folder` that differ from the commit, as they lie here.
 * undefined where git cannot tell: outside of a repository, or in a clone that does not have the commit.
 */
export async function changedSince(commit: string, folder: string): Promise<readonly string[] | undefined> {
  const [names, root] = await Promise.all([
    outputOf('git', ['diff', '--name-only', '--no-renames', '--no-ext-diff', '-z', commit, '--'], folder),
    outputOf('git', ['rev-parse', '--show-toplevel'], folder),
  ]);
  if (names === undefined || root === undefined) return undefined;
  return names.split('\0').flatMap((name) => (name === '' ? [] : [join(root.trim(), name)]));
}
