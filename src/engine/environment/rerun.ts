/**
 * Runs a locked trial again on this machine, first with its own seed and, where the result is not the same bit for bit,
 * with other seeds to learn how large the noise of the training is. Nothing is written to any study.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstParting, type RunRecord, type Verdict, verdictOf } from '../../core/analysis/reproduction.js';
import { parseConfig } from '../../core/annotation/yaml.js';
import type { JsonObject } from '../../core/json.js';
import { derivedSeed } from '../../core/random.js';
import type { Executor } from '../executors/executor.js';
import { LocalExecutor } from '../executors/local.js';
import { specOf, withParams } from '../runner/attempt-spec.js';
import { withSeed } from '../runner/repeat-seed.js';
import { usableCores } from './limits.js';
import { recordOf, type TrialLock } from './lock-file.js';

export interface RerunOptions {
  readonly lock: TrialLock;
  /** Absolute path of the config as it lies here: data and trainer are found beside it. */
  readonly configFile: string;
  readonly backend: 'auto' | 'embedded' | 'native';
  readonly tensorflowFolders: readonly string[];
  /** Runs with other seeds. */
  readonly repeats: number;
  /** The bundle of the child process. */
  readonly script: string;
  /** Ends the run. */
  readonly signal?: AbortSignal;
}

export type RerunResult =
  | {
      readonly kind: 'rerun';
      readonly verdict: Verdict;
      readonly objective: string;
      readonly before: RunRecord;
      readonly after: RunRecord;
      /** What the trainer reported of itself here. */
      readonly attributes: JsonObject;
    }
  | { readonly kind: 'failed'; readonly message: string };

type Run = { readonly record: RunRecord; readonly attributes: JsonObject };

export async function rerun(options: RerunOptions): Promise<RerunResult> {
  const { lock, repeats, script, signal } = options;
  const objective = parseConfig(lock.text).config?.sweep.objectives[0]?.metric;
  if (objective === undefined) return { kind: 'failed', message: 'The locked config cannot be read.' };
  const folder = await mkdtemp(join(tmpdir(), 'sweetspot-verify-'));
  const executor = new LocalExecutor(Math.max(1, usableCores() - 1), script);
  const end = (): void => void executor.dispose();
  signal?.addEventListener('abort', end);
  try {
    const first = await runOnce(options, executor, folder, 0);
    if (typeof first === 'string') return { kind: 'failed', message: first };
    const before = recordOf(lock);
    const sample = [first.record.values[objective] ?? Number.NaN];
    if (firstParting(before, first.record)) {
      for (let k = 1; k <= repeats; k += executor.slots) {
        const batch = Array.from({ length: Math.min(executor.slots, repeats - k + 1) }, (_, i) =>
          runOnce(options, executor, folder, k + i),
        );
        for (const run of await Promise.all(batch)) {
          if (typeof run !== 'string') sample.push(run.record.values[objective] ?? Number.NaN);
        }
      }
    }
    const verdict = verdictOf(before, first.record, objective, sample);
    return { kind: 'rerun', verdict, objective, before, after: first.record, attributes: first.attributes };
  } finally {
    signal?.removeEventListener('abort', end);
    await executor.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** One run, or why it failed. `k` 0: with the trial's own seed. */
async function runOnce(
  { lock, ...options }: RerunOptions,
  executor: Executor,
  folder: string,
  k: number,
): Promise<Run | string> {
  const { config } = parseConfig(lock.text);
  if (!config) return 'The locked config cannot be read.';
  const own = join(folder, String(k));
  await mkdir(own);
  const seed = k === 0 ? lock.seed : derivedSeed(lock.seed, k, 'verify');
  const context = { ...options, config, text: lock.text };
  const given = withParams(context, lock.params);
  // A config's own seed takes the place of a trial's, so for another seed it must give way.
  const patched = k === 0 ? given : withSeed(given.config, given.text, () => seed);
  const reports: { step: number; metrics: Readonly<Record<string, number>> }[] = [];
  const last = lock.state === 'pruned' ? (lock.reports.at(-1)?.step ?? 0) : Number.POSITIVE_INFINITY;
  const reached: Record<string, number> = {};
  let attributes: JsonObject = {};
  const result = await executor.run(
    specOf(context, { trial: k, attempt: 1, params: lock.params, seed, folder: own }, patched),
    {
      started: (said) => {
        attributes = said;
      },
      report: async (step, said) => {
        reports.push({ step, metrics: said });
        Object.assign(reached, said);
        return step >= last;
      },
    },
  );
  switch (result.kind) {
    case 'failed':
      return result.error;
    case 'interrupted':
    case 'cancelled':
      return 'the run was interrupted';
    case 'finished':
      return { record: { reports, values: { ...reached, ...result.values } }, attributes };
  }
}
