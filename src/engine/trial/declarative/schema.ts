/**
 * The keys of a declarative config, what each may hold, and the errors for what it may not: the sections together. Only
 * the form is checked here: whether columns exist is for the data, whether metrics and classes do for the trainer.
 */
import { z } from 'zod';
import type { Json } from '../../../core/json.js';
import { readForm } from '../config-form.js';
import { placeOf } from '../config-lines.js';
import { dataConflict, dataForm } from '../data/schema.js';
import { FatalTrainingError } from '../fatal-error.js';
import { must } from '../forms.js';
import { TREE_KEYS } from '../trees/keys.js';
import { type ModelConfig, modelForm } from './schema/model.js';
import { optimizerForm } from './schema/optimizer.js';
import { trainingForm } from './schema/training.js';

const seedForm = must('a whole number of at least 0');
/** The whole config. */
export const configForm = z.strictObject({
  data: dataForm,
  model: modelForm,
  optimizer: optimizerForm.prefault({}),
  training: trainingForm.prefault({}),
  seed: z.number(seedForm).int(seedForm).min(0, seedForm).optional(),
});

export type DeclarativeConfig = Readonly<z.infer<typeof configForm>>;

/** What is wrong with `model:` although each key is right by itself: the key, and the message. */
function modelConflict(
  model: ModelConfig,
): { readonly path: readonly string[]; readonly message: string } | undefined {
  const ofTrees = Object.keys(TREE_KEYS).find((key) => model[key as keyof typeof TREE_KEYS] !== undefined);
  if (ofTrees && model.kind === undefined) {
    const remedy =
      ofTrees === 'learningRate'
        ? 'It belongs under "optimizer:".'
        : 'It is for kind: tree, forest or boosting.';
    return { path: ['model', ofTrees], message: `unknown key "model.${ofTrees}". ${remedy}` };
  }
  const shorthand =
    model.units !== undefined || model.dropout !== undefined || model.activation !== undefined;
  if (Array.isArray(model.layers) && (shorthand || model.normalization !== undefined)) {
    return {
      path: ['model', 'layers'],
      message:
        'model.layers stands alone: give units, activation, normalization and dropout inside the layers.',
    };
  }
  if (!Array.isArray(model.layers) && model.units === undefined) {
    return { path: ['model'], message: 'model needs units, such as [32, 16], or layers.' };
  }
  if (typeof model.layers === 'number' && Array.isArray(model.units)) {
    return {
      path: ['model', 'layers'],
      message: 'model.layers as a number goes with one number of units, such as units: 32.',
    };
  }
  return undefined;
}

/** Reads a declarative config. Throws FatalTrainingError that names every wrong key with its line. */
export function readDeclarativeConfig(
  config: Json,
  configFile: string,
  configText: string,
): DeclarativeConfig {
  const read = readForm(configForm, config, { configFile, configText });
  const { data, model } = read;
  const conflict = modelConflict(model);
  const inData = dataConflict(data);
  const wrong = conflict ?? (inData && { path: ['data', inData.key], message: inData.message });
  if (wrong) {
    throw new FatalTrainingError(`${placeOf(configFile, configText, wrong.path)}${wrong.message}`);
  }
  return read;
}
