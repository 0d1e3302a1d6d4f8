/** The metric over a pair of parameters: filled contours smoothed from the trials; cells where one is a category. */
import { contours } from 'd3-contour';
import { numberAt, unitOf } from '../../../../src/core/analysis/axis.js';
import { importanceOf } from '../../../../src/core/analysis/importance.js';
import { type Surface, smoothSurface } from '../../../../src/core/analysis/surface.js';
import { formatNumber } from '../../../../src/core/format.js';
import { type Column, cellOf } from '../../../../src/core/study/table/table.js';
import { type Frame, frameOf } from '../kit/axes.js';
import { mix } from '../kit/colour.js';
import { emptyScene, type Scene, type Shape, type Target } from '../kit/scene.js';
import { colourLegend, legendRoom } from './colour-legend.js';
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
  parameters,
  resultColour,
  sampled,
  statesOf,
  trialMarks,
  trialTip,
} from './input.js';

const GRID = 48;
const BANDS = 10;
const RIM = 8;
/** Of the cells and of the legend, which are to be compared. */
const OPAQUE = 0.55;

/** The pair to show: as chosen, else the two most important parameters that every trial has. */
export function pairOf(input: ChartInput): readonly [Column, Column] | undefined {
  const columns = parameters(input);
  const byId = (id: string | undefined): Column | undefined => columns.find((column) => column.id === id);
  const ranked = importanceOf({ ...input.study, trials: input.trials })
    .filter(({ conditional }) => !conditional)
    .map(({ name }) => columns.find((column) => column.name === name))
    .filter((column) => column !== undefined);
  const candidates = [...ranked, ...columns];
  const x = byId(input.pair[0]) ?? candidates.find(({ id }) => id !== input.pair[1]);
  const y = byId(input.pair[1]) ?? candidates.find(({ id }) => id !== x?.id);
  return x && y && x !== y ? [x, y] : undefined;
}

export function layoutContour(input: ChartInput): Scene {
  const { width, height, theme, metric } = input;
  const pair = pairOf(input);
  if (!pair) return emptyScene(width, height, 'A contour needs two parameters.');
  const drawn = sampled(input.trials, MOST_MARKS, chosenOf(input));
  const [xColumn, yColumn] = pair;
  const [x, y] = [axisOf(input, xColumn), axisOf(input, yColumn)];
  const z = axisOf(input, metric, input.log);
  const frame = frameOf(
    { left: 4, top: 0, width: width - 4 - legendRoom(width), height },
    { x, y, xName: xColumn.label, yName: yColumn.label },
    theme,
  );
  const points = drawn.flatMap((trial) => {
    const [u, v] = [unitOf(x, trial.params[xColumn.name]), unitOf(y, trial.params[yColumn.name])];
    if (u === undefined || v === undefined) return [];
    const sight = onAxis(u) && onAxis(v);
    const value = measured(input, trial);
    const w = value === undefined ? undefined : unitOf(z, value);
    const [px, py] = frame.at(
      u + (x.kind === 'category' ? jitter(trial.number, x.choices.length) : 0),
      v + (y.kind === 'category' ? jitter(trial.number * 7, y.choices.length) : 0),
    );
    return [{ trial, u, v, w, x: px, y: py, sight }];
  });
  const seen = points.filter(({ sight }) => sight);
  const known = points.flatMap(({ trial, u, v, w }) =>
    counts(trial) && w !== undefined ? [{ u, v, w: Math.max(0, Math.min(1, w)) }] : [],
  );
  if (known.length < 3 || z.kind !== 'number') {
    return emptyScene(width, height, 'A contour needs three completed trials that had both parameters.');
  }
  const surface = smoothSurface(
    known.map(({ u }) => u),
    known.map(({ v }) => v),
    known.map(({ w }) => w),
    {
      columns: x.kind === 'category' ? x.choices.length : GRID,
      rows: y.kind === 'category' ? y.choices.length : GRID,
      columnsApart: x.kind === 'category',
      rowsApart: y.kind === 'category',
    },
  );
  const colour = (unit: number): string => resultColour(theme, maximized(input) ? unit : 1 - unit);
  const smooth = x.kind === 'number' && y.kind === 'number';
  return {
    width,
    height,
    shapes: [
      ...frame.shapes,
      ...(smooth ? filled(surface, frame, colour) : cells(surface, frame, colour)),
      // A rim, so that a mark is told from a cell of its own colour.
      {
        kind: 'marks',
        shape: 'dot',
        at: seen.flatMap(({ x, y }) => [x, y]),
        size: RIM,
        colour: theme.background,
      },
      ...trialMarks(input, seen, 5),
      ...colourLegend(input, frame.box, {
        colours: Array.from({ length: BANDS }, (_, band) =>
          mix(theme.background, colour((band + 0.5) / BANDS), OPAQUE),
        ),
        labels: [0, 0.5, 1].map((unit) => formatNumber(numberAt(z, unit), 3)),
        name: metric.label,
      }),
    ],
    targets: seen.map(
      ({ trial, x: px, y: py }): Target => ({
        x: px,
        y: py,
        trial: trial.number,
        tip: () => trialTip(input, trial, [metric, xColumn, yColumn]),
      }),
    ),
    description: `Contour: ${metric.name} over ${xColumn.name} and ${yColumn.name}, smoothed from ${known.length} completed trials.`,
    note: 'smoothed from the completed trials; blank where none is near',
    frames: [{ box: frame.box, x: { id: xColumn.id, axis: x }, y: { id: yColumn.id, axis: y } }],
    outside: z.outside,
    logPossible: z.logPossible,
    states: statesOf(points.map(({ trial }) => trial)),
    table: () => ({
      header: ['trial', 'state', xColumn.name, yColumn.name, metric.name],
      rows: points.map(({ trial }) => [
        trial.number,
        trial.state,
        cellText(cellOf(trial, xColumn, input.now)),
        cellText(cellOf(trial, yColumn, input.now)),
        cellText(measured(input, trial)),
      ]),
    }),
  };
}

