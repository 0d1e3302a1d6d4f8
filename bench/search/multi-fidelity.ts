/**
 * Epochs as the fidelity: `npm run bench:search -- --multi-fidelity --data DIR [--sampler a,b] [--pruner NAME|JSON …]
 * [--problems a,b] [--seeds N] [--first-seed N] [--epochs N] [--live [--python PATH] [--peers tpe+none,…]]`. Our samplers
 * with pruners on learning curves (curve-problems.ts), by the code that runs a sweep (one trial at a time), beside stored
 * figures of Optuna, or Optuna itself. Counted are epochs; the regret is that of the best trial trained to the end.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrunerChoice } from '../../src/core/pruners/names.js';
import { prunerText } from '../../src/core/pruners/names.js';
import { qmcSampler } from '../../src/core/samplers/qmc.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { askRecords, reportRecord, studyRecords, tellRecords } from '../../src/core/study/journal/write.js';
import { judgeTrial } from '../../src/core/study/judge.js';
import { nextTrial } from '../../src/core/study/next.js';
import { pauseRecords, promoteRecords } from '../../src/core/study/pause.js';
import { type CurveProblem, curveProblems, LAST } from './curve-problems.js';
import { type ManyPeer, startManyPeer } from './live-many.js';
import { mean } from './score.js';

/** Budgets at which peers' figures are stored: 10, 25 and 50 full trainings. */
const BUDGETS = [520, 1300, 2600] as const;
const WORKER = 'bench';
const METRIC = 'error';

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

interface CurveRun {
  /** The lowest error of a trial trained to the end, after each epoch spent; Infinity before there is one. */
  readonly lowest: readonly number[];
  readonly trials: number;
}

/** One study of so many epochs. */
function runCurves(
  problem: CurveProblem,
  sampler: string,
  pruner: PrunerChoice,
  seed: number,
  budget: number,
): CurveRun {
  const reducer = new StudyReducer();
  const { study } = reducer;
  const apply = (records: readonly JournalRecord[]): void => {
    for (const record of records) reducer.apply(record);
  };
  const { space } = problem;
  const at = new Date(0).toISOString();
  // The peers have no values of a file to begin with: the first trial is a point of the quasi-random sequence.
  const first = qmcSampler.ask({ space, directions: ['minimize'], trials: [], seed, number: 0 });
  const baseline = first === 'exhausted' ? {} : first.params;
  const objectives = [{ metric: METRIC, direction: 'minimize' as const }];
  const settings = { sampler, pruner, seed, stop: {} };
  const config = { file: '', text: '' };
  apply(studyRecords(WORKER, { name: problem.id, objectives, space, settings, config, baseline }));

  const lowest: number[] = [];
  let best = Infinity;
  while (lowest.length < budget) {
    const next = nextTrial(study, [], 0);
    if (next.kind === 'end') break;
    const number = next.kind === 'promote' ? next.trial : study.trials.length;
    const trial = () => study.trials[number] as (typeof study.trials)[number];
    if (next.kind === 'promote') apply(promoteRecords(WORKER, trial(), next.reason, at));
    else apply(askRecords(WORKER, space, next.suggestion, study.seq, at));
    for (let epoch = trial().reports.length + 1; epoch <= LAST && lowest.length < budget; epoch++) {
      const error = problem.evaluate(trial().params, epoch);
      apply([reportRecord(WORKER, number, epoch, { [METRIC]: error }, METRIC)]);
      if (epoch === LAST) {
        best = Math.min(best, error);
        lowest.push(best);
        apply(tellRecords(WORKER, number, { state: 'complete', values: {}, objectives: [error] }, at));
        break;
      }
      lowest.push(best);
      const { prune, pause, reason } = judgeTrial(study, trial());
      if (!prune) continue;
      if (pause) apply(pauseRecords(WORKER, number, epoch, reason));
      else
        apply(tellRecords(WORKER, number, { state: 'pruned', values: {}, objectives: [error], reason }, at));
      break;
    }
  }
  return { lowest, trials: study.trials.length };
}

const regret = (error: number, { best, reference }: CurveProblem): number =>
  Math.min(1, Math.max(0, (error - best) / (reference - best)));

interface Stored {
  readonly multi_fidelity?: Readonly<
    Record<string, { readonly nr: readonly number[]; readonly seeds: number }>
  >;
}

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly versus: string | null;
  readonly ratio: number | null;
}

interface MultiFidelityOptions {
  readonly data: string;
  readonly samplers: readonly string[];
  readonly pruners: readonly PrunerChoice[];
  /** Names of problems, `tuning`, `confirming` or `all`. */
  readonly problems: readonly string[];
  readonly seeds: number;
  readonly firstSeed: number;
  /** Epochs of each study. */
  readonly epochs: number;
  /** The Python whose Optuna runs beside, and as what: sampler and pruner. */
  readonly live?: { readonly python: string; readonly peers: readonly string[] };
}

