/**
 * What the best trial's model got wrong in the validation rows: the confusion matrix of a classifier, or predicted
 * against actual, and the residuals, of a regression. Pure.
 */
import { type NumberAxis, numberAxis, unitOf } from '../../../../src/core/analysis/axis.js';
import { formatNumber } from '../../../../src/core/format.js';
import type { ValidationOutcome } from '../../../../src/core/study/validation-outcome.js';
import type { Theme } from '../../theme.js';
import { type Box, type Frame, fitted, frameOf, textWidth } from '../kit/axes.js';
import { mix } from '../kit/colour.js';
import { emptyScene, type Scene, type Shape, type Target, within } from '../kit/scene.js';
import { inSight } from '../kit/zoom.js';
import { type ChartInput, onAxis } from './input.js';

type Classes = Extract<ValidationOutcome, { kind: 'classes' }>;
type Numbers = Extract<ValidationOutcome, { kind: 'numbers' }>;

/** Cells smaller than this have no number in them. */
const LEAST_CELL = 22;
const SMALLEST_CELL = 7;
const SMALLEST_NAMED = 13;
const LARGEST_CELL = 84;
/** Width of the columns with what each class comes to. */
const RATES = 220;
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

interface Matrix {
  readonly left: number;
  readonly top: number;
  /** Pixels of a cell, its gap to the next included. */
  readonly cell: number;
  /** Width of the names of classes. */
  readonly names: number;
  /** Whether what each class comes to stands beside it. */
  readonly rates: boolean;
}

function matrixOf({ width, height }: ChartInput, classes: readonly string[]): Matrix {
  const names = Math.min(width * 0.3, Math.max(...classes.map((name) => textWidth(name))) + 12);
  const [left, top] = [24 + names, 40];
  const fits = (room: number): number =>
    Math.floor(Math.min((width - left - room) / classes.length, (height - top - 12) / classes.length));
  const rates = fits(RATES) >= LEAST_CELL;
  const cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, fits(rates ? RATES : 16)));
  return { left, top, cell, names, rates };
}

