/** All trials of a study as a Parquet table: a row each, typed columns, null where a trial has nothing to say. */
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import type { Json } from '../../core/json.js';
import type { Parameter } from '../../core/space/parameter.js';
import type { Study } from '../../core/study/trial.js';

function paramColumn(study: Study, name: string, parameter: Parameter): ColumnSource {
  const values = study.trials.map((trial) => trial.params[name]);
  switch (parameter.type) {
    case 'float':
    case 'int':
      return { name, data: values.map((value) => value ?? null), type: 'DOUBLE', nullable: true };
    case 'bool':
      return { name, data: values.map((value) => value ?? null), type: 'BOOLEAN', nullable: true };
    case 'categorical':
    case 'ordinal':
      return choiceColumn(name, values, parameter.choices);
  }
}

/** Of one kind as they are, else as texts; a list is its JSON. */
function choiceColumn(
  name: string,
  values: readonly (Json | undefined)[],
  choices: readonly Json[],
): ColumnSource {
  if (choices.every((choice) => typeof choice === 'number')) {
    return { name, data: values.map((value) => value ?? null), type: 'DOUBLE', nullable: true };
  }
  const text = (value: Json | undefined): string | null =>
    value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);
  return { name, data: values.map(text), type: 'STRING', nullable: true };
}

/** A metric that has the name of a parameter keeps it; the parameter gets `param.` before its own. */
export function parquetTable(study: Study): Uint8Array {
  const { trials, space } = study;
  const metrics = [...new Set(trials.flatMap(({ values }) => Object.keys(values)))].sort();
  const time = (at: string | undefined): Date | null => (at === undefined ? null : new Date(at));
  const fixed = ['number', 'state', 'startedAt', 'finishedAt', 'reason'];
  const taken = new Set([...metrics, ...fixed]);
  const columns: ColumnSource[] = [
    { name: 'number', data: trials.map((trial) => trial.number), type: 'INT32' },
    { name: 'state', data: trials.map(({ state }) => state), type: 'STRING' },
    ...Object.entries(space).map(([name, parameter]) => ({
      ...paramColumn(study, name, parameter),
      name: taken.has(name) ? `param.${name}` : name,
    })),
    ...metrics.map(
      (name): ColumnSource => ({
        name: fixed.includes(name) ? `metric.${name}` : name,
        data: trials.map(({ values }) => values[name] ?? null),
        type: 'DOUBLE',
        nullable: true,
      }),
    ),
    {
      name: 'startedAt',
      data: trials.map((trial) => time(trial.startedAt)),
      type: 'TIMESTAMP',
      nullable: true,
    },
    {
      name: 'finishedAt',
      data: trials.map((trial) => time(trial.finishedAt)),
      type: 'TIMESTAMP',
      nullable: true,
    },
    { name: 'reason', data: trials.map(({ reason }) => reason ?? null), type: 'STRING', nullable: true },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData: columns }));
}
