/** From whole arrays (NumPy, IDX, images) to what a model is fed. Scaling is fitted per last axis on the training part. */
import type { Task } from '../declarative/metrics.js';
import { FatalTrainingError } from '../fatal-error.js';
import { Moments } from './columns.js';
import { type Dataset, memoryPart, type Part } from './dataset.js';
import type { DataConfig } from './schema.js';
import type { ArraySource } from './sources/source.js';
import type { Split } from './split.js';
import { classIndex } from './table-plan.js';
import { checkedShape, targetScale, targetsOf } from './tables.js';

export interface ArrayPlan {
  readonly classes: readonly string[];
  readonly labels: Int32Array;
  readonly targets: Float64Array;
}

/** @throws FatalTrainingError where the labels do not fit task or inputs */
export function planArrays(sources: readonly ArraySource[], task: Task): ArrayPlan {
  const file = sources[0]?.file ?? '';
  for (const { file: name, rows, targets } of sources) {
    if (rows === targets.length) continue;
    throw new FatalTrainingError(
      `${name} has ${rows} examples, but there are ${targets.length} labels for them.`,
    );
  }
  const values = sources.flatMap(({ targets }) => targets);
  const isNumeric = values.every((value) => typeof value === 'number');
  if (task === 'classification') {
    return { ...classIndex(values, isNumeric, 'labels', file), targets: new Float64Array() };
  }
  if (!isNumeric) {
    throw new FatalTrainingError(
      `${file}: the labels are texts. Regression needs numbers; for classes set model.task to classification.`,
    );
  }
  return { classes: [], labels: new Int32Array(), targets: Float64Array.from(values, Number) };
}

/** What each number becomes, (value − offset) ÷ divisor, by its place on the last axis. */
function fitted(
  source: ArraySource,
  train: Uint32Array,
  rowSize: number,
  { standardize, normalize, scale = source.scale }: DataConfig,
): { readonly offset: Float64Array; readonly divisor: Float64Array } {
  const channels = source.shape.at(-1) ?? 1;
  const offset = new Float64Array(channels);
  const divisor = new Float64Array(channels).fill(scale);
  if (!standardize && !normalize) return { offset, divisor };
  const moments = Array.from({ length: channels }, () => new Moments());
  const low = new Float64Array(channels).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(channels).fill(Number.NEGATIVE_INFINITY);
  for (const row of train) {
    for (let i = 0; i < rowSize; i++) {
      const value = source.values[row * rowSize + i]!;
      const channel = i % channels;
      moments[channel]!.add(value);
      low[channel] = Math.min(low[channel]!, value);
      high[channel] = Math.max(high[channel]!, value);
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    offset[channel] = standardize ? moments[channel]!.mean : low[channel]!;
    divisor[channel] = standardize ? moments[channel]!.deviation : high[channel]! - low[channel]! || 1;
  }
  return { offset, divisor };
}

/** `sources`: the training file's, and the validation file's where there is one. Rows are counted through both. */
export function prepareArrays(
  sources: readonly ArraySource[],
  plan: ArrayPlan,
  { train, validation }: Split,
  data: DataConfig,
  task: Task,
): Dataset {
  const [source, other] = sources;
  if (!source) throw new Error('There is an array at least.');
  if (other && other.shape.join() !== source.shape.join()) {
    throw new FatalTrainingError(
      `${other.file} has examples of shape [${other.shape.join(', ')}], ${source.file} of [${source.shape.join(', ')}]. They must be the same.`,
    );
  }
  const rowSize = source.shape.reduce((a, b) => a * b, 1);
  const shape = checkedShape(data.shape, source.shape.length > 0 ? source.shape : [1], source.file);
  const { offset, divisor } = fitted(source, train, rowSize, data);
  const channels = offset.length;
  const scale = targetScale(data, plan.targets, train);
  const part = (rows: Uint32Array): Part => {
    const inputs = new Float32Array(rows.length * rowSize);
    for (const [i, row] of rows.entries()) {
      const [from, start] = row < source.rows ? [source, row] : [other ?? source, row - source.rows];
      for (let k = 0; k < rowSize; k++) {
        const value = from.values[start * rowSize + k]!;
        inputs[i * rowSize + k] = (value - offset[k % channels]!) / divisor[k % channels]!;
      }
    }
    return memoryPart(inputs, rowSize, targetsOf(plan, rows), scale, task);
  };
  return {
    shape,
    rowSize,
    outputs: plan.labels.length > 0 ? plan.classes.length : 1,
    train: part(train),
    ...(validation.length > 0 && { validation: part(validation) }),
    scale,
    classes: plan.classes,
  };
}
