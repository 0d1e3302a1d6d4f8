/**
 * A table of runs as Weights & Biases gives it: exported by its pages (Name, State, Created, Runtime, then configuration
 * and summary in columns without order or mark), or written by a script of the user's (`config.lr`, `summary/val_loss`,
 * or whole dictionaries of Python in a column `config` and a column `summary`). Which column is what follows from the
 * config it is to be continued with.
 */
import { parse } from 'yaml';
import type { AnnotatedConfig } from '../annotation/annotated-config.js';
import type { Json, JsonObject } from '../json.js';
import type { Distribution } from '../space/parameter.js';
import { timestamp } from '../study/journal/write.js';
import { shortNames } from '../study/table/table.js';
import type { Marks, Objective, TrialState } from '../study/trial.js';
import type { ForeignStudy, ForeignTrial } from './foreign-study.js';

const STATES: Readonly<Record<string, TrialState>> = {
  finished: 'complete',
  crashed: 'failed',
  failed: 'failed',
  killed: 'failed',
  preempted: 'failed',
  preempting: 'failed',
  running: 'running',
  pending: 'waiting',
};

type Row = Readonly<Record<string, string>>;

const CONFIG = ['config', 'hyperparameters', 'parameters'];
const SUMMARY = ['summary', 'summary_metrics', 'metrics'];

const parsed = (text: string): Json => {
  const word = text.trim();
  if (/^(true|false)$/i.test(word)) return word.toLowerCase() === 'true';
  if (/^(none|null)$/i.test(word)) return null;
  const number = Number(word);
  if (word !== '' && !Number.isNaN(number)) return number;
  return dictionary(word) ?? text;
};

/** As the parameter takes it: `none` is a text where a choice is called so, and nothing elsewhere. */
const cellOf = (text: string, distribution: Distribution | undefined): Json => {
  const texts = distribution !== undefined && 'choices' in distribution ? distribution.choices : [];
  return texts.includes(text) ? text : parsed(text);
};

/** A list or dictionary as JSON or Python writes it; undefined for any other text. */
function dictionary(text: string): Json | undefined {
  if (!/^[[{(].*[\]})]$/s.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Python's words are YAML's but for its tuples and its None.
    try {
      const words = text.replace(/\bNone\b(?=\s*[,\]})])/g, 'null').replace(/\((.*?),?\s*\)/gs, '[$1]');
      return parse(words) as Json;
    } catch {
      return undefined;
    }
  }
}

/** Nested values by dotted path; W&B's own keys and the wrapping of its config files are left out. */
function flat(value: Json, path: string, into: Record<string, string>): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    into[path] = typeof value === 'string' ? value : JSON.stringify(value);
    return;
  }
  const { value: wrapped, desc: _, ...others } = value as JsonObject;
  if (wrapped !== undefined && Object.keys(others).length === 0) {
    flat(wrapped, path, into);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key !== '_wandb') flat(item, `${path}.${key}`, into);
  }
}

/** The row with its columns that hold whole dictionaries taken apart. */
function unpacked(row: Row): Row {
  const all: Record<string, string> = { ...row };
  for (const [column, text] of Object.entries(row)) {
    if (![...CONFIG, ...SUMMARY].includes(column.toLowerCase())) continue;
    const found = dictionary(text.trim());
    if (found !== undefined && found !== null) flat(found, column.toLowerCase(), all);
  }
  return all;
}

/** How a column for a name may be called: with slashes for dots, and behind a prefix. */
const spelled = (names: readonly string[], prefixes: readonly string[]): readonly string[] =>
  names
    .flatMap((name) => [name, name.replaceAll('.', '/')])
    .flatMap((name) => [name, ...prefixes.flatMap((prefix) => [`${prefix}.${name}`, `${prefix}/${name}`])]);

/** What `define_metric(metric, summary="min")` makes of a metric's name. */
const summaries = (metric: string, direction: Objective['direction']): readonly string[] =>
  [direction === 'minimize' ? 'min' : 'max', 'best', 'last'].map((summary) => `${metric}.${summary}`);

/**
 * @param rows by column, as texts
 * @param names of columns by names here, where they differ by more than their beginning
 * @returns a sentence where the table is none of runs
 */
