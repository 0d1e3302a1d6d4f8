/** `import`: trials of another program (an Optuna journal or database, a table of W&B runs) as a new study to go on with. */
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type ContinueOptions, continueForeign } from '../core/exchange/continue-foreign.js';
import type { ForeignStudy } from '../core/exchange/foreign-study.js';
import { foreignOfRuns } from '../core/exchange/wandb-csv.js';
import { OUR_WORKER } from '../core/study/journal/line.js';
import { timestamp } from '../core/study/journal/write.js';
import { journalFile } from '../core/study/places.js';
import { readConfig } from '../engine/config-file.js';
import { openForeign } from '../engine/exchange/open-foreign.js';
import { Journal } from '../engine/journal/journal.js';
import { ensureStore, newStudyName } from '../engine/studies/study-store.js';
import { chooseForeign, UsageError } from './open-study.js';
import { ExitCode } from './output.js';

export interface ImportOptions {
  /** Of the file. */
  readonly study?: string;
  /** `here=there`. */
  readonly map: readonly string[];
}

const isTable = (file: string): boolean => /\.csv$/i.test(file);

/** What parts the columns: by what the heading has most of. */
function delimiterOf(text: string): string {
  const heading = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '');
  const count = (one: string): number => heading.split(one).length;
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}

/** Of a table with semicolons numbers may have decimal commas. */
const pointed = (cell: string): string =>
  /^-?\d+,\d+(E[+-]?\d+)?$/i.test(cell) ? cell.replace(',', '.') : cell;

/** Of columns with one name the first keeps it. */
const unique = (heading: readonly string[]): string[] =>
  heading.map((name, index) => (heading.indexOf(name) === index ? name : `${name} (${index + 1})`));

async function foreignStudy(
  file: string,
  config: ContinueOptions['config'],
  study: string | undefined,
  names: Readonly<Record<string, string>>,
): Promise<ForeignStudy> {
  if (!isTable(file)) return chooseForeign(file, await openForeign(file), study);
  let rows: Record<string, string>[];
  try {
    const text = await readFile(file, 'utf8');
    const delimiter = delimiterOf(text);
    const cast = delimiter === ';' ? pointed : false;
    rows = parse(text, { columns: unique, bom: true, skip_empty_lines: true, delimiter, cast });
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const found = foreignOfRuns(rows, config, names);
  if (typeof found === 'string') throw new UsageError(`${file}: ${found}`);
  return found;
}

export async function importStudy(file: string, config: string, options: ImportOptions): Promise<void> {
  const configFile = resolve(config);
  const read = await readConfig(configFile);
  if (read.kind === 'error') throw new UsageError(read.message);
  const names = options.map.map((pair) => {
    const [here, there, ...rest] = pair.split('=');
    if (!here || !there || rest.length > 0) throw new UsageError(`--map takes here=there, not "${pair}".`);
    return [here, there] as const;
  });
  const said = Object.fromEntries(names);
  const foreign = await foreignStudy(file, read.config, options.study, said);
  const name = await newStudyName(configFile);
  const continued = continueForeign(foreign, {
    worker: `${OUR_WORKER}${process.pid}`,
    name,
    config: read.config,
    configFile,
    text: read.text,
    // Of a table the columns have their names here by now.
    names: isTable(file) ? {} : said,
    source: basename(file),
    at: timestamp(Date.now()),
  });
  if (typeof continued === 'string') throw new UsageError(`${file}: ${continued}`);
  const { records, taken, left, notes } = continued;
  const reasons = [...left].map(([reason, count]) => `${count} left out: ${reason}.`);
  if (taken === 0)
    throw new UsageError([`No trial of ${file} fits ${config}.`, ...reasons].join('\n'), ExitCode.failed);
  await ensureStore(configFile);
  const journal = await Journal.create(journalFile(configFile, name), records);
  await journal.close();
  console.log(`Study ${name} begins with ${taken} of ${foreign.trials.length} trials of ${file}.`);
  for (const line of [...reasons, ...notes]) console.log(line);
  console.log(`Go on with: sweetspot resume ${config} --study ${name}`);
}
