/** What a worker is told of an attempt: the config with the trial's values in it, its seed, its folder. */
import type { AnnotatedConfig } from '../../core/annotation/annotated-config.js';
import { applyValues, patchedData } from '../../core/annotation/edit.js';
import type { JsonObject } from '../../core/json.js';
import { derivedSeed } from '../../core/random.js';
import { trialFolder } from '../../core/study/places.js';
import { repeatOf } from '../../core/study/repeats.js';
import type { Study, Trial } from '../../core/study/trial.js';
import type { AttemptSpec } from '../trial/messages.js';
import { withOwnSeed } from './repeat-seed.js';

/** What all attempts of a run share. */
export interface RunContext {
  readonly config: AnnotatedConfig;
  /** The config's text as it is now. */
  readonly text: string;
  readonly configFile: string;
  readonly backend: 'auto' | 'embedded' | 'native';
  readonly tensorflowFolders: readonly string[];
}

/** @param journal path of the study's journal, beside which the trial's folder lies */
export function attemptSpec(
  { config, text, configFile, backend, tensorflowFolders }: RunContext,
  study: Study,
  trial: Trial,
  attempt: number,
  journal: string,
): AttemptSpec {
  const { number, params } = trial;
  const given = {
    config: patchedData(config.data, config.tuned, params),
    text: applyValues(text, config.tuned, params).text,
  };
  const patched = repeatOf(trial) === undefined ? given : withOwnSeed(given.config, given.text, number);
  const metrics = study.objectives.map(({ metric }) => metric);
  return {
    trial: number,
    attempt,
    trainer: config.sweep.trainer,
    configFile,
    config: patched.config,
    configText: patched.text,
    params: params as JsonObject,
    metric: metrics[0] as string,
    metrics,
    seed: derivedSeed(study.settings.seed, number, 'training'),
    folder: trialFolder(journal, number),
    backend,
    tensorflowFolders,
  };
}
