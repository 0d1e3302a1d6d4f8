/** Leaves beside a trial what its model made of the validation rows, for the results panel to draw. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classOutcome, numberOutcome, VALIDATION_FILE } from '../../../core/study/validation-outcome.js';
import type { Dataset } from '../data/dataset.js';

/**
 * @param scores what the network gave for the validation rows, as evaluation.ts has them
 * @param folder of the trial, which is made. A file that cannot be written is done without: no result depends on it.
 */
export async function writeValidation(folder: string, scores: Float32Array, dataset: Dataset): Promise<void> {
  const { validation, scale, classes } = dataset;
  if (!validation) return;
  const outcome =
    validation.labels.length > 0
      ? classOutcome(scores, validation.labels, classes)
      : numberOutcome(
          Float64Array.from(scores, (value) => value * scale.deviation + scale.mean),
          validation.targets,
        );
  if (!outcome) return;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, VALIDATION_FILE), JSON.stringify(outcome));
  } catch {
    // The disk is full, or the folder not ours: what depends on that says so itself.
  }
}
