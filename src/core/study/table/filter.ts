/**
 * Which trials a person wants to see: an expression over the table's columns (`val_accuracy > 0.9 and optimizer.name =
 * adam`) and ranges brushed on axes. Pure; the page keeps the text and shows what is wrong with it.
 */
import { didYouMean } from '../../annotation/nearest.js';
import { formatDuration, formatNumber, formatValue } from '../../format.js';
import { canonicalJson, type Json } from '../../json.js';
import type { Trial } from '../trial.js';
import { type Cells, cellsOf, gatherCells, maskOf } from './columns.js';
import { SyntaxError as PeggySyntaxError, parse } from './filter.peggy';
import type { Column } from './table.js';

/** A range of one column, both ends included; of a column without numbers, the texts of the values chosen. */
export type Brush =
  | { readonly column: string; readonly low: number; readonly high: number }
  | { readonly column: string; readonly values: readonly Json[] };

/** Which of some trials pass: 1 where one does, by position. The list of trials must stand for its contents. */
export type TrialMask = (trials: readonly Trial[]) => Uint8Array;

export type ParsedFilter =
  | { readonly kind: 'mask'; readonly mask: TrialMask }
  /** `offset` into the text: where it stopped making sense. */
  | { readonly kind: 'error'; readonly message: string; readonly offset: number };

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~';

type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | {
      readonly kind: 'compare';
      readonly name: { readonly text: string; readonly start: number; readonly end: number };
      readonly operator: Operator;
      readonly values: readonly string[];
    };

class UnknownName extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Reads a filter. Names are a column's name or short label, among them `duration` in seconds, and those of `MORE_NAMES`. */
export function parseFilter(text: string, columns: readonly Column[]): ParsedFilter {
  try {
    return { kind: 'mask', mask: compile(parse(text) as Expression, columns) };
  } catch (error) {
    if (error instanceof UnknownName) return { kind: 'error', message: error.message, offset: error.offset };
    if (!(error instanceof PeggySyntaxError)) throw error;
    const { offset } = error.location.start;
    const words = error.expected
      .map(({ type, text: literal, description }) => (type === 'literal' ? `\`${literal}\`` : description))
      .filter((word) => word !== undefined && word !== 'white space');
    const expected = [...new Set(words)].slice(0, 4).join(', ');
    const found = offset < text.length ? `“${text.slice(offset, offset + 12)}”` : 'the end';
    return { kind: 'error', message: `Expected ${expected || 'the end'} before ${found}.`, offset };
  }
}

/** The trials that pass every mask; the list itself without any. */
export function passing(trials: readonly Trial[], masks: readonly TrialMask[]): readonly Trial[] {
  if (masks.length === 0) return trials;
  const mask = together(
    masks.map((one) => one(trials)),
    true,
  );
  const passed: Trial[] = [];
  for (let index = 0; index < mask.length; index++)
    if (mask[index] === 1) passed.push(trials[index] as Trial);
  return passed;
}

/** All of the masks, or any. */
function together(masks: readonly Uint8Array[], all: boolean): Uint8Array {
  const [first, ...others] = masks;
  if (!first) return new Uint8Array();
  if (others.length === 0) return first;
  const result = first.slice();
  for (const other of others) {
    for (let index = 0; index < result.length; index++) {
      const [a, b] = [result[index] as number, other[index] as number];
      result[index] = all ? a & b : a | b;
    }
  }
  return result;
}

/** Negations are pushed down to the comparisons: what a trial does not have is false either way, as in a `when`. */
function compile(expression: Expression, columns: readonly Column[], negated = false): TrialMask {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const parts = expression.parts.map((part) => compile(part, columns, negated));
      const all = (expression.kind === 'and') !== negated;
      return (trials) =>
        together(
          parts.map((part) => part(trials)),
          all,
        );
    }
    case 'not':
      return compile(expression.part, columns, !negated);
    case 'compare': {
      const { cells, unit } = reader(expression.name, columns);
      const tests = expression.values.map((value) => comparison(expression.operator, unquote(value)));
      const all = expression.operator === '!=' || expression.operator === '!~';
      const [only, ...more] = tests;
      // Nearly always one value, and asked a hundred thousand times.
      const holds = !only || more.length > 0 ? (cell: Json) => combined(tests, all, cell) : only;
      const test = (cell: Json): boolean => {
        if (typeof cell === 'number') return holds(cell / unit) !== negated;
        return cell !== null && holds(cell) !== negated;
      };
      return (trials) => maskOf(cells(trials), test);
    }
    default:
      return expression satisfies never;
  }
}

const combined = (tests: readonly ((cell: Json) => boolean)[], all: boolean, cell: Json): boolean =>
  all ? tests.every((one) => one(cell)) : tests.some((one) => one(cell));

