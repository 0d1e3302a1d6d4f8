/**
 * Captures what the results of a run depend on, once per run. What only a trial knows (backend and its versions, its
 * seed, hashes of its data) it reports itself; both together are a trial's environment.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TrainerSpec } from '../../core/annotation/annotated-config.js';
import { canonicalJson, type JsonObject } from '../../core/json.js';
import { storeFolder } from '../../core/study/places.js';
import type { RecordedEnvironment } from '../../core/study/trial.js';
import { VERSION } from '../version.js';
import { interpreterFacts } from './interpreter.js';
import { machineFacts } from './machine.js';
import { projectFacts } from './project.js';

export interface CaptureOptions {
  /** Absolute path of the annotated file. */
  readonly configFile: string;
  readonly trainer: TrainerSpec;
  /** Trials at a time. */
  readonly workers: number;
  /** Keep the changes since the last commit beside the studies. */
  readonly keepPatch?: boolean;
}

/** Never rejects for a fact that cannot be told: it is left out. `at`: the time of the capture. */
export async function captureEnvironment(options: CaptureOptions, at: string): Promise<RecordedEnvironment> {
  const { configFile, trainer, workers, keepPatch = false } = options;
  const [machine, project, interpreter] = await Promise.all([
    machineFacts(workers),
    projectFacts(configFile, trainer, keepPatch ? join(storeFolder(configFile), 'environments') : undefined),
    interpreterFacts(configFile, trainer),
  ]);
  const facts: JsonObject = { sweetspot: VERSION, ...machine, ...project, ...interpreter };
  const id = createHash('sha256').update(canonicalJson(facts)).digest('hex').slice(0, 12);
  return { id, at, facts };
}
