/** The trainer of trees: data and model as the config describes them, one report per round of trees. */
import { setImmediate } from 'node:timers/promises';
import type { ValidationOutcome } from '../../../core/study/validation-outcome.js';
import { processAttributes } from '../backend-of-trial.js';
import { placeOf } from '../config-lines.js';
import { acrossFolds, type Report } from '../data/cross-validation.js';
import type { Dataset, Part } from '../data/dataset.js';
import { loadData } from '../data/load.js';
import { hasValidation } from '../data/schema.js';
import { checkMetrics } from '../declarative/check-metrics.js';
import { classificationMetrics, regressionMetrics, withValidation } from '../declarative/metrics.js';
import { FatalTrainingError } from '../fatal-error.js';
import type { Metrics, Session } from '../session.js';
import { validationOutcome, writeValidation } from '../validation-file.js';
import { type BinnedColumn, binColumns } from './bins.js';
import { startRounds } from './ensemble.js';
import { readTreeConfig, type TreeConfig } from './schema.js';

/** Every round up to this one is reported, then each of so many: a report costs a write to disk. */
const REPORT_ALL_TO = 100;
const THEN_EACH = 10;
const MOST_BINS = 255;

const isReported = (round: number, count: number): boolean =>
  round <= REPORT_ALL_TO || round % THEN_EACH === 0 || round === count;

function metricsOf(part: Part, outputs: number, predictions: Float64Array): Metrics {
  return part.labels.length > 0
    ? classificationMetrics(Float32Array.from(predictions), part.labels, outputs, 'crossentropy')
    : regressionMetrics(predictions, part.targets, 'mse', 1);
}

let binned:
  | { readonly dataset: Dataset; readonly bins: number; readonly columns: readonly BinnedColumn[] }
  | undefined;

/** Kept from the last trial where the data are the same. */
function columnsOf(dataset: Dataset, bins: number): readonly BinnedColumn[] {
  if (binned?.dataset !== dataset || binned.bins !== bins) {
    binned = { dataset, bins, columns: binColumns(dataset, bins) };
  }
  return binned.columns;
}

async function grow(
  dataset: Dataset,
  { model }: TreeConfig,
  seed: number,
  report: Report,
  validated: (predictions: Float64Array) => void,
): Promise<Metrics> {
  const rounds = startRounds(dataset, columnsOf(dataset, model.bins ?? MOST_BINS), model, seed);
  const { train, validation, outputs } = dataset;
  let metrics: Metrics = {};
  for (let round = 1; round <= rounds.count; round++) {
    rounds.next(round);
    // Else a vanished engine would go unnoticed.
    await setImmediate();
    if (!isReported(round, rounds.count)) continue;
    const own = metricsOf(train, outputs, rounds.predictions('train'));
    const predictions = validation && rounds.predictions('validation');
    const held = validation && predictions && metricsOf(validation, outputs, predictions);
    if (predictions && round === rounds.count) validated(predictions);
    metrics = withValidation(own, held);
    if (await report(round, metrics)) break;
  }
  return metrics;
}

/** @throws FatalTrainingError for what is wrong with config or data */
export async function trainTrees(session: Session): Promise<Metrics> {
  const { spec } = session;
  const config = readTreeConfig(spec.config, spec.configFile, spec.configText);
  checkMetrics(spec, config.model.task, hasValidation(config.data));
  if (config.data.weights !== undefined) {
    throw new FatalTrainingError(
      `${placeOf(spec.configFile, spec.configText, ['data', 'weights'])}data.weights is for networks. Remove it, or list the column under data.ignore.`,
    );
  }
  const data = await loadData(session, config.data, config.model.task, config.seed ?? 0);
  const seed = config.seed ?? spec.seed;
  session.started({ ...processAttributes(seed), backend: 'trees', ...data.attributes });
  let outcome: ValidationOutcome | undefined;
  const metrics = await acrossFolds(session, data, (dataset, report) =>
    grow(dataset, config, seed, report, (predictions) => {
      outcome = validationOutcome(predictions, dataset, true);
    }),
  );
  if (data.folds === 1 && !session.shouldStop) await writeValidation(spec.folder, outcome);
  return metrics;
}