/** Optuna on the same curves. */
async function runPeer(
  peer: ManyPeer,
  problem: CurveProblem,
  name: string,
  seed: number,
  epochs: number,
): Promise<CurveRun> {
  const [sampler = '', pruner = ''] = name.split('+');
  const lowest: number[] = [];
  let best = Infinity;
  const study = { sampler, pruner, seed, space: problem.space, epochs, last: LAST };
  const trials = await peer.curves(study, (params, epoch) => {
    const error = problem.evaluate(params, epoch);
    if (epoch === LAST) best = Math.min(best, error);
    lowest.push(best);
    return error;
  });
  return { lowest, trials };
}

/** Mean normalised regret after so many epochs. */
const regretAt = (runs: readonly CurveRun[], problem: CurveProblem, epochs: number): number =>
  mean(runs.map(({ lowest }) => regret(lowest[Math.min(epochs, lowest.length) - 1] ?? Infinity, problem)));

/** Runs all, prints a table, and returns the figures. */
export async function multiFidelity(options: MultiFidelityOptions): Promise<Figure[]> {
  const { data, samplers, pruners, seeds, firstSeed, epochs: budget } = options;
  const path = join(data, 'baseline_mfmo.json');
  const stored = (existsSync(path) ? readJson<Stored>(path) : {}).multi_fidelity ?? {};
  const peer = options.live && (await startManyPeer(options.live.python, process.cwd()));
  if (options.live && !peer)
    throw new Error(`${options.live.python} has no Optuna; name one that has with --python.`);
  if (peer) console.log(`live: Optuna ${peer.version}`);
  const figures: Figure[] = [];
  const [, , full] = BUDGETS;
  const third = Math.floor(full / 3);
  const wanted = curveProblems(data).filter(({ id, half }) =>
    options.problems.some((name) => name === 'all' || name === id || name === half),
  );
  for (const problem of wanted) {
    console.log(
      `\n${problem.id} (${problem.half}): normalised regret of the best full training, mean of seeds, by epochs spent`,
    );
    console.log(`${'sampler and pruner'.padEnd(44)} seeds    @520    @866   @1300   @2600  trials`);
    const peers = Object.entries(stored)
      .filter(([key]) => key.startsWith(`${problem.id}|`))
      .map(([key, { nr, seeds: count }]) => ({ name: key.slice(problem.id.length + 1), nr, count }));
    for (const { name, nr, count } of peers) {
      const [a = 1, b = 1, c = 1] = nr.map((x) => x.toFixed(3).padStart(7));
      console.log(`${`${name}*`.padEnd(44)} ${String(count).padStart(5)} ${a}       – ${b} ${c}`);
    }
    const line = (name: string, runs: readonly CurveRun[]): void => {
      const cells = [BUDGETS[0], third, BUDGETS[1], full].map((epochs) =>
        (epochs > budget ? '–' : regretAt(runs, problem, epochs).toFixed(3)).padStart(7),
      );
      const trials = mean(runs.map((run) => run.trials)).toFixed(0);
      console.log(
        `${name.padEnd(44)} ${String(runs.length).padStart(5)} ${cells.join(' ')} ${trials.padStart(7)}`,
      );
    };
    const ends = peers.map(({ nr }) => nr[2] ?? 1);
    for (const name of (peer && options.live?.peers) || []) {
      const runs: CurveRun[] = [];
      for (let k = 0; k < seeds; k++)
        runs.push(await runPeer(peer as ManyPeer, problem, name, firstSeed + k, full));
      line(`${name} live`, runs);
      ends.push(regretAt(runs, problem, full));
    }
    const least = Math.min(...ends);
    for (const sampler of samplers) {
      for (const pruner of pruners) {
        const runs = Array.from({ length: seeds }, (_, k) =>
          runCurves(problem, sampler, pruner, firstSeed + k, budget),
        );
        const name = `${sampler} + ${prunerText(pruner)}`;
        line(name, runs);
        if (budget < third) continue;
        const value = regretAt(runs, problem, third);
        const known = Number.isFinite(least);
        figures.push({
          name: `${name}: regret after ${third} epochs, ${problem.id}`,
          value,
          unit: '0 to 1, lower is better',
          versus: known ? `the best of Optuna after ${full} epochs: ${least.toFixed(4)}` : null,
          ratio: known ? value / least : null,
        });
      }
    }
  }
  peer?.close();
  console.log('\n* stored figures of Optuna; see bench/README.md');
  return figures;
}
