/** Trains once, or once per fold: then each fold is one step, its last metrics the step's, and the means the result. */
import type { Metrics, Session } from '../session.js';
import type { Dataset } from './dataset.js';
import type { LoadedData } from './load.js';

/** Hears how a training does after each epoch or round; resolves to whether it should stop. */
export type Report = (step: number, metrics: Metrics) => Promise<boolean>;

/** Means by name, over those that have it. */
function meansOf(all: readonly Metrics[]): Metrics {
  const names = new Set(all.flatMap((metrics) => Object.keys(metrics)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = all.flatMap((metrics) => metrics[name] ?? []);
      return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}

/**
 * Folds that an earlier attempt has finished must have been reported already (Session.replay); they are not trained again.
 * @param train trains on one dataset and returns its last metrics
 */
export async function acrossFolds(
  session: Session,
  data: Pick<LoadedData, 'folds' | 'dataset'>,
  train: (dataset: Dataset, report: Report, fold: number) => Promise<Metrics>,
): Promise<Metrics> {
  if (data.folds === 1) {
    return train(await data.dataset(0), (step, metrics) => session.report(step, metrics), 0);
  }
  const all: Metrics[] = session.reported.map(({ metrics }) => metrics);
  for (let fold = all.length; fold < data.folds && !session.shouldStop; fold++) {
    // Epochs of a fold are not steps of the trial; still it ends when the trial was told to.
    all.push(await train(await data.dataset(fold), async () => session.shouldStop, fold));
    if (await session.report(fold + 1, all.at(-1))) break;
  }
  return meansOf(all);
}
