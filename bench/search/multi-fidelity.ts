/**
 * Epochs as the fidelity: our samplers with pruners on the learning curves of YAHPO's LCBench, by the code that runs a
 * sweep (one trial at a time), beside stored figures of Optuna. Counted are epochs; the regret is that of the best
 * trial trained to the end.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrunerChoice } from '../../src/core/pruners/names.js';
import { prunerText } from '../../src/core/pruners/names.js';
import { qmcSampler } from '../../src/core/samplers/qmc.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { judgeTrial } from '../../src/core/study/judge.js';
import { nextTrial } from '../../src/core/study/next.js';
import { pauseRecords, promoteRecords } from '../../src/core/study/pause.js';
import type { JournalRecord } from '../../src/core/study/records.js';
import { StudyReducer } from '../../src/core/study/reduce.js';
import { askRecords, reportRecord, studyRecords, tellRecords } from '../../src/core/study/write.js';
import { type ProblemRecord, spaceOf } from './problem.js';
import { mean } from './score.js';
import { type Graph, surrogate } from './surrogate.js';

/** Epochs of a full training. */
const LAST = 52;
/** Budgets at which peers' figures are stored: 10, 25 and 50 full trainings. */
const BUDGETS = [520, 1300, 2600] as const;
const WORKER = 'bench';
const METRIC = 'error';

interface CurveProblem {
  readonly id: string;
  readonly space: Space;
  /** Validation error in % after so many epochs. */
  readonly evaluate: (params: Params, epoch: number) => number;
  readonly best: number;
  readonly reference: number;
}

interface LcbenchFunction {
  readonly graph: string;
  readonly weights: string;
  readonly cont: readonly string[];
  readonly encoding: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly outputs: readonly string[];
  readonly target: string;
  readonly offset: number;
  readonly scale: number;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

function curveProblems(dir: string): readonly CurveProblem[] {
  const refs = readJson<Record<string, { f_opt: number; f_ref: number }>>(join(dir, 'refs.json'));
  return readJson<readonly ProblemRecord[]>(join(dir, 'problems.json'))
    .filter(({ id }) => id.startsWith('lcbench_'))
    .map((record) => {
      const fn = record.fn as unknown as LcbenchFunction;
      const bytes = readFileSync(join(dir, 'data', fn.weights));
      const weights = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      const run = surrogate(readJson<Graph>(join(dir, 'data', fn.graph)), weights);
      const task = Object.values(fn.encoding.OpenML_task_id ?? {})[0] ?? 0;
      const target = fn.outputs.indexOf(fn.target);
      return {
        id: record.id,
        space: spaceOf(record.params),
        evaluate: (params, epoch) => {
          const numbers = fn.cont.map((name) => Number(name === 'epoch' ? epoch : (params[name] ?? 0)));
          return fn.offset + fn.scale * (run([task], numbers)[target] as number);
        },
        best: refs[record.id]?.f_opt ?? Number.NaN,
        reference: refs[record.id]?.f_ref ?? Number.NaN,
      };
    });
}

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
    else apply(askRecords(WORKER, number, space, next.suggestion, study.seq, at));
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
  readonly seeds: number;
  readonly firstSeed: number;
  /** Epochs of each study. */
  readonly epochs: number;
}

/** Runs all, prints a table, and returns the figures. */
export function multiFidelity({
  data,
  samplers,
  pruners,
  seeds,
  firstSeed,
  epochs: budget,
}: MultiFidelityOptions): Figure[] {
  const path = join(data, 'baseline_mfmo.json');
  const stored = (existsSync(path) ? readJson<Stored>(path) : {}).multi_fidelity ?? {};
  const figures: Figure[] = [];
  const [, , full] = BUDGETS;
  const third = Math.floor(full / 3);
  for (const problem of curveProblems(data)) {
    console.log(
      `\n${problem.id}: normalised regret of the best full training, mean of seeds, by epochs spent`,
    );
    console.log(`${'sampler and pruner'.padEnd(44)} seeds    @520    @866   @1300   @2600  trials`);
    const peers = Object.entries(stored)
      .filter(([key]) => key.startsWith(`${problem.id}|`))
      .map(([key, { nr, seeds: count }]) => ({ name: key.slice(problem.id.length + 1), nr, count }));
    for (const { name, nr, count } of peers) {
      const [a = 1, b = 1, c = 1] = nr.map((x) => x.toFixed(3).padStart(7));
      console.log(`${`${name}*`.padEnd(44)} ${String(count).padStart(5)} ${a}       – ${b} ${c}`);
    }
    const least = Math.min(...peers.map(({ nr }) => nr[2] ?? 1));
    for (const sampler of samplers) {
      for (const pruner of pruners) {
        const runs = Array.from({ length: seeds }, (_, k) =>
          runCurves(problem, sampler, pruner, firstSeed + k, budget),
        );
        const at = (epochs: number): number =>
          mean(
            runs.map(({ lowest }) =>
              regret(lowest[Math.min(epochs, lowest.length) - 1] ?? Infinity, problem),
            ),
          );
        const cells = [BUDGETS[0], third, BUDGETS[1], full].map((epochs) =>
          (epochs > budget ? '–' : at(epochs).toFixed(3)).padStart(7),
        );
        const name = `${sampler} + ${prunerText(pruner)}`;
        const trials = mean(runs.map((run) => run.trials)).toFixed(0);
        console.log(
          `${name.padEnd(44)} ${String(seeds).padStart(5)} ${cells.join(' ')} ${trials.padStart(7)}`,
        );
        figures.push({
          name: `${problem.id}: ${name}, normalised regret after ${third} epochs`,
          value: at(third),
          unit: '0 to 1, lower is better',
          versus: peers.length > 0 ? `the best of Optuna after ${full} epochs (stored): ${least}` : null,
          ratio: peers.length > 0 ? at(third) / least : null,
        });
      }
    }
  }
  console.log('\n* stored figures of Optuna; see bench/README.md');
  return figures;
}
