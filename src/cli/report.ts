/** The result of a study in words: the best trial, and how much better it is than the values in the file. */
import { baselineOf, improvementOf } from '../core/analysis/history.js';
import { formatNumber, formatPercent, formatValue, NOTHING } from '../core/format.js';
import { expressionNames } from '../core/space/expression.js';
import { baselineTrial, bestTrial, objectiveOf } from '../core/study/best.js';
import { type Front, frontOf, frontSentences } from '../core/study/objectives/front.js';
import { shortNames } from '../core/study/table/table.js';
import type { Study } from '../core/study/trial.js';
import { winnerOf, winnerText } from '../core/study/winner.js';
import { textTable } from './output.js';

const DIGITS = 6;

export const number = (value: number | null | undefined): string =>
  value === undefined || value === null ? NOTHING : formatNumber(value, DIGITS);

export function describeBest(study: Study): string {
  const front = frontOf(study);
  if (front) return describeFront(study, front);
  const best = bestTrial(study);
  const objective = study.objectives[0];
  if (!best || !objective) return nothingBest(study);
  const rows = Object.keys(study.space).map((name) => [
    name,
    name in best.params ? formatValue(best.params[name]) : `${NOTHING} (inactive)`,
    formatValue(study.baseline[name]),
  ]);
  return [
    `Best: trial ${best.number}, ${objective.metric} ${number(objectiveOf(best))}`,
    comparison(study),
    ...certainty(study),
    '',
    textTable([['parameter', 'best', 'in the file'], ...rows]),
  ].join('\n');
}

/** Why there is no best trial. */
function nothingBest({ settings: { outcomeConstraints = [] }, trials }: Study): string {
  if (outcomeConstraints.length === 0 || !trials.some(({ state }) => state === 'complete'))
    return 'No trial has completed yet.';
  const texts = outcomeConstraints.map(({ text }) => text).join(' and ');
  const reported = new Set(trials.flatMap(({ values }) => Object.keys(values)));
  const missing = outcomeConstraints
    .flatMap(({ expression }) => expressionNames(expression))
    .find((name) => !reported.has(name));
  if (missing !== undefined)
    return `No completed trial is acceptable: \`${texts}\` speaks of ${missing}, which none reported. They reported ${[...reported].join(', ')}.`;
  return `No completed trial is acceptable: all of them break ${texts}.`;
}

/** The front as a table, a trial a line, with the sentences that say how to read it. */
function describeFront(study: Study, front: Front): string {
  if (front.trials.length === 0) return 'No trial has completed with every metric yet.';
  const names = Object.keys(study.space);
  const rows = front.trials.map((trial) => [
    `${trial.number}${trial.number === front.balanced?.number ? ' *' : ''}`,
    ...study.objectives.map((_, m) => number(trial.objectives?.[m])),
    ...names.map((name) => (name in trial.params ? formatValue(trial.params[name]) : NOTHING)),
  ]);
  const labels = shortNames(names);
  const heading = [
    'trial',
    ...study.objectives.map(({ metric, direction }) => `${metric} (${direction})`),
    ...names.map((name) => labels.get(name) ?? name),
  ];
  const before = baselineTrial(study);
  const onFront = front.trials.some(({ number: member }) => member === 0);
  const baseline = before && Object.keys(study.baseline).length > 0 && !onFront;
  const file = [
    'in the file',
    ...study.objectives.map((_, m) => number(before?.objectives?.[m])),
    ...names.map((name) => formatValue(study.baseline[name])),
  ];
  const count = front.trials.length;
  return [
    `Pareto front: ${count} ${count === 1 ? 'trial' : 'trials'} that no other betters in one metric without being worse in another`,
    '',
    textTable([heading, ...rows, ...(baseline ? [file] : [])]),
    '',
    ...frontSentences(study, front),
  ].join('\n');
}

/** Where points were run more than once: how sure it is that the best one is. */
function certainty(study: Study): readonly string[] {
  const winner = winnerOf(study);
  return winner ? [winnerText(winner)] : [];
}

function comparison(study: Study): string {
  // A study of another program has no file that it started from.
  if (Object.keys(study.baseline).length === 0)
    return `${study.trials.length} trials, none of them from a file.`;
  const best = bestTrial(study);
  if (best?.number === 0) return "No improvement: the file's own values are the best so far.";
  const { metric, direction } = study.objectives[0] ?? { metric: '', direction: 'minimize' as const };
  const before = baselineOf(study);
  const improvement = improvementOf(best && objectiveOf(best), before, direction);
  if (!improvement) {
    const state = study.trials[0]?.state ?? 'not started';
    return `The values in the file have no result to compare with (trial 0 is ${state}).`;
  }
  const percent = improvement.fraction === undefined ? '' : ` (${formatPercent(improvement.fraction)})`;
  return `Values in the file: ${metric} ${number(before)}; improved by ${number(improvement.gain)}${percent}`;
}
