/** How much each parameter decides, as bars. */
import { type Importance, importanceOf, LEAST_TRIALS } from '../../../../src/core/analysis/importance.js';
import { fitted, textWidth } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target } from '../kit/scene.js';
import { type ChartInput, counts } from './input.js';

const ROW = 24;
const percent = (share: number): string => (share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`);

export function layoutImportance(input: ChartInput): Scene {
  const { width, theme } = input;
  const importances = importanceOf({ ...input.study, trials: input.trials });
  if (importances.length === 0) {
    const done = input.trials.filter(counts).length;
    return emptyScene(
      width,
      input.height,
      done < LEAST_TRIALS
        ? `Importance needs ${LEAST_TRIALS} completed trials; there are ${done}.`
        : 'No parameter makes a difference so far.',
    );
  }
  const labels = new Map(input.columns.map(({ name, label }) => [name, label]));
  const nameOf = ({ name }: Importance): string => labels.get(name) ?? name;
  const left = Math.min(
    width * 0.4,
    importances.reduce((most, one) => Math.max(most, textWidth(nameOf(one))), 0) + 16,
  );
  const room = Math.max(40, width - left - 70);
  const most = importances[0]?.share ?? 1;
  const shapes: Shape[] = [];
  const targets: Target[] = [];
  const top = 26;
  importances.forEach((one, index) => {
    const y = top + index * ROW;
    const length = Math.max(2, (one.share / most) * room);
    shapes.push(
      {
        kind: 'text',
        x: left - 8,
        y: y + ROW / 2,
        text: fitted(nameOf(one), left - 10),
        colour: theme.foreground,
        align: 'right',
      },
      {
        kind: 'rects',
        at: [left, y + 5, length, ROW - 10],
        fill: theme.blue,
        alpha: theme.highContrast ? 1 : 0.8,
      },
      {
        kind: 'text',
        x: left + length + 6,
        y: y + ROW / 2,
        text: `${percent(one.share)}${one.conditional ? ' *' : ''}`,
        colour: theme.muted,
        align: 'left',
      },
    );
    targets.push({
      x: width / 2,
      y: y + ROW / 2,
      reach: [width / 2, ROW / 2],
      tip: () => [
        one.name,
        `${percent(one.share)} of what tells the best tenth from the rest`,
        one.conditional
          ? `judged among the ${one.trials} trials that had it`
          : `from ${one.trials} completed trials`,
      ],
    });
  });
  shapes.push({
    kind: 'text',
    x: 0,
    y: 9,
    text: fitted(`share of importance for ${input.study.objectives[0]?.metric ?? 'the objective'}`, width),
    colour: theme.muted,
    align: 'left',
  });
  const conditional = importances.some((one) => one.conditional);
  const alone = importances.every(({ trials }) => trials < 3 * LEAST_TRIALS);
  const notes = [
    'PED-ANOVA, best tenth against all',
    ...(conditional ? ['* judged among the trials that had it'] : []),
    ...(alone ? ['few trials: take it as a hint'] : []),
  ];
  return {
    width,
    height: Math.max(input.height, top + importances.length * ROW + 6),
    shapes,
    targets,
    description: `Importance of the parameters: ${importances
      .slice(0, 4)
      .map((one) => `${one.name} ${percent(one.share)}`)
      .join(', ')}.`,
    note: notes.join(' · '),
    outside: 0,
    logPossible: false,
    states: [],
    table: () => ({
      header: ['parameter', 'importance', 'trials'],
      rows: importances.map(({ name, share, trials }) => [name, share, trials]),
    }),
  };
}
