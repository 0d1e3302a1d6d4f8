/** Ticks of an axis and the frame of a plot with two: lines, labels and names. Pure. */
import { ticks } from 'd3-array';
import { unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import { formatNumber, formatValue } from '../../../../src/core/format.js';
import type { Theme } from '../../theme.js';
import type { Shape } from './scene.js';

export interface Tick {
  readonly unit: number;
  readonly label: string;
}

/** About so many ticks; every category of a categorical axis. */
export function ticksOf(axis: ValueAxis, about: number): readonly Tick[] {
  if (axis.kind === 'category') {
    const count = axis.choices.length;
    return axis.choices.map((choice, index) => ({ unit: (index + 0.5) / count, label: formatValue(choice) }));
  }
  const tick = (value: number): Tick => ({ unit: unitOf(axis, value) ?? 0, label: formatNumber(value, 3) });
  if (!axis.log) return ticks(axis.low, axis.high, about).map(tick);
  const [first, last] = [Math.ceil(Math.log10(axis.low) - 1e-9), Math.floor(Math.log10(axis.high) + 1e-9)];
  if (last - first < 1) return ticks(axis.low, axis.high, about).map(tick);
  const step = Math.max(1, Math.ceil((last - first) / about));
  const powers: number[] = [];
  for (let power = first; power <= last; power += step) powers.push(Number(`1e${power}`));
  return powers.map(tick);
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Rough width of text of 11 pixels: layouts are pure and cannot measure. */
export const textWidth = (text: string, size = 11): number => text.length * size * 0.57;

/** As much of a text as fits, with an ellipsis. */
export function fitted(text: string, width: number): string {
  const letters = Math.max(1, Math.floor(width / textWidth('n')));
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}

export interface Frame {
  readonly box: Box;
  readonly shapes: readonly Shape[];
  /** Pixels of a place on the axes. */
  readonly at: (x: number, y: number) => readonly [number, number];
}

export interface FrameAxes {
  readonly x: ValueAxis;
  readonly y: ValueAxis;
  readonly xName: string;
  /** x counts: no ticks between whole numbers. */
  readonly xWhole?: boolean;
  /** Absent: the labels of y are left out too, for a plot beside another with the same axis. */
  readonly yName?: string;
}

/** The plot area within `outer`: grid lines of y, ticks of both, their names. */
export function frameOf(outer: Box, axes: FrameAxes, theme: Theme): Frame {
  const yTicks = ticksOf(axes.y, Math.max(2, Math.round(outer.height / 50)));
  const labels = axes.yName === undefined ? [] : yTicks.map(({ label }) => label);
  const left = Math.min(
    outer.width * 0.35,
    labels.reduce((most, label) => Math.max(most, textWidth(label)), 0) + 14,
  );
  const box: Box = {
    left: outer.left + left,
    top: outer.top + 18,
    width: Math.max(20, outer.width - left - 16),
    height: Math.max(20, outer.height - 18 - 34),
  };
  const at = (x: number, y: number): readonly [number, number] => [
    box.left + x * box.width,
    box.top + (1 - y) * box.height,
  ];
  const bottom = box.top + box.height;
  const shapes: Shape[] = [];
  for (const { unit, label } of yTicks) {
    const y = at(0, unit)[1];
    shapes.push({
      kind: 'path',
      points: [box.left, y, box.left + box.width, y],
      stroke: theme.grid,
      width: 1,
    });
    if (axes.yName === undefined) continue;
    shapes.push({
      kind: 'text',
      x: box.left - 6,
      y,
      text: fitted(label, left - 8),
      colour: theme.muted,
      align: 'right',
    });
  }
  shapes.push({
    kind: 'path',
    points: [box.left, bottom, box.left + box.width, bottom],
    stroke: theme.highContrast ? theme.axis : theme.muted,
    width: 1,
    // Above the grid's lines, which in a dark theme are hardly told from the background.
    alpha: theme.highContrast ? 1 : 0.6,
  });
  const xTicks = ticksOf(axes.x, Math.max(2, Math.round(box.width / 70)));
  const whole = axes.xWhole ? xTicks.filter(({ label }) => !label.includes('.')) : xTicks;
  shapes.push(...xLabels(box, whole, theme));
  shapes.push({
    kind: 'text',
    x: box.left + box.width / 2,
    y: bottom + 27,
    text: fitted(axes.xName, outer.width),
    colour: theme.muted,
    align: 'center',
  });
  if (axes.yName !== undefined) {
    shapes.push({
      kind: 'text',
      x: outer.left,
      y: outer.top + 7,
      text: fitted(axes.yName, outer.width),
      colour: theme.muted,
      align: 'left',
    });
  }
  return { box, shapes, at };
}

/** Labels that would run into each other are shortened, or left out. */
function xLabels(box: Box, list: readonly Tick[], theme: Theme): readonly Shape[] {
  const shapes: Shape[] = [];
  const room = list.length > 0 ? box.width / list.length : 0;
  let freeFrom = Number.NEGATIVE_INFINITY;
  for (const { unit, label } of list) {
    const x = box.left + unit * box.width;
    const text = fitted(label, Math.max(26, room - 10));
    const half = textWidth(text) / 2;
    const y = box.top + box.height;
    shapes.push({ kind: 'path', points: [x, y, x, y + 3], stroke: theme.axis, width: 1 });
    if (x - half < freeFrom) continue;
    freeFrom = x + half + 10;
    shapes.push({ kind: 'text', x, y: y + 12, text, colour: theme.muted, align: 'center' });
  }
  return shapes;
}
