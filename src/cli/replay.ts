/** `replay`: derives a study's suggestions, prunings and promotions again and reports the first difference. */
import { readFile } from 'node:fs/promises';
import { recordsOf, replay } from '../core/analysis/replay.js';
import { openStudy } from './open-study.js';
import { ExitCode } from './output.js';

export interface ReplayOptions {
  readonly study?: string;
  readonly json?: boolean;
}

export async function replayStudy(config: string, options: ReplayOptions): Promise<void> {
  const { file, reducer } = await openStudy(config, options.study);
  const result = replay(recordsOf(await readFile(file, 'utf8')));
  const { suggestions, prunings, promotions, skipped, difference } = result;
  if (difference) process.exitCode = ExitCode.failed;
  if (options.json) {
    console.log(
      JSON.stringify({ study: reducer.study.name, ...result, difference: difference ?? null }, null, 2),
    );
    return;
  }
  const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  const counted =
    promotions > 0
      ? `${times(suggestions, 'suggestion')}, ${times(prunings, 'pruning')} and ${times(promotions, 'promotion')}`
      : `${times(suggestions, 'suggestion')} and ${times(prunings, 'pruning')}`;
  const count = `${counted} came out the same`;
  const others =
    skipped > 0
      ? `; ${times(skipped, 'trial')} ${skipped === 1 ? 'was' : 'were'} not suggested by a sampler here`
      : '';
  if (difference) console.log(`First difference: ${difference.message}\nBefore it ${count}${others}.`);
  else console.log(`Study ${reducer.study.name} follows from its journal: ${count}${others}.`);
}
