/** `exclude`, `include`, `star`, `note` and `tag`: what people say about trials, while the study runs or afterwards. */
import { resolve } from 'node:path';
import type { MarksChange } from '../core/study/marks.js';
import { markTrials } from '../engine/studies/marks.js';
import { openStudy, trialOf, UsageError } from './open-study.js';
import { ExitCode } from './output.js';

export interface MarkOptions {
  readonly study?: string;
}

/** Makes the change and says so. */
export async function mark(
  config: string,
  numbers: readonly number[],
  options: MarkOptions,
  change: MarksChange,
  done: string,
): Promise<void> {
  const { study } = (await openStudy(config, options.study)).reducer;
  for (const number of numbers) trialOf(study, number);
  await markTrials(resolve(config), study.name, numbers, change).catch((error: Error) => {
    throw new UsageError(error.message, ExitCode.failed);
  });
  const which = numbers.length === 1 ? `Trial ${numbers[0]} is` : `Trials ${numbers.join(', ')} are`;
  console.log(`${which} ${done}.`);
}
