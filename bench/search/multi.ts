/**
 * Several objectives: `npm run bench:search -- --multi-objective --data DIR [--sampler a,b] [--problems a,b] [--seeds N]
 * [--first-seed N] [--trials N] [--json FILE]`. The hypervolume that our samplers reach on the problems of
 * DIR/problems_mo.json after 30 and 100 trials, beside the stored figures of Optuna (DIR/baseline_mfmo.json). Objectives
 * are scaled as the file says, the reference is (1, 1): a mean over seeds, higher is better.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../src/core/json.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { samplers } from '../../src/core/samplers/registry.js';
import type { Sampler } from '../../src/core/samplers/sampler.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { hypervolume } from '../../src/core/study/hypervolume.js';
import type { Trial } from '../../src/core/study/trial.js';
import { evaluator } from './external.js';
import { type ProblemRecord, spaceOf } from './problem.js';

export interface MultiOptions {
  readonly data: string;
  readonly samplers: readonly SamplerName[];
  readonly problems: readonly string[];
  readonly seeds: number;
  readonly firstSeed: number;
  readonly trials: number;
  /** Trials that run at once: so many results are not in yet when a point is asked for. */
  readonly workers: number;
}

interface MultiRecord extends ProblemRecord {
  readonly objectives?: readonly {
    readonly target: string;
    readonly offset: number;
    readonly scale: number;
  }[];
}

interface MultiProblem {
  readonly id: string;
  readonly space: Space;
  readonly evaluate: (params: Params) => readonly number[];
  readonly scale: (values: readonly number[]) => readonly number[];
}

/** The half of the problems on which constants may be chosen; the other half confirms the choice. */
const TUNING = new Set(['mo_rbv2_rpart_40499', 'mo_zdt2_8']);

/** Zitzler, Deb and Thiele, "Comparison of multiobjective evolutionary algorithms" (2000), test function T2. */
function zdt2(params: Params): readonly number[] {
  const [first = 0, ...rest] = Object.values(params) as readonly number[];
  const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length;
  return [first, g * (1 - (first / g) ** 2)];
}

function problemsOf(dir: string): readonly MultiProblem[] {
  const file = JSON.parse(readFileSync(join(dir, 'problems_mo.json'), 'utf8')) as {
    problems: readonly MultiRecord[];
    scaling: Readonly<Record<string, { lo: readonly number[]; hi: readonly number[] }>>;
  };
  return file.problems.map((record) => {
    const { lo, hi } = file.scaling[record.id] ?? { lo: [0, 0], hi: [1, 1] };
    const parts = (record.objectives ?? []).map((objective) =>
      evaluator({ ...record, fn: { ...record.fn, ...objective } }, join(dir, 'data')),
    );
    return {
      id: record.id,
      space: spaceOf(record.params),
      evaluate: parts.length === 0 ? zdt2 : (params) => parts.map((part) => part(params)),
      scale: (values) =>
        values.map((y, m) => Math.max(0, (y - (lo[m] as number)) / ((hi[m] as number) - (lo[m] as number)))),
    };
  });
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
  const finish = (number: number): void => {
    const trial = trials[number];
    if (!trial) return;
    const objectives = problem.evaluate(trial.params as Readonly<Record<string, Json>>);
    trials[number] = { ...trial, state: 'complete', objectives };
    points.push(problem.scale(objectives));
    volumes.push(hypervolume(points, [1, 1]));
  };
  for (let number = 0; number < count; number++) {
    const asked = sampler.ask({
      space: problem.space,
      directions: ['minimize', 'minimize'],
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

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const at = (volumes: readonly number[], trial: number): number =>
  volumes[Math.min(trial, volumes.length) - 1] ?? 0;

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly versus: string | null;
  readonly ratio: number | null;
}

/** Prints the table; the figures for a report. */
export function multiObjective(options: MultiOptions): readonly Result[] {
  const stored = JSON.parse(readFileSync(join(options.data, 'baseline_mfmo.json'), 'utf8')) as {
    multi_objective: Readonly<Record<string, { hv30: number; hv100: number }>>;
  };
  const results: Result[] = [];
  const wanted = problemsOf(options.data).filter(({ id }) =>
    options.problems.some(
      (name) =>
        name === 'all' ||
        name === id ||
        (name === 'tuning' ? TUNING.has(id) : name === 'confirming' && !TUNING.has(id)),
    ),
  );
  for (const problem of wanted) {
    const peers = Object.entries(stored.multi_objective)
      .filter(([key]) => key.startsWith(`${problem.id}|`))
      .map(([key, { hv30, hv100 }]) => ({ name: `${key.split('|')[1]}*`, hv30, hv100 }));
    const best = Math.max(...peers.map(({ hv100 }) => hv100));
    console.log(`\n${problem.id} (${TUNING.has(problem.id) ? 'tuning' : 'confirming'} half): hypervolume`);
    const line = (name: string, hv30: number, hv100: number, more = ''): void =>
      console.log(`${name.padEnd(16)} @30 ${hv30.toFixed(4)}  @${options.trials} ${hv100.toFixed(4)}${more}`);
    for (const name of options.samplers) {
      const runs = Array.from({ length: options.seeds }, (_, k) =>
        run(samplers[name], problem, options.firstSeed + k, options.trials, options.workers),
      );
      const hv30 = mean(runs.map((volumes) => at(volumes, 30)));
      const ends = runs.map((volumes) => at(volumes, options.trials));
      const value = mean(ends);
      const sd = Math.sqrt(mean(ends.map((x) => (x - value) ** 2)));
      line(name, hv30, value, `  sd ${sd.toFixed(4)}`);
      results.push({
        name: `${name}: hypervolume after ${options.trials} trials, ${problem.id}`,
        value,
        unit: 'share of the scaled box, higher is better',
        versus: options.trials === 100 ? `the best of Optuna (stored): ${best}` : null,
        ratio: options.trials === 100 ? value / best : null,
      });
    }
    for (const { name, hv30, hv100 } of peers.sort((a, b) => b.hv100 - a.hv100)) line(name, hv30, hv100);
  }
  console.log('\n* stored figures of Optuna, at 30 and 100 trials; see bench/README.md');
  return results;
}
