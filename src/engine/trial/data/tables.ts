/** The second and third pass over a table: fit the columns on the training rows, then encode every row. */
import type { Task } from '../declarative/metrics.js';
import { FatalTrainingError } from '../fatal-error.js';
import { fitterOf, Moments } from './columns.js';
import { type Dataset, memoryPart, type Part, type Scale, type Targets } from './dataset.js';
import type { DataConfig } from './schema.js';
import type { Row, TableSource } from './sources/source.js';
import type { Split } from './split.js';
import type { TablePlan } from './table-plan.js';

/** Where encoded rows go, in the order of the file. */
export interface RowSink {
  add(row: Float32Array): Promise<void> | void;
  finish(of: Targets, scale: Scale): Promise<Part> | Part;
}

export function memorySink(rows: number, rowSize: number, task: Task): RowSink {
  const inputs = new Float32Array(rows * rowSize);
  let at = 0;
  return {
    add: (row) => {
      inputs.set(row, at);
      at += rowSize;
    },
    finish: (of, scale) => memoryPart(inputs, rowSize, of, scale, task),
  };
}

const TRAIN = 1;
const VALIDATION = 2;

/** Rows that count, one after another, with their part (0: none). */
async function* rowsWithPart(
  sources: readonly TableSource[],
  { isDropped }: TablePlan,
  parts: Uint8Array,
): AsyncGenerator<readonly { readonly row: Row; readonly part: number }[]> {
  let seen = 0;
  let position = 0;
  for (const source of sources) {
    for await (const rows of source.rows()) {
      yield rows.flatMap((row) => {
        if (isDropped[seen++]) return [];
        const part = parts[position++] ?? 0;
        return part === 0 ? [] : [{ row, part }];
      });
    }
  }
}

/** Mean and deviation, or minimum and range, of the training targets; 0 and 1 where they are left as they are. */
export function targetScale(
  { standardize, normalize }: DataConfig,
  targets: Float64Array,
  train: Uint32Array,
): Scale {
  if (targets.length === 0 || !(standardize || normalize)) return { mean: 0, deviation: 1 };
  if (standardize) {
    const moments = new Moments();
    for (const row of train) moments.add(targets[row]!);
    return { mean: moments.mean, deviation: moments.deviation };
  }
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of train) [min, max] = [Math.min(min, targets[row]!), Math.max(max, targets[row]!)];
  return { mean: min, deviation: max - min || 1 };
}

export function targetsOf(
  { labels, targets, classes }: Pick<TablePlan, 'labels' | 'targets' | 'classes'>,
  rows: Uint32Array,
): Targets {
  return {
    labels: Int32Array.from(labels.length > 0 ? rows : [], (row) => labels[row]!),
    targets: Float64Array.from(targets.length > 0 ? rows : [], (row) => targets[row]!),
    outputs: labels.length > 0 ? classes.length : 1,
  };
}

export function checkedShape(
  given: readonly number[] | undefined,
  natural: readonly number[],
  file: string,
): readonly number[] {
  if (!given) return natural;
  const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
  if (size(given) === size(natural)) return given;
  throw new FatalTrainingError(
    `${file} has ${size(natural)} numbers a row besides the target, but data.shape [${given.join(', ')}] takes ${size(given)}.`,
  );
}

/**
 * @param sinkOf where the rows of each part go, given how many and how long they will be
 * @throws FatalTrainingError where table and config do not fit
 */
export async function prepareTable(
  sources: readonly TableSource[],
  plan: TablePlan,
  { train, validation }: Split,
  data: DataConfig,
  sinkOf: (part: 'train' | 'validation', rows: number, rowSize: number) => RowSink | Promise<RowSink>,
): Promise<Dataset> {
  const file = sources[0]?.file ?? '';
  const parts = new Uint8Array(Math.max(plan.labels.length, plan.targets.length));
  for (const row of train) parts[row] = TRAIN;
  for (const row of validation) parts[row] = VALIDATION;

  const fitters = plan.inputs.map((column) => ({ ...column, fitter: fitterOf(column, data) }));
  for await (const rows of rowsWithPart(sources, plan, parts)) {
    for (const { row, part } of rows) {
      if (part === TRAIN) for (const { index, fitter } of fitters) fitter.add(row.cells[index]!);
    }
  }
  let rowSize = 0;
  const encoders = fitters.map(({ index, fitter }) => {
    const encoder = fitter.finish(file);
    const at = rowSize;
    rowSize += encoder.width;
    return { index, encoder, at };
  });
  const shape = checkedShape(data.shape, [rowSize], file);
  const scale = targetScale(data, plan.targets, train);

  const trainSink = await sinkOf('train', train.length, rowSize);
  const validationSink =
    validation.length > 0 ? await sinkOf('validation', validation.length, rowSize) : undefined;
  const encoded = new Float32Array(rowSize);
  for await (const rows of rowsWithPart(sources, plan, parts)) {
    for (const { row, part } of rows) {
      encoded.fill(0);
      for (const { index, encoder, at } of encoders) encoder.encode(row.cells[index]!, encoded, at);
      const added = (part === TRAIN ? trainSink : validationSink)?.add(encoded);
      if (added) await added;
    }
  }
  return {
    shape,
    rowSize,
    outputs: plan.labels.length > 0 ? plan.classes.length : 1,
    train: await trainSink.finish(targetsOf(plan, train), scale),
    ...(validationSink && { validation: await validationSink.finish(targetsOf(plan, validation), scale) }),
    scale,
    classes: plan.classes,
    ...(data.text?.as === 'sequence' && { vocabulary: data.text.size }),
  };
}
