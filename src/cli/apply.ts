/** `apply`: puts a trial's values into the config, touching nothing else; and the diff that shows it. */
import { basename, resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { applyValues } from '../core/annotation/edit.js';
import { parseConfig } from '../core/annotation/yaml.js';
import type { Trial } from '../core/study/trial.js';
import { configErrors, readConfig } from '../engine/config-file.js';
import { writeWhole } from '../engine/write-whole.js';
import { openStudy, trialOrBest, UsageError } from './open-study.js';

export interface ApplyOptions {
  readonly study?: string;
  readonly trial?: number;
  readonly dryRun?: boolean;
}

/** The config's text with the values of the trial. Throws a UsageError when it no longer fits. */
export function withValues(file: string, text: string, trial: Trial): string {
  const { config, diagnostics } = parseConfig(text);
  if (!config) throw new UsageError(configErrors(file, diagnostics));
  const missing = Object.keys(trial.params).filter((name) => !(name in config.space));
  if (missing.length > 0) {
    throw new UsageError(
      `${file} no longer tunes ${missing.join(', ')}, which trial ${trial.number} has values for. Restore the annotation, or apply a trial of a newer study.`,
    );
  }
  return applyValues(text, config.tuned, trial.params).text;
}

/** The change as a unified diff; empty where there is none. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const name = basename(file);
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
  }).replace(/^=+\n/, '');
}

export async function apply(config: string, options: ApplyOptions): Promise<void> {
  const file = resolve(config);
  const read = await readConfig(file);
  if (read.kind === 'error') throw new UsageError(read.message);
  const { reducer } = await openStudy(config, options.study);
  const { study } = reducer;
  const trial = trialOrBest(study, options.trial);
  const { text } = read;
  const changed = withValues(config, text, trial);
  if (options.dryRun) {
    process.stdout.write(unifiedDiff(file, text, changed));
  } else if (changed === text) {
    console.log(`${config} already has the values of trial ${trial.number}.`);
  } else {
    await writeWhole(file, changed);
    console.log(`${config} now has the values of trial ${trial.number}.`);
  }
}
