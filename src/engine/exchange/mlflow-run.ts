/**
 * A trial as a run of MLflow, whichever way it goes there: its names as MLflow allows them (mlflow/utils/validation.py),
 * its metrics by step, and what MLflow has no word for as tags.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../../core/json.js';
import { isFinished } from '../../core/study/journal/reduce.js';
import type { Study, Trial } from '../../core/study/trial.js';

interface MlflowMetric {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly value: number;
  readonly step: number;
}

export interface MlflowRun {
  /** The same for the same trial, wherever it is written. */
  readonly id: string;
  readonly name: string;
  readonly state: Trial['state'];
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly ended: number | null;
  readonly params: ReadonlyMap<string, string>;
  readonly metrics: ReadonlyMap<string, readonly MlflowMetric[]>;
  readonly tags: ReadonlyMap<string, string>;
}

const hexOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The study itself, whoever has its name besides: files of Optuna say no config, and a name is free again in time. */
const identityOf = ({ config, name, environments, trials }: Study): readonly unknown[] => [
  config.file,
  name,
  environments[0]?.at ?? trials[0]?.startedAt,
];

/** Of the experiment, in hexadecimal: the same for the same study. */
export const experimentOf = (study: Study): string => hexOf('experiment', ...identityOf(study)).slice(0, 32);

/** What the experiment is called: MLflow has each name once, so where others have it, a further one is tried. */
export const experimentName = ({ name }: Study, attempt: number): string =>
  attempt === 1 ? name : `${name} (${attempt})`;

/**
 * A name as MLflow allows it (mlflow/utils/validation.py): letters, digits and few signs, and the same after its path
 * was made normal. Colons are for no file of Windows.
 */
const nameOf = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}_\-. /]/gu, '_')
    .split('/')
    .map((part) => (/^\.*$/.test(part) ? '_' : part))
    .join('/');

/** File names of names: where one would be a folder for another, its slashes are underscores. */
function fileNames(names: Iterable<string>): ReadonlyMap<string, string> {
  const all = [...names].map((name) => [name, nameOf(name)] as const);
  const files = new Set(all.map(([, file]) => file));
  const blocked = (file: string): boolean =>
    [...file.matchAll(/\//g)].some(({ index }) => files.has(file.slice(0, index)));
  return new Map(all.map(([name, file]) => [name, blocked(file) ? file.replaceAll('/', '_') : file]));
}

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Of tags only those that say something. */
const said = (tags: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(tags).flatMap(([tag, text]) => (text === undefined ? [] : [[tag, text] as const])));

/** By which the experiment of a study is found again. */
export const STUDY_TAG = 'sweetspot.study';

export const experimentTags = (study: Study): ReadonlyMap<string, string> =>
  said({
    [STUDY_TAG]: experimentOf(study),
    'mlflow.note.content': study.marks?.note,
    'sweetspot.config': study.config.file || undefined,
    'sweetspot.tags': study.marks?.tags?.join(', '),
  });

/** The runs of a study: its trials that were begun. */
export const runsOf = (study: Study): readonly MlflowRun[] =>
  study.trials.filter(({ state }) => state !== 'waiting').map((trial) => runOf(study, trial));

function runOf(study: Study, trial: Trial): MlflowRun {
  const started = Date.parse(trial.startedAt ?? '') || 0;
  const ended = isFinished(trial.state) ? Date.parse(trial.finishedAt ?? '') || started : null;
  const name = `${study.name}-${trial.number}`;
  const params = fileNames(Object.keys(study.space));
  const metrics = metricsOf(trial, started, ended);
  const { starred, tags, note, excluded } = trial.marks ?? {};
  return {
    id: hexOf('run', ...identityOf(study), trial.number).slice(0, 32),
    name,
    state: trial.state,
    started,
    ended,
    params: new Map(
      Object.entries(trial.params).map(([param, value]) => [
        params.get(param) ?? nameOf(param),
        textOf(value),
      ]),
    ),
    metrics: new Map(
      [...fileNames(metrics.keys())].map(([metric, file]) => [file, metrics.get(metric) ?? []]),
    ),
    tags: said({
      'mlflow.runName': name,
      'mlflow.source.name': study.config.file,
      'mlflow.source.type': 'LOCAL',
      'mlflow.note.content': note,
      'sweetspot.trial': String(trial.number),
      'sweetspot.state': trial.state,
      'sweetspot.sampler': trial.suggestion?.sampler,
      'sweetspot.suggestion': trial.suggestion?.reason,
      'sweetspot.reason': trial.reason,
      'sweetspot.starred': starred ? 'yes' : undefined,
      'sweetspot.tags': tags?.join(', '),
      'sweetspot.excluded': excluded,
    }),
  };
}

/** Steps have no times of their own: they are spread evenly over the trial. */
function metricsOf(
  trial: Trial,
  started: number,
  ended: number | null,
): ReadonlyMap<string, readonly MlflowMetric[]> {
  const found = new Map<string, MlflowMetric[]>();
  const { reports, values } = trial;
  const each = ((ended ?? started) - started) / Math.max(1, reports.length);
  const add = (metric: string, at: number, value: number, step: number): void => {
    const list = found.get(metric) ?? [];
    list.push({ timestamp: Math.round(at), value, step });
    found.set(metric, list);
  };
  for (const [index, { step, metrics }] of reports.entries()) {
    for (const [metric, value] of Object.entries(metrics))
      add(metric, started + (index + 1) * each, value, step);
  }
  const last = reports.at(-1);
  for (const [metric, value] of Object.entries(values)) {
    // The end result, where the last report does not say it already.
    if (!Object.is(last?.metrics[metric], value)) add(metric, ended ?? started, value, (last?.step ?? 0) + 1);
  }
  return found;
}
