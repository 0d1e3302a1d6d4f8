/**
 * The two charts of the overview as they are saved and copied: the rows behind the history, and the learning curves as
 * a scene, which on the page are drawn by a library that knows no files. Pure.
 */
import { numberAxis, unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import type { History } from '../../../../src/core/analysis/history.js';
import type { Theme } from '../../theme.js';
import { type CurveRole, type Curves, STEP_AXIS, VALUE_AXIS } from '../curves-data.js';
import { frameOf } from '../kit/axes.js';
import { emptyScene, type Scene, type SceneTable, type Shape, within } from '../kit/scene.js';
import { inSight, type Zoom } from '../kit/zoom.js';

/** One row per trial that ended; the best so far as it stood after it. */
export function historyTable({ points, best }: History, metric: string): SceneTable {
  let at = 0;
  return {
    header: ['trial', 'state', metric, `best ${metric} so far`],
    rows: points.map(({ trial, state, value }) => {
      while ((best[at]?.trial ?? Number.POSITIVE_INFINITY) <= trial) at++;
      return [trial, state, value ?? '', best[at - 1]?.value ?? ''];
    }),
  };
}

export interface CurvesChoices {
  readonly metric: string;
  readonly log: boolean;
  /** What is in sight, where not all is. */
  readonly zoom?: Zoom;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

function lookOf(
  role: CurveRole,
  theme: Theme,
  many: boolean,
): { stroke: string; width: number; alpha?: number } {
  switch (role) {
    case 'other':
      return { stroke: theme.muted, width: 1, alpha: theme.highContrast ? 0.45 : many ? 0.18 : 0.3 };
    case 'running':
      return { stroke: theme.blue, width: 1.25 };
    case 'best':
      return { stroke: theme.green, width: 2 };
    case 'selected':
      return { stroke: theme.foreground, width: 2 };
  }
}

/** Room above and below, as on the page. */
function valueAxis({ range }: Curves, log: boolean): ValueAxis {
  const [low, high] = range ? [range.low, range.high] : [0, 1];
  const pad = (high - low || Math.abs(high) * 0.1 || 1) * 0.06;
  const ends = [low - pad, high + pad].map((end) => (log ? 10 ** end : end));
  return numberAxis(ends, { full: true, log });
}

/** The learning curves as a scene: the same lines, colours and range as on the page. */
export function curvesScene(curves: Curves, choices: CurvesChoices, theme: Theme): Scene {
  const { metric, log, width, height } = choices;
  const [steps, ...rows] = curves.rows;
  if (rows.length === 0) return emptyScene(width, height, 'No trial reported a step.');
  const { zoom = {} } = choices;
  const x = inSight(numberAxis(steps, { full: true }), zoom[STEP_AXIS]);
  const y = inSight(valueAxis(curves, log), zoom[VALUE_AXIS]);
  // What is seen whole ends at its edges; what is zoomed goes on beyond them.
  const edge = (unit: number): number => (zoom[VALUE_AXIS] ? unit : Math.max(0, Math.min(1, unit)));
  const frame = frameOf(
    { left: 4, top: 0, width: width - 4, height },
    { x, y, xName: 'step', xWhole: true, yName: metric },
    theme,
  );
  const shapes: Shape[] = [];
  rows.forEach((row, index) => {
    const role = curves.curves[index]?.role ?? 'other';
    const look = lookOf(role, theme, rows.length > 60);
    const points: number[] = [];
    row.forEach((value, at) => {
      if (value === null || value === undefined) return;
      const v = unitOf(y, value);
      if (v === undefined) return;
      points.push(...frame.at(unitOf(x, steps[at]) ?? 0, edge(v)));
    });
    if (points.length > 2) shapes.push({ kind: 'path', points, ...look });
    else shapes.push({ kind: 'marks', shape: 'dot', at: points, size: 4, colour: look.stroke });
  });
  const trials = curves.curves.map(({ trial }) => trial);
  return {
    width,
    height,
    shapes: [...frame.shapes, within(frame.box, shapes)],
    targets: [],
    outside: curves.range?.outside ?? 0,
    logPossible: true,
    states: [],
    description: `Learning curves: ${metric} by step of ${rows.length} trials.`,
    table: () => ({
      header: ['step', ...trials.map((trial) => `${metric} of trial ${trial}`)],
      rows: steps.map((step, at) => [step, ...rows.map((row) => row[at] ?? '')]),
    }),
  };
}
