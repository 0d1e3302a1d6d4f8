/** How parameters and metrics go together, each with each, by rank. Categories without an order are left out. */
import { rankCorrelation } from '../../../../src/core/analysis/correlation.js';
import { canonicalJson } from '../../../../src/core/json.js';
import { type Column, cellOf } from '../../../../src/core/study/table/table.js';
import type { Trial } from '../../../../src/core/study/trial.js';
import { fitted, textWidth } from '../kit/axes.js';
import { mix } from '../kit/colour.js';
import { emptyScene, type Scene, type Shape, type Target } from '../kit/scene.js';
import { type ChartInput, counts, MOST_MARKS, sampled } from './input.js';

const MOST_METRICS = 5;
const LEAST_CELL = 22;
/** Numbers in narrower cells would run into each other: only their sign is shown, and names stand steep. */
const LEAST_NUMBERED = 30;

export function layoutCorrelation(input: ChartInput): Scene {
  const { width, theme } = input;
  const done = sampled(input.trials.filter(counts), MOST_MARKS, new Set());
  const columns = orderedColumns(input);
  if (done.length < 3 || columns.length < 2) {
    return emptyScene(width, input.height, 'Correlation needs three completed trials and two numbers.');
  }
  const values = columns.map((column) => done.map((trial) => rankable(input, column, trial)));
  const left = Math.min(
    width * 0.3,
    columns.reduce((most, { label }) => Math.max(most, textWidth(label)), 0) + 12,
  );
  const n = columns.length;
  const size = Math.max(LEAST_CELL, Math.min(44, (width - left - 60) / n, (input.height - 70) / n));
  const wide = Math.min(Math.max(size, 84), (width - left - 60) / n);
  const cell: readonly [number, number] = [Math.max(LEAST_CELL, wide), size];
  const narrow = cell[0] < LEAST_NUMBERED;
  const top = 6;
  const shapes: Shape[] = [];
  const targets: Target[] = [];
  const rows: (string | number)[][] = [];
  columns.forEach((row, i) => {
    const y = top + i * cell[1];
    shapes.push({
      kind: 'text',
      x: left - 6,
      y: y + cell[1] / 2,
      text: fitted(row.label, left - 8),
      colour: theme.foreground,
      align: 'right',
    });
    const printed: (string | number)[] = [row.name];
    columns.forEach((column, j) => {
      const x = left + j * cell[0];
      const r = i === j ? 1 : rankCorrelation(values[i] ?? [], values[j] ?? []);
      printed.push(r ?? '');
      const strength = r === undefined || i === j ? 0 : Math.abs(r);
      const tone = (r ?? 0) >= 0 ? theme.blue : theme.orange;
      const fill = mix(theme.background, tone, strength * 0.75);
      shapes.push({
        kind: 'rects',
        at: [x + 1, y + 1, cell[0] - 2, cell[1] - 2],
        fill,
        ...(theme.highContrast ? { stroke: theme.axis } : {}),
      });
      if (i !== j) {
        shapes.push({
          kind: 'text',
          x: x + cell[0] / 2,
          y: y + cell[1] / 2,
          text: r === undefined ? '·' : narrow ? sign(r).slice(0, 1).replace('0', '') : sign(r),
          colour: theme.foreground,
          align: 'center',
          size: cell[0] < 34 && !narrow ? 9 : 11,
        });
      }
      const bothParams = row.kind === 'param' && column.kind === 'param' && i !== j;
      targets.push({
        x: x + cell[0] / 2,
        y: y + cell[1] / 2,
        reach: [cell[0] / 2, cell[1] / 2],
        ...(bothParams ? { pair: [column.id, row.id] as const } : {}),
        tip: () => [
          `${row.label} and ${column.label}`,
          r === undefined ? 'nothing to compare' : `rank correlation ${sign(r)} over ${done.length} trials`,
          ...(bothParams ? ['Click for their contour'] : []),
        ],
      });
    });
    rows.push(printed);
  });
  columns.forEach(({ label }, j) => {
    shapes.push({
      kind: 'text',
      x: left + (j + 0.5) * cell[0] - 4,
      y: top + n * cell[1] + 8,
      text: fitted(label, 110),
      colour: theme.muted,
      align: 'left',
      turn: narrow ? 75 : 30,
    });
  });
  const leftOut = input.columns.filter(
    (column) => column.kind === 'param' && !columns.includes(column),
  ).length;
  return {
    width,
    height: Math.max(input.height, top + n * cell[1] + (narrow ? 116 : 62)),
    shapes,
    targets,
    description: `Rank correlation of ${n} parameters and metrics over ${done.length} completed trials.`,
    note: `Spearman; + together, − against each other${leftOut > 0 ? ` · ${leftOut} without an order left out` : ''}`,
    outside: 0,
    logPossible: false,
    states: [],
    table: () => ({ header: ['', ...columns.map(({ name }) => name)], rows }),
  };
}

function sign(r: number): string {
  const digits = Math.abs(r).toFixed(2);
  return Number(digits) === 0 ? digits : `${r < 0 ? '−' : '+'}${digits}`;
}

function orderedColumns(input: ChartInput): readonly Column[] {
  const metrics = input.columns.filter(({ kind }) => kind === 'objective' || kind === 'metric');
  const params = input.columns.filter((column) => {
    if (column.kind !== 'param') return false;
    const type = input.study.space[column.name]?.type;
    return column.numeric || type === 'ordinal' || type === 'bool';
  });
  const duration = input.columns.filter(({ kind }) => kind === 'duration');
  return [...params, ...metrics.slice(0, MOST_METRICS), ...duration];
}

/** A number that keeps the order of the values. */
function rankable(input: ChartInput, column: Column, trial: Trial): number | undefined {
  const cell = cellOf(trial, column, input.now);
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return Number(cell);
  const parameter = input.study.space[column.name];
  if (cell === undefined || parameter?.type !== 'ordinal') return undefined;
  return parameter.choices.findIndex((choice) => canonicalJson(choice) === canonicalJson(cell));
}