/** Each row of the matrix is an actual class; the shade of a cell is its share of the row. */
function confusion(input: ChartInput, trial: number, { classes, counts }: Classes): Scene {
  const { width, height, theme } = input;
  const matrix = matrixOf(input, classes);
  const { left, top, cell } = matrix;
  const shapes: Shape[] = [...classNames(theme, classes, matrix)];
  const targets: Target[] = [];
  let [right, all] = [0, 0];
  counts.forEach((row, actual) => {
    const sum = total(row);
    all += sum;
    right += row[actual] ?? 0;
    row.forEach((n, predicted) => {
      const share = sum === 0 ? 0 : n / sum;
      const [x, y] = [left + predicted * cell, top + actual * cell];
      const strong = actual === predicted ? theme.blue : theme.orange;
      const [fill, stroke] = [mix(theme.background, strong, n === 0 ? 0 : 0.15 + 0.55 * share), theme.grid];
      shapes.push({ kind: 'rects', at: [x, y, cell - 1, cell - 1], fill, stroke });
      const [middleX, middleY] = [x + (cell - 1) / 2, y + (cell - 1) / 2];
      if (n > 0 && cell >= LEAST_CELL) {
        const words = fitted(String(n), cell);
        shapes.push(text(theme, middleX, middleY, words, 'center', actual === predicted));
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
  if (matrix.rates) shapes.push(...rates(theme, counts, matrix));
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

const total = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);

const text = (
  theme: Theme,
  x: number,
  y: number,
  words: string,
  align: 'left' | 'center' | 'right',
  strong?: boolean,
): Shape => ({
  kind: 'text',
  x,
  y,
  text: words,
  colour: strong === undefined ? theme.muted : theme.foreground,
  align,
  ...(strong && { bold: true }),
});

/** What the two sides are, and the classes along them, where the cells are large enough to tell them by. */
function classNames(
  theme: Theme,
  classes: readonly string[],
  { left, top, cell, names }: Matrix,
): readonly Shape[] {
  const sides: readonly Shape[] = [
    text(theme, left, 10, 'predicted', 'left'),
    { ...text(theme, 10, top + (cell * classes.length) / 2, 'actual', 'center'), turn: -90 } as Shape,
  ];
  if (cell < SMALLEST_NAMED) return sides;
  return [
    ...sides,
    ...classes.flatMap((name, index) => {
      const at = (index + 0.5) * cell;
      return [
        text(theme, left - 6, top + at, fitted(name, names - 6), 'right'),
        text(theme, left + at, 28, fitted(name, cell), 'center'),
      ];
    }),
  ];
}

/** What it comes to for each class: of those there are, how many were found; of those named so, how many are. */
function rates(
  theme: Theme,
  counts: readonly (readonly number[])[],
  { left, top, cell }: Matrix,
): readonly Shape[] {
  const percent = (n: number, of: number): string => (of === 0 ? '–' : `${Math.round((100 * n) / of)} %`);
  const right = left + cell * counts.length;
  const columns = [70, 150, 205].map((x) => right + x);
  const [found = 0, named = 0, rows = 0] = columns;
  return [
    text(theme, found, 28, 'recall', 'right'),
    text(theme, named, 28, 'precision', 'right'),
    text(theme, rows, 28, 'rows', 'right'),
    ...counts.flatMap((row, index) => {
      const y = top + (index + 0.5) * cell;
      const own = row[index] ?? 0;
      const taken = total(counts.map((other) => other[index] ?? 0));
      return [
        text(theme, found, y, percent(own, total(row)), 'right', false),
        text(theme, named, y, percent(own, taken), 'right', false),
        text(theme, rows, y, String(total(row)), 'right', false),
      ];
    }),
  ];
}

function residuals(input: ChartInput, trial: number, { pairs, rows }: Numbers): Scene {
  const { width, height, theme, zoom, full } = input;
  if (pairs.length === 0) return emptyScene(width, height, 'No prediction of the best trial is a number.');
  const beside = width >= SIDE_BY_SIDE;
  const tall = beside ? height : Math.max(height, 380);
  const place = (index: 0 | 1): Box =>
    beside
      ? { left: 4 + (index * width) / 2, top: 0, width: width / 2 - 12, height: tall }
      : { left: 4, top: (index * tall) / 2, width: width - 4, height: tall / 2 };
  const both = numberAxis(pairs.flat(), { full });
  const errors = numberAxis([0, ...pairs.map(([predicted, actual]) => predicted - actual)], { full });
  const x = inSight(both, zoom?.[ACTUAL]);
  const y = inSight(both, zoom?.[PREDICTED]);
  const off = inSight(errors, zoom?.[RESIDUAL]);
  const first = frameOf(place(0), { x, y, xName: 'actual', yName: 'predicted' }, theme);
  const second = frameOf(place(1), { x, y: off, xName: 'actual', yName: 'predicted − actual' }, theme);
  const equal = guide(first, [both.low, both.low, both.high, both.high], x, y, theme);
  const right = guide(second, [both.low, 0, both.high, 0], x, off, theme);
  const predicted = scatter(input, pairs, first, x, y, ([guess]) => guess);
  const residual = scatter(input, pairs, second, x, off, ([guess, actual]) => guess - actual);
  const squares = pairs.reduce((sum, [guess, actual]) => sum + (guess - actual) ** 2, 0);
  const typical = formatNumber(Math.sqrt(squares / pairs.length));
  const some = pairs.length < rows ? `${pairs.length} of ${rows} rows, ` : '';
  return {
    width,
    height: tall,
    shapes: [...first.shapes, equal, ...predicted.shapes, ...second.shapes, right, ...residual.shapes],
    targets: [...predicted.targets, ...residual.targets],
    description: `Predicted against actual, and residuals, of trial ${trial} over ${pairs.length} validation rows, off by ${typical} (root mean square).`,
    note: `trial ${trial}: ${some}off by ${typical} (root mean square) · dashed: no error`,
    frames: [
      { box: first.box, x: { id: ACTUAL, axis: x }, y: { id: PREDICTED, axis: y } },
      { box: second.box, x: { id: ACTUAL, axis: x }, y: { id: RESIDUAL, axis: off } },
    ],
    outside: Math.max(x.outside, y.outside, off.outside),
    logPossible: false,
    states: [],
    table: () => ({
      header: ['predicted', 'actual', 'residual'],
      rows: pairs.map(([guess, actual]) => [guess, actual, guess - actual]),
    }),
  };
}

/** A dashed line between two places, given as x, y, x, y in the axes' own values. */
function guide(
  frame: Frame,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  x: NumberAxis,
  y: NumberAxis,
  theme: Theme,
): Shape {
  const at = (across: number, up: number): readonly [number, number] =>
    frame.at(unitOf(x, across) ?? 0, unitOf(y, up) ?? 0);
  const points = [...at(x0, y0), ...at(x1, y1)];
  return within(frame.box, [{ kind: 'path', points, stroke: theme.muted, width: 1, dash: [4, 4] }]);
}

type Pair = Numbers['pairs'][number];

/** A dot per row, a triangle at the edge for what lies beyond it; zoomed, only what is in sight. */
function scatter(
  { theme, zoom }: ChartInput,
  pairs: readonly Pair[],
  frame: Frame,
  x: NumberAxis,
  y: NumberAxis,
  height: (pair: Pair) => number,
): { readonly shapes: readonly Shape[]; readonly targets: readonly Target[] } {
  const zoomed = zoom !== undefined && Object.keys(zoom).length > 0;
  const clamp = (unit: number): number => Math.max(0, Math.min(1, unit));
  const dots = pairs.flatMap((pair) => {
    const [predicted, actual] = pair;
    const [u, v] = [unitOf(x, actual) ?? 0, unitOf(y, height(pair)) ?? 0];
    const beyond = !onAxis(u) || !onAxis(v);
    if (beyond && zoomed) return [];
    const at = frame.at(clamp(u), clamp(v));
    const tip = (): readonly string[] => [
      `off by ${formatNumber(predicted - actual)}`,
      `predicted ${formatNumber(predicted)}`,
      `actual ${formatNumber(actual)}`,
    ];
    return [{ at, beyond, target: { x: at[0], y: at[1], tip } }];
  });
  const places = (beyond: boolean): number[] =>
    dots.flatMap((dot) => (dot.beyond === beyond ? [...dot.at] : []));
  const alpha = theme.highContrast ? 1 : 0.7;
  return {
    shapes: [
      { kind: 'marks', shape: 'dot', at: places(false), size: 5, colour: theme.blue, alpha },
      { kind: 'marks', shape: 'up', at: places(true), size: 7, colour: theme.muted },
    ],
    targets: dots.map(({ target }) => target),
  };
}
