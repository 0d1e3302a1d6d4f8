/** `env`: what the results of a study, or of one trial, depend on; how that differs from here, or from another trial. */
import { resolve } from 'node:path';
import {
  type EnvironmentDifference,
  environmentDifference,
  environmentOfTrial,
  factText,
} from '../core/analysis/environment-diff.js';
import type { JsonObject } from '../core/json.js';
import type { Study } from '../core/study/trial.js';
import { readConfig } from '../engine/config-file.js';
import { slots } from '../engine/engine.js';
import { captureEnvironment } from '../engine/environment/capture.js';
import { openStudy, trialOf, UsageError } from './open-study.js';
import { textTable } from './output.js';

export interface EnvironmentOptions {
  readonly study?: string;
  readonly trial?: number;
  /** Another trial to compare with. */
  readonly with?: number;
  /** Compare with this machine as it is now. */
  readonly here?: boolean;
  readonly json?: boolean;
}

/** A table with the likeliest to matter on top. */
export function differenceTable(differences: readonly EnvironmentDifference[]): string {
  const rows = differences.map(({ path, before, after, weight, why }) => [
    path,
    factText(before),
    factText(after),
    weight,
    why,
  ]);
  return textTable([['what', 'then', 'now', 'matters', 'why'], ...rows]);
}

/** A line per fact; packages only by their number. */
function describe(facts: JsonObject, prefix = ''): readonly string[][] {
  return Object.entries(facts).flatMap(([name, value]): string[][] => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      const text = Array.isArray(value) ? value.join(' ') : String(value);
      return [[`${prefix}${name}`, text]];
    }
    const inner = value as JsonObject;
    if (name === 'packages' || name === 'conda')
      return [[`${prefix}${name}`, `${Object.keys(inner).length} (see --json)`]];
    return [...describe(inner, `${prefix}${name}.`)];
  });
}

async function factsHere(config: string, study: Study): Promise<JsonObject> {
  const configFile = resolve(config);
  const read = await readConfig(configFile);
  if (read.kind === 'error') throw new UsageError(read.message);
  const workers = slots(study.settings);
  const { trainer } = read.config.sweep;
  return (await captureEnvironment({ configFile, trainer, workers }, new Date().toISOString())).facts;
}

export async function showEnvironment(config: string, options: EnvironmentOptions): Promise<void> {
  const { study } = (await openStudy(config, options.study)).reducer;
  const facts =
    options.trial === undefined
      ? study.environments.at(-1)?.facts
      : environmentOfTrial(study, trialOf(study, options.trial));
  if (facts === undefined) {
    throw new UsageError(
      `The study "${study.name}" was run before environments were recorded, or elsewhere. Resume it to record this one.`,
    );
  }
  const other =
    options.with !== undefined
      ? environmentOfTrial(study, trialOf(study, options.with))
      : options.here
        ? {
            ...(options.trial === undefined ? {} : study.trials[options.trial]?.attributes),
            ...(await factsHere(config, study)),
          }
        : undefined;
  if (other === undefined) {
    if (options.json) console.log(JSON.stringify(facts, null, 2));
    else console.log(textTable([['fact', 'value'], ...describe(facts)]));
    return;
  }
  const differences = environmentDifference(facts, other);
  if (options.json) console.log(JSON.stringify(differences, null, 2));
  else console.log(differences.length > 0 ? differenceTable(differences) : 'Nothing differs.');
}