export function foreignOfRuns(
  rows: readonly Row[],
  { space, sweep }: AnnotatedConfig,
  names: Readonly<Record<string, string>> = {},
): ForeignStudy | string {
  if (rows.length === 0) return 'there are no runs in it';
  const all = rows.map(unpacked);
  const columns = [...new Set(all.flatMap((row) => Object.keys(row)))];
  const among = (candidates: readonly (string | undefined)[]): string | undefined =>
    candidates.find((one) => one !== undefined && columns.includes(one));
  const column = (name: string): string | undefined => columns.find((one) => one.toLowerCase() === name);

  const metrics = sweep.objectives.map(({ metric }) => metric);
  const unknown = Object.keys(names).filter((name) => !(name in space || metrics.includes(name)));
  if (unknown.length > 0) return `the config neither tunes nor measures ${unknown.join(', ')}`;
  const absent = Object.values(names).filter((name) => !columns.includes(name));
  if (absent.length > 0) return `it has no column ${absent.join(', ')}; it has ${columns.join(', ')}`;
  if (columns.includes('Step') && columns.some((name) => / - .*__M(IN|AX)$/.test(name)))
    return 'it is of a chart, a line for each step. Export the table of the runs instead';
  const measured = sweep.objectives.map(({ metric, direction }) =>
    among([names[metric], ...spelled([metric, ...summaries(metric, direction)], SUMMARY)]),
  );
  const missing = metrics.find((_, index) => measured[index] === undefined);
  if (missing !== undefined) {
    const shown = Object.keys(rows[0] ?? {}).join(', ');
    return `it has no column "${missing}", the metric of the config; it has ${shown}. Name the column of a metric or parameter with --map ${missing}=<column>`;
  }
  const short = shortNames(Object.keys(space));
  const tuned = Object.keys(space).flatMap((name) => {
    const called = [name, short.get(name) ?? name, name.split('.').at(-1) ?? name];
    const found = among([names[name], ...spelled(called, CONFIG)]);
    return found === undefined ? [] : [[name, found] as const];
  });
  const special = {
    state: column('state'),
    created: column('created') ?? column('created_at'),
    runtime: column('runtime') ?? column('duration'),
    tags: column('tags'),
    notes: column('notes'),
  };
  const others = ['name', 'id', 'sweep', 'user', 'group'].flatMap((name) => column(name) ?? []);
  const trials = all.map((row): ForeignTrial => {
    const text = (of: string | undefined): string => (of === undefined ? '' : (row[of] ?? ''));
    const objectives = measured.map((one) => numberOf(text(one)));
    const told = objectives.every(Number.isFinite);
    const said = STATES[(text(special.state) || 'finished').trim().toLowerCase()] ?? 'failed';
    const state = said === 'complete' && !told ? 'failed' : said;
    const marks = marksOf(text(special.notes), text(special.tags));
    return {
      state,
      params: Object.fromEntries(
        tuned.flatMap(([name, from]) => (text(from) === '' ? [] : [[name, cellOf(text(from), space[name])]])),
      ),
      ...(told && said === 'complete' && { objectives }),
      values: told ? Object.fromEntries(metrics.map((metric, i) => [metric, objectives[i] as number])) : {},
      reports: [],
      ...times(text(special.created), numberOf(text(special.runtime))),
      ...(said === 'failed' && { reason: `${text(special.state)} in W&B` }),
      attributes: Object.fromEntries(
        others.flatMap((name) => (row[name] ? [[name, row[name]] as const] : [])),
      ),
      ...(marks && { marks }),
    };
  });
  return { name: 'runs', objectives: sweep.objectives, space: {}, trials };
}

/** NaN for what is none, an empty text included. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

function marksOf(note: string, tags: string): Marks | undefined {
  const words = /^\[.*\]$/s.test(tags.trim()) ? dictionary(tags.trim()) : tags.split(',');
  const list = (Array.isArray(words) ? words : [])
    .map((one) => String(one).trim())
    .filter((one) => one !== '');
  const said = note.trim();
  // A dash is W&B's word for nothing.
  const marks = {
    ...(said !== '' && said !== '-' && { note: said }),
    ...(list.length > 0 && { tags: list }),
  };
  return Object.keys(marks).length > 0 ? marks : undefined;
}

/** @param seconds that it ran */
function times(created: string, seconds: number): Pick<ForeignTrial, 'startedAt' | 'finishedAt'> {
  const at = Date.parse(/Z|[+-]\d\d:?\d\d$/.test(created) ? created : `${created}Z`);
  const start = Number.isFinite(at) ? at : Date.parse(created);
  if (!Number.isFinite(start)) return {};
  const end = new Date(start + 1000 * seconds);
  return {
    startedAt: timestamp(start),
    // Of a runtime that is no number, or leads beyond the end of all calendars, there is no end.
    ...(!Number.isNaN(end.getTime()) && { finishedAt: timestamp(end.getTime()) }),
  };
}
