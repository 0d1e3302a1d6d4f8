/**
 * Before the first trial of a declarative config: that every choice and both ends of every range are values that the
 * trainer takes, so that a sweep does not end at the trial that comes to the wrong one. Only forms are checked: what fits
 * together, and the data, is for the trial.
 */
import { parsePath, withValueAtPath } from '../../core/annotation/paths.js';
import { parseConfig } from '../../core/annotation/yaml.js';
import type { Json } from '../../core/json.js';
import type { Distribution } from '../../core/space/parameter.js';
import { readForm } from './config-form.js';
import { FatalTrainingError } from './fatal-error.js';
import type { AttemptSpec } from './messages.js';
import { formOf } from './trees/schema.js';

function extremesOf(distribution: Distribution): readonly Json[] {
  switch (distribution.type) {
    case 'float':
    case 'int':
      return [distribution.low, distribution.high];
    case 'categorical':
    case 'ordinal':
      return distribution.choices;
    case 'bool':
      return [true, false];
    default:
      return distribution satisfies never;
  }
}

type Source = Pick<AttemptSpec, 'config' | 'configFile' | 'configText'>;

/** What is wrong with a config's form; undefined where nothing is. */
function problem(config: Json, source: Source): string | undefined {
  try {
    readForm(formOf(config), config, source);
    return undefined;
  } catch (error) {
    if (error instanceof FatalTrainingError) return error.message;
    throw error;
  }
}

/** Files whose space has been checked in this process. */
const checked = new Set<string>();

/** @throws FatalTrainingError for the first value of the space that the config may not hold, with its line */
export function checkSpace(spec: Source): void {
  if (checked.has(spec.configFile)) return;
  const { config: annotated } = parseConfig(spec.configText);
  // What is wrong with the config itself, the trial says.
  if (!annotated || problem(spec.config, spec) !== undefined) return;
  checked.add(spec.configFile);
  for (const { path, parameter } of annotated.tuned) {
    for (const value of extremesOf(parameter)) {
      const wrong = problem(withValueAtPath(spec.config, parsePath(path), value), spec);
      if (wrong !== undefined) throw new FatalTrainingError(`${wrong} Take that value out of its @tune.`);
    }
  }
}
