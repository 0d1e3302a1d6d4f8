/**
 * Finds, reads, splits and prepares the data that a declarative config names: one dataset, or one per fold. Kept from
 * trial to trial where nothing differs.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean } from '../../../core/annotation/nearest.js';
import type { JsonObject } from '../../../core/json.js';
import { placeOf } from '../config-lines.js';
import type { Task } from '../declarative/metrics.js';
import { FatalTrainingError } from '../fatal-error.js';
import type { Session } from '../session.js';
import { planArrays, prepareArrays } from './arrays.js';
import { contentHash } from './content-hash.js';
import type { Dataset } from './dataset.js';
import { planSplits } from './folds.js';
import { type DataConfig, type SourceKind, sourceOf } from './schema.js';
import { openCsv } from './sources/csv.js';
import { readIdx } from './sources/idx.js';
import { listImages, readImages } from './sources/images.js';
import { openJsonLines } from './sources/jsonl.js';
import { type NumpyArray, readNpy, readNpz } from './sources/numpy.js';
import { openParquet } from './sources/parquet.js';
import type { ArraySource, Row, TableSource } from './sources/source.js';
import { fileSink, storedDataset } from './store.js';
import { planTable } from './table-plan.js';
import { memorySink, prepareTable } from './tables.js';

/** CSV above this (bytes) is encoded to disk: its cells in memory take about six times as much, in every worker. */
const STREAM_FROM = 64 * 2 ** 20;
/** What gzipped tables grow by, about. */
const GZIP_RATIO = 6;

export interface LoadedData {
  /** What the result depends on: hash of the content and rows; `dataNotices`, what a person should hear of them. */
  readonly attributes: JsonObject;
  /** 1 without cross-validation, else folds × repeats. */
  readonly folds: number;
  dataset(fold: number): Promise<Dataset>;
}

type Source = TableSource | ArraySource;

async function openArrays(
  kind: Exclude<SourceKind, 'csv' | 'jsonl' | 'parquet'>,
  path: string,
  labelsPath: string | undefined,
  data: DataConfig,
): Promise<ArraySource> {
  const file = basename(path);
  const toSource = ({ shape, values }: NumpyArray, labels: NumpyArray, scale: number): ArraySource => {
    if (!ArrayBuffer.isView(values)) {
      throw new FatalTrainingError(`${file} holds texts. Inputs must be numbers.`);
    }
    const oneHot = labels.shape.length === 2 && (labels.shape[1] ?? 0) > 1;
    if (oneHot) {
      throw new FatalTrainingError(
        `The labels of ${file} have ${labels.shape[1]} numbers a row. Save one per row: labels.argmax(axis=1).`,
      );
    }
    const targets = ArrayBuffer.isView(labels.values) ? Array.from(labels.values, Number) : labels.values;
    return { kind: 'arrays', file, rows: shape[0] ?? 0, shape: shape.slice(1), values, targets, scale };
  };
  switch (kind) {
    case 'npy':
      return toSource(await readNpy(path), await readNpy(labelsPath ?? ''), 1);
    case 'npz': {
      const [x, y] = await readNpz(path, [data.inputs ?? 'x', data.target ?? 'y']);
      return toSource(x!, y!, 1);
    }
    case 'idx': {
      const images = await readIdx(path);
      // Images as MNIST has them are without a channel; convolutions want one.
      const shape = images.shape.length === 3 ? [...images.shape, 1] : images.shape;
      const scale = images.values instanceof Uint8Array ? 255 : 1;
      return toSource({ ...images, shape }, await readIdx(labelsPath ?? ''), scale);
    }
    case 'images':
      return readImages(path, data.size, data.channels);
    default:
      return kind satisfies never;
  }
}

const openSource = (
  kind: SourceKind,
  path: string,
  labelsPath: string | undefined,
  data: DataConfig,
): Promise<Source> => {
  switch (kind) {
    case 'csv':
      return openCsv(path);
    case 'jsonl':
      return openJsonLines(path);
    case 'parquet':
      return openParquet(path);
    default:
      return openArrays(kind, path, labelsPath, data);
  }
};

