/**
 * How good the suggestions are: `npm run bench:search -- [--quick] [--data DIR …] [--sampler a,b] [--problems a,b]
 * [--seeds N] [--first-seed N] [--trials N] [--workers N] [--peers a,b] [--each] [--no-speed]
 * [--live [--live-sampler a,b] [--python PATH]] [--json FILE] [--save FILE] [--runs FILE …]`. Runs our samplers on
 * every problem, scores them (score.ts) beside the stored curves of others, where the data directory has such, and
 * prints a table. What `--save` has written, `--runs` reads again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { PrunerChoice } from '../../src/core/pruners/names.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { samplers } from '../../src/core/samplers/registry.js';
import { analyticProblems } from './analytic.js';
import { externalProblems, type Run, storedRuns } from './external.js';
import { type LiveSampler, startPeer } from './live.js';
import { multiObjective } from './multi.js';
import { multiFidelity } from './multi-fidelity.js';
import { checkFailure, type Problem } from './problem.js';
import { run } from './run.js';
import { checkpoints, curves, difference, mean, type Reference, type Score, scores } from './score.js';
import { type SpeedCase, suggestionTime } from './speed.js';
import { unseenProblems } from './unseen.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    data: { type: 'string', multiple: true },
    sampler: { type: 'string' },
    problems: { type: 'string' },
    peers: { type: 'string' },
    seeds: { type: 'string' },
    'first-seed': { type: 'string', default: '0' },
    trials: { type: 'string' },
    json: { type: 'string' },
    save: { type: 'string' },
    runs: { type: 'string', multiple: true, default: [] },
    each: { type: 'boolean', default: false },
    'no-speed': { type: 'boolean', default: false },
    live: { type: 'boolean', default: false },
    'live-sampler': { type: 'string', default: 'random,tpe,tpe_mv,cmaes' },
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

const [data] = options.data ?? [];

if (options['multi-objective']) {
  if (!data) throw new Error('The problems with several objectives need --data DIR; see bench/README.md.');
  const figures = await multiObjective({
    data,
    samplers: split(options.sampler ?? 'random,nsga2,tpe,auto') as SamplerName[],
    problems: split(options.problems ?? 'all'),
    seeds: Number(options.seeds ?? 20),
    firstSeed: Number(options['first-seed']),
    trials: Number(options.trials ?? 100),
    workers: Number(options.workers),
    ...(options.live && {
      live: { python: options.python, peers: split(options.peers ?? 'tpe,nsga2,nsga3,gp') },
    }),
  });
  if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  process.exit();
}

if (options['multi-fidelity']) {
  if (!data) throw new Error('Learning curves need --data DIR; see bench/README.md.');
  const pruners = options.pruner ?? ['none', 'asha', 'hyperband', 'extrapolate'];
  const figures = await multiFidelity({
    data,
    samplers: split(options.sampler ?? 'auto'),
    problems: split(options.problems ?? 'all'),
    pruners: pruners.map((one): PrunerChoice => (one.startsWith('{') ? JSON.parse(one) : one)),
    seeds: Number(options.seeds ?? 10),
    firstSeed: Number(options['first-seed']),
    epochs: Number(options.epochs),
    ...(options.live && {
      live: {
        python: options.python,
        peers: split(options.peers ?? 'tpe+none,tpe+hyperband,tpe+sha,tpe+median,gp+none'),
      },
    }),
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

function wanted(problem: Problem & { readonly half?: string }): boolean {
  const names = options.problems ?? (options.quick ? 'branin2,hartmann6,cond_cash' : 'all');
  const { id, group, half } = problem;
  return split(names).some((name) => {
    if (name === id) return true;
    if (name === 'unseen') return half !== undefined;
    if (name === 'unseen-tuning' || name === 'unseen-confirming') return name === `unseen-${half}`;
    if (half !== undefined || VALIDATION_ONLY.test(id)) return false;
    if (name === 'tuning') return TUNING.has(id);
    if (name === 'confirming') return !TUNING.has(id);
    return name === 'all' || name === group;
  });
}

const median = (xs: readonly number[]): number =>
  xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? Number.NaN;

/** Whether `auto` is ahead of each of the others, at each number of trials. */
function compare(ids: readonly string[]): void {
  const own = all.get('auto');
  for (const [name, other] of own ? all : []) {
    if (name === 'auto' || !own || !ids.every((id) => other.has(id))) continue;
    const said = checkpoints(trials).map((t) => {
      const { mean: by, interval } = difference(own, other, ids, t);
      return `@${t} ${number(by)} [${interval.map(number).join(', ')}]`;
    });
    console.log(`  auto less ${name.padEnd(12)} ${said.join('  ')}`);
  }
}

const number = (x: number): string => x.toFixed(3);

