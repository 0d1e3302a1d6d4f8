/**
 * A believable study as the lines of its journal, written with the project's own records: an iris network whose loss
 * depends on its parameters, with pruned and failed trials. The same seed gives the same study.
 */
import type { Json } from '../../../src/core/json.js';
import type { Space } from '../../../src/core/space/parameter.js';
import { distributionJson, internalValue } from '../../../src/core/study/journal/distribution-json.js';
import { printLine } from '../../../src/core/study/journal/line.js';
import {
  Attr,
  DirectionCode,
  type JournalRecord,
  METRIC_NAMES,
  Op,
  StateCode,
} from '../../../src/core/study/journal/records.js';
import type { Marks, Prediction, StudyStatus } from '../../../src/core/study/trial.js';
import type { StudyRef } from '../../../src/protocol/panel.js';

/** Where the sample says it lies. */
export const sampleRef: StudyRef = {
  id: '/samples/.sweetspot/iris.yaml/iris.jsonl',
  name: 'iris',
  configFile: '/samples/iris.yaml',
  configName: 'iris.yaml',
};

export interface SampleChoices {
  readonly trials: number;
  /** Reports of a trial that completes. */
  readonly steps?: number;
  readonly budget?: number;
  readonly seed?: number;
  /** The newest so many trials are still at work. */
  readonly running?: number;
  readonly status?: StudyStatus;
  /** Every trial throws. */
  readonly allFail?: boolean;
  /** No trial beats the file's own values. */
  readonly fileWins?: boolean;
  /** Beside the loss also milliseconds per prediction, and with three the number of weights: less is better. */
  readonly objectives?: 2 | 3;
  /** When it began, as a time of `Date`; left out: a minute ago, so that what is still running has run believably long. */
  readonly start?: number;
  /** Of another program: no config, no samplers' reasons, and nobody of ours at work. */
  readonly foreign?: boolean;
  /** Marks of trials by their number. */
  readonly marks?: Readonly<Record<number, Marks>>;
}

const space: Space = {
  'model.units': { type: 'categorical', choices: [[16], [32], [64], [32, 16]] },
  'model.activation': { type: 'categorical', choices: ['relu', 'tanh', 'elu'] },
  'model.dropout': { type: 'float', low: 0, high: 0.5 },
  'optimizer.name': { type: 'categorical', choices: ['sgd', 'momentum', 'rmsprop', 'adam'] },
  'optimizer.learningRate': { type: 'float', low: 1e-4, high: 1e-1, log: true },
  'optimizer.momentum': {
    type: 'float',
    low: 0.5,
    high: 0.99,
    when: { param: 'optimizer.name', in: ['momentum'] },
  },
  'training.batchSize': { type: 'ordinal', choices: [8, 16, 32, 64] },
};

const baseline: Readonly<Record<string, Json>> = {
  'model.units': [32],
  'model.activation': 'relu',
  'model.dropout': 0.1,
  'optimizer.name': 'adam',
  'optimizer.learningRate': 0.001,
  'optimizer.momentum': 0.9,
  'training.batchSize': 16,
};

/** A small linear congruential generator (Numerical Recipes): the samples need no better. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const environment: Json = {
  id: 'sample',
  at: '2026-01-05T09:00:00.000Z',
  facts: {
    os: { platform: 'linux', name: 'Debian GNU/Linux 12' },
    cpu: { architecture: 'x64', model: 'AMD EPYC', cores: 8 },
    node: '20.20.2',
  },
};

/** What a trainer says of a trial, and what was measured of it. */
const attributesOf = (trial: number): Json => ({
  seed: 100 + trial,
  backend: 'embedded',
  versions: { tfjs: '4.22.0' },
  data: { file: 'iris.csv', rows: 150 },
  peakMemory: 9.2e7 + (trial % 7) * 1.3e6,
});

const worker_id = 'sample';
const START = Date.now() - 60_000;
const timeOf =
  ({ start = START }: SampleChoices) =>
  (seconds: number): string =>
    new Date(start + seconds * 1000).toISOString();