const jitter = (number: number, choices: number): number =>
  ((((number * 0.618034) % 1) - 0.5) * 0.6) / choices;

function filled(surface: Surface, frame: Frame, colour: (unit: number) => string): readonly Shape[] {
  const { columns, rows, values } = surface;
  // Unknown cells lie below every threshold, so that nothing is painted there.
  const lifted = [...values].map((value) => (Number.isNaN(value) ? -1 : value));
  const thresholds = Array.from({ length: BANDS }, (_, band) => band / BANDS);
  return contours()
    .size([columns, rows])
    .thresholds(thresholds)(lifted)
    .flatMap(({ coordinates, value }): Shape[] => {
      const rings = coordinates.flatMap((polygon) =>
        polygon.map((ring) =>
          ring.flatMap(([gx = 0, gy = 0]) => [...frame.at(edge(gx, columns), edge(gy, rows))]),
        ),
      );
      return rings.length === 0
        ? []
        : [{ kind: 'area', rings, fill: colour(value + 0.5 / BANDS), alpha: OPAQUE }];
    });
}

/** Contours end half a cell within the grid; the picture goes to the edge. */
const edge = (at: number, count: number): number => Math.max(0, Math.min(1, (at - 0.5) / (count - 1)));

function cells(surface: Surface, frame: Frame, colour: (unit: number) => string): readonly Shape[] {
  const shapes: Shape[] = [];
  const { columns, rows, values } = surface;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    const column = index % columns;
    const row = Math.floor(index / columns);
    const [left, bottom] = frame.at(column / columns, row / rows);
    const [right, top] = frame.at((column + 1) / columns, (row + 1) / rows);
    // Categories stand apart; along a number the cells meet on whole pixels, without seams.
    const [gapX, gapY] = [columns < GRID ? 2 : 0, rows < GRID ? 2 : 0];
    const [x0, x1, y0, y1] = [left + gapX, right - gapX, top + gapY, bottom - gapY].map(Math.round) as [
      number,
      number,
      number,
      number,
    ];
    shapes.push({
      kind: 'rects',
      at: [x0, y0, x1 - x0, y1 - y0],
      fill: colour(value),
      alpha: OPAQUE,
    });
  });
  return shapes;
}
