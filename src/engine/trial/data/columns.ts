/**
 * One column of a table as inputs of a model: what is fitted on the training rows, and how a cell becomes numbers.
 * Numbers are scaled, categories one-hot, texts a bag of words or a sequence of word numbers.
 */
import { FatalTrainingError } from '../fatal-error.js';
import type { DataConfig } from './schema.js';
import { type Cell, isMissing, numberOf } from './sources/source.js';
import { bagOfWords, wordNumbers } from './words.js';

/** More different texts than this in one column are names or free text, not categories. */
export const MAX_CATEGORIES = 1000;

export interface ColumnPlan {
  readonly name: string;
  /** Position in a row's cells. */
  readonly index: number;
  readonly kind: 'numbers' | 'categories' | 'text';
}

/** A column once fitted. */
interface Encoder {
  readonly width: number;
  encode(cell: Cell, into: Float32Array, at: number): void;
}

/** Takes in the training rows' cells one by one. */
export interface Fitter {
  add(cell: Cell): void;
  /** @throws FatalTrainingError where nothing can be fitted; `file` is named in it */
  finish(file: string): Encoder;
}

/** The most frequent of the counted values, the smallest of equals. */
function mostFrequent<T extends number | string>(counts: ReadonlyMap<T, number>): T | undefined {
  let best: T | undefined;
  for (const [value, count] of counts) {
    const lead = best === undefined ? 1 : count - counts.get(best)!;
    if (lead > 0 || (lead === 0 && value < best!)) best = value;
  }
  return best;
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const noValue = (file: string, name: string): FatalTrainingError =>
  new FatalTrainingError(
    `${file}: column "${name}" has no value in any training row. List it under data.ignore, or remove it.`,
  );

/** Mean and deviation after B. P. Welford, "Note on a method for calculating corrected sums of squares", 1962. */
export class Moments {
  #count = 0;
  #squares = 0;
  mean = 0;

  add(value: number): void {
    this.#count++;
    const before = value - this.mean;
    this.mean += before / this.#count;
    this.#squares += before * (value - this.mean);
  }

  /** Of the population; a deviation of 0 counts as 1. */
  get deviation(): number {
    return Math.sqrt(this.#squares / this.#count) || 1;
  }
}

class NumberFitter implements Fitter {
  readonly #moments = new Moments();
  readonly #counts = new Map<number, number>();
  readonly #values: number[] = [];
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly name: string,
    private readonly config: DataConfig,
  ) {}

  add(cell: Cell): void {
    const value = numberOf(cell);
    if (Number.isNaN(value)) return;
    this.#count++;
    this.#moments.add(value);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (this.config.missing === 'mode') this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    if (this.config.missing === 'median') this.#values.push(value);
  }

  finish(file: string): Encoder {
    if (this.#count === 0) throw noValue(file, this.name);
    const { missing, standardize, normalize, scale = 1 } = this.config;
    const { mean, deviation } = this.#moments;
    const fill =
      missing === 'median' ? medianOf(this.#values) : missing === 'mode' ? mostFrequent(this.#counts)! : mean;
    const range = this.#max - this.#min || 1;
    const [offset, divisor] = standardize ? [mean, deviation] : normalize ? [this.#min, range] : [0, scale];
    return {
      width: 1,
      encode: (cell, into, at) => {
        const value = numberOf(cell);
        into[at] = ((Number.isNaN(value) ? fill : value) - offset) / divisor;
      },
    };
  }
}

class CategoryFitter implements Fitter {
  readonly #counts = new Map<string, number>();

  constructor(private readonly name: string) {}

  add(cell: Cell): void {
    if (!isMissing(cell)) this.#counts.set(String(cell), (this.#counts.get(String(cell)) ?? 0) + 1);
  }

  finish(file: string): Encoder {
    if (this.#counts.size === 0) throw noValue(file, this.name);
    const places = new Map([...this.#counts.keys()].sort().map((category, i) => [category, i] as const));
    const fill = mostFrequent(this.#counts)!;
    return {
      width: places.size,
      encode: (cell, into, at) => {
        // One that no training row has stays all zeros.
        const place = places.get(isMissing(cell) ? fill : String(cell));
        if (place !== undefined) into[at + place] = 1;
      },
    };
  }
}

const textEncoder = ({ as, size, length }: NonNullable<DataConfig['text']>): Encoder => {
  const width = as === 'bag' ? size : length;
  const encode = as === 'bag' ? bagOfWords : wordNumbers;
  return {
    width,
    encode: (cell, into, at) =>
      encode(isMissing(cell) ? '' : String(cell), size, into.subarray(at, at + width)),
  };
};

export function fitterOf({ name, kind }: ColumnPlan, config: DataConfig): Fitter {
  switch (kind) {
    case 'numbers':
      return new NumberFitter(name, config);
    case 'categories':
      return new CategoryFitter(name);
    case 'text': {
      const { text } = config;
      if (!text) throw new Error('A column is a text only where data.text names it.');
      return { add: () => undefined, finish: () => textEncoder(text) };
    }
    default:
      return kind satisfies never;
  }
}
