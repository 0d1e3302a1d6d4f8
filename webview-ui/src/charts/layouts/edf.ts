/** Which share of the trials reached at least a value: the empirical distribution of the results. */
import { unitOf } from '../../../../src/core/analysis/axis.js';
import { baselineOf } from '../../../../src/core/analysis/history.js';
import { formatNumber } from '../../../../src/core/format.js';
import type { Trial } from '../../../../src/core/study/trial.js';
import { frameOf, textWidth } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target } from '../kit/scene.js';
import { axisOf, type ChartInput, measured, trialTip } from './input.js';

/** Steps beyond this are closer together than pixels. */
const MOST_STEPS = 1200;

interface Step {
  readonly trial: Trial;
  readonly value: number;
}

function stepsOf(input: ChartInput, trials: readonly Trial[]): readonly Step[] {
  return trials
    .flatMap((trial) => {
      const value = trial.state === 'complete' ? measured(input, trial) : undefined;
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
  const frame = frameOf(
    { left: 4, top: 0, width: width - 4, height },
    {
      x,
      y: { kind: 'number', log: false, low: 0, high: 100, outside: 0, logPossible: false },
      xName: metric.label,
      yName: `% of trials with ${metric.label} at most`,
    },
    theme,
  );
  const clamp = (unit: number): number => Math.max(0, Math.min(1, unit));
  const pathOf = (list: readonly Step[]): number[] => {
    const points: number[] = [...frame.at(0, 0)];
    const every = Math.max(1, Math.floor(list.length / MOST_STEPS));
    list.forEach(({ value }, index) => {
      if (index % every !== 0 && index !== list.length - 1) return;
      const u = clamp(unitOf(x, value) ?? 0);
      points.push(...frame.at(u, index / list.length), ...frame.at(u, (index + 1) / list.length));
    });
    return [...points, ...frame.at(1, 1)];
  };
  const shapes: Shape[] = [...frame.shapes];
  const filtered = input.trials.length < input.all.length;
  if (filtered) {
    shapes.push({
      kind: 'path',
      points: pathOf(stepsOf(input, input.all)),
      stroke: theme.muted,
      width: 1,
      dash: [2, 3],
    });
  }
  shapes.push({ kind: 'path', points: pathOf(steps), stroke: theme.blue, width: 2 });
  const baseline = metric.kind === 'objective' ? baselineOf({ trials: input.all }) : undefined;
  const place = baseline === undefined ? undefined : unitOf(x, baseline);
  if (baseline !== undefined && place !== undefined && place >= 0 && place <= 1) {
    const [px, top] = frame.at(place, 1);
    const right = px - frame.box.left > width - px;
    const room = Math.max(px - frame.box.left, width - px) - 10;
    const whole = `values in the file ${formatNumber(baseline)}`;
    const text = textWidth(whole) <= room ? whole : `file ${formatNumber(baseline)}`;
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
  const marks = steps.map(({ trial, value }, index) => {
    const [px, py] = frame.at(clamp(unitOf(x, value) ?? 0), (index + 1) / steps.length);
    return { trial, value, x: px, y: py, share: (index + 1) / steps.length };
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
    frames: [{ box: frame.box, x: { id: metric.id, axis: x } }],
    outside: x.outside,
    logPossible: x.logPossible,
    states: [],
    table: () => ({
      header: ['trial', metric.name, 'share'],
      rows: marks.map(({ trial, value, share }) => [trial.number, value, share]),
    }),
  };
}
