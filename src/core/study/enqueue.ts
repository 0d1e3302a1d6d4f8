/**
 * Trials that a person asks for: some values by hand, the others from the file, from another trial or from the sampler.
 * They wait and run next. Written as Optuna's `enqueue_trial` does (state waiting, system attribute `fixed_params`), so
 * that Optuna would run them, too.
 */
import { didYouMean } from '../annotation/nearest.js';
import type { Json } from '../json.js';
import { random } from '../random.js';
import { drawUniform, drawValue } from '../samplers/novelty.js';
import { activeParameters } from '../space/condition.js';
import { brokenConstraint } from '../space/constraint.js';
import { choicesOf, contains } from '../space/encode.js';
import type { Parameter, Params, Space } from '../space/parameter.js';
import { canonicalPoint } from '../space/point.js';
import { distributionJson, internalValue, optunaValue } from './journal/distribution-json.js';
import { Attr, FIXED_PARAMS, type JournalRecord, Op, StateCode } from './journal/records.js';
import { askSampler } from './suggest.js';
import { shortNames } from './table/table.js';
import type { Study, Trial } from './trial.js';

/** Where the values come from that are not said: the file, what the sampler would try, or a trial by its number. */
export type Unnamed = 'file' | 'sampler' | number;

/** Named as the sampler of trials that a person asked for. */
const ENQUEUED = 'enqueued';

export interface Enqueued {
  readonly number: number;
  readonly params: Params;
  readonly records: readonly JournalRecord[];
}

/**
 * The records of a trial that waits with these values, or why there can be none, in a sentence.
 * @param fixed values by the name of their parameter, or by as much of its end as is needed to know it
 * @param suggested what the sampler would try, asked for only where it is needed; undefined where it knows nothing. The
 *   fixed values take the place of its own, as in Optuna: a model that is told that nothing else exists in a parameter
 *   forgets what all other trials have shown of the rest.
 */
function enqueueTrial(
  worker: string,
  study: Pick<Study, 'space' | 'settings' | 'baseline' | 'trials' | 'name' | 'seq'>,
  fixed: Params,
  unnamed: Unnamed,
  suggested: () => Params | undefined,
): Enqueued | string {
  const { space, baseline, trials, settings } = study;
  const named = nameValues(space, fixed);
  if (typeof named === 'string') return named;
  if (typeof unnamed === 'number' && !trials[unnamed])
    return `The study "${study.name}" has no trial ${unnamed}; it has ${trials.length} trials.`;
  const others =
    unnamed === 'file'
      ? baseline
      : unnamed === 'sampler'
        ? (suggested() ?? baseline)
        : trials[unnamed]?.params;
  const source = random(settings.seed, trials.length, ENQUEUED);
  const complete = (rest: Params): Params => {
    const values: Record<string, Json> = { ...baseline, ...rest, ...named };
    // A parameter that only the named values bring into play is drawn where nobody has a value for it.
    for (let name = silent(space, values); name !== undefined; name = silent(space, values)) {
      values[name] = drawValue(space[name] as Parameter, source);
    }
    return canonicalPoint(space, values);
  };
  const uselessIn = (params: Params): string | undefined =>
    Object.keys(named).find((name) => !(name in params));
  const brokenBy = (params: Params) => brokenConstraint(settings.constraints ?? [], params);
  let params = complete(others ?? {});
  for (let draw = 0; unnamed === 'sampler' && draw < DRAWS && (uselessIn(params) ?? brokenBy(params)); draw++)
    params = complete(drawUniform(space, source));
  const useless = uselessIn(params);
  if (useless !== undefined)
    return `\`${useless}\` takes no part in this trial: the values it depends on leave it out. Set those, too, or drop it.`;
  const broken = brokenBy(params);
  if (broken) return `These values break the constraint \`${broken.text}\`. Change them.`;
  return { number: trials.length, params, records: [record(worker, study, named, params)] };
}

/** Draws around fixed values until all of them take part and the constraints allow it. */
const DRAWS = 2000;

