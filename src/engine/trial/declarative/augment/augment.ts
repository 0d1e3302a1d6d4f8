/**
 * Augmentation of a training batch in place: images changed one by one, noise, rows mixed. What is drawn follows from
 * seed, epoch and batch alone. Only ever given training rows.
 */
import type { Random } from '../../../../core/random.js';
import { rowsUpTo, shuffle } from '../../shuffle.js';
import { gaussian } from '../gaussian.js';
import { changeImage, type ImageOptions, type ImageShape } from './images.js';

export interface AugmentationOptions extends ImageOptions {
  /** Standard deviation of Gaussian noise: images in the units of the inputs, tables in each column's deviation. */
  readonly noise: number;
  /** α of the Beta distribution that says how much of another row is mixed in. */
  readonly mixUp: number;
  /** Share of the rows that are changed at all; mixing takes every row. */
  readonly probability: number;
}

export interface AugmentedBatch {
  readonly rows: number;
  /** Row by row. */
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
}

const IMAGE_KEYS = ['rotate', 'shift', 'scale', 'crop', 'cutOut'] as const;

/** The first option in use that only images have. */
export const imageOptionInUse = (options: AugmentationOptions): string | undefined =>
  options.flip === 'none' ? IMAGE_KEYS.find((key) => options[key] > 0) : 'flip';

export const isAugmenting = (options: AugmentationOptions): boolean =>
  imageOptionInUse(options) !== undefined || options.noise > 0 || options.mixUp > 0;

/** Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below 1 by their boost. */
function gamma(shape: number, r: Random, normal: () => number): number {
  if (shape < 1) return gamma(shape + 1, r, normal) * (1 - r.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - r.next()) < x ** 2 / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018. The row itself keeps the larger share. */
function mixUp({ rows, inputs, outputs }: AugmentedBatch, alpha: number, r: Random): void {
  const normal = gaussian(r);
  const partner = shuffle(rowsUpTo(rows), r);
  const shares = Float64Array.from({ length: rows }, () => {
    const [a, b] = [gamma(alpha, r, normal), gamma(alpha, r, normal)];
    const share = a + b > 0 ? a / (a + b) : 1;
    return Math.max(share, 1 - share);
  });
  for (const values of [inputs, outputs]) {
    const before = values.slice();
    const size = values.length / rows;
    for (let row = 0; row < rows; row++) {
      const share = shares[row]!;
      const other = partner[row]! * size;
      for (let i = 0; i < size; i++) {
        values[row * size + i] = share * before[row * size + i]! + (1 - share) * before[other + i]!;
      }
    }
  }
}

/** Population deviation of each column; 0 for those of zeros and ones, which say yes or no. */
export function columnDeviations(inputs: Float32Array, columns: number): Float64Array {
  const rows = inputs.length / columns;
  return Float64Array.from({ length: columns }, (_, column) => {
    let [sum, squares, isBinary] = [0, 0, true];
    for (let row = 0; row < rows; row++) {
      const x = inputs[row * columns + column]!;
      sum += x;
      squares += x * x;
      isBinary &&= x === 0 || x === 1;
    }
    return isBinary ? 0 : Math.sqrt(Math.max(0, squares / rows - (sum / rows) ** 2));
  });
}

/** @param deviations of each column of a table; absent for images, whose noise is in the units of the inputs */
export function augment(
  batch: AugmentedBatch,
  options: AugmentationOptions,
  shape: readonly number[],
  r: Random,
  deviations?: Float64Array,
): void {
  const { rows, inputs } = batch;
  const size = inputs.length / rows;
  const normal = gaussian(r);
  const image: ImageShape | undefined =
    shape.length === 3 ? { height: shape[0]!, width: shape[1]!, channels: shape[2]! } : undefined;
  const changesImages = image && imageOptionInUse(options) !== undefined;
  for (let row = 0; row < rows; row++) {
    if (options.probability < 1 && r.next() >= options.probability) continue;
    const own = inputs.subarray(row * size, (row + 1) * size);
    if (changesImages) changeImage(own, image, options, r);
    if (options.noise > 0) {
      for (let i = 0; i < size; i++) own[i]! += normal() * options.noise * (deviations?.[i] ?? 1);
    }
  }
  if (options.mixUp > 0) mixUp(batch, options.mixUp, r);
}
