/**
 * The first pass over a table: what each column holds, which rows count, and everything that splitting needs. Kinds
 * are inferred from all rows. Errors name file, line and column.
 */
import { didYouMean } from '../../../core/annotation/nearest.js';
import type { Task } from '../declarative/metrics.js';
import { FatalTrainingError } from '../fatal-error.js';
import { type ColumnPlan, MAX_CATEGORIES } from './columns.js';
import type { DataConfig } from './schema.js';
import { type Cell, isMissing, numberOf, type Row, type TableSource } from './sources/source.js';

/** Of training and of validation file, in this order. */
export interface TablePlan {
  readonly inputs: readonly ColumnPlan[];
  /** Of each row in the files' order: whether it is left out for a missing value. Empty where that cannot be. */
  readonly isDropped: readonly boolean[];
  /** Of each row that counts: the class or the number it stands for, its group and time where they matter. */
  readonly classes: readonly string[];
  readonly labels: Int32Array;
  readonly targets: Float64Array;
  readonly groups: readonly string[] | undefined;
  readonly times: Float64Array | undefined;
  /** What each row that counts is to count in training. */
  readonly weights: Float64Array | undefined;
  /** Rows that count in the first file. */
  readonly ownRows: number;
  /** What a person should hear of the inputs: they can be trained on, and hardly should be. */
  readonly notices: readonly string[];
}

/** More different texts than this are hardly ever the same. */
const MAX_SHARED = 100_000;

/** Fewer rows than this say little about what a column is. */
const MIN_ROWS_TO_JUDGE = 20;

const listed = (names: readonly string[]): string =>
  `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;

function indexOf(source: TableSource, name: string, key: string): number {
  const index = source.names.indexOf(name);
  if (index >= 0) return index;
  throw new FatalTrainingError(
    `${source.file} has no column "${name}" for data.${key}.${didYouMean(name, source.names)} Columns: ${listed(source.names)}.`,
  );
}

/** What is seen of a column while the rows go by. */
class ColumnScan {
  #numeric = 0;
  #texts = 0;
  #firstText: { readonly file: string; readonly line: number; readonly cell: Cell } | undefined;
  readonly #different = new Set<string>();
  #last = Number.NaN;
  #countsRows = true;

  constructor(
    readonly name: string,
    readonly index: number,
    private readonly file: string,
  ) {}

  add(cell: Cell, file: string, line: number): void {
    if (isMissing(cell)) return;
    const number = numberOf(cell);
    if (!Number.isNaN(number)) {
      this.#numeric++;
      this.#countsRows &&= this.#numeric === 1 || number === this.#last + 1;
      this.#last = number;
      if (this.#texts === 0) return;
    } else {
      this.#texts++;
      this.#firstText ??= { file, line, cell };
    }
    if (this.#different.size <= MAX_CATEGORIES) this.#different.add(String(cell));
  }

  get isNumeric(): boolean {
    const text = this.#firstText;
    if (!text) return true;
    if (this.#numeric >= (this.#numeric + this.#texts) * 0.9) {
      throw new FatalTrainingError(
        `${text.file}:${text.line}: column "${this.name}" holds numbers, but here "${text.cell}". Correct it or remove the row.`,
      );
    }
    return false;
  }

  get firstText(): Cell {
    return this.#firstText?.cell ?? null;
  }

  plan(isText: boolean): ColumnPlan {
    const { name, index } = this;
    if (isText) return { name, index, kind: 'text' };
    if (this.isNumeric) return { name, index, kind: 'numbers' };
    if (this.#different.size > MAX_CATEGORIES) {
      throw new FatalTrainingError(
        `${this.file}: column "${name}" has more than ${MAX_CATEGORIES} different texts: a name or free text rather than a category. List it under data.ignore, or under data.text.columns to use its words.`,
      );
    }
    return { name, index, kind: 'categories' };
  }

  /** What is odd about an input of this kind, with a remedy. */
  notices({ kind }: ColumnPlan): readonly string[] {
    const { file, name } = this;
    const seen = this.#numeric + this.#texts;
    if (kind === 'text' || seen < MIN_ROWS_TO_JUDGE) return [];
    const column = `${file}: column "${name}"`;
    if (kind === 'numbers')
      return this.#countsRows
        ? [`${column} counts the rows, which says nothing of them. List it under data.ignore.`]
        : [];
    const different = this.#different.size;
    return different > seen / 2
      ? [
          `${column} has ${different} different texts in ${seen} rows, each an input of its own: names rather than categories. List it under data.ignore, or under data.text.columns to use its words.`,
        ]
      : [];
  }
}

/** Which columns are inputs: those named, or all but the target, what is ignored and what only splits. */
function inputScans(source: TableSource, data: DataConfig): readonly ColumnScan[] {
  const apart = new Set([data.target, data.group, data.time, data.weights, ...(data.ignore ?? [])]);
  for (const name of data.ignore ?? []) indexOf(source, name, 'ignore');
  const names = data.columns ?? source.names.filter((name) => !apart.has(name));
  const scans = names.map((name) => new ColumnScan(name, indexOf(source, name, 'columns'), source.file));
  if (scans.length === 0) throw new FatalTrainingError(`${source.file} has no column besides the target.`);
  for (const name of data.text?.columns ?? []) {
    indexOf(source, name, 'text.columns');
    if (names.includes(name)) continue;
    throw new FatalTrainingError(`${source.file}: data.text names "${name}", which is not among the inputs.`);
  }
  if (data.text?.as === 'sequence' && scans.length !== 1) {
    const others = names.filter((name) => name !== data.text?.columns[0]);
    throw new FatalTrainingError(
      `${source.file}: a text as a sequence is a model's only input. List under data.ignore: ${listed(others)}.`,
    );
  }
  return scans;
}

