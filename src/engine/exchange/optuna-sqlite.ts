/**
 * Optuna's SQLite database read with SQLite itself, compiled to WebAssembly: it works on every Node. The file is read,
 * never written. Only the present schema is understood; older ones are for Optuna to upgrade.
 */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Database } from 'sql.js';
import { attribute, type OptunaStudy, type OptunaTrial, utc } from '../../core/exchange/optuna-study.js';
import type { Json } from '../../core/json.js';
import type { TrialState } from '../../core/study/trial.js';
import { sqlite } from './sqlite.js';

const MAGIC = 'SQLite format 3\0';
/** Revisions of the schema that have the same tables. */
const KNOWN = ['v3.0.0.d', 'v3.2.0.a'];

const STATES: Readonly<Record<string, TrialState>> = {
  RUNNING: 'running',
  COMPLETE: 'complete',
  PRUNED: 'pruned',
  FAIL: 'failed',
  WAITING: 'waiting',
};
const SPECIAL: Readonly<Record<string, number>> = {
  INF_POS: Number.POSITIVE_INFINITY,
  INF_NEG: Number.NEGATIVE_INFINITY,
  NAN: Number.NaN,
};

export const isSqlite = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;

type Row = Readonly<Record<string, string | number | null>>;

function rows(database: Database, query: string): readonly Row[] {
  const statement = database.prepare(query);
  const found: Row[] = [];
  try {
    while (statement.step()) found.push(statement.getAsObject() as Row);
  } finally {
    statement.free();
  }
  return found;
}

/** All studies of the database, or what is wrong with it and what to do. */
export async function readOptunaSqlite(file: string): Promise<readonly OptunaStudy[] | string> {
  const journal = `${file}-wal`;
  if (existsSync(journal) && statSync(journal).size > 0) {
    return `another program is writing it (there is ${journal}). Try again when that has ended.`;
  }
  const sql = await sqlite();
  const database = new sql.Database(await readFile(file));
  try {
    return studiesOf(database, file);
  } catch (error) {
    return `SQLite cannot read it: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    database.close();
  }
}

function studiesOf(database: Database, file: string): readonly OptunaStudy[] | string {
  const tables = new Set(
    rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name),
  );
  if (!tables.has('studies') || !tables.has('trials')) return 'it is no database of Optuna';
  const revision = tables.has('alembic_version')
    ? rows(database, 'SELECT version_num FROM alembic_version')[0]?.version_num
    : undefined;
  if (!KNOWN.includes(String(revision))) {
    return `its schema is ${revision ?? 'older than v0.9'}; ${KNOWN.join(' and ')} are understood. Upgrade a copy: optuna storage upgrade --storage sqlite:///${file}`;
  }
  const version = String(
    rows(database, 'SELECT library_version FROM version_info')[0]?.library_version ?? '',
  );
  const naive = Number.parseInt(version, 10) >= 5 ? 'utc' : 'local';
  const trials = trialsOf(database, naive);
  const attributes = (kind: string, id: number): Record<string, Json> =>
    Object.fromEntries(
      rows(database, `SELECT key, value_json FROM study_${kind}_attributes WHERE study_id = ${id}`).map(
        ({ key, value_json }) => [String(key), attribute(String(value_json))],
      ),
    );
  return rows(database, 'SELECT study_id, study_name FROM studies ORDER BY study_id').map((study) => {
    const id = Number(study.study_id);
    return {
      name: String(study.study_name),
      directions: rows(
        database,
        `SELECT direction FROM study_directions WHERE study_id = ${id} ORDER BY objective`,
      ).map(({ direction }) => (direction === 'MAXIMIZE' ? 'maximize' : 'minimize')),
      userAttrs: attributes('user', id),
      systemAttrs: attributes('system', id),
      trials: trials.filter((trial) => trial.study === id).map(({ trial }) => trial),
    };
  });
}

function trialsOf(
  database: Database,
  naive: 'local' | 'utc',
): readonly { readonly study: number; readonly trial: OptunaTrial }[] {
  const byId = new Map<number, { readonly study: number; readonly trial: OptunaTrial; values: number[] }>();
  for (const row of rows(database, 'SELECT * FROM trials ORDER BY study_id, number')) {
    const time = (value: Row[string] | undefined) =>
      typeof value === 'string' ? utc(value, naive) : undefined;
    const start = time(row.datetime_start);
    const complete = time(row.datetime_complete);
    byId.set(Number(row.trial_id), {
      study: Number(row.study_id),
      values: [],
      trial: {
        id: Number(row.trial_id),
        state: STATES[String(row.state)] ?? 'failed',
        params: new Map(),
        values: null,
        intermediate: new Map(),
        userAttrs: {},
        systemAttrs: {},
        ...(start !== undefined && { start }),
        ...(complete !== undefined && { complete }),
      },
    });
  }
  const each = (
    query: string,
    visit: (entry: NonNullable<ReturnType<typeof byId.get>>, row: Row) => void,
  ): void => {
    for (const row of rows(database, query)) {
      const entry = byId.get(Number(row.trial_id));
      if (entry) visit(entry, row);
    }
  };
  each('SELECT * FROM trial_params ORDER BY param_id', ({ trial }, row) => {
    trial.params.set(String(row.param_name), {
      internal: Number(row.param_value),
      distribution: String(row.distribution_json),
    });
  });
  each('SELECT * FROM trial_values ORDER BY objective', (entry, row) => {
    entry.values.push(SPECIAL[String(row.value_type)] ?? Number(row.value));
    entry.trial.values = entry.values;
  });
  each('SELECT * FROM trial_intermediate_values', ({ trial }, row) => {
    const value = row.intermediate_value === null ? Number.NaN : Number(row.intermediate_value);
    trial.intermediate.set(Number(row.step), SPECIAL[String(row.intermediate_value_type)] ?? value);
  });
  each('SELECT trial_id, key, value_json FROM trial_user_attributes', ({ trial }, row) => {
    trial.userAttrs[String(row.key)] = attribute(String(row.value_json));
  });
  each('SELECT trial_id, key, value_json FROM trial_system_attributes', ({ trial }, row) => {
    trial.systemAttrs[String(row.key)] = attribute(String(row.value_json));
  });
  return [...byId.values()];
}
