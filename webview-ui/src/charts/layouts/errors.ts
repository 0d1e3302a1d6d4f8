/**
 * What the best trial's model got wrong in the validation rows: the confusion matrix of a classifier, or predicted
 * against actual, and the residuals, of a regression. Pure.
 */
import { numberAxis, unitOf } from '../../../../src/core/analysis/axis.js';
import { formatNumber } from '../../../../src/core/format.js';
import type { ValidationOutcome } from '../../../../src/core/study/validation-outcome.js';
import { type Box, fitted, frameOf, textWidth } from '../kit/axes.js';
import { mix } from '../kit/colour.js';
import { emptyScene, type Scene, type Shape, type Target, within } from '../kit/scene.js';
import { inSight } from '../kit/zoom.js';
import { type ChartInput, onAxis } from './input.js';

type Classes = Extract<ValidationOutcome, { kind: 'classes' }>;
type Numbers = Extract<ValidationOutcome, { kind: 'numbers' }>;

/** Cells smaller than this have no number in them. */
const LEAST_CELL = 22;
const SMALLEST_CELL = 7;
const LARGEST_CELL = 64;
/** Narrower than this the two plots of a regression stand one below the other. */
const SIDE_BY_SIDE = 620;
const ACTUAL = 'errors:actual';
const PREDICTED = 'errors:predicted';
const RESIDUAL = 'errors:residual';

export function layoutErrors(input: ChartInput): Scene {
  const { outcome, width, height } = input;
  if (!outcome) {
    return emptyScene(width, height, 'The best trial has kept nothing of its validation.');
  }
  return outcome.outcome.kind === 'classes'
    ? confusion(input, outcome.trial, outcome.outcome)
    : residuals(input, outcome.trial, outcome.outcome);
}

/** Each row of the matrix is an actual class; the shade of a cell is its share of the row. */
function confusion({ width, height, theme }: ChartInput, trial: number, { classes, counts }: Classes): Scene {
  const names = Math.min(width * 0.3, Math.max(...classes.map((name) => textWidth(name))) + 12);
  const [left, top] = [24 + names, 40];
  const fits = Math.min((width - left - 16) / classes.length, (height - top - 12) / classes.length);
  const cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, Math.floor(fits)));
  const shapes: Shape[] = [
    { kind: 'text', x: left, y: 10, text: 'predicted', colour: theme.muted, align: 'left' },
    {
      kind: 'text',
      x: 10,
      y: top + (cell * classes.length) / 2,
      text: 'actual',
      colour: theme.muted,
      align: 'center',
      turn: -90,
    },
  ];
  const targets: Target[] = [];
  let [right, all] = [0, 0];
  const labelled = cell >= 13;
  classes.forEach((name, index) => {
    const at = (index + 0.5) * cell;
    if (!labelled) return;
    shapes.push(
      {
        kind: 'text',
        x: left - 6,
        y: top + at,
        text: fitted(name, names - 6),
        colour: theme.muted,
        align: 'right',
      },
      { kind: 'text', x: left + at, y: 28, text: fitted(name, cell), colour: theme.muted, align: 'center' },
    );
  });
  counts.forEach((row, actual) => {
    const sum = row.reduce((total, n) => total + n, 0);
    all += sum;
    row.forEach((n, predicted) => {
      if (actual === predicted) right += n;
      const share = sum === 0 ? 0 : n / sum;
      const [x, y] = [left + predicted * cell, top + actual * cell];
      const strong = actual === predicted ? theme.blue : theme.orange;
      shapes.push({
        kind: 'rects',
        at: [x, y, cell - 1, cell - 1],
        fill: mix(theme.background, strong, n === 0 ? 0 : 0.15 + 0.55 * share),
        stroke: theme.grid,
      });
      if (n > 0 && cell >= LEAST_CELL) {
        shapes.push({
          kind: 'text',
          x: x + (cell - 1) / 2,
          y: y + (cell - 1) / 2,
          text: fitted(String(n), cell),
          colour: theme.foreground,
          align: 'center',
          bold: actual === predicted,
        });
      }
      targets.push({
        x: x + cell / 2,
        y: y + cell / 2,
        reach: [cell / 2, cell / 2],
        tip: () => [
          `${classes[actual]} taken for ${classes[predicted]}`,
          `${n} of ${sum} rows (${formatNumber(100 * share, 3)} %)`,
        ],
      });
    });
  });
  const accuracy = all === 0 ? 'no rows' : `${formatNumber((100 * right) / all, 3)} % right`;
  return {
    width,
    height: Math.max(height, top + cell * classes.length + 12),
    shapes,
    targets,
    description: `Confusion matrix of trial ${trial} over ${all} validation rows and ${classes.length} classes: ${accuracy}.`,
    note: `trial ${trial}: ${accuracy} of ${all} rows`,
    outside: 0,
    logPossible: false,
    states: [],
    table: () => ({
      header: ['actual', ...classes.map((name) => `predicted ${name}`)],
      rows: counts.map((row, index) => [classes[index] ?? '', ...row]),
    }),
  };
}

