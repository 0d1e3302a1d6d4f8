/**
 * Which trials a person wants to see: an expression over the table's columns (`val_accuracy > 0.9 and optimizer.name =
 * adam`) and ranges brushed on axes. Pure; the page keeps the text and shows what is wrong with it.
 */
import { didYouMean } from '../annotation/nearest.js';
import { formatDuration, formatNumber, formatValue } from '../format.js';
import { canonicalJson, type Json } from '../json.js';
import { columnNumbers } from './columns.js';
import { SyntaxError as PeggySyntaxError, parse } from './filter.peggy';
import { type Column, cellOf } from './table.js';
import type { Trial } from './trial.js';

/** A range of one column, both ends included; of a column without numbers, the texts of the values chosen. */
export type Brush =
  | { readonly column: string; readonly low: number; readonly high: number }
  | { readonly column: string; readonly values: readonly Json[] };

export type TrialTest = (trial: Trial) => boolean;

export type ParsedFilter =
  | { readonly kind: 'test'; readonly test: TrialTest }
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

/** Reads a filter. Names are a column's name, its short label, or `trial`, `state`, `duration` (seconds), and those of `MORE_NAMES`. */
export function parseFilter(text: string, columns: readonly Column[]): ParsedFilter {
  try {
    return { kind: 'test', test: compile(parse(text) as Expression, columns) };
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

/** Negations are pushed down to the comparisons: what a trial does not have is false either way, as in a `when`. */
function compile(expression: Expression, columns: readonly Column[], negated = false): TrialTest {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const parts = expression.parts.map((part) => compile(part, columns, negated));
      return (expression.kind === 'and') !== negated
        ? (trial) => parts.every((part) => part(trial))
        : (trial) => parts.some((part) => part(trial));
    }
    case 'not':
      return compile(expression.part, columns, !negated);
    case 'compare': {
      const read = reader(expression.name, columns);
      const tests = expression.values.map((value) => comparison(expression.operator, unquote(value)));
      const all = expression.operator === '!=' || expression.operator === '!~';
      return (trial) => {
        const cell = read(trial);
        if (cell === undefined || cell === null) return false;
        return (all ? tests.every((test) => test(cell)) : tests.some((test) => test(cell))) !== negated;
      };
    }
    default:
      return expression satisfies never;
  }
}

const unquote = (text: string): string => (/^(["']).*\1$/.test(text) ? text.slice(1, -1) : text);

type Reader = (trial: Trial) => Json | undefined;

/** What can be asked of a trial beyond the table's columns. */
const MORE_NAMES: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['sampler', (trial) => trial.suggestion?.sampler],
  ['starred', (trial) => trial.marks?.starred === true],
  ['excluded', (trial) => trial.marks?.excluded !== undefined],
  ['note', (trial) => trial.marks?.note],
  ['tag', (trial) => trial.marks?.tags?.join(', ')],
]);

function reader({ text, start }: { text: string; start: number }, columns: readonly Column[]): Reader {
  const name = unquote(text);
  const own = MORE_NAMES.get(name);
  if (own) return own;
  const like = name.toLowerCase();
  const column =
    columns.find((one) => one.name === name || one.id === name) ??
    columns.find((one) => one.label === name) ??
    columns.find((one) => one.name.toLowerCase() === like || one.label.toLowerCase() === like);
  if (!column) {
    const known = [...columns.flatMap((one) => [one.name, one.label]), ...MORE_NAMES.keys()];
    throw new UnknownName(`No column is called \`${name}\`.${didYouMean(name, known)}`, start);
  }
  if (column.kind === 'duration') {
    return (trial) => {
      const ms = cellOf(trial, column, Date.now());
      return typeof ms === 'number' ? ms / 1000 : undefined;
    };
  }
  return (trial) => cellOf(trial, column, 0);
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

/**
 * The test of a brush; undefined where the study has no such column (any more). `all`: the study's trials by number,
 * whose columns are then looked at once for however many brushes.
 */
export function brushTest(
  brush: Brush,
  columns: readonly Column[],
  all: readonly Trial[],
): TrialTest | undefined {
  const column = columns.find(({ id }) => id === brush.column);
  if (!column) return undefined;
  if ('values' in brush) {
    const texts = new Set(brush.values.map(canonicalJson));
    const plain = new Set(brush.values);
    return (trial) => {
      const cell = cellOf(trial, column, 0);
      if (cell === undefined) return false;
      return plain.has(cell) || (typeof cell === 'object' && texts.has(canonicalJson(cell)));
    };
  }
  const numbers = columnNumbers(all, column);
  const { low, high } = brush;
  return ({ number }) => {
    const value = numbers[number] as number;
    return value >= low && value <= high;
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
