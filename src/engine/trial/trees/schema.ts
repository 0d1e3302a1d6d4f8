/**
 * The keys of a declarative config whose model is made of trees. Keys that a kind has no use for (the learning rate of
 * a forest, the units and the optimizer of a network) are checked and then left alone, so that the kind can be tuned.
 */
import type { z } from 'zod';
import type { Json } from '../../../core/json.js';
import { readForm } from '../config-form.js';
import { placeOf } from '../config-lines.js';
import { dataConflict } from '../data/schema.js';
import { configForm } from '../declarative/schema.js';
import { FatalTrainingError } from '../fatal-error.js';
import { oneOf } from '../forms.js';

const modelForm = configForm.shape.model.extend({ kind: oneOf(['tree', 'forest', 'boosting']) });
const form = configForm.extend({ model: modelForm });

export type TreeModel = Readonly<z.infer<typeof modelForm>>;
export type TreeConfig = Readonly<z.infer<typeof form>>;

/** Whether the config asks for trees rather than a network. */
export function isTreeConfig(config: Json): boolean {
  if (typeof config !== 'object' || config === null || !('model' in config)) return false;
  const { model } = config;
  return typeof model === 'object' && model !== null && 'kind' in model && model.kind !== 'network';
}

/** The form of a declarative config, by what its model is made of. */
export const formOf = (config: Json): typeof form | typeof configForm =>
  isTreeConfig(config) ? form : configForm;

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
