/**
 * What a sweep will take, from one short dry run: time, memory, and what is likely to go wrong. Pure arithmetic; the
 * dry run itself is the engine's work (engine/forecast.ts).
 */
import type { Parameter } from '../space/parameter.js';
import type { StopCriteria } from '../study/trial.js';

/** What one trial with the file's own values did until it ended or was ended. */
export interface DryRun {
  readonly seconds: number;
  /** Whether it came to its own end. */
  readonly ended: boolean;
  /** When each step was reported, in seconds from the start. */
  readonly steps: readonly number[];
  /** Steps that it would have made, where that is known. */
  readonly planned?: number;
  /** Most memory that it took at a time, in bytes; absent where the system does not say. */
  readonly memory?: number;
  readonly failure?: string;
  /** Seconds that each worker takes once, before its first trial. */
  readonly startup?: number;
}

export interface ForecastInput {
  readonly run: DryRun;
  readonly stop: StopCriteria;
  readonly workers: number;
  /** Parameters that say how many steps a trial makes, with the file's own value. */
  readonly epochs?: { readonly parameter: Parameter; readonly own: number };
  /** Memory of this machine, in bytes. */
  readonly machine: number;
}

export interface Forecast {
  /** Seconds of a trial with the file's values; absent where the dry run was ended before it could be told. */
  readonly trialSeconds?: number;
  /** Seconds of the whole sweep: with the fewest steps of every trial, and with the most. */
  readonly seconds?: { readonly low: number; readonly high: number };
  /** Trials that the sweep will make; absent where nothing says. */
  readonly trials?: number;
  /** Bytes at the peak, with every worker busy. */
  readonly memory?: number;
  readonly warnings: readonly string[];
}

/** A trial's time without its steps' ends: what came before the first, plus as many steps as are planned. */
export function trialSeconds({ seconds, ended, steps, planned }: DryRun): number | undefined {
  if (ended) return seconds;
  const [first, last] = [steps[0], steps.at(-1)];
  if (planned === undefined || first === undefined || last === undefined || steps.length < 2)
    return undefined;
  const perStep = (last - first) / (steps.length - 1);
  return first + (planned - 1) * perStep;
}

export function forecastOf({ run, stop, workers, epochs, machine }: ForecastInput): Forecast {
  const warnings: string[] = [];
  if (run.failure !== undefined) warnings.push(`The trial with the file's own values fails: ${run.failure}`);
  const one = run.failure === undefined ? trialSeconds(run) : undefined;
  const [fewest, most] = stepShares(epochs);
  const { startup = 0 } = run;
  let seconds: { low: number; high: number } | undefined;
  let { trials } = stop;
  if (one !== undefined && trials !== undefined) {
    const rounds = Math.ceil(trials / workers);
    seconds = { low: startup + rounds * one * fewest, high: startup + rounds * one * most };
  }
  if (stop.minutes !== undefined) {
    const limit = stop.minutes * 60;
    if (one !== undefined && (seconds === undefined || seconds.low > limit)) {
      const fitting = Math.floor((Math.max(0, limit - startup) / one) * workers);
      trials = Math.min(stop.trials ?? Infinity, Math.max(workers, fitting));
      const before = stop.trials === undefined ? '' : ` of ${stop.trials}`;
      const minutes = `${stop.minutes} minute${stop.minutes === 1 ? '' : 's'}`;
      warnings.push(`About ${trials}${before} trials fit into ${minutes}.`);
    }
    seconds = {
      low: Math.min(seconds?.low ?? limit, limit),
      high: Math.min(seconds?.high ?? limit, limit),
    };
  }
  if (stop.trialMinutes !== undefined && one !== undefined && one > stop.trialMinutes * 60) {
    warnings.push(
      `A trial takes longer than trialMinutes (${stop.trialMinutes}): every one like it would be ended.`,
    );
  }
  const busy = Math.min(workers, trials ?? workers);
  const memory = run.memory === undefined ? undefined : run.memory * busy;
  if (memory !== undefined && memory > machine * 0.9) {
    warnings.push(
      `${busy} trials at a time may need more memory than there is: fewer workers are safer (workers: ${Math.max(1, Math.floor((machine * 0.9) / (run.memory ?? 1)))}).`,
    );
  }
  return {
    ...(one === undefined ? {} : { trialSeconds: one }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(trials === undefined ? {} : { trials }),
    ...(memory === undefined ? {} : { memory }),
    warnings,
  };
}

/** How many of the file's steps a trial makes at least and at most on average over a sweep. */
function stepShares(epochs: ForecastInput['epochs']): readonly [number, number] {
  if (!epochs || (epochs.parameter.type !== 'int' && epochs.parameter.type !== 'float')) return [1, 1];
  const { low, high } = epochs.parameter;
  return [Math.min(1, low / epochs.own), Math.max(1, high / epochs.own)];
}
