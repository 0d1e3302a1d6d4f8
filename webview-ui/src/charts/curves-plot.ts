/** One uPlot with the page's colours: axes, strokes by role, and the curve nearest to the pointer. No state of its own. */
import uPlot from 'uplot';
import { formatNumber } from '../../../src/core/format.js';
import type { Theme } from '../theme.js';
import { type Curve, type CurveRole, type Curves, STEP_AXIS, VALUE_AXIS } from './curves-data.js';
import type { Zoom, ZoomFrame } from './kit/zoom.js';

export interface CurvesPlotChoices {
  readonly width: number;
  readonly height: number;
  readonly log: boolean;
  /** What is in sight, where not all is; asked for with each set of data. */
  readonly zoom: () => Zoom;
}

/** Where the plot lies and how far its axes reach, once it is drawn. */
export function frameOfPlot({ over, scales }: uPlot, log: boolean): ZoomFrame | undefined {
  const { x, y } = scales;
  if (x?.min == null || x.max == null || y?.min == null || y.max == null) return undefined;
  const box = {
    left: over.offsetLeft,
    top: over.offsetTop,
    width: over.clientWidth,
    height: over.clientHeight,
  };
  const axis = { kind: 'number', outside: 0, logPossible: log } as const;
  return {
    box,
    x: { id: STEP_AXIS, axis: { ...axis, log: false, low: x.min, high: x.max } },
    y: { id: VALUE_AXIS, axis: { ...axis, log, low: y.min, high: y.max } },
  };
}

const WIDTH: Readonly<Record<CurveRole, number>> = { other: 1, running: 1.25, best: 2, selected: 2 };

function stroke(role: CurveRole, theme: Theme): string {
  switch (role) {
    case 'other':
      return theme.muted;
    case 'running':
      return theme.blue;
    case 'best':
      return theme.green;
    case 'selected':
      return theme.foreground;
  }
}

export function createPlot(
  element: HTMLElement,
  { curves, rows, range }: Curves,
  choices: CurvesPlotChoices,
  theme: Theme,
  onNearest: (series: number | null) => void,
): uPlot {
  const font = `${theme.fontSize}px ${theme.fontFamily}`;
  const faint = theme.highContrast ? 0.45 : curves.length > 60 ? 0.18 : 0.3;
  const axis: uPlot.Axis = {
    stroke: theme.muted,
    font,
    ticks: { show: false },
    border: { show: false },
    gap: 6,
  };
  return new uPlot(
    {
      width: choices.width,
      height: choices.height,
      padding: [22, 16, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        x: false,
        drag: { x: false, y: false },
        focus: { prox: 20 },
        points: { show: false },
      },
      focus: { alpha: 1 },
      hooks: { setSeries: [(_plot, series) => onNearest(series)] },
      scales: {
        x: {
          time: false,
          range: (_plot, low, high) => ends(choices.zoom()[STEP_AXIS]) ?? [low, high > low ? high : low + 1],
        },
        y: {
          distr: choices.log ? 3 : 1,
          range: () => ends(choices.zoom()[VALUE_AXIS]) ?? scaleRange(range, choices.log),
        },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: 40,
          incrs: STEPS,
          grid: { show: false },
          border: { show: true, stroke: theme.axis, width: 1 },
        },
        {
          ...axis,
          size: axisSize,
          space: 36,
          grid: { stroke: theme.grid, width: 1 },
          values: (_plot, splits) => splits.map((value) => (value === null ? '' : formatNumber(value, 3))),
        },
      ],
      series: [
        {},
        ...curves.map(
          ({ role, trial }: Curve): uPlot.Series => ({
            label: String(trial),
            stroke: stroke(role, theme),
            width: WIDTH[role],
            alpha: role === 'other' ? faint : 1,
            spanGaps: true,
            points: { show: (plot, series) => isShort(plot, series), size: role === 'other' ? 3 : 4 },
          }),
        ),
      ],
    },
    rows as unknown as uPlot.AlignedData,
    element,
  );
}

const ends = (sight: readonly [number, number] | undefined): [number, number] | undefined =>
  sight && [sight[0], sight[1]];

/** A step is a whole number. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 2e4, 5e4, 1e5, 1e6];

/** A curve of one point is no line. */
function isShort(plot: uPlot, series: number): boolean {
  let count = 0;
  for (const value of plot.data[series] ?? []) if (value != null) count++;
  return count < 2;
}

function scaleRange(range: Curves['range'], log: boolean): [number, number] {
  if (!range) return log ? [0.1, 1] : [0, 1];
  const pad = (range.high - range.low || Math.abs(range.high) * 0.1 || 1) * 0.06;
  const [low, high] = [range.low - pad, range.high + pad];
  return log ? [10 ** low, 10 ** high] : [low, high];
}

/** As wide as the longest label, so that nothing is cut and nothing is wasted. */
function axisSize(plot: uPlot, values: string[] | null): number {
  const longest = Math.max(0, ...(values ?? []).map((text) => text.length));
  plot.ctx.font = plot.axes[1]?.font?.[0] ?? '11px sans-serif';
  return 14 + plot.ctx.measureText('0'.repeat(longest)).width / devicePixelRatio;
}
