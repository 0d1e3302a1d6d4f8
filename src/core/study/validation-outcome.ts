/**
 * What a trained model made of the validation rows, small enough to lie beside every trial: which class it took for
 * which, or what it predicted against what was true. Pure; the trainer writes it, the results panel draws it.
 */

/** In the trial's folder. */
export const VALIDATION_FILE = 'validation.json';
/** With more classes a matrix is neither small nor legible. */
export const MOST_CLASSES = 50;
/** Pairs that are kept: about 4 KB. */
const MOST_PAIRS = 250;
const DIGITS = 6;
const EXAMPLE = '{"actual": ["cat", "dog"], "predicted": ["cat", "cat"]}';

export type ValidationOutcome =
  | {
      readonly kind: 'classes';
      readonly classes: readonly string[];
      /** Rows by actual class (outer) and predicted class. */
      readonly counts: readonly (readonly number[])[];
    }
  | {
      readonly kind: 'numbers';
      /** Of so many rows the pairs are an even sample. */
      readonly rows: number;
      /** Predicted and actual, in the target's own unit. */
      readonly pairs: readonly (readonly [number, number])[];
    };

/**
 * @param scores row by row one number per class; the first highest is the prediction
 * @returns undefined with more than MOST_CLASSES classes, or none
 */
export function classOutcome(
  scores: ArrayLike<number>,
  labels: Int32Array,
  classes: readonly string[],
): ValidationOutcome | undefined {
  const width = classes.length;
  if (width === 0 || width > MOST_CLASSES) return undefined;
  const counts = classes.map(() => new Array<number>(width).fill(0));
  labels.forEach((label, row) => {
    let predicted = 0;
    for (let i = 1; i < width; i++) {
      if ((scores[row * width + i] ?? 0) > (scores[row * width + predicted] ?? 0)) predicted = i;
    }
    const line = counts[label];
    if (line) line[predicted] = (line[predicted] ?? 0) + 1;
  });
  return { kind: 'classes', classes, counts };
}

/** Pairs whose prediction is not finite are left out. Both lists are in the target's own unit. */
export function numberOutcome(predictions: ArrayLike<number>, targets: ArrayLike<number>): ValidationOutcome {
  const rows = targets.length;
  const kept = Math.min(rows, MOST_PAIRS);
  const short = (value: number): number => Number(value.toPrecision(DIGITS));
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < kept; i++) {
    const row = Math.floor((i * rows) / kept);
    const [predicted, actual] = [predictions[row] ?? Number.NaN, targets[row] ?? Number.NaN];
    if (Number.isFinite(predicted) && Number.isFinite(actual)) pairs.push([short(predicted), short(actual)]);
  }
  return { kind: 'numbers', rows, pairs };
}

/** What users' own code says of its validation rows: of each what was true and what was predicted, in one order. */
export interface ValidationRows {
  /** Texts or booleans are classes, numbers a regression's, unless `classes` says otherwise. */
  readonly actual: ArrayLike<number | string | boolean>;
  readonly predicted: ArrayLike<number | string | boolean>;
  /** Names of classes; numbers are positions in it then. Left out: every class that occurs, in the alphabet's order. */
  readonly classes?: readonly string[];
}

/** @returns what is wrong with the rows, as the end of a sentence; undefined with more than MOST_CLASSES classes */
export function outcomeOfRows({
  actual,
  predicted,
  classes,
}: ValidationRows): ValidationOutcome | string | undefined {
  if (actual.length !== predicted.length) {
    return `has ${actual.length} actual values and ${predicted.length} predicted ones; give one of each for every row`;
  }
  if (actual.length === 0) return 'has no rows';
  const truths = Array.from(actual);
  const guesses = Array.from(predicted);
  const numeric = (values: readonly unknown[]): values is readonly number[] =>
    values.every((value) => typeof value === 'number');
  if (numeric(truths) && numeric(guesses) && !classes) return numberOutcome(guesses, truths);
  const nameOf = (value: unknown): string =>
    classes && typeof value === 'number' ? (classes[value] ?? String(value)) : String(value);
  const [rows, columns] = [truths.map(nameOf), guesses.map(nameOf)];
  const names = classes ?? [...new Set([...rows, ...columns])].sort();
  if (names.length > MOST_CLASSES) return undefined;
  const places = new Map(names.map((name, place) => [name, place]));
  const unknown = [...rows, ...columns].find((name) => !places.has(name));
  if (unknown !== undefined) return `names the class "${unknown}", which is not among its classes`;
  const counts = names.map(() => new Array<number>(names.length).fill(0));
  rows.forEach((name, row) => {
    const line = counts[places.get(name) ?? 0];
    const column = places.get(columns[row] ?? '') ?? 0;
    if (line) line[column] = (line[column] ?? 0) + 1;
  });
  return { kind: 'classes', classes: names, counts };
}

/** A file that is no outcome: `message` says why, as the end of a sentence. */
interface WrongOutcome {
  readonly kind: 'wrong';
  readonly message: string;
}

const wrong = (message: string): WrongOutcome => ({ kind: 'wrong', message });

const isList = (value: unknown, length: number): value is readonly number[] =>
  Array.isArray(value) && value.length === length && value.every((item) => typeof item === 'number');

/**
 * Reads the file's text, our own or with the lists of `ValidationRows`.
 * @returns undefined with more than MOST_CLASSES classes
 */
export function parseOutcome(text: string): ValidationOutcome | WrongOutcome | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return wrong(`is not JSON; write ${EXAMPLE}`);
  }
  if (typeof read !== 'object' || read === null) return wrong(`is no JSON object; write ${EXAMPLE}`);
  const found = read as {
    kind?: unknown;
    classes?: unknown;
    counts?: unknown;
    rows?: unknown;
    pairs?: unknown;
    actual?: unknown;
    predicted?: unknown;
  };
  if (Array.isArray(found.actual) && Array.isArray(found.predicted)) {
    const { actual, predicted, classes } = found;
    const named = Array.isArray(classes) ? { classes: classes.map(String) } : {};
    const outcome = outcomeOfRows({ actual, predicted, ...named });
    return typeof outcome === 'string' ? wrong(outcome) : outcome;
  }
  const { classes, counts, pairs } = found;
  const whole =
    found.kind === 'classes'
      ? Array.isArray(classes) &&
        Array.isArray(counts) &&
        counts.length === classes.length &&
        counts.every((line) => isList(line, classes.length))
      : found.kind === 'numbers' &&
        typeof found.rows === 'number' &&
        Array.isArray(pairs) &&
        pairs.every((pair) => isList(pair, 2));
  return whole
    ? (read as ValidationOutcome)
    : wrong(`has no lists "actual" and "predicted"; write ${EXAMPLE}`);
}
