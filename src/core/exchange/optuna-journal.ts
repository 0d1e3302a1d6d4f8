/**
 * Optuna's journal file read by Optuna's own rules (optuna/storages/journal/_storage.py): ids are positions over all
 * studies, what is invalid is passed over as every other worker does, and a last line without its end is still being
 * written.
 */
import type { Json, JsonObject } from '../json.js';
import { parseDistribution } from '../study/journal/distribution-json.js';
import { parseJson } from '../study/journal/line.js';
import { DirectionCode, StateCode } from '../study/journal/records.js';
import type { TrialState } from '../study/trial.js';
import { type OptunaStudy, type OptunaTrial, REPORTS, utc } from './optuna-study.js';

/** States by Optuna's numbers. */
const STATES: readonly TrialState[] = ['running', 'complete', 'pruned', 'failed', 'waiting'];
const FINISHED: readonly TrialState[] = ['complete', 'pruned', 'failed'];

interface OpenStudy {
  readonly name: string;
  readonly directions: readonly ('minimize' | 'maximize')[];
  readonly userAttrs: Record<string, Json>;
  readonly systemAttrs: Record<string, Json>;
  readonly trials: OptunaTrial[];
  /** The distribution that each parameter had first: later ones must be of its kind. */
  readonly kinds: Map<string, string>;
  deleted: boolean;
}

type Line = Record<string, Json> & { readonly op_code: number };

/** All studies that were not deleted, or what is wrong with the file: line and reason. */
export function readOptunaJournal(text: string): readonly OptunaStudy[] | string {
  const lines = text.split('\n');
  // What follows the last newline is not whole yet.
  lines.pop();
  const journal = new OptunaJournal();
  for (const [index, line] of lines.entries()) {
    let record: unknown;
    try {
      record = parseJson(line);
    } catch {
      return `line ${index + 1} is not JSON`;
    }
    if (typeof (record as { op_code?: unknown } | null)?.op_code !== 'number') {
      return `line ${index + 1} is not a record of a journal: it has no op_code`;
    }
    try {
      journal.apply(record as Line);
    } catch (error) {
      return `line ${index + 1} cannot be understood: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return journal.studies.filter(({ deleted }) => !deleted);
}

class OptunaJournal {
  readonly studies: OpenStudy[] = [];
  readonly #trials: { readonly trial: OptunaTrial; readonly study: OpenStudy }[] = [];

  apply(line: Line): void {
    switch (line.op_code) {
      case 0:
        this.#createStudy(line);
        return;
      case 1: {
        const study = this.#study(line);
        if (study) study.deleted = true;
        return;
      }
      case 2:
        Object.assign(this.#study(line)?.userAttrs ?? {}, line.user_attr);
        return;
      case 3:
        Object.assign(this.#study(line)?.systemAttrs ?? {}, line.system_attr);
        return;
      case 4:
        this.#createTrial(line);
        return;
      default:
        this.#changeTrial(line);
    }
  }

  #study({ study_id }: Line): OpenStudy | undefined {
    const study = this.studies[study_id as number];
    return study?.deleted ? undefined : study;
  }

  #createStudy(line: Line): void {
    const name = line.study_name as string;
    if (this.studies.some((study) => study.name === name && !study.deleted)) return;
    this.studies.push({
      name,
      directions: (line.directions as readonly number[]).map((code) =>
        code === DirectionCode.maximize ? 'maximize' : 'minimize',
      ),
      userAttrs: {},
      systemAttrs: {},
      trials: [],
      kinds: new Map(),
      deleted: false,
    });
  }

  #createTrial(line: Line): void {
    const study = this.#study(line);
    if (!study) return;
    const trial: OptunaTrial = {
      id: this.#trials.length,
      state: STATES[(line.state as number | undefined) ?? StateCode.running] ?? 'running',
      params: new Map(),
      values:
        (line.values as number[] | null | undefined) ?? (line.value == null ? null : [line.value as number]),
      intermediate: new Map(
        Object.entries((line.intermediate_values ?? {}) as Record<string, number>).map(([step, value]) => [
          Number(step),
          value,
        ]),
      ),
      userAttrs: { ...(line.user_attrs as JsonObject | undefined) },
      systemAttrs: { ...(line.system_attrs as JsonObject | undefined) },
    };
    this.#times(trial, line);
    const distributions = (line.distributions ?? {}) as Record<string, string>;
    for (const [name, internal] of Object.entries((line.params ?? {}) as Record<string, number>)) {
      this.#setParam(study, trial, name, internal, distributions[name] ?? '');
    }
    study.trials.push(trial);
    this.#trials.push({ trial, study });
  }

  #setParam(
    study: OpenStudy,
    trial: OptunaTrial,
    name: string,
    internal: number,
    distribution: string,
  ): void {
    const parsed = parseDistribution(distribution);
    const kind = JSON.stringify(
      parsed.type === 'categorical' ? parsed : [parsed.type, 'log' in parsed && parsed.log === true],
    );
    const first = study.kinds.get(name);
    if (first !== undefined && first !== kind) return;
    study.kinds.set(name, kind);
    trial.params.set(name, { internal, distribution });
  }

  #times(trial: OptunaTrial, line: Line): void {
    if (typeof line.datetime_start === 'string') trial.start = utc(line.datetime_start, 'local');
    if (typeof line.datetime_complete === 'string') trial.complete = utc(line.datetime_complete, 'local');
  }

  #changeTrial(line: Line): void {
    const { trial, study } = this.#trials[line.trial_id as number] ?? {};
    if (!trial || !study || study.deleted || FINISHED.includes(trial.state)) return;
    switch (line.op_code) {
      case 5:
        this.#setParam(
          study,
          trial,
          line.param_name as string,
          line.param_value_internal as number,
          line.distribution as string,
        );
        return;
      case 6: {
        const state = STATES[line.state as number] ?? trial.state;
        // Another worker was first.
        if (state === 'running' && trial.state !== 'waiting') return;
        trial.state = state;
        if (line.values) trial.values = line.values as readonly number[];
        this.#times(trial, line);
        return;
      }
      case 7:
        trial.intermediate.set(line.step as number, line.intermediate_value as number);
        // Ours: the other metrics of the step.
        if (line.metrics !== undefined) {
          trial.systemAttrs[REPORTS] = {
            ...(trial.systemAttrs[REPORTS] as JsonObject | undefined),
            [String(line.step)]: line.metrics,
          };
        }
        return;
      case 8:
        Object.assign(trial.userAttrs, line.user_attr);
        return;
      case 9:
        Object.assign(trial.systemAttrs, line.system_attr);
        return;
    }
  }
}
