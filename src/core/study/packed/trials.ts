/**
 * Ended trials in columns: what a page is given of a long study, and keeps of it. A trial is then only its number and a
 * way to its row; its parts are made when somebody looks at them. Filled from and read as the trials that reduce.ts makes.
 */
import type { Json, JsonObject } from '../../json.js';
import type { Params } from '../../space/parameter.js';
import type { Marks, Report, Trial, TrialState } from '../trial.js';
import { type ColumnReader, MOST_ROWS, type PackedColumn, packColumn, readColumn } from './column.js';
import { numberCount, type PackedReports, type StoredTrial, unpack } from './stored-trial.js';

/** Some ended trials, as a message. Their marks are not in it: those may still change. */
export interface TrialBlock {
  /** Positions among all trials, rising. */
  readonly numbers: Uint32Array;
  readonly states: Uint8Array;
  readonly startedAt: PackedColumn;
  readonly finishedAt: PackedColumn;
  readonly params: PackedColumn;
  readonly values: PackedColumn;
  readonly objectives: PackedColumn;
  readonly suggestion: PackedColumn;
  readonly reason: PackedColumn;
  readonly attributes: PackedColumn;
  readonly environment: PackedColumn;
  readonly reports: ReportBlock;
}

interface ReportBlock {
  /** How often each trial reported. */
  readonly counts: Uint32Array;
  /** Which of the forms the reports of each trial have. */
  readonly codes: Uint16Array;
  readonly forms: readonly ReportForm[];
  /** The packed numbers of one trial after another. */
  readonly numbers: Float64Array;
  /** Of the few whose reports could not be packed: `Report[]`. */
  readonly odd: PackedColumn;
}

type ReportForm = Pick<PackedReports, 'names' | 'regular'>;

/** Trials in one block: large enough to be worth it, small enough not to hold anybody up for long. */
export const BLOCK_ROWS = 4096;

const STATES = ['complete', 'pruned', 'failed'] as const satisfies readonly TrialState[];

/** A trial that the reducer keeps, in either form. */
export type KeptTrial = StoredTrial | PackedTrial;

/** @param trials ended ones, by number, at most BLOCK_ROWS of them. */
export function packTrials(trials: readonly KeptTrial[]): TrialBlock {
  if (trials.length > MOST_ROWS) throw new RangeError(`A block holds ${MOST_ROWS} trials at most.`);
  const column = (read: (trial: KeptTrial) => unknown): PackedColumn =>
    packColumn(trials.map(read) as (Json | undefined)[]);
  return {
    numbers: Uint32Array.from(trials, ({ number }) => number),
    states: Uint8Array.from(trials, ({ state }) => STATES.indexOf(state as (typeof STATES)[number])),
    startedAt: column(({ startedAt }) => startedAt),
    finishedAt: column(({ finishedAt }) => finishedAt),
    params: column(({ params }) => params),
    values: column(({ values }) => values),
    objectives: column(({ objectives }) => objectives),
    suggestion: column(({ suggestion }) => suggestion),
    reason: column(({ reason }) => reason),
    attributes: column(({ attributes }) => attributes),
    environment: column(({ environment }) => environment),
    reports: packReports(trials),
  };
}

function packReports(trials: readonly KeptTrial[]): ReportBlock {
  const counts = new Uint32Array(trials.length);
  const codes = new Uint16Array(trials.length);
  const forms: ReportForm[] = [];
  const all = trials.map(({ packed }) => packed);
  let size = 0;
  for (const packed of all) if (packed) size += numberCount(packed);
  const numbers = new Float64Array(size);
  let at = 0;
  all.forEach((packed, row) => {
    if (!packed) return;
    const { block, count, names, regular } = packed;
    let code = formOf(forms, packed);
    if (code < 0) code = forms.push({ names, regular }) - 1;
    counts[row] = count;
    codes[row] = code;
    const end = packed.at + numberCount(packed);
    for (let from = packed.at; from < end; from++) numbers[at++] = block[from] as number;
  });
  // Only looked at where they are not packed: looking unpacks them.
  const odd = trials.map((trial) =>
    trial.packed || trial.reports.length === 0 ? undefined : (trial.reports as unknown as Json),
  );
  return { counts, codes, forms, numbers, odd: packColumn(odd) };
}

