/** `run --forecast`: what the sweep will take, from one short dry run, in words or as JSON. Starts no study. */
import { resolve } from 'node:path';
import type { Forecast } from '../core/analysis/forecast.js';
import { formatBytes, formatDuration } from '../core/format.js';
import { gridText } from '../core/samplers/grid.js';
import { type ForecastResult, forecast } from '../engine/forecast.js';
import { interruption } from './interrupt.js';
import { UsageError } from './open-study.js';
import { ExitCode } from './output.js';
import type { RunOptions } from './run.js';

export async function printForecast(config: string, options: RunOptions): Promise<void> {
  const { trials, workers } = options;
  const result = await forecast({
    configFile: resolve(config),
    backend: options.backend,
    tensorflowFolders: [process.cwd()],
    signal: interruption(),
    ...(trials === undefined ? {} : { trials }),
    ...(workers === undefined ? {} : { workers }),
  });
  if (result.kind === 'error') throw new UsageError(result.message, ExitCode.usage);
  if (options.json) {
    const { forecast: found, run, workers: at, grid } = result;
    console.log(
      JSON.stringify({ ...found, workers: at, ...(grid === undefined ? {} : { grid }), dryRun: run }),
    );
  } else console.log(forecastLines(result).join('\n'));
  if (result.run.failure !== undefined) process.exitCode = ExitCode.failed;
}

function forecastLines({
  forecast: found,
  run,
  workers,
  grid,
}: Extract<ForecastResult, { kind: 'forecast' }>) {
  const tried = run.ended
    ? ''
    : ` (${run.steps.length}${run.planned === undefined ? '' : ` of ${run.planned}`} steps were tried)`;
  const memory = run.memory === undefined ? '' : `, ${formatBytes(run.memory)}`;
  const one =
    run.failure !== undefined
      ? []
      : [
          found.trialSeconds === undefined
            ? `A trial with the values in the file takes more than ${formatDuration(run.seconds * 1000)}${memory}${tried}.`
            : `A trial with the values in the file takes about ${formatDuration(found.trialSeconds * 1000)}${memory}${tried}.`,
        ];
  return [
    ...one,
    ...(grid === undefined ? [] : [gridText(grid)]),
    ...whole(found, workers),
    ...found.warnings,
  ];
}

function whole({ seconds, trials, memory }: Forecast, workers: number): readonly string[] {
  const at = `${workers} at a time`;
  if (!seconds) {
    return trials === undefined ? ['How many trials there will be is open.'] : [`${trials} trials, ${at}.`];
  }
  const [low, high] = [formatDuration(seconds.low * 1000), formatDuration(seconds.high * 1000)];
  const range = low === high ? `about ${high}` : `${low} to ${high}`;
  const peak = memory === undefined ? '' : `, up to about ${formatBytes(memory)}`;
  return [`${trials === undefined ? 'The sweep' : `${trials} trials`}, ${at}: ${range}${peak}.`];
}