/** One string per record, newline included. */
export function sampleJournal(choices: SampleChoices): string[] {
  const {
    trials,
    steps = 30,
    budget,
    seed = 7,
    running = 0,
    status,
    allFail = false,
    foreign = false,
  } = choices;
  const random = generator(seed);
  const at = timeOf(choices);
  const metrics = ['val_loss', 'milliseconds', 'weights'].slice(0, choices.objectives ?? 1);
  const records: JournalRecord[] = [
    {
      op_code: Op.createStudy,
      worker_id,
      study_name: 'iris',
      directions: metrics.map(() => DirectionCode.minimize),
    },
    { op_code: Op.setStudySystemAttr, worker_id, study_id: 0, system_attr: { [METRIC_NAMES]: metrics } },
    studyAttribute(Attr.space, space as unknown as Json),
    studyAttribute(Attr.baseline, baseline),
    studyAttribute(Attr.config, foreign ? { file: '', text: '' } : { file: 'iris.yaml', text: '# @sweep\n' }),
    studyAttribute(Attr.settings, {
      sampler: 'tpe',
      pruner: 'median',
      seed: 0,
      stop: budget === undefined ? {} : { trials: budget },
    }),
    ...(foreign ? [] : [studyAttribute(Attr.environment, environment)]),
    studyAttribute(
      Attr.status,
      foreign
        ? { kind: 'stopped', reason: 'opened from a file of another program', at: at(0) }
        : { kind: 'running', at: at(0) },
    ),
  ];
  let clock = 0;
  for (let trial = 0; trial < trials; trial++) {
    const atWork = trial >= trials - running;
    const length = 1.2 + random() * 2.5;
    records.push(...trialRecords(trial, clock, length, random, { steps, allFail, atWork, choices }));
    clock += length / 2;
  }
  for (const [trial, marks] of Object.entries(choices.marks ?? {})) {
    records.push(studyAttribute(`${Attr.marks}:${trial}`, marks as unknown as Json));
  }
  if (status && status.kind !== 'running') {
    records.push(studyAttribute(Attr.status, { ...status, at: at(clock) }));
  }
  return records.map(printLine);
}

const studyAttribute = (key: string, value: Json): JournalRecord => ({
  op_code: Op.setStudyUserAttr,
  worker_id,
  study_id: 0,
  user_attr: { [key]: value },
});

interface TrialShape {
  readonly steps: number;
  readonly allFail: boolean;
  readonly atWork: boolean;
  readonly choices: SampleChoices;
}

/** What a sampler with a model might have expected: about right, and often too sure. */
const predictionOf = (params: Readonly<Record<string, Json>>, trial: number): Prediction => ({
  mean: 0.1 + qualityOf(params) + 0.03 * Math.sin(trial),
  deviation: 0.02 + 0.02 * Math.abs(Math.cos(trial)),
  improvement: 0.012,
  nearest: [trial - 1],
});

