/** `compare`: studies of a config side by side: what each reached, after how many trials, and with which values. */
import { historyOf } from '../core/analysis/history.js';
import { formatValue, NOTHING } from '../core/format.js';
import { prunerText } from '../core/pruners/names.js';
import { bestTrial, objectiveOf } from '../core/study/best.js';
import { isFinished } from '../core/study/journal/reduce.js';
import { runningMs } from '../core/study/stop.js';
import type { Study } from '../core/study/trial.js';
import { textTable } from './output.js';
import { number } from './report.js';
import { chosenStudies } from './studies.js';

/** Numbers of trials at which the best so far is stated. */
const AFTER = [1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

interface Standing {
  readonly study: string;
  readonly metric: string;
  readonly direction: string;
  readonly sampler: string;
  readonly pruner: string;
  readonly seed: number;
  readonly finished: number;
  readonly seconds: number;
  readonly best: { readonly trial: number; readonly value: number } | null;
  /** One entry per improvement: with which trial, to what. */
  readonly curve: readonly { readonly trial: number; readonly value: number }[];
}

function standing(study: Study): Standing {
  const { metric = '', direction = 'minimize' } = study.objectives[0] ?? {};
  const best = bestTrial(study);
  const value = best && objectiveOf(best);
  const { sampler, pruner, seed } = study.settings;
  return {
    study: study.name,
    metric,
    direction,
    sampler,
    pruner: prunerText(pruner),
    seed,
    finished: study.trials.filter(({ state }) => isFinished(state)).length,
    seconds: Math.round(runningMs(study, Date.now()) / 1000),
    best: best && value !== undefined ? { trial: best.number, value } : null,
    curve: historyOf(study).best,
  };
}

/** Best so far when `count` trials have begun; undefined before there is one, and where there are fewer. */
function after({ curve }: Standing, trials: number, count: number): number | undefined {
  if (count > trials) return undefined;
  return curve.findLast(({ trial }) => trial < count)?.value;
}

export async function compare(
  config: string,
  names: readonly string[],
  options: { readonly json?: boolean },
): Promise<void> {
  const studies = await chosenStudies(config, names);
  const standings = studies.map(standing);
  if (options.json) {
    console.log(JSON.stringify(standings, null, 2));
    return;
  }
  const row = (name: string, cell: (one: Standing, study: Study) => string): readonly string[] => [
    name,
    ...standings.map((one, index) => cell(one, studies[index] as Study)),
  ];
  const longest = Math.max(...studies.map(({ trials }) => trials.length));
  const metrics = new Set(standings.map(({ metric, direction }) => `${direction} ${metric}`));
  const params = [...new Set(studies.flatMap(({ space }) => Object.keys(space)))];
  console.log(
    textTable([
      ['', ...standings.map(({ study }) => study)],
      row('objective', ({ metric, direction }) => `${direction} ${metric}`),
      row('search', ({ sampler, pruner, seed }) => `${sampler}, ${pruner}, seed ${seed}`),
      row('trials', ({ finished }) => String(finished)),
      row('seconds', ({ seconds }) => String(seconds)),
      row('best', ({ best }) => number(best?.value)),
      row('  of trial', ({ best }) => (best ? String(best.trial) : NOTHING)),
      ...params.map((name) =>
        row(`  ${name}`, (_, study) => {
          const best = bestTrial(study);
          return best && name in best.params ? formatValue(best.params[name]) : NOTHING;
        }),
      ),
      ...AFTER.filter((count) => count <= longest).map((count) =>
        row(`best after ${count}`, (one, { trials }) => number(after(one, trials.length, count))),
      ),
    ]),
  );
  if (metrics.size > 1) console.log('\nThese studies optimise different things; their bests do not compare.');
}
