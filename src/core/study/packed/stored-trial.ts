/**
 * A trial as the reducer keeps it: the reports of a running trial as they came, those of an ended one packed into
 * columns of numbers shared by all trials, and made into objects again only when somebody looks. A hundred thousand
 * trials of twenty reports fit into a process this way; as objects they take half a gigabyte.
 */
import type { JsonObject } from '../../json.js';
import type { Params } from '../../space/parameter.js';
import type { Marks, Report, Trial, TrialState } from '../trial.js';

/** Numbers in one block of the pool. */
const BLOCK = 1 << 15;

/** Where the packed reports of a study lie: blocks of numbers, filled one after another. */
export class ReportPool {
  #block = new Float64Array(0);
  #used = 0;
  #names: readonly string[] = [];

  /** Room for so many numbers: a block, and where in it they begin. */
  take(count: number): { readonly block: Float64Array; readonly at: number } {
    if (this.#used + count > this.#block.length) {
      this.#block = new Float64Array(Math.max(BLOCK, count));
      this.#used = 0;
    }
    this.#used += count;
    return { block: this.#block, at: this.#used - count };
  }

  /** Equal lists of names as one object: nearly all trials report the same metrics. */
  names(names: readonly string[]): readonly string[] {
    const known = this.#names;
    if (known.length !== names.length || known.some((name, i) => name !== names[i])) this.#names = names;
    return this.#names;
  }
}

/** Packed reports: `count` steps (none where they are 1, 2, 3 …: `regular`), then `count` numbers of each metric. */
export interface PackedReports {
  readonly count: number;
  /** The first objective first. */
  readonly names: readonly string[];
  readonly regular: boolean;
  /** Where the numbers lie, with those of others, and where they begin. */
  readonly block: Float64Array;
  readonly at: number;
}

/** How many numbers packed reports take. */
export const numberCount = ({
  count,
  names,
  regular,
}: Pick<PackedReports, 'count' | 'names' | 'regular'>): number => count * (names.length + (regular ? 0 : 1));

/** The numbers in one piece, made when asked for: an array kept for each of many trials would weigh more than they do. */
export const numbersOf = (packed: PackedReports): Float64Array =>
  packed.block.subarray(packed.at, packed.at + numberCount(packed));

const NONE: readonly Report[] = [];
const NOTHING: JsonObject = {};

/** The same for all trials: an own property of each, so that copying and printing a trial see it. */
const REPORTS = {
  enumerable: true,
  configurable: true,
  get(this: StoredTrial): readonly Report[] {
    return this.unpacked();
  },
};

export class StoredTrial implements Trial {
  readonly id: number;
  readonly number: number;
  state: TrialState;
  params: Params = {};
  declare suggestion?: NonNullable<Trial['suggestion']>;
  declare objectives?: readonly number[];
  values: Readonly<Record<string, number>> = {};
  declare readonly reports: readonly Report[];
  declare startedAt?: string;
  declare finishedAt?: string;
  declare reason?: string;
  attributes: JsonObject = NOTHING;
  declare environment?: string;
  declare marks?: Marks;
  #reports: Report[] | undefined;
  #packed: PackedReports | undefined;

  constructor(number: number, state: TrialState) {
    this.id = number;
    this.number = number;
    this.state = state;
    Object.defineProperty(this, 'reports', REPORTS);
  }

