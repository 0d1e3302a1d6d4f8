/**
 * A table of runs as Weights & Biases exports it (Name, State, Created, Runtime, then configuration and summary in
 * columns without order or mark). Which column is what follows from the config it is to be continued with.
 */
import type { AnnotatedConfig } from '../annotation/annotated-config.js';
import type { Json } from '../json.js';
import { shortNames } from '../study/table.js';
import type { TrialState } from '../study/trial.js';
import type { ForeignStudy, ForeignTrial } from './foreign-study.js';

const STATES: Readonly<Record<string, TrialState>> = {
  finished: 'complete',
  crashed: 'failed',
  failed: 'failed',
  killed: 'failed',
  running: 'running',
  pending: 'waiting',
};

const parsed = (text: string): Json => {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  const number = Number(text);
  if (text.trim() !== '' && !Number.isNaN(number)) return number;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
};

/** @param rows by column, as texts. Returns a sentence where the table is none of runs. */
export function foreignOfRuns(
  rows: readonly Readonly<Record<string, string>>[],
  { space, sweep }: AnnotatedConfig,
): ForeignStudy | string {
  const columns = Object.keys(rows[0] ?? {});
  const column = (name: string): string | undefined => columns.find((one) => one.toLowerCase() === name);
  const state = column('state');
  const metrics = sweep.objectives.map(({ metric }) => metric);
  const missing = metrics.find((metric) => !columns.includes(metric));
  if (rows.length === 0) return 'there are no runs in it';
  if (missing !== undefined)
    return `it has no column "${missing}", the metric of the config; it has ${columns.join(', ')}`;
  const names = [...shortNames(Object.keys(space))].flatMap(([name, short]) => [
    name,
    short,
    name.split('.').at(-1) ?? name,
  ]);
  const wanted = new Set(names);
  const others = ['name', 'id', 'sweep', 'tags', 'user', 'notes'].flatMap((name) => column(name) ?? []);
  const created = column('created');
  const runtime = column('runtime');
  const trials = rows.map((row): ForeignTrial => {
    const params = columns.filter((name) => wanted.has(name) && row[name] !== '');
    const objectives = metrics.map((metric) => Number.parseFloat(row[metric] ?? ''));
    const told = objectives.every(Number.isFinite);
    const said = STATES[(row[state ?? ''] ?? 'finished').toLowerCase()] ?? 'failed';
    const at = created === undefined ? Number.NaN : Date.parse(row[created] ?? '');
    const seconds = Number.parseFloat(row[runtime ?? ''] ?? '');
    const time = (ms: number): string => new Date(ms).toISOString().replace('Z', '000+00:00');
    return {
      state: said === 'complete' && !told ? 'failed' : said,
      params: Object.fromEntries(params.map((name) => [name, parsed(row[name] ?? '')])),
      ...(told && said === 'complete' && { objectives }),
      values: told ? Object.fromEntries(metrics.map((metric, i) => [metric, objectives[i] as number])) : {},
      reports: [],
      ...(Number.isFinite(at) && { startedAt: time(at) }),
      ...(Number.isFinite(at) && Number.isFinite(seconds) && { finishedAt: time(at + 1000 * seconds) }),
      attributes: Object.fromEntries(
        others.flatMap((name) => (row[name] ? [[name, row[name]] as const] : [])),
      ),
    };
  });
  return { name: 'runs', objectives: sweep.objectives, space: {}, trials };
}
