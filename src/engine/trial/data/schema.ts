/** The keys of a declarative config's `data:` section. Only the form: whether files and columns exist is for the loader. */
import { z } from 'zod';
import { count, must, oneOf, positive, share, text, trueOrFalse } from '../forms.js';

/** Where data may come from; exactly one of these keys stands in `data:`. */
const SOURCES = ['csv', 'jsonl', 'parquet', 'npy', 'npz', 'idx', 'images'] as const;
export type SourceKind = (typeof SOURCES)[number];
const TABLES: readonly SourceKind[] = ['csv', 'jsonl', 'parquet'];

const listOfColumns = z.array(text, must('a list of column names, such as [name, id]'));
const shape = z.array(count, must('a list of whole numbers, such as [8, 8, 1]')).min(1);
const sizeOf = must('a pair of whole numbers, height and width, such as [32, 32]');
const partOrFile = must('a share from 0 up to, but not including, 1, or a file, such as ./test.csv');

export const dataForm = z.strictObject(
  {
    ...(Object.fromEntries(SOURCES.map((name) => [name, text.optional()])) as Record<
      SourceKind,
      z.ZodOptional<typeof text>
    >),
    target: text.optional(),
    inputs: text.optional(),
    labels: text.optional(),
    columns: listOfColumns.optional(),
    ignore: listOfColumns.optional(),
    text: z
      .strictObject(
        {
          columns: listOfColumns,
          as: oneOf(['bag', 'sequence']).default('bag'),
          size: count.default(1000),
          length: count.default(50),
        },
        must('a section with columns:, as:, size: and length:'),
      )
      .optional(),
    missing: oneOf(['error', 'mean', 'median', 'mode', 'drop']).default('error'),
    validation: z.union([share, text], partOrFile).default(0),
    validationLabels: text.optional(),
    weights: text.optional(),
    group: text.optional(),
    time: text.optional(),
    folds: z
      .number(must('a whole number of at least 2'))
      .int()
      .min(2, must('a whole number of at least 2'))
      .optional(),
    repeats: count.default(1),
    standardize: trueOrFalse.default(false),
    normalize: trueOrFalse.default(false),
    shape: shape.optional(),
    scale: positive.optional(),
    size: z.tuple([count, count], sizeOf).optional(),
    channels: z.union([z.literal(1), z.literal(3)], must('1 (grey) or 3 (colour)')).optional(),
    stream: trueOrFalse.optional(),
  },
  must('a section with csv: and target:'),
);

export type DataConfig = Readonly<z.infer<typeof dataForm>>;
type DataKey = keyof DataConfig;

/** Which key names the data, and the path it gives. The section has passed dataConflict. */
export function sourceOf(data: DataConfig): { readonly kind: SourceKind; readonly path: string } {
  const kind = SOURCES.find((name) => data[name] !== undefined) ?? 'csv';
  return { kind, path: data[kind] ?? '' };
}

/** Whether there is a part that metrics with `val_` can be of. */
export const hasValidation = ({ validation, folds }: DataConfig): boolean =>
  folds !== undefined || typeof validation === 'string' || validation > 0;

interface Conflict {
  readonly key: string;
  readonly message: string;
}

const ONLY_FOR: Readonly<Partial<Record<DataKey, readonly SourceKind[]>>> = {
  columns: TABLES,
  ignore: TABLES,
  text: TABLES,
  weights: TABLES,
  group: TABLES,
  time: TABLES,
  stream: ['csv'],
  inputs: ['npz'],
  labels: ['npy', 'idx'],
  validationLabels: ['npy', 'idx'],
  size: ['images'],
  channels: ['images'],
};

function misplaced(data: DataConfig, kind: SourceKind): Conflict | undefined {
  for (const [key, kinds] of Object.entries(ONLY_FOR)) {
    if (data[key as DataKey] === undefined || kinds.includes(kind)) continue;
    const message = `data.${key} is for ${kinds.join(', ')}; the data here come from ${kind}. Remove it.`;
    return { key, message };
  }
  if (data.missing !== 'error' && !TABLES.includes(kind)) {
    return { key: 'missing', message: `data.missing is for ${TABLES.join(', ')}. Remove it.` };
  }
  return undefined;
}

/** What is wrong with the section although each key is right by itself: the key, and the message. */
export function dataConflict(data: DataConfig): Conflict | undefined {
  const given = SOURCES.filter((name) => data[name] !== undefined);
  const [kind, second] = given;
  if (!kind) {
    return {
      key: '',
      message: `data names no data. Give one of ${SOURCES.map((name) => `${name}:`).join(', ')}.`,
    };
  }
  if (second) {
    return { key: second, message: `data has both ${kind}: and ${second}:. Keep one of them.` };
  }
  const wrong = misplaced(data, kind);
  if (wrong) return wrong;
  if (TABLES.includes(kind) && data.target === undefined) {
    return { key: '', message: 'data.target is missing: it must be text.' };
  }
  if ((kind === 'npy' || kind === 'idx') && data.labels === undefined) {
    return {
      key: kind,
      message: `data.${kind} holds inputs alone. Name the file of the labels: labels: ./labels.${kind}`,
    };
  }
  if (typeof data.validation === 'string' && (kind === 'npy' || kind === 'idx') && !data.validationLabels) {
    return {
      key: 'validation',
      message: 'data.validation is a file of inputs. Name its labels: validationLabels:',
    };
  }
  if (data.folds !== undefined && data.validation !== 0) {
    return {
      key: 'validation',
      message: 'data.folds takes its validation parts in turn. Remove validation:, or folds:.',
    };
  }
  if (data.repeats > 1 && data.folds === undefined) {
    return { key: 'repeats', message: 'data.repeats repeats a cross-validation. Set folds:, such as 5.' };
  }
  if (data.repeats > 1 && data.time !== undefined) {
    return {
      key: 'repeats',
      message: 'data.repeats draws other folds each time, yet time: leaves one way only. Remove one.',
    };
  }
  for (const key of ['group', 'time'] as const) {
    if (data[key] !== undefined && (!hasValidation(data) || typeof data.validation === 'string')) {
      return {
        key,
        message: `data.${key} says how to split. Set validation: to a share, such as 0.25, or folds:.`,
      };
    }
  }
  if (data.group !== undefined && data.time !== undefined) {
    return { key: 'time', message: 'data.group and data.time split differently. Keep one of them.' };
  }
  const apart = [data.target, data.group, data.time];
  if (data.weights !== undefined && (apart.includes(data.weights) || data.columns?.includes(data.weights))) {
    return {
      key: 'weights',
      message: `data.weights: the column "${data.weights}" has another part already. What a row counts needs a column of its own.`,
    };
  }
  if (data.standardize && data.normalize) {
    return {
      key: 'normalize',
      message: 'data.standardize and data.normalize both scale the columns. Keep one of them.',
    };
  }
  if (data.shape && data.standardize && TABLES.includes(kind)) {
    return {
      key: 'standardize',
      message: 'data.standardize treats columns one by one; with shape: use scale: instead.',
    };
  }
  if (data.stream && data.missing === 'median') {
    return {
      key: 'missing',
      message: 'data.missing median needs all rows in memory. With stream: use mean.',
    };
  }
  return undefined;
}