function table(title: string, rows: readonly Score[]): void {
  const at = rows[0]?.at ?? [];
  console.log(`\n${title}: ${rows[0]?.problems ?? 0} problems`);
  const columns = (name: string): string => at.map((t) => `${name}@${t}`.padStart(8)).join(' ');
  console.log(
    `sampler        seeds ${columns('area')}  (95 % interval) ${columns('LNR')} ${columns('rank')}  (95 %)`,
  );
  for (const { sampler, seeds, areas, interval, lnr, ranks, rankInterval } of rows) {
    const numbers = (xs: readonly number[]): string => xs.map((x) => number(x).padStart(8)).join(' ');
    const between = (ends: readonly number[]): string => `[${ends.map(number).join(', ')}]`;
    console.log(
      `${sampler.padEnd(14)} ${String(seeds).padStart(5)} ${numbers(areas)}  ${between(interval)}  ${numbers(lnr)} ${numbers(ranks)}  ${between(rankInterval)}`,
    );
  }
}

const problems = [
  ...analyticProblems,
  ...unseenProblems,
  ...(options.data ?? []).flatMap((dir) => externalProblems(dir)),
].filter(wanted);
for (const problem of problems) {
  const failure = checkFailure(problem);
  if (failure) throw new Error(`A problem is not what it should be: ${failure}.`);
}
console.log(`${problems.length} problems, all check vectors hold`);

const trials = Number(options.trials ?? (options.quick ? 40 : 100));
const seeds = Number(options.seeds ?? (options.quick ? 2 : 20));
const first = Number(options['first-seed']);
const atATime = Number(options.workers);
const names = split(options.sampler ?? 'random,tpe,auto') as SamplerName[];
const ours: Run[] = [];
for (const problem of problems) {
  for (const name of names) {
    const sampler = samplers[name];
    if (!sampler)
      throw new Error(`There is no sampler "${name}"; there are ${Object.keys(samplers).join(', ')}.`);
    const runs = Array.from({ length: seeds }, (_, k) => run(sampler, problem, first + k, trials, atATime));
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
const peers = new Set(split(options.peers ?? 'random,tpe_v5,tpe_mv,cmaes,gp'));
const stored = (options.data ?? [])
  .flatMap((dir) => storedRuns(dir))
  .filter(({ sampler }) => peers.has(sampler))
  .map((one) => ({ ...one, sampler: `${one.sampler}*` }));
const references = new Map<string, Reference>(problems.map((problem) => [problem.id, problem]));
const peer = options.live ? await startPeer(options.python, process.cwd()) : undefined;
if (options.live && !peer)
  throw new Error(`${options.python} has no Optuna; name one that has with --python.`);
const live: Run[] = [];
const wantedLive = split(options['live-sampler']).filter((name) =>
  peer?.samplers.includes(name as LiveSampler),
) as LiveSampler[];
for (const problem of peer ? problems : []) {
  for (const sampler of wantedLive) {
    for (let k = 0; k < seeds; k++) {
      live.push((await peer?.search(sampler, problem, first + k, trials, atATime)) as Run);
    }
  }
}
if (peer) console.log(`live: Optuna ${peer.version}`);
if (options.save) writeFileSync(options.save, JSON.stringify([...ours, ...live]));
const earlier = options.runs.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Run[]);
const all = curves([...ours, ...stored, ...live, ...earlier], references, trials);
const results: { name: string; value: number; unit: string; versus: string | null; ratio: number | null }[] =
  [];
for (const group of ['all', 'numeric', 'mixed', 'conditional'] as const) {
  const ids = problems.filter((problem) => group === 'all' || problem.group === group).map(({ id }) => id);
  if (ids.length === 0) continue;
  const rows = scores(all, ids, trials);
  table(group, rows);
  compare(ids);
  // The best of the others; without stored runs, random search.
  const best =
    rows.find(({ sampler }) => sampler.endsWith('*') && sampler !== 'random*') ??
    rows.find(({ sampler }) => sampler === 'random');
  for (const row of rows.filter(({ sampler }) => !/[*]$| live$/.test(sampler))) {
    results.push({
      name: `${row.sampler}: area under the log-regret curve at ${trials} trials, ${group} problems`,
      value: row.areas.at(-1) as number,
      unit: '0 to 1, lower is better',
      versus: best
        ? `${best.sampler.replace('*', ' (stored runs)')}: ${number(best.areas.at(-1) as number)}`
        : null,
      ratio: best ? (row.areas.at(-1) as number) / (best.areas.at(-1) as number) : null,
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
  { sampler: gp, trials: 100, peer: 74, live: 'gp' },
  { sampler: gp, trials: 300, peer: 2112, live: 'gp' },
  { sampler: auto, trials: 10_000 },
];
for (const one of options['no-speed'] ? [] : cases) {
  const { sampler, trials: n, peer: known } = one;
  const time = suggestionTime(one);
  const now =
    peer && one.live && peer.samplers.includes(one.live) ? await peer.suggestionTime(one.live, n) : undefined;
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