  unpacked(): readonly Report[] {
    if (this.#reports === undefined && this.#packed) this.#reports = unpack(this.#packed);
    return this.#reports ?? NONE;
  }

  /** Takes a report. */
  report(report: Report): void {
    this.#reports ??= this.#packed ? unpack(this.#packed) : [];
    this.#packed = undefined;
    const reports = this.#reports;
    // A second attempt reports from step 1 again: what the first said from there on no longer counts.
    while (reports.length > 0 && (reports[reports.length - 1] as Report).step >= report.step) reports.pop();
    reports.push(report);
  }

  /** Called when no more reports are to come. */
  pack(pool: ReportPool): void {
    if (this.#reports === undefined || this.#reports.length === 0) return;
    this.#packed = pack(this.#reports, pool);
    if (this.#packed) this.#reports = undefined;
  }

  get packed(): PackedReports | undefined {
    return this.#packed;
  }

  set packed(packed: PackedReports | undefined) {
    this.#packed = packed;
    this.#reports = undefined;
  }
}

/** The last step that a trial reported, 0 for none, without unpacking what is packed. */
export function lastStepOf(trial: Trial & { readonly packed?: PackedReports | undefined }): number {
  const { packed } = trial;
  if (!packed) return trial.reports.at(-1)?.step ?? 0;
  const { count, regular, block, at } = packed;
  return regular ? count : (block[at + count - 1] as number);
}

/** undefined where the reports do not all have the same metrics: those stay as they are. */
function pack(reports: readonly Report[], pool: ReportPool): PackedReports | undefined {
  const names = pool.names(Object.keys((reports[0] as Report).metrics));
  const [first] = names;
  const count = reports.length;
  let regular = true;
  for (let i = 0; i < count; i++) {
    const { step, value, metrics } = reports[i] as Report;
    if (step !== i + 1) regular = false;
    let seen = 0;
    for (const name in metrics) if (name !== names[seen++]) return undefined;
    if (seen !== names.length || first === undefined || !Object.is(metrics[first], value)) return undefined;
  }
  const { block, at } = pool.take(numberCount({ count, names, regular }));
  let next = at;
  if (!regular) for (const { step } of reports) block[next++] = step;
  for (const name of names) for (const { metrics } of reports) block[next++] = metrics[name] as number;
  return { count, names, regular, block, at };
}

/** The reports as objects again. */
export function unpack(packed: PackedReports): Report[] {
  const { count, names, regular } = packed;
  const numbers = numbersOf(packed);
  const from = regular ? 0 : count;
  return Array.from({ length: count }, (_, i) => {
    const metrics: Record<string, number> = {};
    names.forEach((name, k) => {
      metrics[name] = numbers[from + k * count + i] as number;
    });
    return { step: regular ? i + 1 : (numbers[i] as number), value: numbers[from + i] as number, metrics };
  });
}

/** A trial as one row of a snapshot, in JSON; the numbers of its packed reports lie elsewhere, in the order of the rows. */
export type TrialRow = readonly [
  state: TrialState,
  params: Params,
  values: Trial['values'],
  startedAt: string | null,
  finishedAt: string | null,
  suggestion: Trial['suggestion'] | null,
  objectives: readonly number[] | null,
  reports: readonly [count: number, regular: 0 | 1, names: readonly string[]] | readonly Report[] | null,
  more: Pick<Trial, 'reason' | 'attributes' | 'environment' | 'marks'> | null,
];

export function rowOf(trial: Trial & Pick<StoredTrial, 'packed'>): TrialRow {
  const { packed, reason, attributes, environment, marks } = trial;
  const more = {
    attributes,
    ...(reason === undefined ? {} : { reason }),
    ...(environment === undefined ? {} : { environment }),
    ...(marks === undefined ? {} : { marks }),
  };
  const plain = attributes === NOTHING && Object.keys(more).length === 1;
  return [
    trial.state,
    trial.params,
    trial.values,
    trial.startedAt ?? null,
    trial.finishedAt ?? null,
    trial.suggestion ?? null,
    trial.objectives ?? null,
    packed ? [packed.count, packed.regular ? 1 : 0, packed.names] : trial.reports,
    plain ? null : more,
  ];
}

/** How many numbers the packed reports of a row take. */
export function packedSize(row: TrialRow): number {
  const reports = row[7];
  if (!isPacked(reports)) return 0;
  const [count, regular, names] = reports;
  return numberCount({ count, names, regular: regular === 1 });
}

const isPacked = (reports: TrialRow[7]): reports is readonly [number, 0 | 1, readonly string[]] =>
  typeof reports?.[0] === 'number';

/** The trial of a row; the numbers of its packed reports begin at `at`. */
export function trialOfRow(
  number: number,
  row: TrialRow,
  block: Float64Array,
  at: number,
  pool: ReportPool,
): StoredTrial {
  const [state, params, values, startedAt, finishedAt, suggestion, objectives, reports, more] = row;
  const trial = new StoredTrial(number, state);
  trial.params = params;
  trial.values = values;
  if (startedAt !== null) trial.startedAt = startedAt;
  if (suggestion) trial.suggestion = suggestion;
  if (objectives !== null) trial.objectives = objectives;
  if (finishedAt !== null) trial.finishedAt = finishedAt;
  if (isPacked(reports)) {
    const [count, regular, names] = reports;
    trial.packed = { count, names: pool.names(names), regular: regular === 1, block, at };
  } else for (const report of reports ?? NONE) trial.report(report);
  if (more) Object.assign(trial, more);
  return trial;
}
