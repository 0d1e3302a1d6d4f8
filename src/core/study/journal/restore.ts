/**
 * Lost lines of a journal written anew from what a snapshot knows of them. A lost line is between two others, which say
 * what it can have been: a report of a step that is missing there, an end of a trial that nothing later ends, a trial
 * that later lines speak of. What comes out counts only where it gives the very study of the snapshot. Pure.
 */
import { canonicalJson, type Json } from '../../json.js';
import type { Study, Trial } from '../trial.js';
import { OUR_WORKER } from './line.js';
import { type MendedLine, missingTrials } from './mend.js';
import { Attr, type JournalRecord, Op, StateCode } from './records.js';
import { isFinished, StudyReducer } from './reduce.js';
import {
  askRecords,
  attributesRecord,
  environmentRecord,
  marksRecord,
  reportRecord,
  settingsRecord,
  statusRecord,
  studyRecords,
  tellRecords,
  trialAttribute,
} from './write.js';

const WORKER = `${OUR_WORKER}repair`;
/** Lines with which a study begins. */
const BEGINNING = studyRecords(WORKER, {
  name: '',
  objectives: [],
  space: {},
  settings: { sampler: '', pruner: 'none', seed: 0, stop: {} },
  config: { file: '', text: '' },
  baseline: {},
}).length;

const same = (a: unknown, b: unknown): boolean => canonicalJson(plain(a)) === canonicalJson(plain(b));
/** Numbers that JSON has no word for as text: two that differ must not look alike. */
const plain = (value: unknown): Json =>
  JSON.parse(
    JSON.stringify(value ?? null, (_key, inner) =>
      typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
    ),
  ) as Json;

const factsOf = ({ objectives, space, settings, config, baseline, earlier, marks, environments }: Study) => ({
  objectives,
  space,
  settings,
  config,
  baseline,
  earlier,
  marks,
  environments,
});

/**
 * The lines with those restored that the snapshot stands for, or as they were given where that cannot be done rightly.
 * @param known how many of the lines the snapshot stands for
 */
export function restoreLines(
  lines: readonly MendedLine[],
  known: number,
  snapshot: Study,
  text: (bytes: Uint8Array) => string,
): readonly MendedLine[] {
  const part = lines.slice(0, known);
  if (part.every(({ kind }) => kind !== 'lost')) return lines;
  const restored = new Restoration(part, snapshot, text).run();
  const reducer = new StudyReducer();
  for (const line of restored) if (line.kind !== 'lost') reducer.apply(line.record);
  const { study } = reducer;
  const isWhole =
    study.trials.length === snapshot.trials.length &&
    same(factsOf(study), factsOf(snapshot)) &&
    study.trials.every((trial, number) => same(trial, snapshot.trials[number]));
  return isWhole ? [...restored, ...lines.slice(known)] : lines;
}

/** When something was last heard of a trial. */
const lastWord = ({ trials }: Study): string =>
  trials.reduce((last, { startedAt = '', finishedAt = '' }) => {
    const latest = finishedAt > startedAt ? finishedAt : startedAt;
    return latest > last ? latest : last;
  }, '');

class Restoration {
  readonly #reducer = new StudyReducer();
  /** Positions of the lines that speak of each trial. */
  readonly #mentions = new Map<number, number[]>();

  constructor(
    private readonly lines: readonly MendedLine[],
    private readonly snapshot: Study,
    private readonly text: (bytes: Uint8Array) => string,
  ) {
    for (const [at, line] of lines.entries()) {
      if (line.kind === 'lost' || !('trial_id' in line.record)) continue;
      const { trial_id: trial } = line.record;
      const known = this.#mentions.get(trial);
      if (known) known.push(at);
      else this.#mentions.set(trial, [at]);
    }
  }

  run(): readonly MendedLine[] {
    const result: MendedLine[] = [];
    const take = (line: Exclude<MendedLine, { kind: 'lost' }>): void => {
      this.#reducer.apply(line.record);
      result.push(line);
    };
    for (const [at, line] of this.lines.entries()) {
      if (line.kind !== 'lost') take(line);
      else for (const record of this.#instead(at)) take({ kind: 'restored', record });
    }
    return result;
  }

  get #study(): Study {
    return this.#reducer.study;
  }

