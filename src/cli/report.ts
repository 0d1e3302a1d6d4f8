/** The result of a study in words: the best trial, and how much better it is than the values in the file. */
import { baselineOf, improvementOf } from '../core/analysis/history.js';
import { formatNumber, formatPercent, formatValue, NOTHING } from '../core/format.js';
import { bestTrial, objectiveOf } from '../core/study/best.js';
import type { Study } from '../core/study/trial.js';
import { winnerOf, winnerText } from '../core/study/winner.js';
import { textTable } from './output.js';

const DIGITS = 6;

export const number = (value: number | null | undefined): string =>
  value === undefined || value === null ? NOTHING : formatNumber(value, DIGITS);

export function describeBest(study: Study): string {
  const best = bestTrial(study);
  const objective = study.objectives[0];
  if (!best || !objective) return 'No trial has completed yet.';
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
