/** Which trial "the best" means in a study with several objectives: the person picks from the Pareto front. */
import { window } from 'vscode';
import { formatNumber } from '../../core/format.js';
import { frontOf } from '../../core/study/objectives/front.js';
import { shortNames } from '../../core/study/table/table.js';
import type { Trial } from '../../core/study/trial.js';
import { paramsText } from '../format.js';
import type { StudyEntry } from '../study-entry.js';

/** The best trial; with several members of a front the one picked, the balanced one first. undefined: dismissed. */
export async function pickBest({ study, name, best, foreign }: StudyEntry): Promise<Trial | undefined> {
  const front = frontOf(study);
  if (!front || front.trials.length < 2) return best;
  const first = front.balanced;
  const trials = [...front.trials].sort(
    (a, b) => Number(b.number === first?.number) - Number(a.number === first?.number),
  );
  const better = new Set(front.betterThanBaseline);
  const names = shortNames(Object.keys(study.space));
  const items = trials.map((trial) => ({
    label: `Trial ${trial.number}`,
    description: [
      ...study.objectives.map(
        ({ metric }, m) => `${metric} ${formatNumber(trial.objectives?.[m] ?? Number.NaN, 5)}`,
      ),
      ...(trial.number === first?.number ? ['balanced'] : []),
      ...(trial.number === 0 && !foreign ? ['values in the file'] : []),
      ...(better.has(trial) ? ['nowhere worse than the file'] : []),
    ].join(' · '),
    detail: paramsText(trial, names),
    trial,
  }));
  const placeHolder = `Which of the ${trials.length} trials on the Pareto front of ${name}?`;
  return (await window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))
    ?.trial;
}
