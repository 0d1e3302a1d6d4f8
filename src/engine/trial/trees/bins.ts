/**
 * Inputs as bin numbers, column by column: what makes growing trees fast (G. Ke et al., "LightGBM", NeurIPS 2017,
 * section 2.1). Where a column has no more different values than bins, every possible split is kept.
 */
import { type Dataset, inputsOf } from '../data/dataset.js';

export interface BinnedColumn {
  /** Bin of each row: how many thresholds lie below its value. */
  readonly bins: Uint8Array;
  /** Ascending; a value goes left of threshold b where it is not above it. */
  readonly thresholds: Float64Array;
}

/** Rows that thresholds are taken from where there are more. */
const SAMPLE = 200_000;
const ROWS_AT_A_TIME = 4096;

/** Midpoints between neighbouring values, or quantiles where there are too many. `sorted` is ascending. */
export function thresholdsOf(sorted: Float32Array, bins: number): Float64Array {
  const different = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const midpoint = (i: number): number => (different[i - 1]! + different[i]!) / 2;
  if (different.length <= bins) {
    return Float64Array.from({ length: Math.max(0, different.length - 1) }, (_, i) => midpoint(i + 1));
  }
  const thresholds: number[] = [];
  for (let k = 1; k < bins; k++) {
    const at = sorted[Math.floor((k * sorted.length) / bins)]!;
    const i = different.indexOf(at);
    if (i > 0 && midpoint(i) !== thresholds.at(-1)) thresholds.push(midpoint(i));
  }
  return Float64Array.from(thresholds);
}

function binOf(value: number, thresholds: Float64Array): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > thresholds[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of every column of the training part. */
export function binColumns(dataset: Dataset, bins: number): readonly BinnedColumn[] {
  const { train, rowSize } = dataset;
  const stride = Math.ceil(train.rows / SAMPLE);
  const sampled = Math.ceil(train.rows / stride);
  const samples = Array.from({ length: rowSize }, () => new Float32Array(sampled));
  const eachRow = (visit: (row: number, inputs: Float32Array, at: number) => void): void => {
    for (let from = 0; from < train.rows; from += ROWS_AT_A_TIME) {
      const rows = Math.min(ROWS_AT_A_TIME, train.rows - from);
      const inputs = inputsOf(train, dataset, from, rows);
      for (let i = 0; i < rows; i++) visit(from + i, inputs, i * rowSize);
    }
  };
  eachRow((row, inputs, at) => {
    if (row % stride !== 0) return;
    for (let k = 0; k < rowSize; k++) samples[k]![row / stride] = inputs[at + k]!;
  });
  const columns = samples.map((sample) => ({
    bins: new Uint8Array(train.rows),
    thresholds: thresholdsOf(sample.sort(), bins),
  }));
  eachRow((row, inputs, at) => {
    for (let k = 0; k < rowSize; k++) {
      const { bins: own, thresholds } = columns[k]!;
      own[row] = binOf(inputs[at + k]!, thresholds);
    }
  });
  return columns;
}