export function classIndex(
  values: readonly (string | number)[],
  isNumeric: boolean,
  column: string,
  file: string,
): { readonly classes: readonly string[]; readonly labels: Int32Array } {
  const classes = [...new Set(values)].sort((a, b) => (isNumeric ? Number(a) - Number(b) : a < b ? -1 : 1));
  if (classes.length < 2 || classes.length > 1000 || classes.length > values.length / 2) {
    throw new FatalTrainingError(
      `${file}: the target "${column}" has ${classes.length} different values in ${values.length} rows. Classification needs at least 2 classes with several rows each; for numbers set model.task to regression.`,
    );
  }
  const index = new Map(classes.map((name, i) => [name, i] as const));
  return { classes: classes.map(String), labels: Int32Array.from(values, (value) => index.get(value)!) };
}

/** Gives equal texts as one, which a million rows would else hold a million times. */
function shared(): (cell: Cell) => Cell {
  const known = new Map<string, string>();
  return (cell) => {
    if (typeof cell !== 'string') return cell;
    const first = known.get(cell);
    if (first !== undefined) return first;
    if (known.size < MAX_SHARED) known.set(cell, cell);
    return cell;
  };
}

/** The sources have the same columns in the same order. @throws FatalTrainingError where table and config do not fit */
export async function planTable(
  sources: readonly TableSource[],
  data: DataConfig,
  task: Task,
): Promise<TablePlan> {
  const [source] = sources;
  if (!source) throw new Error('There is a table at least.');
  const { file } = source;
  const target = new ColumnScan(data.target ?? '', indexOf(source, data.target ?? '', 'target'), file);
  const scans = inputScans(source, data);
  const group = data.group === undefined ? undefined : indexOf(source, data.group, 'group');
  const time = data.time === undefined ? undefined : indexOf(source, data.time, 'time');
  const weight = data.weights === undefined ? undefined : indexOf(source, data.weights, 'weights');
  const used = [...scans, target];
  const isDropped: boolean[] = [];
  const values: Cell[] = [];
  const groups: string[] = [];
  const times: number[] = [];
  const weights: number[] = [];
  let ownRows = 0;
  let seen = 0;
  const one = shared();

  const add = (row: Row, of: TableSource): void => {
    const without = used.find(({ index }) => isMissing(row.cells[index]!));
    const mayMiss = data.missing !== 'error' && data.missing !== 'drop' && without !== target;
    if (without && data.missing !== 'drop' && !mayMiss) {
      throw new FatalTrainingError(
        `${of.file}:${row.line}: column "${without.name}" has no value ("${row.cells[without.index] ?? ''}"). Fill it in or remove the row, or set data.missing to mean, median, mode or drop${without === target ? ' (for the target only drop helps)' : ''}.`,
      );
    }
    seen++;
    if (data.missing === 'drop') isDropped.push(without !== undefined);
    if (without && data.missing === 'drop') return;
    for (const scan of used) scan.add(row.cells[scan.index]!, of.file, row.line);
    values.push(one(row.cells[target.index]!));
    if (group !== undefined) groups.push(String(one(row.cells[group]!)));
    if (weight !== undefined) weights.push(weightOf(row.cells[weight]!, data.weights!, of.file, row.line));
    if (time !== undefined) times.push(timeOf(row.cells[time]!, data.time!, of.file, row.line));
  };
  for (const each of sources) {
    for await (const rows of each.rows()) for (const row of rows) add(row, each);
    if (each === source) ownRows = values.length;
    if (values.length === 0) {
      throw new FatalTrainingError(
        seen === 0
          ? `${file}: there are no rows below the header line.`
          : `${file}: every row has a missing value, so data.missing drop leaves none. Use mean, or ignore a column.`,
      );
    }
  }

  const inputs = scans.map((scan) => scan.plan(data.text?.columns.includes(scan.name) ?? false));
  const isNumeric = target.isNumeric;
  if (task === 'regression' && !isNumeric) {
    throw new FatalTrainingError(
      `${file}: the target "${target.name}" holds text, such as "${target.firstText}". Regression needs numbers; for classes set model.task to classification.`,
    );
  }
  const known = values.map((cell) => (isNumeric ? numberOf(cell) : String(cell)));
  const { classes, labels } =
    task === 'classification'
      ? classIndex(known, isNumeric, target.name, file)
      : { classes: [], labels: new Int32Array() };
  return {
    inputs,
    isDropped,
    classes,
    labels,
    targets: task === 'regression' ? Float64Array.from(known, Number) : new Float64Array(),
    groups: group === undefined ? undefined : groups,
    times: time === undefined ? undefined : Float64Array.from(times),
    weights: weight === undefined ? undefined : Float64Array.from(weights),
    ownRows,
    // A model of one input is meant so, whatever it looks like.
    notices: scans.length > 1 ? scans.flatMap((scan, i) => scan.notices(inputs[i]!)) : [],
  };
}

function weightOf(cell: Cell, name: string, file: string, line: number): number {
  const weight = numberOf(cell);
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
  throw new FatalTrainingError(
    `${file}:${line}: column "${name}" for data.weights holds "${cell ?? ''}". A row's weight is a number of at least 0.`,
  );
}

/** Numbers as they are, else a date and time that JavaScript understands, such as ISO 8601. */
function timeOf(cell: Cell, name: string, file: string, line: number): number {
  const number = numberOf(cell);
  const time = Number.isNaN(number) ? Date.parse(String(cell)) : number;
  if (!Number.isNaN(time)) return time;
  throw new FatalTrainingError(
    `${file}:${line}: column "${name}" for data.time holds "${cell}", which is no time. Write numbers, or dates such as 2024-03-01.`,
  );
}
