/** A pair of parameters, each trial coloured by its rank among all: outliers and scales of the metric play no part. */
import { unitOf } from '../../../../src/core/analysis/axis.js';
import { cellOf } from '../../../../src/core/study/table/table.js';
import { frameOf } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape } from '../kit/scene.js';
import { colourLegend, legendRoom } from './colour-legend.js';
import { pairOf } from './contour.js';
import {
  axisOf,
  type ChartInput,
  cellText,
  chosenOf,
  counts,
  MOST_MARKS,
  maximized,
  measured,
  onAxis,
  resultColour,
  sampled,
  trialTip,
} from './input.js';

const CLASSES = 10;

export function layoutRank(input: ChartInput): Scene {
  const { width, height, theme, metric } = input;
  const pair = pairOf(input);
  if (!pair) return emptyScene(width, height, 'A rank plot needs two parameters.');
  const [xColumn, yColumn] = pair;
  const known = input.trials.flatMap((trial) => {
    const value = counts(trial) ? measured(input, trial) : undefined;
    return value === undefined ? [] : [{ trial, value }];
  });
  if (known.length < 2) return emptyScene(width, height, 'A rank plot needs two completed trials.');
  const sign = maximized(input) ? -1 : 1;
  const ranks = new Map<number, number>();
  const sorted = known.toSorted((a, b) => sign * (a.value - b.value) || a.trial.number - b.trial.number);
  // Equal results share the middle of their ranks.
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]?.value === sorted[from]?.value) to++;
    for (let i = from; i < to; i++) ranks.set(sorted[i]?.trial.number ?? -1, 1 + (from + to - 1) / 2);
    from = to;
  }
  const [x, y] = [axisOf(input, xColumn), axisOf(input, yColumn)];
  const frame = frameOf(
    { left: 4, top: 0, width: width - 4 - legendRoom(width), height },
    { x, y, xName: xColumn.label, yName: yColumn.label },
    theme,
  );
  const chosen = chosenOf(input);
  const drawn = sampled(
    known.map(({ trial }) => trial),
    MOST_MARKS,
    chosen,
  );
  const dots = drawn.flatMap((trial) => {
    const [u, v] = [unitOf(x, trial.params[xColumn.name]), unitOf(y, trial.params[yColumn.name])];
    if (u === undefined || v === undefined || !onAxis(u) || !onAxis(v)) return [];
    const rank = ranks.get(trial.number) ?? known.length;
    const share = 1 - (rank - 1) / Math.max(1, known.length - 1);
    const spread = (axis: typeof x, number: number): number =>
      axis.kind === 'category' ? (((number * 0.618034) % 1) - 0.5) * (0.5 / axis.choices.length) : 0;
    const [px, py] = frame.at(u + spread(x, trial.number), v + spread(y, trial.number * 7));
    return [{ trial, rank, share, x: px, y: py }];
  });
  const shapes: Shape[] = [...frame.shapes];
  // The better ones are larger, too, and lie on top.
  for (let band = 0; band < CLASSES; band++) {
    const inside = dots.filter(({ share }) => Math.min(CLASSES - 1, Math.floor(share * CLASSES)) === band);
    shapes.push({
      kind: 'marks',
      shape: 'dot',
      at: inside.flatMap((dot) => [dot.x, dot.y]),
      size: (dots.length > 1500 ? 3 : 5) + (4 * band) / (CLASSES - 1),
      colour: resultColour(theme, band / (CLASSES - 1)),
      alpha: theme.highContrast ? 1 : 0.85,
    });
  }
  const selected = new Set(input.selected);
  shapes.push({
    kind: 'marks',
    shape: 'ring',
    at: dots.flatMap((dot) => (selected.has(dot.trial.number) ? [dot.x, dot.y] : [])),
    size: 14,
    colour: theme.foreground,
  });
  shapes.push(
    ...colourLegend(input, frame.box, {
      colours: Array.from({ length: CLASSES }, (_, band) => resultColour(theme, band / (CLASSES - 1))),
      labels: [`${known.length}th`, '1st'],
    }),
  );
  return {
    width,
    height,
    shapes,
    targets: dots.map(({ trial, rank, x: px, y: py }) => ({
      x: px,
      y: py,
      trial: trial.number,
      tip: () => [...trialTip(input, trial, [metric, xColumn, yColumn]), `rank ${rank} of ${known.length}`],
    })),
    description: `Rank plot: ${known.length} completed trials over ${xColumn.name} and ${yColumn.name}, coloured by their rank in ${metric.name}.`,
    note:
      dots.length < known.length
        ? `${dots.length} of ${known.length} completed trials are in sight`
        : 'larger and greener is better',
    frames: [{ box: frame.box, x: { id: xColumn.id, axis: x }, y: { id: yColumn.id, axis: y } }],
    outside: 0,
    logPossible: false,
    states: [],
    table: () => ({
      header: ['trial', 'rank', metric.name, xColumn.name, yColumn.name],
      rows: sorted.map(({ trial, value }) => [
        trial.number,
        ranks.get(trial.number) ?? '',
        value,
        cellText(cellOf(trial, xColumn, input.now)),
        cellText(cellOf(trial, yColumn, input.now)),
      ]),
    }),
  };
}
