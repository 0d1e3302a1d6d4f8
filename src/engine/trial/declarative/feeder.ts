/** The training part as batches see it: rows gathered, augmented, weighed, their labels smoothed. */
import { random } from '../../../core/random.js';
import type { Dataset } from '../data/dataset.js';
import { augment, columnDeviations, isAugmenting } from './augment/augment.js';
import { type BatchSource, strataOfNumbers } from './batches.js';
import type { TrainingSettings } from './settings.js';

/** Rows that the deviations of a table's columns are taken from. */
const SAMPLED_ROWS = 4096;

/** What a part of the rows weighs: their classes' weights in the shares that the (mixed) outputs have. */
function weightsOfRows(outputs: Float32Array, classWeights: Float64Array): Float32Array {
  const classes = classWeights.length;
  return Float32Array.from({ length: outputs.length / classes }, (_, row) => {
    let weight = 0;
    for (let c = 0; c < classes; c++) weight += outputs[row * classes + c]! * classWeights[c]!;
    return weight;
  });
}

/** Szegedy et al., "Rethinking the Inception architecture", CVPR 2016. */
function smoothLabels(outputs: Float32Array, classes: number, smoothing: number): void {
  for (let i = 0; i < outputs.length; i++) outputs[i] = outputs[i]! * (1 - smoothing) + smoothing / classes;
}

function deviationsOf({ train, rowSize, outputs }: Dataset): Float64Array {
  const sampled = Math.min(SAMPLED_ROWS, train.rows);
  const rows = Uint32Array.from({ length: sampled }, (_, i) => Math.floor((i * train.rows) / sampled));
  const inputs = new Float32Array(sampled * rowSize);
  train.gather(rows, inputs, new Float32Array(sampled * outputs));
  return columnDeviations(inputs, rowSize);
}

export class Feeder {
  readonly source: BatchSource;
  readonly #deviations: Float64Array | undefined;
  readonly #augments: boolean;

  constructor(
    private readonly dataset: Dataset,
    private readonly settings: TrainingSettings,
    private readonly seed: number,
  ) {
    const { train } = dataset;
    this.#augments = isAugmenting(settings.augmentation);
    this.#deviations =
      settings.augmentation.noise > 0 && dataset.shape.length < 3 ? deviationsOf(dataset) : undefined;
    this.source = {
      rows: train.rows,
      strata: train.labels.length > 0 ? train.labels : strataOfNumbers(train.targets),
      weights: settings.rowChances,
    };
  }

  /**
   * Fills `inputs` [rows, rowSize] and `outputs` [rows, outputs] with some rows; `batch` counts from 0.
   * @returns what each row counts in the loss; undefined where all count alike
   */
  fill(
    rows: Uint32Array,
    epoch: number,
    batch: number,
    inputs: Float32Array,
    outputs: Float32Array,
  ): Float32Array | undefined {
    const { dataset, settings } = this;
    dataset.train.gather(rows, inputs, outputs);
    if (this.#augments) {
      const r = random('augment', this.seed, epoch, batch);
      augment(
        { rows: rows.length, inputs, outputs },
        settings.augmentation,
        dataset.shape,
        r,
        this.#deviations,
      );
    }
    const byClass = settings.classWeights && weightsOfRows(outputs, settings.classWeights);
    if (settings.labelSmoothing > 0) smoothLabels(outputs, dataset.outputs, settings.labelSmoothing);
    const { rowWeights } = settings;
    if (!rowWeights) return byClass;
    return Float32Array.from(rows, (row, i) => rowWeights[row]! * (byClass?.[i] ?? 1));
  }
}