/** Reads a table once and keeps its rows. */
async function inMemory(source: TableSource): Promise<TableSource> {
  const chunks: (readonly Row[])[] = [];
  for await (const rows of source.rows()) chunks.push(rows);
  return {
    ...source,
    async *rows() {
      yield* chunks;
    },
  };
}

/** The validation file with its columns in the training file's order. */
function withColumnsOf(first: TableSource, second: TableSource): TableSource {
  const order = first.names.map((name) => {
    const index = second.names.indexOf(name);
    if (index >= 0) return index;
    throw new FatalTrainingError(
      `${second.file} (data.validation) has no column "${name}", which ${first.file} has.${didYouMean(name, second.names)}`,
    );
  });
  return {
    ...second,
    names: first.names,
    async *rows() {
      for await (const rows of second.rows()) {
        yield rows.map(({ cells, line }) => ({ line, cells: order.map((index) => cells[index]!) }));
      }
    },
  };
}

interface NamedFile {
  /** The key that names it. */
  readonly key: string;
  readonly given: string;
  readonly path: string;
}

interface Files {
  readonly kind: SourceKind;
  readonly path: string;
  /** Every path that is named. */
  readonly named: readonly NamedFile[];
}

function filesOf(data: DataConfig, folder: string): Files {
  const { kind, path } = sourceOf(data);
  const keys = [
    kind,
    'labels',
    ...(typeof data.validation === 'string' ? ['validation'] : []),
    'validationLabels',
  ];
  const named = keys.flatMap((key) => {
    const given = data[key as keyof DataConfig];
    return typeof given === 'string' ? [{ key, given, path: resolve(folder, given) }] : [];
  });
  return { kind, path: resolve(folder, path), named };
}

/** What the system or a decompressor says of a file, with its place in the config and a remedy; other errors as they are. */
function explained(error: unknown, { spec }: Session, { key, given, path }: NamedFile): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof FatalTrainingError || typeof code !== 'string') return error;
  const place = placeOf(spec.configFile, spec.configText, ['data', key]);
  const named = `"${path}" (data.${key}: ${given})`;
  return new FatalTrainingError(
    code === 'ENOENT'
      ? `${place}there is no file ${named}. Correct the path, which is relative to the config's folder, or put the file there.`
      : `${place}cannot read ${named}: ${message}. Correct the path, or put a whole file there.`,
  );
}

/** What tells one state of the files from another, without reading them. @throws FatalTrainingError where one is missing */
async function stateOf(session: Session, { named }: Files): Promise<readonly (string | number)[]> {
  const states = await Promise.all(
    named.map(async (file) => {
      try {
        const { mtimeMs, size } = await stat(file.path);
        return [file.path, mtimeMs, size];
      } catch (error) {
        throw explained(error, session, file);
      }
    }),
  );
  return states.flat();
}

async function open(
  session: Session,
  files: Files,
  data: DataConfig,
  streams: boolean,
): Promise<readonly Source[]> {
  const fileOf = (key: string): NamedFile | undefined => files.named.find((file) => file.key === key);
  /** @param like the source whose columns it must have, in their order */
  const read = async (file: NamedFile, labels: NamedFile | undefined, like?: Source): Promise<Source> => {
    try {
      const source = await openSource(files.kind, file.path, labels?.path, data);
      if (source.kind !== 'table') return source;
      const ordered = like?.kind === 'table' ? withColumnsOf(like, source) : source;
      return streams ? ordered : await inMemory(ordered);
    } catch (error) {
      throw explained(error, session, file);
    }
  };
  const own = await read(fileOf(files.kind)!, fileOf('labels'));
  const validation = fileOf('validation');
  return validation ? [own, await read(validation, fileOf('validationLabels'), own)] : [own];
}

