/**
 * Derives every suggestion, pruning and promotion of a study again from its journal and names the first that comes out
 * differently: proof that a study follows from its seed, its results and this version of the program. Pure.
 */
import { type Json, type JsonObject, jsonEqual } from '../json.js';
import { prunerProblem } from '../pruners/choose.js';
import { samplers } from '../samplers/registry.js';
import { parseLine } from '../study/journal/line.js';
import { Attr, type JournalRecord, Op, type RecordOf, StateCode } from '../study/journal/records.js';
import { StudyReducer } from '../study/journal/reduce.js';
import { judgeTrial, promotion } from '../study/judge.js';
import { isPaused, promotionOf } from '../study/pause.js';
import { nextInRace, RACE_SAMPLER } from '../study/race.js';
import { suggest } from '../study/suggest.js';
import type { Study, Suggestion, Trial } from '../study/trial.js';

interface ReplayDifference {
  /** Position of the record in the journal, from 0. */
  readonly record: number;
  readonly trial: number;
  readonly what: 'suggestion' | 'pruning' | 'promotion';
  /** In a sentence: what the journal says and what comes out now. */
  readonly message: string;
  readonly journal: Json;
  readonly replayed: Json;
}

export interface ReplayResult {
  /** How many were derived again and found equal. */
  readonly suggestions: number;
  readonly prunings: number;
  /** Paused trials that went on. */
  readonly promotions: number;
  /** Trials that nobody here suggested: queued by hand, or brought from elsewhere. */
  readonly skipped: number;
  readonly difference?: ReplayDifference;
}

/** What was suggested, as far as the lines of one trial say it. */
interface Asked {
  readonly record: number;
  readonly trial: number;
  readonly expected: Suggestion | 'exhausted' | 'over';
}

/** The records of a journal's text that was loaded without complaint; a last line that was cut short is passed over. */
export function recordsOf(text: string): readonly JournalRecord[] {
  return text.split('\n').flatMap((line) => {
    const parsed = parseLine(line);
    return parsed.kind === 'record' ? [parsed.record] : [];
  });
}

/** A trial that waits from its beginning was queued by hand, one of another sampler was brought from elsewhere. */
function isSuggestedHere({ state, system_attrs }: RecordOf<4>): boolean {
  if (state === undefined) return true;
  const sampler = samplerOf(system_attrs) ?? '';
  const derived = ['file', 'repeat', RACE_SAMPLER].includes(sampler) || sampler in samplers;
  return state === StateCode.running && derived;
}

const samplerOf = (attributes: JsonObject | undefined): string | undefined =>
  (attributes?.[Attr.suggestion] as { readonly sampler?: string } | undefined)?.sampler;

/** What would be tried next; a run of the race comes from the race, which begins when all others have ended. */
function suggestedNow(study: Study, { system_attrs }: RecordOf<4>): Suggestion | 'exhausted' | 'over' {
  return samplerOf(system_attrs) === RACE_SAMPLER ? (nextInRace(study) ?? 'over') : suggest(study);
}

/**
 * Where suggestions were worked out for trials that were written only after further records: a sampler may take its
 * time while reports go on. Never before the trial that was created last, which it must have seen.
 */
function askedEarly(records: readonly JournalRecord[]): ReadonlySet<number> {
  const places = new Set<number>();
  let last = 0;
  for (const [index, record] of records.entries()) {
    if (record.op_code !== Op.createTrial) continue;
    const suggestion = record.system_attrs?.[Attr.suggestion] as { readonly seen?: number } | undefined;
    const seen = suggestion?.seen;
    if (seen !== undefined && seen > last && seen < index) places.add(seen);
    last = index;
  }
  return places;
}

export function replay(records: readonly JournalRecord[]): ReplayResult {
  const reducer = new StudyReducer();
  const { study } = reducer;
  const verdicts = new Verdicts();
  const elsewhere = new Set<number>();
  const early = askedEarly(records);
  let asked: Asked | undefined;
  let before: Omit<Asked, 'record'> | undefined;
  let suggestions = 0;
  let prunings = 0;
  let promotions = 0;
  let skipped = 0;
  const counts = () => ({ suggestions, prunings, promotions, skipped });
  for (const [index, record] of records.entries()) {
    if (early.has(index) && study.settings.sampler in samplers) {
      before = { trial: study.trials.length, expected: suggest(study) };
    }
    if (record.op_code === Op.createTrial) {
      const own = isSuggestedHere(record) && study.settings.sampler in samplers;
      if (!own) skipped++;
      // One that waits is pruned here or not at all.
      if (!own && record.state !== StateCode.waiting) elsewhere.add(study.trials.length);
      const trial = study.trials.length;
      const expected = own && (before?.trial === trial ? before.expected : suggestedNow(study, record));
      asked = expected ? { record: index, trial, expected } : undefined;
      before = undefined;
    }
    const ending = record.op_code === Op.setTrialState ? study.trials[record.trial_id] : undefined;
    // One that was paused and never promoted is pruned without a judgement.
    const leftOver = ending !== undefined && isPaused(ending);
    const promoted = record.op_code === Op.setTrialUserAttr ? promotionOf(record.user_attr) : undefined;
    if (promoted !== undefined && record.op_code === Op.setTrialUserAttr) {
      const difference = promotionDifference(index, study, record.trial_id, promoted);
      if (difference) return { ...counts(), difference };
      promotions++;
    }
    reducer.apply(record);
    switch (record.op_code) {
      // The suggestion comes with the trial; in older journals, in lines of its own after it.
      case Op.createTrial:
      case Op.setTrialSystemAttr: {
        const attributes = record.op_code === Op.createTrial ? record.system_attrs : record.system_attr;
        if (!asked || !attributes || !(Attr.suggestion in attributes)) break;
        if (record.op_code === Op.setTrialSystemAttr && asked.trial !== record.trial_id) break;
        const difference = suggestionDifference(asked, study.trials[asked.trial] as Trial);
        if (difference) return { ...counts(), difference };
        suggestions++;
        asked = undefined;
        break;
      }
      case Op.setTrialIntermediateValue:
        verdicts.judge(study, record.trial_id, record.intermediate_value);
        break;
      case Op.setTrialState: {
        const reasons = verdicts.take(record.trial_id);
        if (!ending || leftOver || elsewhere.has(record.trial_id)) break;
        if (record.state !== StateCode.pruned && !isPaused(ending)) break;
        const difference = pruningDifference(index, ending, reasons);
        if (difference) return { ...counts(), difference };
        prunings++;
        break;
      }
    }
  }
  return counts();
}

