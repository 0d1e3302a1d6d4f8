/** That the metrics a study optimises are ones that the declarative trainer, of networks or trees, reports. */
import { didYouMean } from '../../../core/annotation/nearest.js';
import { placeOfSetting } from '../config-lines.js';
import { FatalTrainingError } from '../fatal-error.js';
import type { AttemptSpec } from '../messages.js';
import { metricNames, type Task } from './metrics.js';

/** @throws FatalTrainingError for the first metric that is not, with its line and what to do */
export function checkMetrics(
  { metrics, configFile, configText }: Pick<AttemptSpec, 'metrics' | 'configFile' | 'configText'>,
  task: Task,
  hasValidation: boolean,
): void {
  const known = metricNames(task, hasValidation);
  const unknown = metrics.find((metric) => !known.includes(metric));
  if (unknown === undefined) return;
  const hint = metricNames(task, true).includes(unknown)
    ? ' It needs a validation part: set data.validation, such as 0.25, or data.folds.'
    : didYouMean(unknown, known);
  throw new FatalTrainingError(
    `${placeOfSetting(configFile, configText, 'metric')}unknown metric "${unknown}" for ${task}.${hint} Known: ${known.join(', ')}.`,
  );
}
