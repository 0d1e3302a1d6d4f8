/**
 * Packages of a conda environment, with their builds, as `conda list` tells them: read from the files that conda keeps of
 * each (`conda-meta/<name>-<version>-<build>.json`), which takes no second and no conda.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../core/json.js';

const META = /^(?<name>.+)-(?<version>[^-]+)-(?<build>[^-]+)\.json$/;

/** @param prefix folder of the environment. Empty where it is none of conda's. */
export async function condaPackages(prefix: string): Promise<JsonObject> {
  const files = await readdir(join(prefix, 'conda-meta')).catch(() => []);
  return Object.fromEntries(
    files.sort().flatMap((file) => {
      const { name, version, build } = META.exec(file)?.groups ?? {};
      return name === undefined ? [] : [[name, `${version} ${build}`]];
    }),
  );
}
