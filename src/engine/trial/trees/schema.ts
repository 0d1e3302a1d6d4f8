/**
 * The keys of a declarative config whose model is made of trees. Keys that a kind has no use for (the learning rate of
 * a forest) are read and left alone, so that the kind itself can be tuned.
 */
import { z } from 'zod';
import type { Json } from '../../../core/json.js';
import { readForm } from '../config-form.js';
import { placeOf } from '../config-lines.js';
import { dataConflict, dataForm } from '../data/schema.js';
import { FatalTrainingError } from '../fatal-error.js';
import { count, must, oneOf, positive } from '../forms.js';

const KINDS = ['tree', 'forest', 'boosting'] as const;

const part = must('a number above 0, up to 1');
const portion = z.number(part).gt(0, part).max(1, part);
const binCount = must('a whole number from 2 to 255');
const notNegative = must('a number of at least 0');
const seedForm = must('a whole number of at least 0');

const modelForm = z.strictObject({
  kind: oneOf(KINDS),
  task: oneOf(['classification', 'regression']),
  depth: count.optional(),
  minLeaf: count.optional(),
  trees: count.optional(),
  featuresPerSplit: z
    .union([oneOf(['all', 'sqrt', 'log2']), portion], must('all, sqrt, log2, or a share above 0, up to 1'))
    .optional(),
  learningRate: positive.optional(),
  subsample: portion.optional(),
  l2: z.number(notNegative).min(0, notNegative).optional(),
  bins: z.number(binCount).int(binCount).min(2, binCount).max(255, binCount).default(255),
});

const form = z.strictObject({
  data: dataForm,
  model: modelForm,
  seed: z.number(seedForm).int(seedForm).min(0, seedForm).optional(),
});

export type TreeModel = Readonly<z.infer<typeof modelForm>>;
export type TreeConfig = Readonly<z.infer<typeof form>>;

/** Whether the config asks for trees rather than a network. */
export function isTreeConfig(config: Json): boolean {
  if (typeof config !== 'object' || config === null || !('model' in config)) return false;
  const { model } = config;
  return typeof model === 'object' && model !== null && 'kind' in model && model.kind !== 'network';
}

/** @throws FatalTrainingError that names every wrong key with its line */
export function readTreeConfig(config: Json, configFile: string, configText: string): TreeConfig {
  const read = readForm(form, config, { configFile, configText });
  const conflict = dataConflict(read.data);
  if (conflict) {
    throw new FatalTrainingError(
      `${placeOf(configFile, configText, ['data', conflict.key])}${conflict.message}`,
    );
  }
  return read;
}
