/** The TensorFlow backend of an attempt: loaded once per worker, described for the record. */
import { release } from 'node:os';
import type { JsonObject } from '../../core/json.js';
import type { Backend } from '../tensorflow/backend.js';
import { loadBackend } from '../tensorflow/load.js';
import { FatalTrainingError } from './fatal-error.js';
import type { Session } from './session.js';

const loaded = new Map<string, Promise<Backend>>();

/** @throws FatalTrainingError where the backend that was insisted on does not work. */
export async function backendOf({ spec, configFolder }: Session): Promise<Backend> {
  const key = `${spec.backend} ${configFolder}`;
  let backend = loaded.get(key);
  if (!backend) {
    backend = loadBackend({ prefer: spec.backend, searchFolders: [configFolder, ...spec.tensorflowFolders] });
    loaded.set(key, backend);
  }
  try {
    return await backend;
  } catch (error) {
    throw new FatalTrainingError(error instanceof Error ? error.message : String(error));
  }
}

/** What any result depends on. */
export const processAttributes = (seed: number): JsonObject => ({
  seed,
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
  os: release(),
  pid: process.pid,
});

export const backendAttributes = ({ kind, versions, fallbackReason }: Backend): JsonObject => ({
  backend: kind,
  versions,
  ...(fallbackReason !== undefined && { fallbackReason }),
});