/** The name of an active parameter without a value. */
const silent = (space: Space, values: Params): string | undefined =>
  activeParameters(space, values).find((name) => !(name in values));

/** With full names and the values as their parameters know them, or what is wrong. */
function nameValues(space: Space, fixed: Params): Params | string {
  const names = Object.keys(space);
  const short = shortNames(names);
  const named: Record<string, Json> = {};
  for (const [written, value] of Object.entries(fixed)) {
    const endings = names.filter((name) => name.endsWith(`.${written}`));
    const name =
      names.find((one) => one === written) ??
      names.find((one) => short.get(one) === written) ??
      (endings.length === 1 ? endings[0] : undefined);
    if (name === undefined) {
      const several =
        endings.length > 1
          ? ` It could be ${endings.join(' or ')}.`
          : didYouMean(written, [...names, ...short.values()]);
      return `The study tunes nothing called \`${written}\`.${several} It tunes ${names.join(', ')}.`;
    }
    const parameter = space[name] as Parameter;
    if (!contains(parameter, value))
      return `\`${name}\` cannot be ${JSON.stringify(value)}: it is ${allowed(parameter)}.`;
    named[name] = value;
  }
  return named;
}

function allowed(parameter: Parameter): string {
  switch (parameter.type) {
    case 'float':
    case 'int': {
      const { type, low, high, step } = parameter;
      const kind = type === 'int' ? 'a whole number' : 'a number';
      return `${kind} from ${low} to ${high}${step === undefined ? '' : ` in steps of ${step}`}`;
    }
    case 'categorical':
    case 'ordinal':
    case 'bool':
      return `one of ${choicesOf(parameter)
        .map((choice) => JSON.stringify(choice))
        .join(', ')}`;
    default:
      return parameter satisfies never;
  }
}

function record(
  worker: string,
  { space, seq }: Pick<Study, 'space' | 'seq'>,
  named: Params,
  params: Params,
): JournalRecord {
  const each = <T>(of: Params, value: (parameter: Parameter, value: Json) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(of).map(([name, one]) => [name, value(space[name] as Parameter, one)]));
  const said = Object.keys(named);
  const reason = said.length > 0 ? `asked for by hand: ${said.join(', ')}` : 'asked for by hand';
  return {
    op_code: Op.createTrial,
    worker_id: worker,
    study_id: 0,
    datetime_start: null,
    state: StateCode.waiting,
    distributions: each(params, distributionJson),
    params: each(params, internalValue),
    user_attrs: {},
    system_attrs: {
      [FIXED_PARAMS]: each(params, optunaValue),
      [Attr.suggestion]: { sampler: ENQUEUED, reason, seen: seq },
    },
    intermediate_values: {},
  };
}

/**
 * The same for a study with a sampler of its own.
 * @throws Error with the sentence.
 */
export function enqueueInto(worker: string, study: Study, fixed: Params, unnamed: Unnamed): Enqueued {
  const result = enqueueTrial(worker, study, fixed, unnamed, () => {
    const suggestion = askSampler(study);
    return suggestion === 'exhausted' ? undefined : suggestion.params;
  });
  if (typeof result === 'string') throw new Error(result);
  return result;
}

/**
 * What is missing of a waiting trial that another program enqueued with `fixed_params` alone: its parameters, those that
 * are not fixed with the file's values. None for trials of ours, which come with theirs.
 */
export function completionRecords(
  worker: string,
  { space, baseline }: Pick<Study, 'space' | 'baseline'>,
  trial: Trial,
): readonly JournalRecord[] {
  if (trial.suggestion) return [];
  const params = canonicalPoint(space, { ...baseline, ...trial.params });
  return Object.entries(params).map(([name, value]) => {
    const parameter = space[name] as Parameter;
    return {
      op_code: Op.setTrialParam,
      worker_id: worker,
      trial_id: trial.id,
      param_name: name,
      param_value_internal: internalValue(parameter, value),
      distribution: distributionJson(parameter),
    };
  });
}
