/** `clean`: removes files of trials that need not be kept, by the config's `keep` or the one given. */
import { resolve } from 'node:path';
import { keepOf } from '../core/annotation/keep-setting.js';
import { formatBytes } from '../core/format.js';
import type { Retention } from '../core/study/retention.js';
import { readConfig } from '../engine/config-file.js';
import { whileAtRest } from '../engine/studies/manage.js';
import { cleanStudy } from '../engine/studies/retention.js';
import { openStudy, UsageError } from './open-study.js';
import { ExitCode } from './output.js';

export interface CleanOptions {
  readonly study?: string;
  readonly keep?: string;
  readonly logs?: boolean;
  readonly dryRun?: boolean;
}

async function retentionOf(config: string, { keep, logs }: CleanOptions): Promise<Retention> {
  if (keep !== undefined) {
    const whose = keepOf(/^\d+$/.test(keep) ? Number(keep) : keep);
    if (whose === undefined)
      throw new UsageError(`--keep takes all, best, none or a number of the best trials, not "${keep}".`);
    return { checkpoints: whose, files: whose, ...(logs ? { logs: whose } : {}) };
  }
  const read = await readConfig(resolve(config));
  if (read.kind === 'error') throw new UsageError(read.message);
  const said = read.config.sweep.keep;
  if (!said)
    throw new UsageError(
      `Nothing says what to keep. Add \`keep: best\` to the @sweep block of ${config}, or say it here: --keep best`,
    );
  return said;
}

export async function clean(config: string, options: CleanOptions): Promise<void> {
  const { dryRun = false } = options;
  const retention = await retentionOf(config, options);
  const { name } = (await openStudy(config, options.study)).reducer.study;
  const removed = await whileAtRest(resolve(config), name, async (journal) => {
    const { study } = (await openStudy(config, name)).reducer;
    return cleanStudy(journal, study, retention, dryRun);
  });
  if ('kind' in removed) throw new UsageError(removed.message, ExitCode.failed);
  const files = `${removed.files} file${removed.files === 1 ? '' : 's'}, ${formatBytes(removed.bytes)}`;
  console.log(dryRun ? `Would remove ${files} of ${name}.` : `Removed ${files} of ${name}.`);
}
