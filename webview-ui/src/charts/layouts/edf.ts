/** Which share of the trials reached at least a value: the empirical distribution of the results. */
import { unitOf } from '../../../../src/core/analysis/axis.js';
import { baselineOf } from '../../../../src/core/analysis/history.js';
import { formatNumber } from '../../../../src/core/format.js';
import type { Trial } from '../../../../src/core/study/trial.js';
import { frameOf, textWidth } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target, within } from '../kit/scene.js';
import { inSight } from '../kit/zoom.js';
import { axisOf, type ChartInput, counts, measured, onAxis, trialTip } from './input.js';

/** Steps beyond this are closer together than pixels. */
const MOST_STEPS = 1200;
/** The axis of shares, in percent. */
const SHARE = 'edf:share';
const SHARES = { kind: 'number', log: false, low: 0, high: 100, outside: 0, logPossible: false } as const;

interface Step {
  readonly trial: Trial;
  readonly value: number;
}

function stepsOf(input: ChartInput, trials: readonly Trial[]): readonly Step[] {
  return trials
    .flatMap((trial) => {
      const value = counts(trial) ? measured(input, trial) : undefined;
      return value === undefined ? [] : [{ trial, value }];
    })
    .sort((a, b) => a.value - b.value);
}

export function layoutEdf(input: ChartInput): Scene {
  const { width, height, theme, metric } = input;
  const steps = stepsOf(input, input.trials);
  if (steps.length === 0) return emptyScene(width, height, 'No trial has completed.');
  const x = axisOf(input, metric, input.log);
  if (x.kind !== 'number') return emptyScene(width, height, 'The metric has no numbers.');
  const y = inSight(SHARES, input.zoom?.[SHARE]);
  const up = (share: number): number => unitOf(y, 100 * share) ?? 0;
  const frame = frameOf(
    { left: 4, top: 0, width: width - 4, height },
    {
      x,
      y,
      xName: metric.label,
      yName: `% of trials with ${metric.label} at most`,
    },
    theme,
  );
  // Seen whole, the axis ends where the wild values begin; zoomed, the line goes on beyond it.
  const zoomed = input.zoom?.[metric.id] !== undefined;
  const clamp = (unit: number): number => (zoomed ? unit : Math.max(0, Math.min(1, unit)));
  const pathOf = (list: readonly Step[]): number[] => {
    const first = clamp(unitOf(x, list[0]?.value) ?? 0);
    const points: number[] = [...frame.at(Math.min(0, first), up(0))];
    const every = Math.max(1, Math.floor(list.length / MOST_STEPS));
    list.forEach(({ value }, index) => {
      if (index % every !== 0 && index !== list.length - 1) return;
      const u = clamp(unitOf(x, value) ?? 0);
      points.push(...frame.at(u, up(index / list.length)), ...frame.at(u, up((index + 1) / list.length)));
    });
    const last = clamp(unitOf(x, list.at(-1)?.value) ?? 1);
    return [...points, ...frame.at(Math.max(1, last), up(1))];
  };
  const lines: Shape[] = [];
  const filtered = input.trials.length < input.all.length;
  if (filtered) {
    lines.push({
      kind: 'path',
      points: pathOf(stepsOf(input, input.all)),
      stroke: theme.muted,
      width: 1,
      dash: [2, 3],
    });
  }
  lines.push({ kind: 'path', points: pathOf(steps), stroke: theme.blue, width: 2 });
  const shapes: Shape[] = [...frame.shapes, within(frame.box, lines)];
  const baseline = metric.kind === 'objective' ? baselineOf({ trials: input.all }) : undefined;
  const place = baseline === undefined ? undefined : unitOf(x, baseline);
  if (baseline !== undefined && place !== undefined && place >= 0 && place <= 1) {
    const [px, top] = frame.at(place, 1);
    const right = px - frame.box.left > width - px;
    const room = Math.max(px - frame.box.left, width - px) - 10;
    const [long, short] =
      input.study.config.file === '' ? ['trial 0', 'trial 0'] : ['values in the file', 'file'];
    const whole = `${long} ${formatNumber(baseline)}`;
    const text = textWidth(whole) <= room ? whole : `${short} ${formatNumber(baseline)}`;
    shapes.push(
      {
        kind: 'path',
        points: [px, top, ...frame.at(place, 0)],
        stroke: theme.muted,
        width: 1,
        dash: [4, 4],
      },
      {
        kind: 'text',
        x: px + (right ? -5 : 5),
        y: frame.at(0, 0)[1] - 10,
        text,
        colour: theme.muted,
        align: right ? 'right' : 'left',
      },
    );
  }
  const chosen = new Set(input.selected);
  const marks = steps.flatMap(({ trial, value }, index) => {
    const share = (index + 1) / steps.length;
    const [u, v] = [clamp(unitOf(x, value) ?? 0), up(share)];
    if (!onAxis(u) || !onAxis(v)) return [];
    const [px, py] = frame.at(u, v);
    return [{ trial, x: px, y: py, share }];
  });
  shapes.push({
    kind: 'marks',
    shape: 'ring',
    at: marks.flatMap(({ trial, x: px, y: py }) => (chosen.has(trial.number) ? [px, py] : [])),
    size: 12,
    colour: theme.foreground,
  });
  const targets = marks.map(
    (mark): Target => ({
      x: mark.x,
      y: mark.y,
      trial: mark.trial.number,
      tip: () => [
        ...trialTip(input, mark.trial),
        `${formatNumber(100 * mark.share, 3)} % of the trials are at most here`,
      ],
    }),
  );
  const median = steps[Math.floor(steps.length / 2)]?.value ?? Number.NaN;
  return {
    width,
    height,
    shapes,
    targets,
    description: `Distribution of ${metric.name} over ${steps.length} completed trials, median ${formatNumber(median)}.`,
    ...(filtered ? { note: 'dotted: all trials, without the filter' } : {}),
    frames: [{ box: frame.box, x: { id: metric.id, axis: x }, y: { id: SHARE, axis: y } }],
    outside: x.outside,
    logPossible: x.logPossible,
    states: [],
    table: () => ({
      header: ['trial', metric.name, 'share'],
      rows: steps.map(({ trial, value }, index) => [trial.number, value, (index + 1) / steps.length]),
    }),
  };
}
