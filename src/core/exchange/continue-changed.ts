/**
 * The beginning of a study whose space has changed: a new study with those trials of the old one that still map, as
 * Optuna's rules ask for (the distributions of a study's trials may not change). Trial 0 is the file's own values.
 */
import type { AnnotatedConfig } from '../annotation/annotated-config.js';
import type { JournalRecord } from '../study/journal/records.js';
import { type MigratedTrial, type Migration, migrate, migrationNotes } from '../study/migrate.js';
import { plainTrial } from '../study/packed/trials.js';
import type { EarlierTrial, Study } from '../study/trial.js';
import { fileFirst, type MappedTrial, repeated } from './continue-foreign.js';
import { recordsOfTrials } from './foreign-study.js';

/** Named as the sampler of trials that were taken over. */
const MIGRATED = 'migrated';

export interface Carried {
  /** To follow those that make the new study. */
  readonly records: readonly JournalRecord[];
  readonly notes: readonly string[];
}

/** The trials of `study` for a new study of `config`, and what its user should know of it. */
export function carryOver(worker: string, study: Study, config: AnnotatedConfig): Carried {
  const migration = migrate(study, config);
  const { kept } = migration;
  if (kept.length === 0) return { records: [], notes: said(study, migration, 'taken over') };
  const trials = fileFirst(
    kept.map((trial) => foreignTrial(study.name, trial)),
    config,
  );
  return {
    records: recordsOfTrials(worker, trials, config.space, study.environments),
    notes: said(study, migration, 'taken over'),
  };
}

/** The trials of another study for samplers to learn from, and what the user should know of it. */
export function learnFrom(
  study: Study,
  config: AnnotatedConfig,
): { readonly trials: readonly EarlierTrial[]; readonly notes: readonly string[] } {
  const migration = migrate(study, config);
  const trials = migration.kept.flatMap(({ from, params, objectives, reports }): EarlierTrial[] => {
    const { state, number } = from;
    if (from.marks?.excluded !== undefined) return [];
    if (state !== 'complete' && state !== 'pruned' && state !== 'failed') return [];
    const last = reports.at(-1);
    return [
      {
        from: `${study.name} #${number}`,
        state,
        params,
        values: from.values,
        ...(objectives && { objectives }),
        ...(last && { step: last.step, value: last.value }),
      },
    ];
  });
  return { trials, notes: said(study, migration, 'known to the sampler, and not counted') };
}

function said({ name }: Study, migration: Migration, what: string): readonly string[] {
  const { kept, dropped } = migration;
  const all = kept.length + [...dropped.values()].reduce((sum, numbers) => sum + numbers.length, 0);
  if (all === 0) return [];
  return [
    `${kept.length} of the ${all} trials of "${name}" ${kept.length === 1 ? 'is' : 'are'} ${what}.`,
    ...migrationNotes(name, migration),
  ];
}

function foreignTrial(study: string, { from, params, objectives, reports }: MigratedTrial): MappedTrial {
  const { id: _, number, ...rest } = plainTrial(from);
  const why = from.suggestion ? ` (${from.suggestion.reason})` : '';
  return {
    ...rest,
    params,
    reports,
    objectives,
    origin: number,
    suggestion: {
      sampler: MIGRATED,
      reason: `trial ${number} of ${study}${why}`,
      seen: 0,
      ...repeated(from.suggestion),
    },
  };
}
