/** Lets a trial with values of somebody's choice wait in a study, whether or not its engine is at work. */
import type { Params } from '../../core/space/parameter.js';
import { enqueueInto, type Unnamed } from '../../core/study/enqueue.js';
import { amendStudy } from './amend.js';

/**
 * Resolves when the trial is on disk; `running`: an engine is at work and runs it next.
 * @throws Error, in a sentence, when the values do not fit the study.
 */
export async function enqueueTrialOf(
  configFile: string,
  name: string,
  fixed: Params,
  unnamed: Unnamed,
): Promise<{ readonly number: number; readonly params: Params; readonly running: boolean }> {
  const { result, running } = await amendStudy(configFile, name, {
    here(worker, study) {
      const { number, params, records } = enqueueInto(worker, study, fixed, unnamed);
      return { records, result: { number, params } };
    },
    there: (engine) => engine.call('enqueue', { fixed, unnamed }),
  });
  return { ...result, running };
}
