/**
 * How good the suggestions are: `npm run bench:search -- [--quick] [--data DIR] [--sampler a,b] [--problems a,b]
 * [--seeds N] [--first-seed N] [--trials N] [--peers a,b] [--each] [--no-speed] [--live [--python PATH]]
 * [--json FILE] [--save FILE]`. Runs our samplers on every problem, scores them
 * (score.ts) beside the stored curves of others, where the data directory has such, and prints a table.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { PrunerChoice } from '../../src/core/pruners/names.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { samplers } from '../../src/core/samplers/registry.js';
import type { Sampler } from '../../src/core/samplers/sampler.js';
import type { Trial } from '../../src/core/study/trial.js';
import { analyticProblems } from './analytic.js';
import { externalProblems, type Run, storedRuns } from './external.js';
import { LIVE_SAMPLERS, type LiveSampler, startPeer } from './live.js';
import { multiObjective } from './multi.js';
import { multiFidelity } from './multi-fidelity.js';
import { checkFailure, type Problem } from './problem.js';
import { curves, mean, type Reference, type Score, scores } from './score.js';
import { type SpeedCase, suggestionTime } from './speed.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    data: { type: 'string' },
    sampler: { type: 'string' },
    problems: { type: 'string' },
    peers: { type: 'string' },
    seeds: { type: 'string' },
    'first-seed': { type: 'string', default: '0' },
    trials: { type: 'string' },
    json: { type: 'string' },
    save: { type: 'string' },
    each: { type: 'boolean', default: false },
    'no-speed': { type: 'boolean', default: false },
    live: { type: 'boolean', default: false },
    python: { type: 'string', default: '/usr/bin/python3' },
    'multi-objective': { type: 'boolean', default: false },
    'multi-fidelity': { type: 'boolean', default: false },
    /** For `--multi-fidelity`: pruners as JSON texts or names, and epochs of each study. */
    pruner: { type: 'string', multiple: true },
    epochs: { type: 'string', default: '2600' },
    workers: { type: 'string', default: '1' },
  },
});

const split = (list: string): string[] => list.split(',').filter(Boolean);

if (options['multi-objective']) {
  if (!options.data)
    throw new Error('The problems with several objectives need --data DIR; see bench/README.md.');
  const figures = multiObjective({
    data: options.data,
    samplers: split(options.sampler ?? 'random,nsga2,tpe,auto') as SamplerName[],
    problems: split(options.problems ?? 'all'),
    seeds: Number(options.seeds ?? 20),
    firstSeed: Number(options['first-seed']),
    trials: Number(options.trials ?? 100),
    workers: Number(options.workers),
  });
  if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  process.exit();
}

if (options['multi-fidelity']) {
  if (!options.data) throw new Error('Learning curves need --data DIR; see bench/README.md.');
  const pruners = options.pruner ?? [
    'none',
    'asha',
    '{"name":"asha","minResource":6}',
    'hyperband',
    'extrapolate',
  ];
  const figures = multiFidelity({
    data: options.data,
    samplers: split(options.sampler ?? 'auto'),
    pruners: pruners.map((one): PrunerChoice => (one.startsWith('{') ? JSON.parse(one) : one)),
    seeds: Number(options.seeds ?? 10),
    firstSeed: Number(options['first-seed']),
    epochs: Number(options.epochs),
  });
  if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  process.exit();
}

/** For comparing with published tables only; not part of the comparison. */
const VALIDATION_ONLY = /_pub$/;
/** The half of the problems on which constants may be chosen; the other half confirms the choice. */
const TUNING = new Set([
  'branin2',
  'ackley5',
  'rosenbrock5',
  'levy10',
  'cond_cash',
  'hpobench_phoneme',
  'hpolib_naval_propulsion',
  'lcbench_189873',
  'rbv2_xgboost_16',
]);

function wanted(problem: Problem): boolean {
  const names = options.problems ?? (options.quick ? 'branin2,hartmann6,cond_cash' : 'all');
  return split(names).some((name) => {
    if (name === 'all') return !VALIDATION_ONLY.test(problem.id);
    if (name === 'tuning') return TUNING.has(problem.id);
    if (name === 'confirming') return !TUNING.has(problem.id) && !VALIDATION_ONLY.test(problem.id);
    return name === problem.id || name === problem.group;
  });
}

const median = (xs: readonly number[]): number =>
  xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? Number.NaN;

function run(sampler: Sampler, problem: Problem, seed: number, count: number): Run {
  const trials: Trial[] = [];
  const ms: number[] = [];
  for (let number = 0; number < count; number++) {
    const start = performance.now();
    const suggestion = sampler.ask({ space: problem.space, directions: ['minimize'], trials, seed, number });
    ms.push(performance.now() - start);
    if (suggestion === 'exhausted') break;
    const { params } = suggestion;
    const value = problem.evaluate(params);
    trials.push({
      id: number,
      number,
      state: 'complete',
      params,
      objectives: [value],
      values: { value },
      reports: [],
      attributes: {},
    });
  }
  return {
    sampler: sampler.name,
    problem: problem.id,
    seed,
    y: trials.map((t) => t.objectives?.[0] ?? NaN),
    ms,
  };
}

const number = (x: number): string => x.toFixed(3);

function table(title: string, rows: readonly Score[], trials: number): void {
  console.log(`\n${title}: ${rows[0]?.problems ?? 0} problems`);
  const header = `sampler        seeds  area@30  area@60  area@${trials} (95 % interval)   LNR@30  LNR@${trials}  rank@30  @60   @${trials}`;
  console.log(header);
  for (const row of rows) {
    const [low, high] = row.interval.map(number);
    console.log(
      [
        row.sampler.padEnd(14),
        String(row.seeds).padStart(5),
        number(row.area30).padStart(8),
        number(row.area60).padStart(8),
        `${number(row.area)} [${low}, ${high}]`.padStart(22),
        number(row.lnr30).padStart(9),
        number(row.lnrEnd).padStart(7),
        ...row.ranks.map((rank) => rank.toFixed(2).padStart(7)),
      ].join(' '),
    );
  }
}

