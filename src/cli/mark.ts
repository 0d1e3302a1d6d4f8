/** `exclude`, `include`, `star`, `note` and `tag`: what people say about trials, while the study runs or afterwards. */
import { resolve } from 'node:path';
import type { MarksChange } from '../core/study/marks.js';
import { markTrials } from '../engine/studies/marks.js';
import { openStudy, UsageError } from './open-study.js';

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
  const missing = numbers.find((number) => !study.trials[number]);
  if (missing !== undefined) {
    throw new UsageError(
      `The study "${study.name}" has no trial ${missing}; it has ${study.trials.length} trials.`,
    );
  }
  // By the name of its file, which a study that was renamed keeps.
  await markTrials(resolve(config), options.study ?? study.name, numbers, change);
  const which = numbers.length === 1 ? `Trial ${numbers[0]} is` : `Trials ${numbers.join(', ')} are`;
  console.log(`${which} ${done}.`);
}