  /** What the lost line may have said, as far as it is missing. */
  *#instead(at: number): Generator<JournalRecord> {
    yield* this.#ofStudy(at);
    yield* this.#newTrials(at);
    for (const trial of this.#study.trials) {
      const whole = this.snapshot.trials[trial.number];
      if (whole) yield* this.#ofTrial(at, trial, whole);
    }
  }

  *#ofStudy(at: number): Generator<JournalRecord> {
    const { snapshot } = this;
    if (at < BEGINNING) {
      yield* studyRecords(WORKER, snapshot).slice(at === 0 ? 0 : 1);
      return;
    }
    // Where a later line says it, this one is overruled.
    if (!same(this.#study.settings, snapshot.settings)) yield settingsRecord(WORKER, snapshot.settings);
    for (const environment of snapshot.environments) {
      const { environments } = this.#study;
      const isNext = environments.length === snapshot.environments.indexOf(environment);
      if (isNext && !this.#isSaid(at, `"${environment.id}"`)) yield environmentRecord(WORKER, environment);
    }
    const last = lastWord(snapshot);
    if (last !== '' && !same(this.#study.status, snapshot.status) && !this.#isSaid(at, Attr.status))
      yield statusRecord(WORKER, snapshot.status, last);
    if (snapshot.marks && !same(this.#study.marks, snapshot.marks))
      yield marksRecord(WORKER, 'study', snapshot.marks);
  }

  *#newTrials(at: number): Generator<JournalRecord> {
    const { trials } = this.#study;
    const rest = this.lines.slice(at + 1);
    const later = rest.filter(
      (line) => line.kind !== 'lost' && line.record.op_code === Op.createTrial,
    ).length;
    const isLastLost = rest.every(({ kind }) => kind !== 'lost');
    const missing = isLastLost
      ? this.snapshot.trials.length - trials.length - later
      : missingTrials(this.lines, at, trials.length, this.text);
    for (let k = 0; k < missing; k++) {
      const trial = this.snapshot.trials[trials.length];
      if (!trial?.suggestion || trial.startedAt === undefined) return;
      const { params, suggestion, startedAt } = trial;
      yield* askRecords(WORKER, this.snapshot.space, { params, ...suggestion }, suggestion.seen, startedAt);
    }
  }

  *#ofTrial(at: number, trial: Trial, whole: Trial): Generator<JournalRecord> {
    const { number } = trial;
    const { marks = {} } = whole;
    if (!same(trial.marks ?? {}, marks) && !this.#isSaid(at, `${Attr.marks}:${number}"`))
      yield marksRecord(WORKER, number, marks);
    if (isFinished(trial.state)) return;
    const later = (this.#mentions.get(number) ?? [])
      .filter((place) => place > at)
      .map((place) => this.lines[place]);
    const next = later.find(
      (line) => line?.kind !== 'lost' && line?.record.op_code === Op.setTrialIntermediateValue,
    );
    const before =
      next && next.kind !== 'lost' && next.record.op_code === Op.setTrialIntermediateValue
        ? next.record.step
        : Number.POSITIVE_INFINITY;
    const reached = trial.reports.at(-1)?.step ?? 0;
    const metric = this.snapshot.objectives[0]?.metric ?? 'value';
    for (const { step, metrics } of whole.reports) {
      if (step > reached && step < before) yield reportRecord(WORKER, number, step, metrics, metric);
    }
    const says = (key: string): boolean =>
      later.some(
        (line) =>
          line?.kind !== 'lost' &&
          line?.record.op_code === Op.setTrialUserAttr &&
          key in line.record.user_attr,
      );
    if (!same(trial.attributes, whole.attributes) && !says(Attr.attributes))
      yield attributesRecord(WORKER, number, whole.attributes);
    const ends = later.some(
      (line) =>
        line?.kind !== 'lost' &&
        line?.record.op_code === Op.setTrialState &&
        line.record.state !== StateCode.running,
    );
    if (ends) {
      if (whole.reason !== undefined && !says(Attr.reason))
        yield trialAttribute(WORKER, number, Attr.reason, whole.reason);
      if (
        isFinished(whole.state) &&
        !says(Attr.values) &&
        Object.keys(whole.values).length > (whole.objectives?.length ?? 0)
      )
        yield trialAttribute(WORKER, number, Attr.values, { ...whole.values });
      return;
    }
    const { state, values, objectives, reason, finishedAt } = whole;
    if (before !== Number.POSITIVE_INFINITY || finishedAt === undefined) return;
    if (state === 'complete' || state === 'pruned' || state === 'failed')
      yield* tellRecords(
        WORKER,
        number,
        { state, values, ...(objectives && { objectives }), ...(reason !== undefined && { reason }) },
        finishedAt,
      );
  }

  /** Whether a later line holds these words. */
  #isSaid(at: number, words: string): boolean {
    return this.lines
      .slice(at + 1)
      .some((line) => 'bytes' in line && line.kind !== 'lost' && this.text(line.bytes).includes(words));
  }
}