function trialRecords(
  trial: number,
  clock: number,
  length: number,
  random: () => number,
  { steps, allFail, atWork, choices }: TrialShape,
): JournalRecord[] {
  const at = timeOf(choices);
  const params = trial === 0 ? activeOf(baseline) : draw(random, Math.min(1, trial / 40));
  const records: JournalRecord[] = [
    { op_code: Op.createTrial, worker_id, study_id: 0, datetime_start: at(clock) },
    ...Object.entries(params).map(([param_name, value]): JournalRecord => {
      const distribution = space[param_name]!;
      return {
        op_code: Op.setTrialParam,
        worker_id,
        trial_id: trial,
        param_name,
        param_value_internal: internalValue(distribution, value),
        distribution: distributionJson(distribution),
      };
    }),
    ...(choices.foreign ? [] : [trialAttribute(trial, Attr.attributes, attributesOf(trial))]),
    trialAttribute(trial, Attr.suggestion, {
      sampler: trial === 0 ? 'file' : 'tpe',
      reason: trial === 0 ? 'the values in the file' : 'expected to improve on the best by 0.012',
      seen: trial,
      ...(trial > 10 ? { prediction: predictionOf(params, trial) } : {}),
    }),
  ];
  const end = (state: number, values: number[] | null, reason?: string): JournalRecord[] => [
    ...(reason === undefined ? [] : [trialAttribute(trial, Attr.reason, reason)]),
    {
      op_code: Op.setTrialState,
      worker_id,
      trial_id: trial,
      state,
      values,
      datetime_complete: at(clock + length),
    },
  ];
  const failure = allFail || (trial > 0 && trial % 13 === 0);
  if (failure) {
    return [
      ...records,
      ...end(StateCode.failed, null, 'train.ts:14 threw TypeError: data.shape is not iterable'),
    ];
  }
  const quality = trial === 0 ? (choices.fileWins ? 0.02 : 0.31) : 0.06 + qualityOf(params) + random() * 0.08;
  const wild = trial > 0 && trial % 17 === 0;
  const pruned = !wild && trial > 4 && quality > 0.27 && !atWork;
  const reported = atWork ? Math.ceil(steps * (0.2 + 0.6 * random())) : pruned ? Math.ceil(steps / 3) : steps;
  let loss = 0;
  for (let step = 1; step <= reported; step++) {
    loss = quality + (1.1 - quality) * Math.exp((-4.2 * step) / steps) + (random() - 0.5) * 0.015;
    if (wild) loss = 3 + step * 1.7;
    records.push({
      op_code: Op.setTrialIntermediateValue,
      worker_id,
      trial_id: trial,
      step,
      intermediate_value: loss,
      metrics: { val_accuracy: Math.min(1, Math.max(0.3, 1.02 - loss * 0.6)), loss: loss * 0.9 },
    });
  }
  if (atWork) return records;
  records.push(trialAttribute(trial, Attr.values, { val_accuracy: Math.max(0.33, 1.02 - loss * 0.6) }));
  if (!pruned && choices.objectives === undefined) return [...records, ...end(StateCode.complete, [loss])];
  if (!pruned) {
    const units = (params['model.units'] as readonly number[]).reduce((sum, count) => sum + count, 0);
    const costs = [(0.2 + units / 100) * (1 + 0.3 * random()), units * 7 + Math.round(40 * random())];
    return [...records, ...end(StateCode.complete, [loss, ...costs].slice(0, choices.objectives))];
  }
  const reason = `${loss.toFixed(3)} at step ${reported} is worse than the median 0.298 of ${trial - 2} trials`;
  return [...records, ...end(StateCode.pruned, [loss], reason)];
}

const trialAttribute = (trial_id: number, key: string, value: Json): JournalRecord => ({
  op_code: Op.setTrialUserAttr,
  worker_id,
  trial_id,
  user_attr: { [key]: value },
});

function activeOf(values: Readonly<Record<string, Json>>): Record<string, Json> {
  const { 'optimizer.momentum': momentum, ...rest } = values;
  return rest['optimizer.name'] === 'momentum' ? { ...rest, 'optimizer.momentum': momentum ?? 0.9 } : rest;
}

/** `focus` in [0, 1]: how closely the search already keeps to the good region. */
function draw(random: () => number, focus: number): Record<string, Json> {
  const pick = (choices: readonly Json[]): Json => choices[Math.floor(random() * choices.length)] ?? null;
  const near = (u: number, goal: number): number => u + (goal - u) * focus * 0.7;
  return activeOf({
    'model.units': pick([[16], [32], [64], [32, 16]]),
    'model.activation': pick(['relu', 'tanh', 'elu']),
    'model.dropout': Number((near(random(), 0.15) * 0.5).toPrecision(6)),
    'optimizer.name': pick(['sgd', 'momentum', 'rmsprop', 'adam', 'adam']),
    'optimizer.learningRate': Number((10 ** (-4 + 3 * near(random(), 0.62))).toPrecision(6)),
    'optimizer.momentum': Number((0.5 + 0.49 * random()).toPrecision(6)),
    'training.batchSize': pick([8, 16, 32, 64]),
  });
}

function qualityOf(params: Readonly<Record<string, Json>>): number {
  const rate = Math.log10(params['optimizer.learningRate'] as number);
  const slow = params['optimizer.name'] === 'sgd' ? 0.12 : 0;
  return 0.09 * (rate + 2.1) ** 2 + slow + 0.15 * ((params['model.dropout'] as number) - 0.08) ** 2;
}
