/** Which rows train and which validate, as a config's data section says. */
import { basename } from 'node:path';
import { FatalTrainingError } from '../fatal-error.js';
import { type DataConfig, hasValidation } from './schema.js';
import { foldsByTime, foldsOf, type Split, split, splitByGroup, splitByTime } from './split.js';

interface Rows {
  /** All that count, those of the validation file last. */
  readonly count: number;
  readonly ownRows: number;
  /** Empty for regression. */
  readonly labels: Int32Array;
  readonly groups: readonly string[] | undefined;
  readonly times: Float64Array | undefined;
}

const range = (from: number, to: number): Uint32Array =>
  Uint32Array.from({ length: to - from }, (_, i) => from + i);

function splits({ validation, folds, repeats }: DataConfig, rows: Rows, seed: number): readonly Split[] {
  const { count, ownRows, groups, times } = rows;
  const labels = rows.labels.length > 0 ? rows.labels : undefined;
  if (folds !== undefined) {
    if (times) return foldsByTime(times, folds);
    return Array.from({ length: repeats }, (_, repeat) =>
      foldsOf(count, folds, repeats === 1 ? seed : `${seed}.${repeat}`, labels, groups),
    ).flat();
  }
  if (typeof validation === 'string')
    return [{ train: range(0, ownRows), validation: range(ownRows, count) }];
  if (groups) return [splitByGroup(groups, validation, seed)];
  if (times) return [splitByTime(times, validation)];
  return [split(count, validation, seed, labels)];
}

/**
 * One split, or one per fold (of each repetition).
 * @param seed the same in every trial of a study, so that trials are judged on the same rows
 * @throws FatalTrainingError where a part would be empty
 */
export function planSplits(data: DataConfig, rows: Rows, seed: number, path: string): readonly Split[] {
  const planned = splits(data, rows, seed);
  for (const { train, validation } of planned) {
    if (train.length > 0 && (validation.length > 0 || !hasValidation(data))) continue;
    const why = data.folds === undefined ? `data.validation ${data.validation}` : `data.folds ${data.folds}`;
    throw new FatalTrainingError(
      `${basename(path)} has ${rows.count} rows${rows.groups ? ` in ${new Set(rows.groups).size} groups` : ''}: too few for ${why}, which leaves one part empty.`,
    );
  }
  return planned;
}
