/**
 * Several studies over one another: the best so far by trial, and the distribution of the results. Each has a colour, a
 * dash and a mark of its own, so that none is told by its colour alone. Pure.
 */
import { type NumberAxis, numberAxis, unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import { type Course, courseOf } from '../../../../src/core/analysis/course.js';
import { formatNumber } from '../../../../src/core/format.js';
import type { Theme } from '../../theme.js';
import { type Box, type Frame, fitted, frameOf, textWidth } from '../kit/axes.js';
import { emptyScene, type MarkShape, type Scene, type Shape, type Target, within } from '../kit/scene.js';
import { inSight } from '../kit/zoom.js';
import { type ChartInput, onAxis } from './input.js';

/** More cannot be told apart. */
export const MOST_STUDIES = 6;
/** Narrower than this the two plots stand one below the other. */
const SIDE_BY_SIDE = 620;
const LEAST_HEIGHT = 190;
const LEGEND_ROW = 18;
const SAMPLE = 30;

interface Look {
  readonly colour: string;
  readonly dash: readonly number[] | undefined;
  readonly mark: MarkShape;
}

function looks(theme: Theme): readonly Look[] {
  return [
    { colour: theme.blue, dash: undefined, mark: 'dot' },
    { colour: theme.orange, dash: [7, 3], mark: 'square' },
    { colour: theme.green, dash: [2, 3], mark: 'up' },
    { colour: theme.red, dash: [9, 3, 2, 3], mark: 'diamond' },
    { colour: theme.foreground, dash: [14, 4], mark: 'ring' },
    { colour: theme.muted, dash: [4, 2, 1, 2, 1, 2], mark: 'cross' },
  ];
}

interface Line extends Look {
  readonly name: string;
  readonly own: boolean;
  readonly course: Course;
}

const plain = (low: number, high: number): NumberAxis => ({
  kind: 'number',
  log: false,
  low,
  high,
  outside: 0,
  logPossible: false,
});
const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
const TRIALS = 'studies:trial';
const BESTS = 'studies:best';
const VALUES = 'studies:value';
const SHARES = 'studies:share';

/** Room above and below, so that the best does not lie on the axis. */
function airy(axis: ValueAxis): ValueAxis {
  if (axis.kind !== 'number') return axis;
  const air = 0.05;
  if (axis.log) {
    const factor = (axis.high / axis.low) ** air;
    return { ...axis, low: axis.low / factor, high: axis.high * factor };
  }
  const pad = (axis.high - axis.low) * air;
  return { ...axis, low: axis.low - pad, high: axis.high + pad };
}

/** The study shown first, then the chosen of `peers` in their order. */
function linesOf({ study, all, peers = [], theme }: ChartInput): readonly Line[] {
  const own = { name: study.name === '' ? 'this study' : study.name, own: true };
  const others = peers.map(({ ref, course }) => ({ name: ref.name, own: false, course }));
  const courses = [{ ...own, course: courseOf({ ...study, trials: all }) }, ...others];
  const styles = looks(theme);
  return courses.slice(0, MOST_STUDIES).flatMap((line, index) => {
    const look = styles[index];
    return look ? [{ ...line, ...look }] : [];
  });
}

/** Rows of the legend within a width, and how high they are. */
function legendOf(
  lines: readonly Line[],
  width: number,
  theme: Theme,
): { shapes: readonly Shape[]; height: number } {
  const shapes: Shape[] = [];
  let [x, y] = [8, LEGEND_ROW / 2];
  for (const { name, own, course, colour, dash, mark } of lines) {
    const result = course.best.at(-1)?.value;
    const about = `${name}${own ? ' (this)' : ''}: ${result === undefined ? 'no result' : formatNumber(result)} of ${count(course.trials, 'trial')}`;
    const text = fitted(about, width - SAMPLE - 20);
    const room = SAMPLE + 6 + textWidth(text) + 8;
    if (x > 8 && x + room > width) {
      x = 8;
      y += LEGEND_ROW;
    }
    shapes.push(
      {
        kind: 'path',
        points: [x, y, x + SAMPLE, y],
        stroke: colour,
        width: own ? 2.5 : 1.75,
        ...(dash && { dash }),
      },
      { kind: 'marks', shape: mark, at: [x + SAMPLE / 2, y], size: 7, colour },
      { kind: 'text', x: x + SAMPLE + 6, y, text, colour: theme.foreground, align: 'left' },
    );
    x += room;
  }
  return { shapes, height: y + LEGEND_ROW / 2 + 4 };
}

export function layoutStudies(input: ChartInput): Scene {
  const { width, theme, metric } = input;
  const lines = linesOf(input);
  const values = lines.flatMap(({ course }) => course.distribution.map(({ value }) => value));
  if (values.length === 0) return emptyScene(width, input.height, 'No trial of these studies has completed.');
  const legend = legendOf(lines, width, theme);
  const beside = width >= SIDE_BY_SIDE;
  const plots = Math.max(LEAST_HEIGHT * (beside ? 1 : 2), input.height - legend.height);
  const height = legend.height + plots;
  const keep = lines.flatMap(({ course }) => course.best.at(-1)?.value ?? []);
  const whole = numberAxis(values, { full: input.full, log: input.log, keep });
  const last = Math.max(1, ...lines.map(({ course }) => course.last));
  const records = lines.flatMap(({ course }) => course.best.map(({ value }) => value));
  const reached = inSight(
    airy(numberAxis(records, { full: input.full, log: input.log, keep })),
    input.zoom?.[BESTS],
  );
  const results = inSight(whole, input.zoom?.[VALUES]);
  const trials = inSight(plain(0, last * 1.02), input.zoom?.[TRIALS]);
  const shares = inSight(plain(0, 100), input.zoom?.[SHARES]);
  const objective = input.study.objectives[0]?.metric ?? metric.name;
  const place = (index: 0 | 1): Box =>
    beside
      ? { left: 4 + (index * width) / 2, top: legend.height, width: width / 2 - 12, height: plots }
      : { left: 4, top: legend.height + (index * plots) / 2, width: width - 4, height: plots / 2 };
  const course = frameOf(
    place(0),
    { x: trials, y: reached, xName: 'trial', xWhole: true, yName: `best ${objective} so far` },
    theme,
  );
  const spread = frameOf(
    place(1),
    { x: results, y: shares, xName: objective, yName: `% of trials with ${objective} at most` },
    theme,
  );
  const targets: Target[] = [];
  const drawn = lines.flatMap((line) => [
    ...courseShapes(line, course, trials, reached, targets, objective),
    ...spreadShapes(line, spread, results, shares, targets, objective),
  ]);
  const leader = leading(lines);
  return {
    width,
    height,
    shapes: [...legend.shapes, ...course.shapes, ...spread.shapes, ...drawn],
    targets,
    description: `Comparison of ${count(lines.length, 'study', 'studies')} by ${objective}: ${lines.map(({ name, course: { best } }) => `${name} ${formatNumber(best.at(-1)?.value ?? Number.NaN)}`).join(', ')}.${leader ? ` Best: ${leader.name}.` : ''}`,
    frames: [
      { box: course.box, x: { id: TRIALS, axis: trials }, y: { id: BESTS, axis: reached } },
      { box: spread.box, x: { id: VALUES, axis: results }, y: { id: SHARES, axis: shares } },
    ],
    outside: whole.kind === 'number' ? whole.outside : 0,
    logPossible: whole.kind === 'number' && whole.logPossible,
    states: [],
    table: () => ({
      header: ['study', 'picture', 'trial', objective, 'share'],
      rows: lines.flatMap(({ name, course: { best, distribution } }) => [
        ...best.map(({ trial, value }) => [name, 'best so far', trial, value, '']),
        ...distribution.map(({ value, share }) => [name, 'distribution', '', value, share]),
      ]),
    }),
  };
}

function leading(lines: readonly Line[]): Line | undefined {
  let leader: Line | undefined;
  for (const line of lines) {
    const [own, best] = [line.course.best.at(-1)?.value, leader?.course.best.at(-1)?.value];
    if (own === undefined) continue;
    if (best === undefined || (line.course.direction === 'maximize' ? own > best : own < best)) leader = line;
  }
  return leader;
}

/** A tread as far as the next improvement, then the riser; a mark at each improvement. */
function courseShapes(
  line: Line,
  frame: Frame,
  trials: ValueAxis,
  results: ValueAxis,
  targets: Target[],
  objective: string,
): readonly Shape[] {
  const { best, last } = line.course;
  const points: number[] = [];
  const marks: number[] = [];
  best.forEach(({ trial, value }, index) => {
    const next = best[index + 1]?.trial ?? Math.max(last, trial);
    const [u, v] = [unitOf(trials, trial) ?? 0, unitOf(results, value) ?? 0];
    const [x, y] = frame.at(u, v);
    points.push(x, y, ...frame.at(unitOf(trials, next) ?? 0, v));
    if (!onAxis(u) || !onAxis(v)) return;
    marks.push(x, y);
    targets.push({
      x,
      y,
      ...(line.own ? { trial } : {}),
      tip: () => [line.name, `best so far from trial ${trial} on`, `${objective} ${formatNumber(value, 5)}`],
    });
  });
  return strokes(line, frame, points, marks);
}

/** The staircase of shares, with a mark at each quarter. */
function spreadShapes(
  line: Line,
  frame: Frame,
  results: ValueAxis,
  shares: ValueAxis,
  targets: Target[],
  objective: string,
): readonly Shape[] {
  const { distribution, completed } = line.course;
  const marks: number[] = [];
  let before = 0;
  let quarter = 1;
  const points: number[] = [];
  const up = (share: number): number => unitOf(shares, 100 * share) ?? 0;
  for (const { value, share } of distribution) {
    const [u, v] = [unitOf(results, value) ?? 0, up(share)];
    const [x, y] = frame.at(u, v);
    points.push(...frame.at(u, up(before)), x, y);
    before = share;
    if (share * 4 < quarter - 1e-9) continue;
    while (share * 4 >= quarter - 1e-9) quarter++;
    if (!onAxis(u) || !onAxis(v)) continue;
    marks.push(x, y);
    targets.push({
      x,
      y,
      tip: () => [
        line.name,
        `${formatNumber(100 * share, 3)} % of ${count(completed, 'completed trial')}`,
        `${objective} at most ${formatNumber(value, 5)}`,
      ],
    });
  }
  return strokes(line, frame, points, marks);
}

const strokes = (
  { colour, dash, mark, own }: Line,
  { box }: Frame,
  points: readonly number[],
  marks: readonly number[],
): readonly Shape[] => [
  within(box, [{ kind: 'path', points, stroke: colour, width: own ? 2.5 : 1.75, ...(dash && { dash }) }]),
  { kind: 'marks', shape: mark, at: marks, size: 7, colour },
];