const problems = [...analyticProblems, ...(options.data ? externalProblems(options.data) : [])].filter(
  wanted,
);
for (const problem of problems) {
  const failure = checkFailure(problem);
  if (failure) throw new Error(`A problem is not what it should be: ${failure}.`);
}
console.log(`${problems.length} problems, all check vectors hold`);

const trials = Number(options.trials ?? (options.quick ? 40 : 100));
const seeds = Number(options.seeds ?? (options.quick ? 2 : 20));
const first = Number(options['first-seed']);
const names = split(options.sampler ?? 'random,tpe,auto') as SamplerName[];
const ours: Run[] = [];
for (const problem of problems) {
  for (const name of names) {
    const sampler = samplers[name];
    if (!sampler)
      throw new Error(`There is no sampler "${name}"; there are ${Object.keys(samplers).join(', ')}.`);
    const runs = Array.from({ length: seeds }, (_, k) => run(sampler, problem, first + k, trials));
    ours.push(...runs);
    if (options.each) {
      const own = curves(runs, new Map([[problem.id, problem]]), trials)
        .get(name)
        ?.get(problem.id);
      const areas = [...(own?.values() ?? [])].map(mean);
      const time = median(runs.flatMap(({ ms = [] }) => ms.slice(-10)));
      console.log(
        `${problem.id.padEnd(26)} ${name.padEnd(8)} area ${number(mean(areas))}  ${time.toFixed(2)} ms`,
      );
    }
  }
}
if (options.save) writeFileSync(options.save, JSON.stringify(ours));

const peers = new Set(split(options.peers ?? 'random,tpe_v5,tpe_mv,cmaes,gp'));
const stored = (options.data ? storedRuns(options.data) : [])
  .filter(({ sampler }) => peers.has(sampler))
  .map((one) => ({ ...one, sampler: `${one.sampler}*` }));
const references = new Map<string, Reference>(problems.map((problem) => [problem.id, problem]));
const peer = options.live ? await startPeer(options.python, process.cwd()) : undefined;
if (options.live && !peer)
  throw new Error(`${options.python} has no Optuna; name one that has with --python.`);
const live: Run[] = [];
for (const problem of peer ? problems : []) {
  for (const sampler of LIVE_SAMPLERS) {
    for (let k = 0; k < seeds; k++) {
      live.push((await peer?.search(sampler, problem, first + k, trials)) as Run);
    }
  }
}
if (peer) console.log(`live: Optuna ${peer.version}`);
const all = curves([...ours, ...stored, ...live], references, trials);
const results: { name: string; value: number; unit: string; versus: string | null; ratio: number | null }[] =
  [];
for (const group of ['all', 'numeric', 'mixed', 'conditional'] as const) {
  const ids = problems.filter((problem) => group === 'all' || problem.group === group).map(({ id }) => id);
  if (ids.length === 0) continue;
  const rows = scores(all, ids, trials);
  table(group, rows, trials);
  // The best of the others; without stored runs, random search.
  const best =
    rows.find(({ sampler }) => sampler.endsWith('*') && sampler !== 'random*') ??
    rows.find(({ sampler }) => sampler === 'random');
  for (const row of rows.filter(({ sampler }) => !/[*]$| live$/.test(sampler))) {
    results.push({
      name: `${row.sampler}: area under the log-regret curve at ${trials} trials, ${group} problems`,
      value: row.area,
      unit: '0 to 1, lower is better',
      versus: best ? `${best.sampler.replace('*', ' (stored runs)')}: ${number(best.area)}` : null,
      ratio: best ? row.area / best.area : null,
    });
  }
}
if (stored.length > 0) console.log('\n* stored runs of other optimisers; see bench/README.md');
console.log('\nmilliseconds of processor time per suggestion, ten parameters, median; Optuna beside it');
const { auto, cmaes, gp, rf, tpe } = samplers;
const cases: readonly (SpeedCase & { readonly live?: LiveSampler })[] = [
  { sampler: tpe, trials: 100, peer: 3.3, live: 'tpe' },
  { sampler: tpe, trials: 1000, peer: 11, live: 'tpe' },
  { sampler: cmaes, trials: 1000, live: 'cmaes' },
  { sampler: rf, trials: 300 },
  { sampler: gp, trials: 100, peer: 74 },
  { sampler: gp, trials: 300, peer: 2112 },
  { sampler: auto, trials: 10_000 },
];
for (const one of options['no-speed'] ? [] : cases) {
  const { sampler, trials: n, peer: known } = one;
  const time = suggestionTime(one);
  const now = peer && one.live ? await peer.suggestionTime(one.live, n) : undefined;
  console.log(
    `${sampler.name.padEnd(5)} ${String(n).padStart(6)} trials ${time.toFixed(2).padStart(8)}${known ? `  ${known}` : ''}${now ? `  live ${now.toFixed(2)}` : ''}`,
  );
  results.push({
    name: `${sampler.name}: processor time per suggestion after ${n} trials, 10 parameters`,
    value: time,
    unit: 'ms',
    versus: now
      ? `Optuna ${peer?.version} ${sampler.name.toUpperCase()} in the same run: ${now.toFixed(2)} ms`
      : known
        ? `Optuna ${sampler.name.toUpperCase()}: ${known} ms`
        : null,
    ratio: now ? time / now : known ? time / known : null,
  });
}
peer?.close();
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
