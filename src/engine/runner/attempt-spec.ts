/** What a worker is told of an attempt: the config with the trial's values in it, its seed, its folder. */
import type { AnnotatedConfig } from '../../core/annotation/annotated-config.js';
import { applyValues, patchedData } from '../../core/annotation/edit.js';
import type { JsonObject } from '../../core/json.js';
import { derivedSeed } from '../../core/random.js';
import type { Params } from '../../core/space/parameter.js';
import { trialFolder } from '../../core/study/places.js';
import { repeatOf } from '../../core/study/repeats.js';
import type { Study, Trial } from '../../core/study/trial.js';
import type { AttemptSpec } from '../trial/messages.js';
import { type SeededConfig, withOwnSeed } from './repeat-seed.js';

/** What all attempts of a run share. */
export interface RunContext {
  readonly config: AnnotatedConfig;
  /** The config's text as it is now. */
  readonly text: string;
  readonly configFile: string;
  readonly backend: 'auto' | 'embedded' | 'native';
  readonly tensorflowFolders: readonly string[];
}

/** What is an attempt's own. */
interface Attempt {
  readonly trial: number;
  readonly attempt: number;
  readonly params: Params;
  readonly seed: number;
  readonly folder: string;
}

/** The config with a trial's values in it. */
export const withParams = ({ config, text }: Pick<RunContext, 'config' | 'text'>, params: Params) => ({
  config: patchedData(config.data, config.tuned, params),
  text: applyValues(text, config.tuned, params).text,
});

/** @param patched the config as this attempt gets it */
export function specOf(
  { config, configFile, backend, tensorflowFolders }: RunContext,
  { params, ...own }: Attempt,
  patched: SeededConfig,
): AttemptSpec {
  const metrics = config.sweep.objectives.map(({ metric }) => metric);
  return {
    ...own,
    trainer: config.sweep.trainer,
    configFile,
    config: patched.config,
    configText: patched.text,
    params: params as JsonObject,
    metric: metrics[0] ?? 'value',
    metrics,
    backend,
    tensorflowFolders,
  };
}

/** @param journal path of the study's journal, beside which the trial's folder lies */
export function attemptSpec(
  context: RunContext,
  { settings }: Study,
  trial: Trial,
  attempt: number,
  journal: string,
): AttemptSpec {
  const { number, params } = trial;
  const given = withParams(context, params);
  const own = {
    trial: number,
    attempt,
    params,
    seed: derivedSeed(settings.seed, number, 'training'),
    folder: trialFolder(journal, number),
  };
  const isRepeat = repeatOf(trial) !== undefined;
  return specOf(context, own, isRepeat ? withOwnSeed(given.config, given.text, number) : given);
}
