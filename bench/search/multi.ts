/**
 * Several objectives: `npm run bench:search -- --multi-objective --data DIR [--sampler a,b] [--problems a,b] [--seeds N]
 * [--first-seed N] [--trials N] [--workers N] [--live [--python PATH] [--peers a,b]] [--json FILE]`. The hypervolume that our
 * samplers reach on the problems of objective-problems.ts after 30 trials and at the end, beside the stored figures of Optuna
 * (DIR/baseline_mfmo.json), or Optuna itself. Objectives are scaled, the reference is 1 in each: a mean over seeds,
 * higher is better.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../src/core/json.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { samplers } from '../../src/core/samplers/registry.js';
import type { Sampler } from '../../src/core/samplers/sampler.js';
import { hypervolume } from '../../src/core/study/objectives/hypervolume.js';
import type { Trial } from '../../src/core/study/trial.js';
import { type ManyPeer, startManyPeer } from './live-many.js';
import { type MultiProblem, objectiveProblems } from './objective-problems.js';
import { mean } from './score.js';

export interface MultiOptions {
  readonly data: string;
  readonly samplers: readonly SamplerName[];
  readonly problems: readonly string[];
  readonly seeds: number;
  readonly firstSeed: number;
  readonly trials: number;
  /** Trials that run at once: so many results are not in yet when a point is asked for. */
  readonly workers: number;
  /** The Python whose Optuna runs beside, and as what. */
  readonly live?: { readonly python: string; readonly peers: readonly string[] };
}

/** Hypervolume after every trial. */
function run(
  sampler: Sampler,
  problem: MultiProblem,
  seed: number,
  count: number,
  workers: number,
): readonly number[] {
  const trials: Trial[] = [];
  const volumes: number[] = [];
  const points: (readonly number[])[] = [];
  const corner = Array.from({ length: problem.count }, () => 1);
  const finish = (number: number): void => {
    const trial = trials[number];
    if (!trial) return;
    const objectives = problem.evaluate(trial.params as Readonly<Record<string, Json>>);
    trials[number] = { ...trial, state: 'complete', objectives };
    points.push(problem.scale(objectives));
    volumes.push(hypervolume(points, corner));
  };
  for (let number = 0; number < count; number++) {
    const asked = sampler.ask({
      space: problem.space,
      directions: corner.map(() => 'minimize'),
      trials: [...trials],
      seed,
      number,
    });
    if (asked === 'exhausted') break;
    trials.push({
      id: number,
      number,
      state: 'running',
      params: asked.params,
      values: {},
      reports: [],
      attributes: {},
    });
    finish(number - workers + 1);
  }
  for (let number = trials.length - workers + 1; number < trials.length; number++)
    if (number >= 0) finish(number);
  return volumes;
}

const at = (volumes: readonly number[], trial: number): number =>
  volumes[Math.min(trial, volumes.length) - 1] ?? 0;

/** The same of Optuna. */
async function runPeer(
  peer: ManyPeer,
  sampler: string,
  problem: MultiProblem,
  seed: number,
  trials: number,
): Promise<readonly number[]> {
  const { space, count } = problem;
  const volumes: number[] = [];
  const points: (readonly number[])[] = [];
  const corner = Array.from({ length: count }, () => 1);
  await peer.objectives({ sampler, seed, space, trials, count }, (params) => {
    const values = problem.evaluate(params);
    points.push(problem.scale(values));
    volumes.push(hypervolume(points, corner));
    return values;
  });
  return volumes;
}

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly versus: string | null;
  readonly ratio: number | null;
}

/** Prints the table; the figures for a report. */
export async function multiObjective(options: MultiOptions): Promise<readonly Result[]> {
  const { data, seeds, firstSeed, trials, workers } = options;
  const stored = JSON.parse(readFileSync(join(data, 'baseline_mfmo.json'), 'utf8')) as {
    multi_objective: Readonly<Record<string, { hv30: number; hv100: number }>>;
  };
  const peer = options.live && (await startManyPeer(options.live.python, process.cwd()));
  if (options.live && !peer)
    throw new Error(`${options.live.python} has no Optuna; name one that has with --python.`);
  if (peer) console.log(`live: Optuna ${peer.version}`);
  const results: Result[] = [];
  const wanted = objectiveProblems(data).filter(({ id, half, count }) =>
    options.problems.some(
      (name) => name === 'all' || name === id || name === half || name === `${count}-objectives`,
    ),
  );
  for (const problem of wanted) {
    const peers = Object.entries(stored.multi_objective)
      .filter(([key]) => key.startsWith(`${problem.id}|`))
      .map(([key, { hv30, hv100 }]) => ({ name: `${key.split('|')[1]}*`, hv30, hv100 }));
    console.log(`\n${problem.id} (${problem.half} half): hypervolume`);
    const line = (name: string, hv30: number, end: number, more = ''): void =>
      console.log(`${name.padEnd(16)} @30 ${hv30.toFixed(4)}  @${trials} ${end.toFixed(4)}${more}`);
    const tell = (name: string, runs: readonly (readonly number[])[]): number => {
      const ends = runs.map((volumes) => at(volumes, trials));
      const value = mean(ends);
      const error = Math.sqrt(mean(ends.map((x) => (x - value) ** 2)) / Math.max(1, ends.length - 1));
      line(name, mean(runs.map((volumes) => at(volumes, 30))), value, `  ± ${error.toFixed(4)}`);
      return value;
    };
    let best: { readonly name: string; readonly value: number } | undefined;
    const beat = (name: string, value: number): void => {
      if (!best || value > best.value) best = { name, value };
    };
    for (const { name, hv30, hv100 } of peers.sort((a, b) => b.hv100 - a.hv100)) {
      if (trials === 100) beat(name, hv100);
      line(name, hv30, hv100);
    }
    for (const name of (peer && options.live?.peers) || []) {
      const runs: (readonly number[])[] = [];
      for (let k = 0; k < seeds; k++)
        runs.push(await runPeer(peer as ManyPeer, name, problem, firstSeed + k, trials));
      beat(`${name} live`, tell(`${name} live`, runs));
    }
    for (const name of options.samplers) {
      const runs = Array.from({ length: seeds }, (_, k) =>
        run(samplers[name], problem, firstSeed + k, trials, workers),
      );
      const value = tell(name, runs);
      results.push({
        name: `${name}: hypervolume after ${trials} trials, ${problem.id}`,
        value,
        unit: 'share of the scaled box, higher is better',
        versus: best ? `the best of Optuna, ${best.name}: ${best.value.toFixed(4)}` : null,
        ratio: best ? value / best.value : null,
      });
    }
  }
  peer?.close();
  console.log(
    '\n* stored figures of Optuna, at 30 and 100 trials; see bench/README.md. ± is a standard error.',
  );
  return results;
}