const unquote = (text: string): string => (/^(["']).*\1$/.test(text) ? text.slice(1, -1) : text);

interface Reader {
  readonly cells: (trials: readonly Trial[]) => Cells;
  /** What a number is divided by to be in the unit that people write. */
  readonly unit: number;
}

/** What can be asked of a trial beyond the table's columns. */
const MORE_NAMES: ReadonlyMap<string, (trial: Trial) => Json | undefined> = new Map<
  string,
  (trial: Trial) => Json | undefined
>([
  ['sampler', (trial) => trial.suggestion?.sampler],
  ['starred', (trial) => trial.marks?.starred === true],
  ['excluded', (trial) => trial.marks?.excluded !== undefined],
  ['note', (trial) => trial.marks?.note],
  ['tag', (trial) => trial.marks?.tags?.join(', ')],
]);

function reader({ text, start }: { text: string; start: number }, columns: readonly Column[]): Reader {
  const name = unquote(text);
  const own = MORE_NAMES.get(name);
  if (own) return { cells: (trials) => gatherCells(trials, own), unit: 1 };
  const like = name.toLowerCase();
  const column =
    columns.find((one) => one.name === name || one.id === name) ??
    columns.find((one) => one.label === name) ??
    columns.find((one) => one.name.toLowerCase() === like || one.label.toLowerCase() === like);
  if (!column) {
    const known = [...columns.flatMap((one) => [one.name, one.label]), ...MORE_NAMES.keys()];
    throw new UnknownName(`No column is called \`${name}\`.${didYouMean(name, known)}`, start);
  }
  return { cells: (trials) => cellsOf(trials, column), unit: column.kind === 'duration' ? 1000 : 1 };
}

function comparison(operator: Operator, wanted: string): (cell: Json) => boolean {
  const number = wanted.trim() === '' ? Number.NaN : Number(wanted);
  const like = wanted.toLowerCase();
  const textOf = (cell: Json): string => (typeof cell === 'string' ? cell : canonicalJson(cell));
  const equal = (cell: Json): boolean =>
    typeof cell === 'number'
      ? cell === number || (Number.isNaN(cell) && like === 'nan')
      : textOf(cell).toLowerCase().replaceAll(' ', '') === like.replaceAll(' ', '');
  const ordered = (compare: (a: number, b: number) => boolean) => (cell: Json) =>
    typeof cell === 'number' && compare(cell, number);
  switch (operator) {
    case '=':
      return equal;
    case '!=':
      return (cell) => !equal(cell);
    case '<':
      return ordered((a, b) => a < b);
    case '<=':
      return ordered((a, b) => a <= b);
    case '>':
      return ordered((a, b) => a > b);
    case '>=':
      return ordered((a, b) => a >= b);
    case '~':
      return (cell) => textOf(cell).toLowerCase().includes(like);
    case '!~':
      return (cell) => !textOf(cell).toLowerCase().includes(like);
    default:
      return operator satisfies never;
  }
}

/** Undefined where the study has no such column (any more). */
export function brushMask(brush: Brush, columns: readonly Column[]): TrialMask | undefined {
  const column = columns.find(({ id }) => id === brush.column);
  if (!column) return undefined;
  if ('values' in brush) {
    const texts = new Set(brush.values.map(canonicalJson));
    const plain = new Set(brush.values);
    const chosen = (cell: Json): boolean =>
      plain.has(cell) || (typeof cell === 'object' && texts.has(canonicalJson(cell)));
    return (trials) => maskOf(cellsOf(trials, column), chosen);
  }
  const { low, high } = brush;
  return (trials) => {
    const { numbers } = cellsOf(trials, column);
    const mask = new Uint8Array(numbers.length);
    for (let index = 0; index < numbers.length; index++) {
      const value = numbers[index] as number;
      mask[index] = value >= low && value <= high ? 1 : 0;
    }
    return mask;
  };
}

/** A brush in words: `learningRate 0.001 – 0.01`. */
export function brushText(brush: Brush, columns: readonly Column[]): string {
  const column = columns.find(({ id }) => id === brush.column);
  const name = column?.label ?? brush.column;
  if ('values' in brush) return `${name} ${brush.values.map(formatValue).join(', ')}`;
  const text = (value: number): string =>
    column?.kind === 'duration' ? formatDuration(value) : formatNumber(value, 3);
  if (brush.low === -Number.MAX_VALUE) return `${name} ≤ ${text(brush.high)}`;
  if (brush.high === Number.MAX_VALUE) return `${name} ≥ ${text(brush.low)}`;
  return `${name} ${text(brush.low)} – ${text(brush.high)}`;
}