function suggestionDifference(
  { record, trial, expected }: Asked,
  actual: Trial,
): ReplayDifference | undefined {
  const sampler = actual.suggestion?.sampler ?? '';
  if (typeof expected === 'string') {
    const now = expected === 'over' ? 'the race would be over' : 'every point of the space counts as tried';
    return {
      record,
      trial,
      what: 'suggestion',
      message: `Trial ${trial} was suggested by ${sampler}; now ${now}.`,
      journal: actual.params,
      replayed: null,
    };
  }
  if (expected.sampler === sampler && jsonEqual(expected.params, actual.params)) return undefined;
  const names = [...new Set([...Object.keys(actual.params), ...Object.keys(expected.params)])].filter(
    (name) => !jsonEqual(actual.params[name], expected.params[name]),
  );
  const show = (value: Json | undefined): string =>
    value === undefined ? 'inactive' : JSON.stringify(value);
  const changes = names.map(
    (name) => `${name} was ${show(actual.params[name])} and is now ${show(expected.params[name])}`,
  );
  if (expected.sampler !== sampler)
    changes.unshift(`${sampler} suggested it then and ${expected.sampler} does now`);
  return {
    record,
    trial,
    what: 'suggestion',
    message: `Trial ${trial}: ${changes.join('; ')}.`,
    journal: actual.params,
    replayed: expected.params,
  };
}

/** Reasons to stop, by trial, of the attempt under way, judged after each report as the engine does. */
class Verdicts {
  readonly #reasons = new Map<number, string[]>();
  readonly #decided = new Set<number>();
  /** Whether there is such a pruner here. */
  #known: boolean | undefined;

  judge(study: Study, number: number, value: number): void {
    const trial = study.trials[number];
    if (trial?.state !== 'running' || this.#decided.has(number)) return;
    this.#known ??= prunerProblem(study.settings.pruner) === undefined;
    if (!this.#known) return;
    const { prune, reason } = judgeTrial(study, trial);
    if (!prune) return;
    this.#reasons.set(number, [...(this.#reasons.get(number) ?? []), reason]);
    // A report that lacks the objective is written as NaN and was not judged, one that is NaN was: either may be.
    if (!Number.isNaN(value)) this.#decided.add(number);
  }

  take(number: number): readonly string[] {
    const reasons = this.#reasons.get(number) ?? [];
    this.#reasons.delete(number);
    this.#decided.delete(number);
    return reasons;
  }
}

function pruningDifference(
  record: number,
  { number: trial, reason }: Trial,
  reasons: readonly string[],
): ReplayDifference | undefined {
  const [verdict] = reasons;
  if (reason !== undefined && reasons.includes(reason)) return undefined;
  const now = verdict === undefined ? 'nothing would prune it' : `the reason would be: ${verdict}`;
  return {
    record,
    trial,
    what: 'pruning',
    message: `Trial ${trial} was pruned (${reason ?? 'no reason kept'}); now ${now}.`,
    journal: reason ?? null,
    replayed: verdict ?? null,
  };
}

/** Whether new trials were still to come then is not in the journal: either answer may be the one that was given. */
function promotionDifference(
  record: number,
  study: Study,
  trial: number,
  reason: string,
): ReplayDifference | undefined {
  if (prunerProblem(study.settings.pruner) !== undefined) return undefined;
  const now = [false, true].map((ending) => promotion(study, ending));
  if (now.some((one) => one?.trial === trial && one.reason === reason)) return undefined;
  const other = now.find((one) => one !== undefined);
  const instead = other ? `trial ${other.trial} would be: ${other.reason}` : 'none would be';
  return {
    record,
    trial,
    what: 'promotion',
    message: `Trial ${trial} was promoted (${reason}); now ${instead}.`,
    journal: reason,
    replayed: other?.reason ?? null,
  };
}