/** Where the form of some reports is among those known, or -1. */
function formOf(forms: readonly ReportForm[], { names, regular }: ReportForm): number {
  for (let code = 0; code < forms.length; code++) {
    const form = forms[code] as ReportForm;
    if (form.regular !== regular) continue;
    if (form.names === names || form.names.join('\n') === names.join('\n')) return code;
  }
  return -1;
}

/** The columns of a block, to be read. */
class TrialColumns {
  readonly startedAt: ColumnReader;
  readonly finishedAt: ColumnReader;
  readonly params: ColumnReader;
  readonly values: ColumnReader;
  readonly objectives: ColumnReader;
  readonly suggestion: ColumnReader;
  readonly repeatOf: ColumnReader | undefined;
  readonly reason: ColumnReader;
  readonly attributes: ColumnReader;
  readonly environment: ColumnReader;
  readonly #paramColumns = new Map<string, ColumnReader | undefined>();
  readonly #valueColumns = new Map<string, ColumnReader | undefined>();
  readonly #forms: readonly ReportForm[];
  readonly #codes: Uint16Array;
  readonly #odd: ColumnReader;
  readonly #counts: Uint32Array;
  readonly #numbers: Float64Array;
  readonly #starts: Uint32Array;

  constructor(block: TrialBlock) {
    this.startedAt = readColumn(block.startedAt);
    this.finishedAt = readColumn(block.finishedAt);
    this.params = readColumn(block.params);
    this.values = readColumn(block.values);
    this.objectives = readColumn(block.objectives);
    this.suggestion = readColumn(block.suggestion);
    this.repeatOf = this.suggestion.under('repeatOf');
    this.reason = readColumn(block.reason);
    this.attributes = readColumn(block.attributes);
    this.environment = readColumn(block.environment);
    const { counts, codes, forms, numbers, odd } = block.reports;
    this.#counts = counts;
    this.#codes = codes;
    this.#forms = forms;
    this.#numbers = numbers;
    this.#odd = readColumn(odd);
    this.#starts = new Uint32Array(counts.length);
    let at = 0;
    for (let row = 0; row < counts.length; row++) {
      this.#starts[row] = at;
      const count = counts[row] as number;
      if (count > 0) at += numberCount({ count, ...this.#form(row) });
    }
  }

  /** The column of one parameter; a column of words makes a new one each time it is asked. */
  param(name: string): ColumnReader | undefined {
    return known(this.#paramColumns, name, this.params);
  }

  /** Of one value of the end result. */
  value(name: string): ColumnReader | undefined {
    return known(this.#valueColumns, name, this.values);
  }

  reports(row: number): PackedReports | undefined {
    const count = this.#counts[row] as number;
    if (count === 0) return undefined;
    const { names, regular } = this.#form(row);
    return { count, names, regular, block: this.#numbers, at: this.#starts[row] as number };
  }

  /** 0 also where the reports could not be packed. */
  reportCount(row: number): number {
    return this.#counts[row] as number;
  }

  reportNames(row: number): readonly string[] {
    return (this.#counts[row] as number) > 0 ? this.#form(row).names : NO_NAMES;
  }

  oddReports(row: number): readonly Report[] {
    return (this.#odd.at(row) as unknown as readonly Report[] | undefined) ?? NO_REPORTS;
  }

  #form(row: number): ReportForm {
    return this.#forms[this.#codes[row] as number] as ReportForm;
  }
}

function known(
  columns: Map<string, ColumnReader | undefined>,
  name: string,
  all: ColumnReader,
): ColumnReader | undefined {
  const column = columns.get(name);
  if (column || columns.has(name)) return column;
  const found = all.under(name);
  columns.set(name, found);
  return found;
}

const NO_REPORTS: readonly Report[] = [];
const NO_NAMES: readonly string[] = [];

/** A trial of a block. Its parts are getters: who needs a copy with own properties takes `plainTrial`. */
export class PackedTrial implements Trial {
  readonly id: number;
  readonly number: number;
  readonly state: TrialState;
  marks?: Marks;
  readonly #columns: TrialColumns;
  readonly #row: number;
  // Made once, since they are asked for again and again.
  #params: Params | undefined;
  #values: Trial['values'] | undefined;
  #reports: readonly Report[] | undefined;

  constructor(number: number, state: TrialState, columns: TrialColumns, row: number) {
    this.id = number;
    this.number = number;
    this.state = state;
    this.#columns = columns;
    this.#row = row;
  }

  get params(): Params {
    this.#params ??= this.#columns.params.at(this.#row) as Params;
    return this.#params;
  }

  get values(): Trial['values'] {
    this.#values ??= this.#columns.values.at(this.#row) as Trial['values'];
    return this.#values;
  }

  get reports(): readonly Report[] {
    if (!this.#reports) {
      const { packed } = this;
      this.#reports = packed ? unpack(packed) : this.#columns.oddReports(this.#row);
    }
    return this.#reports;
  }

  get suggestion(): Trial['suggestion'] {
    return this.#columns.suggestion.at(this.#row) as Trial['suggestion'];
  }

  get objectives(): Trial['objectives'] {
    return this.#columns.objectives.at(this.#row) as Trial['objectives'];
  }

  get startedAt(): string | undefined {
    return this.#columns.startedAt.at(this.#row) as string | undefined;
  }

  get finishedAt(): string | undefined {
    return this.#columns.finishedAt.at(this.#row) as string | undefined;
  }

  get reason(): string | undefined {
    return this.#columns.reason.at(this.#row) as string | undefined;
  }

  get attributes(): JsonObject {
    return this.#columns.attributes.at(this.#row) as JsonObject;
  }

  get environment(): string | undefined {
    return this.#columns.environment.at(this.#row) as string | undefined;
  }

  /** One parameter, without the others. */
  param(name: string): Json | undefined {
    return this.#params ? this.#params[name] : this.#columns.param(name)?.at(this.#row);
  }

  /** One value of the end result, without the others. */
  value(name: string): number | undefined {
    if (this.#values) return this.#values[name];
    return this.#columns.value(name)?.at(this.#row) as number | undefined;
  }

  /** The names of the values of the end result. */
  get valueNames(): readonly string[] {
    return this.#columns.values.keysAt(this.#row);
  }

  /** The metrics that it reported, as far as its reports are packed. */
  get reportNames(): readonly string[] {
    return this.#columns.reportNames(this.#row);
  }

  /** How often it reported. */
  get reportCount(): number {
    return this.#columns.reportCount(this.#row) || this.reports.length;
  }

  /** NaN where there is none. */
  get firstObjective(): number {
    return this.#columns.objectives.numberAt(this.#row);
  }

  /** Milliseconds from its start to its end; NaN where one of them is not known. */
  get took(): number {
    return this.#columns.finishedAt.timeAt(this.#row) - this.#columns.startedAt.timeAt(this.#row);
  }

  get repeatOf(): number | undefined {
    return this.#columns.repeatOf?.at(this.#row) as number | undefined;
  }

  get packed(): PackedReports | undefined {
    return this.#columns.reports(this.#row);
  }

  toJSON(): Trial {
    return plainTrial(this);
  }
}

/** Makes the trials of a block. */
export function* unpackTrials(block: TrialBlock): Generator<PackedTrial> {
  const columns = new TrialColumns(block);
  for (let row = 0; row < block.numbers.length; row++) {
    const state = STATES[block.states[row] as number] ?? 'failed';
    yield new PackedTrial(block.numbers[row] as number, state, columns, row);
  }
}

/** The trial as an object whose parts are its own, to be copied with changes. */
export function plainTrial(trial: Trial): Trial {
  if (!(trial instanceof PackedTrial)) return trial;
  const { id, number, state, params, values, reports, attributes, marks } = trial;
  const { suggestion, objectives, startedAt, finishedAt, reason, environment } = trial;
  return {
    id,
    number,
    state,
    params,
    values,
    reports,
    attributes,
    ...(suggestion && { suggestion }),
    ...(objectives && { objectives }),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(reason !== undefined && { reason }),
    ...(environment !== undefined && { environment }),
    ...(marks && { marks }),
  };
}