async function prepare(
  session: Session,
  data: DataConfig,
  task: Task,
  seed: number,
  files: Files,
  key: string,
): Promise<LoadedData> {
  const { size } = await stat(files.path);
  const bytes = files.path.endsWith('.gz') ? size * GZIP_RATIO : size;
  const streams = files.kind === 'csv' && (data.stream ?? bytes > STREAM_FROM);
  const sources = await open(session, files, data, streams);
  const listed =
    files.kind === 'images'
      ? (await Promise.all(files.named.map(({ path }) => listImages(path)))).flat().map(({ path }) => path)
      : files.named.map(({ path }) => path);
  const hash = await contentHash(listed, dirname(files.path));
  const attributes = (rows: number, folds: number): JsonObject => ({
    data: { file: basename(files.path), hash, rows, ...(folds > 1 && { folds }) },
  });

  const arrays = sources.filter((source) => source.kind === 'arrays');
  const tables = sources.filter((source) => source.kind === 'table');
  if (arrays.length > 0) {
    const plan = planArrays(arrays, task);
    const count = Math.max(plan.labels.length, plan.targets.length);
    const ownRows = arrays[0]?.rows ?? 0;
    const splits = planSplits(
      data,
      { ...plan, count, ownRows, groups: undefined, times: undefined },
      seed,
      files.path,
    );
    return {
      attributes: attributes(count, splits.length),
      folds: splits.length,
      dataset: async (fold) => prepareArrays(arrays, plan, splits[fold]!, data, task),
    };
  }
  const plan = await planTable(tables, data, task);
  const count = Math.max(plan.labels.length, plan.targets.length);
  const splits = planSplits(data, { ...plan, count }, seed, files.path);
  return {
    attributes: {
      ...attributes(count, splits.length),
      ...(plan.notices.length > 0 && { dataNotices: plan.notices }),
    },
    folds: splits.length,
    dataset: async (fold) => {
      const split = splits[fold]!;
      const { weights } = plan;
      const weighted = (dataset: Dataset): Dataset =>
        weights
          ? { ...dataset, rowWeights: Float64Array.from(split.train, (row) => weights[row]!) }
          : dataset;
      if (!streams) {
        const sinkOf = (_: string, rows: number, rowSize: number) => memorySink(rows, rowSize, task);
        return weighted(await prepareTable(tables, plan, split, data, sinkOf));
      }
      const stored = await storedDataset(
        join(session.configFolder, '.sweetspot', 'data'),
        `${key} ${hash} ${fold}`,
        (folder) => prepareTable(tables, plan, split, data, (part) => fileSink(folder, part)),
      );
      return weighted(stored);
    },
  };
}

/** Remembers the last dataset, so that without folds it is prepared once. One that failed is prepared again. */
function remembering(data: LoadedData): LoadedData {
  let last: { readonly fold: number; readonly dataset: Promise<Dataset> } | undefined;
  return {
    ...data,
    dataset: (fold) => {
      if (last?.fold === fold) return last.dataset;
      const next = { fold, dataset: data.dataset(fold) };
      last = next;
      next.dataset.catch(() => {
        if (last === next) last = undefined;
      });
      return next.dataset;
    },
  };
}

let cached: { readonly key: string; readonly data: Promise<LoadedData> } | undefined;

/**
 * @param seed of the split; the same in every trial of a study, so that trials are judged on the same rows
 * @throws FatalTrainingError for data that are not there or cannot be trained on
 */
export async function loadData(
  session: Session,
  data: DataConfig,
  task: Task,
  seed: number,
): Promise<LoadedData> {
  const files = filesOf(data, session.configFolder);
  const key = JSON.stringify([await stateOf(session, files), data, task, seed]);
  if (cached?.key === key) return cached.data;
  // The promise, so that trials that begin together read the files once.
  const loaded = { key, data: prepare(session, data, task, seed, files, key).then(remembering) };
  cached = loaded;
  loaded.data.catch(() => {
    if (cached === loaded) cached = undefined;
  });
  return loaded.data;
}
