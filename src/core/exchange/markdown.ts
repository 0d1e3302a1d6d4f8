/** A study in a page of Markdown, for a pull request or a notebook: what was searched, what came out, the best trials. */
import { baselineOf, improvementOf } from '../analysis/history.js';
import { formatDuration, formatNumber, formatPercent, formatValue, NOTHING } from '../format.js';
import { prunerText } from '../pruners/names.js';
import type { Distribution } from '../space/parameter.js';
import { bestTrial, compareResults, mergedStudy, objectiveOf } from '../study/best.js';
import { type Front, frontOf, frontSentences } from '../study/objectives/front.js';
import { runningMs } from '../study/stop.js';
import type { Study } from '../study/trial.js';

const BEST = 10;
const DIGITS = 6;

/** Pipes would end a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heading, heading.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** The range of a parameter in words: `0.001 to 1, log`. */
export function rangeInWords(distribution: Distribution): string {
  switch (distribution.type) {
    case 'float':
    case 'int': {
      const { low, high, log, step } = distribution;
      const how = log ? ', log' : step === undefined ? '' : `, step ${step}`;
      return `${formatValue(low)} to ${formatValue(high)}${how}`;
    }
    case 'categorical':
    case 'ordinal':
      return distribution.choices.map((choice) => formatValue(choice)).join(', ');
    case 'bool':
      return 'true, false';
  }
}

type Fact = readonly [string, string];

function frontFacts(study: Study, front: Front): readonly Fact[] {
  if (front.trials.length === 0) return [['Pareto front', 'no trial has completed']];
  return [
    ['Pareto front', `trials ${front.trials.map(({ number }) => number).join(', ')}`],
    ['Reading it', frontSentences(study, front).join(' ')],
  ];
}

function bestFacts(study: Study): readonly Fact[] {
  const best = bestTrial(study);
  const [objective] = study.objectives;
  if (!best || !objective) return [['Best', 'no trial has completed']];
  const reached = objectiveOf(best);
  const improvement =
    Object.keys(study.baseline).length > 0
      ? improvementOf(reached, baselineOf(study), objective.direction)
      : undefined;
  const percent = improvement?.fraction === undefined ? '' : ` (${formatPercent(improvement.fraction)})`;
  return [
    ['Best', `trial ${best.number}, ${objective.metric} ${formatNumber(reached ?? Number.NaN, DIGITS)}`],
    ...(improvement
      ? [
          [
            'Improvement',
            `${formatNumber(improvement.gain, DIGITS)}${percent} over the values in the file`,
          ] as const,
        ]
      : []),
  ];
}

/** Sentences and counts that both reports begin with. */
export function facts(study: Study): readonly (readonly [string, string])[] {
  const { objectives, settings, status, trials } = study;
  const counts = new Map<string, number>();
  for (const { state } of trials) counts.set(state, (counts.get(state) ?? 0) + 1);
  const front = frontOf(study);
  return [
    ['Objective', objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(', ')],
    ['Trials', [...counts].map(([state, count]) => `${count} ${state}`).join(', ') || 'none yet'],
    ...(front ? frontFacts(study, front) : bestFacts(study)),
    [
      'Search',
      `sampler ${settings.sampler || NOTHING}, pruner ${prunerText(settings.pruner)}, seed ${settings.seed}`,
    ],
    ['Running time', formatDuration(runningMs(study, Date.parse(study.runningSince ?? '') || 0))],
    ['Status', `${status.kind}${'reason' in status ? `: ${status.reason}` : ''}`],
  ];
}

/** The front where there is one, else the best so many by the metric. */
function bestTrials(study: Study, count: number): readonly Study['trials'][number][] {
  const front = frontOf(study);
  if (front) return front.trials;
  const direction = study.objectives[0]?.direction ?? 'minimize';
  return mergedStudy(study)
    .trials.filter((trial) => objectiveOf(trial) !== undefined)
    .sort(
      (a, b) =>
        compareResults(objectiveOf(a) as number, objectiveOf(b) as number, direction) || a.number - b.number,
    )
    .slice(0, count);
}

export function markdownSummary(study: Study): string {
  const { space, baseline, objectives } = study;
  const names = Object.keys(space);
  const best = bestTrial(study);
  const metrics = objectives.map(({ metric }) => metric);
  return [
    `# ${study.name}`,
    '',
    ...facts(study).map(([name, text]) => `- **${name}**: ${text}`),
    '',
    '## Parameters',
    '',
    table(
      ['parameter', 'searched', 'in the file', study.objectives.length > 1 ? 'balanced' : 'best'],
      names.map((name) => [
        `\`${name}\``,
        rangeInWords(space[name] as Distribution),
        name in baseline ? formatValue(baseline[name]) : NOTHING,
        best && name in best.params ? formatValue(best.params[name]) : NOTHING,
      ]),
    ),
    '',
    study.objectives.length > 1 ? '## Pareto front' : '## Best trials',
    '',
    table(
      ['trial', ...metrics, ...names.map((name) => `\`${name}\``)],
      bestTrials(study, BEST).map((trial) => [
        String(trial.number),
        ...metrics.map((metric) => formatNumber(trial.values[metric] ?? Number.NaN, DIGITS)),
        ...names.map((name) => (name in trial.params ? formatValue(trial.params[name]) : NOTHING)),
      ]),
    ),
    '',
  ].join('\n');
}
