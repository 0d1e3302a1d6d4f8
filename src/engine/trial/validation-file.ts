/** What a trial's model made of the validation rows, in its folder, for the results panel to draw. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  classOutcome,
  numberOutcome,
  parseOutcome,
  VALIDATION_FILE,
  type ValidationOutcome,
} from '../../core/study/validation-outcome.js';
import type { Dataset } from './data/dataset.js';

/**
 * @param scores what the model gave for the validation rows: of classes a number each, row by row, of a regression the
 * predictions, a network's in its trained scale and a tree's in the target's own unit (`inOwnUnit`)
 */
export function validationOutcome(
  scores: Float32Array | Float64Array,
  { validation, scale, classes }: Dataset,
  inOwnUnit = false,
): ValidationOutcome | undefined {
  if (!validation) return undefined;
  if (validation.labels.length > 0) return classOutcome(scores, validation.labels, classes);
  const own = (value: number): number => (inOwnUnit ? value : value * scale.deviation + scale.mean);
  return numberOutcome(Float64Array.from(scores, own), validation.targets);
}

/** Into the trial's folder, which is made. A file that cannot be written is done without: no result depends on it. */
export async function writeValidation(folder: string, outcome: ValidationOutcome | undefined): Promise<void> {
  if (!outcome) return;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, VALIDATION_FILE), JSON.stringify(outcome));
  } catch {
    // The disk is full, or the folder not ours: what depends on that says so itself.
  }
}

/** Why the file that a user's program left there cannot be shown, as a sentence; undefined where it can, or there is none. */
export async function validationProblem(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, VALIDATION_FILE), 'utf8').catch(() => undefined);
  const outcome = text === undefined ? undefined : parseOutcome(text);
  return outcome?.kind === 'wrong'
    ? `The Errors tab has nothing to show of the trial: its ${VALIDATION_FILE} ${outcome.message}.`
    : undefined;
}