function residuals(
  { width, height, theme, zoom }: ChartInput,
  trial: number,
  { pairs, rows }: Numbers,
): Scene {
  if (pairs.length === 0) return emptyScene(width, height, 'No prediction of the best trial is a number.');
  const beside = width >= SIDE_BY_SIDE;
  const tall = beside ? height : Math.max(height, 380);
  const place = (index: 0 | 1): Box =>
    beside
      ? { left: 4 + (index * width) / 2, top: 0, width: width / 2 - 12, height: tall }
      : { left: 4, top: (index * tall) / 2, width: width - 4, height: tall / 2 };
  const both = numberAxis(pairs.flat(), { full: true });
  const errors = numberAxis([0, ...pairs.map(([predicted, actual]) => predicted - actual)], { full: true });
  const [x, y, off] = [
    inSight(both, zoom?.[ACTUAL]),
    inSight(both, zoom?.[PREDICTED]),
    inSight(errors, zoom?.[RESIDUAL]),
  ];
  const first = frameOf(place(0), { x, y, xName: 'actual', yName: 'predicted' }, theme);
  const second = frameOf(place(1), { x, y: off, xName: 'actual', yName: 'predicted − actual' }, theme);
  const zero = unitOf(off, 0) ?? 0.5;
  const targets: Target[] = [];
  const [predictedAt, offAt]: [number[], number[]] = [[], []];
  let squares = 0;
  for (const [predicted, actual] of pairs) {
    const across = unitOf(x, actual) ?? 0;
    const [up, away] = [unitOf(y, predicted) ?? 0, unitOf(off, predicted - actual) ?? 0];
    const one = first.at(across, up);
    const other = second.at(across, away);
    squares += (predicted - actual) ** 2;
    const tip = (): readonly string[] => [
      `off by ${formatNumber(predicted - actual)}`,
      `predicted ${formatNumber(predicted)}`,
      `actual ${formatNumber(actual)}`,
    ];
    if (!onAxis(across)) continue;
    if (onAxis(up)) {
      predictedAt.push(...one);
      targets.push({ x: one[0], y: one[1], tip });
    }
    if (onAxis(away)) {
      offAt.push(...other);
      targets.push({ x: other[0], y: other[1], tip });
    }
  }
  const diagonal = (end: number): readonly [number, number] =>
    first.at(unitOf(x, end) ?? 0, unitOf(y, end) ?? 0);
  const guide = { kind: 'path' as const, stroke: theme.muted, width: 1, dash: [4, 4] };
  const dots = {
    kind: 'marks' as const,
    shape: 'dot' as const,
    size: 5,
    colour: theme.blue,
    alpha: theme.highContrast ? 1 : 0.7,
  };
  const typical = formatNumber(Math.sqrt(squares / pairs.length));
  const some = pairs.length < rows ? `${pairs.length} of ${rows} rows, ` : '';
  return {
    width,
    height: tall,
    shapes: [
      ...first.shapes,
      within(first.box, [{ ...guide, points: [...diagonal(both.low), ...diagonal(both.high)] }]),
      { ...dots, at: predictedAt },
      ...second.shapes,
      within(second.box, [{ ...guide, points: [...second.at(0, zero), ...second.at(1, zero)] }]),
      { ...dots, at: offAt },
    ],
    targets,
    description: `Predicted against actual, and residuals, of trial ${trial} over ${pairs.length} validation rows, off by ${typical} (root mean square).`,
    note: `trial ${trial}: ${some}off by ${typical} (root mean square)`,
    frames: [
      { box: first.box, x: { id: ACTUAL, axis: x }, y: { id: PREDICTED, axis: y } },
      { box: second.box, x: { id: ACTUAL, axis: x }, y: { id: RESIDUAL, axis: off } },
    ],
    outside: 0,
    logPossible: false,
    states: [],
    table: () => ({
      header: ['predicted', 'actual', 'residual'],
      rows: pairs.map(([p, a]) => [p, a, p - a]),
    }),
  };
}
