/** `apply`: puts a trial's values into the config, touching nothing else; and the diff that shows it. */
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { applyValues } from '../core/annotation/edit.js';
import { parseConfig } from '../core/annotation/yaml.js';
import { bestTrial } from '../core/study/best.js';
import type { Trial } from '../core/study/trial.js';
import { readConfig } from '../engine/config-file.js';
import { writeWhole } from '../engine/write-whole.js';
import { openStudy, UsageError } from './open-study.js';
import { ExitCode } from './output.js';

export interface ApplyOptions {
  readonly study?: string;
  readonly trial?: number;
  readonly dryRun?: boolean;
}

/** The config's text with the values of the trial. Throws a UsageError when it no longer fits. */
export function withValues(file: string, text: string, trial: Trial): string {
  const { config, diagnostics } = parseConfig(text);
  if (!config) {
    const first = diagnostics.find(({ severity }) => severity === 'error');
    throw new UsageError(`${file}:${first?.range.line}:${first?.range.column}: ${first?.message}`);
  }
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
  const trial = options.trial === undefined ? bestTrial(study) : study.trials[options.trial];
  if (!trial) {
    throw options.trial === undefined
      ? new UsageError(`No trial of the study "${study.name}" has completed yet.`, ExitCode.failed)
      : new UsageError(
          `The study "${study.name}" has no trial ${options.trial}; it has ${study.trials.length} trials.`,
        );
  }
  const text = await readFile(file, 'utf8');
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
