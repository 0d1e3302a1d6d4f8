/**
 * The dry run of a forecast: one trial with the file's own values in a folder that is thrown away, ended as soon as it
 * has said enough. Writes no journal and makes no study.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DryRun, type Forecast, forecastOf } from '../core/analysis/forecast.js';
import type { SweepSettings } from '../core/annotation/annotated-config.js';
import type { Json } from '../core/json.js';
import { derivedSeed } from '../core/random.js';
import { gridSize } from '../core/samplers/grid.js';
import { activeParameters } from '../core/space/condition.js';
import { allowance } from '../core/space/constraint.js';
import { readConfig } from './config-file.js';
import { slots } from './engine.js';
import { cgroupLimits } from './environment/limits.js';
import type { AttemptResult } from './executors/executor.js';
import { LocalExecutor } from './executors/local.js';
import { UsageMeter } from './processes/usage.js';
import { specOf, withParams } from './runner/attempt-spec.js';
import { neverReported } from './runner/trial-outcome.js';

export interface ForecastRequest {
  readonly configFile: string;
  readonly trials?: number;
  readonly workers?: number;
  readonly backend: 'auto' | 'embedded' | 'native';
  readonly tensorflowFolders: readonly string[];
  readonly signal?: AbortSignal;
}

export type ForecastResult =
  | {
      readonly kind: 'forecast';
      readonly forecast: Forecast;
      readonly run: DryRun;
      readonly workers: number;
      /** Points of the grid, where the study's sampler walks one. */
      readonly grid?: number;
    }
  | { readonly kind: 'error'; readonly message: string };

/** A dry run is ended after so many milliseconds, or after so many steps beyond the first. */
const LONGEST = 20_000;
const ENOUGH_STEPS = 8;
const LOOK_EVERY = 250;
/** A first try that trains for less than so many seconds is worth a second. */
const AGAIN = 8;

interface Attempted {
  readonly result: AttemptResult;
  readonly seconds: number;
  /** Of them after its worker was ready. */
  readonly training: number;
  readonly steps: readonly number[];
  /** Each metric as it was reported last. */
  readonly reached: Readonly<Record<string, number>>;
}

export async function forecast(request: ForecastRequest): Promise<ForecastResult> {
  const read = await readConfig(request.configFile);
  if (read.kind === 'error') return { kind: 'error', message: read.message };
  const { config, text } = read;
  const { sweep, space, baseline } = config;
  const params = Object.fromEntries(
    activeParameters(space, baseline).map((name): [string, Json] => [name, baseline[name] ?? null]),
  );
  const folder = await mkdtemp(join(tmpdir(), 'sweetspot-forecast-'));
  const executor = new LocalExecutor(1, fileURLToPath(new URL('./trial.js', import.meta.url)));
  const meter = new UsageMeter(process.pid);
  const own = process.memoryUsage().rss;
  let memory: number | undefined;
  const timer = setInterval(async () => {
    const usage = await meter.measure();
    if (usage) memory = Math.max(memory ?? 0, usage.memory - own);
  }, LOOK_EVERY);
  const end = (): void => executor.cancel(0);
  const limit = setTimeout(end, LONGEST);
  request.signal?.addEventListener('abort', end);
  try {
    const declared = declaredEpochs(config.data);
    const { configFile, backend, tensorflowFolders } = request;
    const context = { config, text, configFile, backend, tensorflowFolders };
    const attempt = async (number: number): Promise<Attempted> => {
      const from = performance.now();
      const since = (): number => (performance.now() - from) / 1000;
      const steps: number[] = [];
      const reached: Record<string, number> = {};
      let begun = 0;
      const result = await executor.run(
        specOf(
          context,
          {
            trial: 0,
            attempt: number,
            params,
            seed: derivedSeed(sweep.seed ?? 0, 0, 'training'),
            folder: join(folder, String(number)),
          },
          withParams(context, params),
        ),
        {
          started: () => {
            begun = since();
          },
          report: async (_step, metrics) => {
            steps.push(since());
            Object.assign(reached, metrics);
            return declared !== undefined && steps.length > ENOUGH_STEPS && steps.length < declared;
          },
        },
      );
      return { result, seconds: since(), training: since() - begun, steps, reached };
    };
    const first = await attempt(1);
    // Starting a worker is paid once, not by every trial: a short trial is tried again in the one that is warm.
    const again = first.result.kind === 'finished' && first.training < AGAIN && !request.signal?.aborted;
    const last = again ? await attempt(2) : first;
    const { result, seconds, steps } = last;
    const run: DryRun = {
      seconds,
      ended: result.kind === 'finished' && !result.stopped,
      steps,
      startup: Math.max(0, first.seconds - seconds),
      ...(declared === undefined ? {} : { planned: declared }),
      ...(memory === undefined ? {} : { memory }),
      ...failureOf(last, sweep),
    };
    const asked = request.workers ?? sweep.workers;
    const workers = slots(asked === undefined ? {} : { workers: asked });
    const epochs = config.tuned.find(({ path }) => path === 'training.epochs');
    const parameter = epochs && space[epochs.name];
    return {
      kind: 'forecast',
      run,
      workers,
      forecast: forecastOf({
        run,
        stop: request.trials === undefined ? sweep.stop : { ...sweep.stop, trials: request.trials },
        workers,
        machine: Math.min(totalmem(), cgroupLimits().memory ?? Number.POSITIVE_INFINITY),
        ...(parameter && declared !== undefined ? { epochs: { parameter, own: declared } } : {}),
      }),
      ...(sweep.sampler === 'grid' ? { grid: gridSize(space, allowance(sweep.constraints)) } : {}),
    };
  } finally {
    clearInterval(timer);
    clearTimeout(limit);
    request.signal?.removeEventListener('abort', end);
    await executor.dispose();
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Why the trial would not complete; a training that was not waited for may still report what it has to. */
function failureOf(
  { result, reached }: Attempted,
  { objectives, trainer }: SweepSettings,
): Pick<DryRun, 'failure'> {
  if (result.kind === 'failed') return { failure: result.error };
  if (result.kind === 'interrupted') return { failure: result.reason };
  if (result.kind !== 'finished' || result.stopped) return {};
  const values = { ...reached, ...result.values };
  const missing = objectives.find(({ metric }) => !(metric in values))?.metric;
  return missing === undefined ? {} : { failure: neverReported(missing, values, trainer.kind === 'command') };
}

/** `training.epochs` of a declarative config, with which a trial's steps are known. */
function declaredEpochs(config: Json): number | undefined {
  const training =
    typeof config === 'object' && config !== null && 'training' in config ? config.training : null;
  const epochs =
    typeof training === 'object' && training !== null && 'epochs' in training ? training.epochs : undefined;
  return typeof epochs === 'number' ? epochs : undefined;
}
