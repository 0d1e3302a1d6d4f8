/** What a model is fed: the rows of one training part and one validation part as numbers, in memory or on disk. */
import type { Task } from '../declarative/metrics.js';

export interface Part {
  readonly rows: number;
  /** Row by row, `rowSize` numbers each. Empty where the rows are on disk: then `gather` alone gives them. */
  readonly inputs: Float32Array;
  /** Row by row, `outputs` numbers each: one-hot classes, or the (standardised) target. Empty where on disk. */
  readonly outputs: Float32Array;
  readonly isOnDisk: boolean;
  /** Classification: the class of each row; else empty. */
  readonly labels: Int32Array;
  /** Regression: the target in its own units; else empty. */
  readonly targets: Float64Array;
  /** Copies these rows' inputs and outputs one after another into the arrays, which they fill exactly. */
  gather(rows: Uint32Array, inputs: Float32Array, outputs: Float32Array): void;
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
  /** What each training row counts, at least 0; absent where all count alike. */
  readonly rowWeights?: Float64Array | undefined;
  /** Regression: target = trained scale · deviation + mean. */
  readonly scale: Scale;
  /** Classification: what each class is called in the data. */
  readonly classes: readonly string[];
  /** Texts as sequences: inputs are whole numbers below this, 0 where a text has ended. */
  readonly vocabulary?: number;
}

export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** Labels or targets of some rows, as what the model is to give for each. */
export interface Targets {
  readonly labels: Int32Array;
  readonly targets: Float64Array;
  readonly outputs: number;
}

function writeOutput(
  { labels, targets, outputs }: Targets,
  scale: Scale,
  row: number,
  into: Float32Array,
  at: number,
): void {
  if (labels.length > 0) {
    into.fill(0, at, at + outputs);
    into[at + labels[row]!] = 1;
  } else {
    into[at] = (targets[row]! - scale.mean) / scale.deviation;
  }
}

export function memoryPart(
  inputs: Float32Array,
  rowSize: number,
  of: Targets,
  scale: Scale,
  task: Task,
): Part {
  const { labels, targets, outputs: width } = of;
  const rows = task === 'classification' ? labels.length : targets.length;
  const outputs = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) writeOutput(of, scale, row, outputs, row * width);
  return {
    rows,
    inputs,
    outputs,
    isOnDisk: false,
    labels,
    targets,
    gather: (wanted, x, y) => {
      for (const [i, row] of wanted.entries()) {
        x.set(inputs.subarray(row * rowSize, (row + 1) * rowSize), i * rowSize);
        y.set(outputs.subarray(row * width, (row + 1) * width), i * width);
      }
    },
  };
}

/** Inputs of `rows` rows from row `from` on, from memory or disk. */
export function inputsOf(
  part: Part,
  { rowSize, outputs }: Dataset,
  from: number,
  rows: number,
): Float32Array {
  if (!part.isOnDisk) return part.inputs.subarray(from * rowSize, (from + rows) * rowSize);
  const inputs = new Float32Array(rows * rowSize);
  const wanted = Uint32Array.from({ length: rows }, (_, i) => from + i);
  part.gather(wanted, inputs, new Float32Array(rows * outputs));
  return inputs;
}

/** @param read fills an array with the inputs of so many rows from the given one */
export function diskPart(
  rows: number,
  rowSize: number,
  of: Targets,
  scale: Scale,
  read: (from: number, into: Float32Array) => void,
): Part {
  return {
    rows,
    inputs: new Float32Array(),
    outputs: new Float32Array(),
    isOnDisk: true,
    labels: of.labels,
    targets: of.targets,
    gather: (wanted, x, y) => {
      for (let i = 0; i < wanted.length; ) {
        let end = i + 1;
        while (end < wanted.length && wanted[end] === wanted[end - 1]! + 1) end++;
        read(wanted[i]!, x.subarray(i * rowSize, end * rowSize));
        i = end;
      }
      for (const [i, row] of wanted.entries()) writeOutput(of, scale, row, y, i * of.outputs);
    },
  };
}
