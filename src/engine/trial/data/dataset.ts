/**
 * From a table to what a model is fed: numbers standardised, categories one-hot, rows split. Fitted on the training
 * part alone, so that the validation part stays unseen.
 */
import { basename } from 'node:path';
import { didYouMean } from '../../../core/annotation/nearest.js';
import type { Task } from '../declarative/metrics.js';
import { FatalTrainingError } from '../fatal-error.js';
import { type Column, categoriesOf, type Table } from './csv.js';
import type { DataConfig } from './schema.js';
import { split } from './split.js';

export interface Part {
  readonly rows: number;
  /** Row by row, `rowSize` numbers each. */
  readonly inputs: Float32Array;
  /** Row by row, `outputs` numbers each: one-hot classes, or the (standardised) target. */
  readonly outputs: Float32Array;
  /** Classification: the class of each row; else empty. */
  readonly labels: Int32Array;
  /** Regression: the target in its own units; else empty. */
  readonly targets: Float64Array;
}

export interface Dataset {
  /** Shape of one row's inputs. */
  readonly shape: readonly number[];
  readonly rowSize: number;
  /** Numbers per row that the model gives: classes, or 1. */
  readonly outputs: number;
  readonly train: Part;
  /** Absent without `validation:`. */
  readonly validation?: Part;
  /** Regression: target = trained scale · deviation + mean. */
  readonly scale: { readonly mean: number; readonly deviation: number };
}

/** Population mean and deviation over some rows; a deviation of 0 counts as 1. */
function moments(values: Float64Array, rows: Uint32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const row of rows) sum += values[row]!;
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (values[row]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / rows.length) || 1 };
}

interface Target {
  readonly outputs: number;
  readonly labels: Int32Array;
  readonly targets: Float64Array;
}

function readTarget(column: Column, task: Task, file: string): Target {
  if (task === 'regression') {
    if (column.kind !== 'numbers') {
      throw new FatalTrainingError(
        `${file}: the target "${column.name}" holds text, such as "${column.values[0]}". Regression needs numbers; for classes set model.task to classification.`,
      );
    }
    return { outputs: 1, labels: new Int32Array(), targets: column.values };
  }
  const values: readonly (number | string)[] = column.kind === 'numbers' ? [...column.values] : column.values;
  const classes: readonly (number | string)[] =
    column.kind === 'numbers'
      ? [...new Set(column.values)].sort((a, b) => a - b)
      : categoriesOf(column.name, column.values, file);
  if (classes.length < 2 || classes.length > 1000 || classes.length > values.length / 2) {
    throw new FatalTrainingError(
      `${file}: the target "${column.name}" has ${classes.length} different values in ${values.length} rows. Classification needs at least 2 classes with several rows each; for numbers set model.task to regression.`,
    );
  }
  const index = new Map(classes.map((name, i) => [name, i] as const));
  return {
    outputs: classes.length,
    labels: Int32Array.from(values, (value) => index.get(value)!),
    targets: new Float64Array(),
  };
}

/** One number per row and feature. */
type Feature = (row: number) => number;

function featuresOf(
  column: Column,
  train: Uint32Array,
  { standardize, scale = 1 }: DataConfig,
  file: string,
): readonly Feature[] {
  switch (column.kind) {
    case 'numbers': {
      if (!standardize) return [(row) => column.values[row]! / scale];
      const { mean, deviation } = moments(column.values, train);
      return [(row) => (column.values[row]! - mean) / deviation];
    }
    case 'categories':
      return categoriesOf(column.name, column.values, file).map(
        (category): Feature =>
          (row) =>
            column.values[row] === category ? 1 : 0,
      );
  }
}

/**
 * @param seed of the split; the same in every trial of a study, so that trials are judged on the same rows
 * @throws FatalTrainingError where table and config do not fit
 */
export function prepareDataset(
  table: Table,
  data: DataConfig,
  task: Task,
  path: string,
  seed: number,
): Dataset {
  const file = basename(path);
  const targetColumn = table.columns.find(({ name }) => name === data.target);
  if (!targetColumn) {
    const names = table.columns.map(({ name }) => name);
    throw new FatalTrainingError(
      `${file} has no column "${data.target}" for data.target.${didYouMean(data.target, names)} Columns: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.`,
    );
  }
  const target = readTarget(targetColumn, task, file);
  const rows = split(
    table.rows,
    data.validation,
    seed,
    task === 'classification' ? target.labels : undefined,
  );
  if (rows.train.length === 0 || (data.validation > 0 && rows.validation.length === 0)) {
    throw new FatalTrainingError(
      `${file} has ${table.rows} rows: too few for data.validation ${data.validation}, which leaves one part empty.`,
    );
  }

  const features = table.columns
    .filter((column) => column !== targetColumn)
    .flatMap((column) => featuresOf(column, rows.train, data, file));
  const rowSize = features.length;
  const shape = data.shape ?? [rowSize];
  const shapeSize = shape.reduce((product, n) => product * n, 1);
  if (rowSize === 0) throw new FatalTrainingError(`${file} has no column besides the target.`);
  if (shapeSize !== rowSize) {
    throw new FatalTrainingError(
      `${file} has ${rowSize} numbers a row besides the target, but data.shape [${shape.join(', ')}] takes ${shapeSize}.`,
    );
  }
  const scale =
    task === 'regression' && data.standardize
      ? moments(target.targets, rows.train)
      : { mean: 0, deviation: 1 };

  const part = (indices: Uint32Array): Part => {
    const inputs = new Float32Array(indices.length * rowSize);
    const outputs = new Float32Array(indices.length * target.outputs);
    for (const [i, row] of indices.entries()) {
      for (const [j, feature] of features.entries()) inputs[i * rowSize + j] = feature(row);
      if (task === 'classification') outputs[i * target.outputs + target.labels[row]!] = 1;
      else outputs[i] = (target.targets[row]! - scale.mean) / scale.deviation;
    }
    const isClasses = task === 'classification';
    return {
      rows: indices.length,
      inputs,
      outputs,
      labels: Int32Array.from(isClasses ? indices : [], (row) => target.labels[row]!),
      targets: Float64Array.from(isClasses ? [] : indices, (row) => target.targets[row]!),
    };
  };
  return {
    shape,
    rowSize,
    outputs: target.outputs,
    train: part(rows.train),
    ...(data.validation > 0 && { validation: part(rows.validation) }),
    scale,
  };
}
