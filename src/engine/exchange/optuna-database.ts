/**
 * A study as an SQLite database of Optuna 5 (schema v3.2.0.a, which Optuna has had since 3.2): what `optunaJournal` says,
 * in its tables. Unlike a journal it shows every objective in Optuna's VS Code extension.
 */
import type { Database, SqlValue } from 'sql.js';
import { readOptunaJournal } from '../../core/exchange/optuna-journal.js';
import type { OptunaStudy, OptunaTrial } from '../../core/exchange/optuna-study.js';
import { optunaJournal } from '../../core/exchange/to-optuna.js';
import type { Json } from '../../core/json.js';
import { printJson } from '../../core/study/journal/line.js';
import { METRIC_NAMES } from '../../core/study/journal/records.js';
import type { Study, TrialState } from '../../core/study/trial.js';
import { sqlite } from './sqlite.js';

/** Names that Optuna's VS Code extension takes for databases, and the usual third. */
export const isDatabaseName = (file: string): boolean => /\.(db|sqlite3?)$/i.test(file);

const attributeTable = (of: 'study' | 'trial', kind: 'user' | 'system'): string => `
  CREATE TABLE ${of}_${kind}_attributes (
    ${of}_${kind}_attribute_id INTEGER NOT NULL PRIMARY KEY, ${of}_id INTEGER REFERENCES ${OWNERS[of]},
    key VARCHAR(512), value_json TEXT, UNIQUE (${of}_id, key));`;
const OWNERS = { study: 'studies (study_id)', trial: 'trials (trial_id)' } as const;

/** optuna/storages/_rdb/models.py */
const SCHEMA = `
  CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
  INSERT INTO alembic_version VALUES ('v3.2.0.a');
  CREATE TABLE version_info (
    version_info_id INTEGER NOT NULL PRIMARY KEY CHECK (version_info_id = 1),
    schema_version INTEGER, library_version VARCHAR(256));
  INSERT INTO version_info VALUES (1, 12, '5.0.0');
  CREATE TABLE studies (study_id INTEGER NOT NULL PRIMARY KEY, study_name VARCHAR(512) NOT NULL);
  CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
  CREATE TABLE study_directions (
    study_direction_id INTEGER NOT NULL PRIMARY KEY, direction VARCHAR(8) NOT NULL,
    study_id INTEGER NOT NULL REFERENCES studies (study_id), objective INTEGER NOT NULL, UNIQUE (study_id, objective));
  CREATE TABLE trials (
    trial_id INTEGER NOT NULL PRIMARY KEY, number INTEGER, study_id INTEGER REFERENCES studies (study_id),
    state VARCHAR(8) NOT NULL, datetime_start DATETIME, datetime_complete DATETIME);
  CREATE INDEX ix_trials_study_id ON trials (study_id);
  CREATE TABLE trial_params (
    param_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER REFERENCES trials (trial_id), param_name VARCHAR(512),
    param_value FLOAT, distribution_json TEXT, UNIQUE (trial_id, param_name));
  CREATE TABLE trial_values (
    trial_value_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT NULL REFERENCES trials (trial_id),
    objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL, UNIQUE (trial_id, objective));
  CREATE TABLE trial_intermediate_values (
    trial_intermediate_value_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT NULL REFERENCES trials (trial_id),
    step INTEGER NOT NULL, intermediate_value FLOAT, intermediate_value_type VARCHAR(7) NOT NULL,
    UNIQUE (trial_id, step));
  CREATE TABLE trial_heartbeats (
    trial_heartbeat_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT NULL UNIQUE REFERENCES trials (trial_id),
    heartbeat DATETIME NOT NULL);
  ${attributeTable('study', 'user')}${attributeTable('study', 'system')}
  ${attributeTable('trial', 'user')}${attributeTable('trial', 'system')}`;

const STATES: Readonly<Record<TrialState, string>> = {
  running: 'RUNNING',
  complete: 'COMPLETE',
  pruned: 'PRUNED',
  failed: 'FAIL',
  waiting: 'WAITING',
};
const STUDY_ID = 1;

/** The bytes of the database. */
export async function optunaDatabase(study: Study): Promise<Uint8Array> {
  const { Database } = await sqlite();
  const database = new Database();
  try {
    database.run(SCHEMA);
    for (const each of studiesIn(optunaJournal(study))) writeStudy(database, each);
    return database.export();
  } finally {
    database.close();
  }
}

function studiesIn(journal: string): readonly OptunaStudy[] {
  const studies = readOptunaJournal(journal);
  if (typeof studies === 'string') throw new Error(studies);
  return studies;
}

function writeStudy(
  database: Database,
  { name, directions, userAttrs, systemAttrs, trials }: OptunaStudy,
): void {
  database.run('INSERT INTO studies VALUES (?, ?)', [STUDY_ID, name]);
  insert(
    database,
    'study_directions',
    directions.map((direction, objective) => [direction.toUpperCase(), STUDY_ID, objective]),
  );
  const named = systemAttrs[METRIC_NAMES];
  // Where the extension looks for the names.
  const system = { ...systemAttrs, ...(named !== undefined && { 'dashboard:objective_names': named }) };
  insert(database, 'study_user_attributes', attributeRows(STUDY_ID, userAttrs));
  insert(database, 'study_system_attributes', attributeRows(STUDY_ID, system));
  database.run('BEGIN');
  const trial = database.prepare('INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?)');
  trials.forEach(({ id, state, start, complete }, number) => {
    trial.run([id, number, STUDY_ID, STATES[state], time(start), time(complete)]);
  });
  trial.free();
  const of = (rows: (trial: OptunaTrial) => Rows) => trials.flatMap((each) => [...rows(each)]);
  insert(
    database,
    'trial_params',
    of(({ id, params }) =>
      [...params].map(([name, { internal, distribution }]) => [id, name, internal, distribution]),
    ),
  );
  insert(
    database,
    'trial_values',
    of(({ id, values }) => (values ?? []).map((value, objective) => [id, objective, ...typed(value)])),
  );
  insert(
    database,
    'trial_intermediate_values',
    of(({ id, intermediate }) => [...intermediate].map(([step, value]) => [id, step, ...typed(value)])),
  );
  insert(
    database,
    'trial_user_attributes',
    of(({ id, userAttrs }) => attributeRows(id, userAttrs)),
  );
  insert(
    database,
    'trial_system_attributes',
    of(({ id, systemAttrs }) => attributeRows(id, systemAttrs)),
  );
  database.run('COMMIT');
}

type Rows = readonly (readonly SqlValue[])[];

/** `rows`: without the table's own key, which SQLite counts. */
function insert(database: Database, table: string, rows: Rows): void {
  const width = rows[0]?.length ?? 0;
  if (width === 0) return;
  const statement = database.prepare(`INSERT INTO ${table} VALUES (NULL${', ?'.repeat(width)})`);
  for (const row of rows) statement.run([...row]);
  statement.free();
}

const attributeRows = (id: number, attributes: Readonly<Record<string, Json>>): Rows =>
  Object.entries(attributes).map(([key, value]) => [id, key, printJson(value)]);

/** A number beside its kind, as Optuna keeps those that databases have no room for. */
function typed(value: number): readonly [number | null, string] {
  if (Number.isNaN(value)) return [null, 'NAN'];
  if (Number.isFinite(value)) return [value, 'FINITE'];
  return [null, value > 0 ? 'INF_POS' : 'INF_NEG'];
}

/** UTC without an offset, from ISO 8601 in UTC. */
const time = (iso: string | undefined): string | null =>
  iso === undefined ? null : iso.slice(0, 26).replace('T', ' ');
