/** What each worker did when: a bar per trial, its end marked by how it ended. */
import { unitOf } from '../../../../src/core/analysis/axis.js';
import { type Span, timelineOf } from '../../../../src/core/analysis/timeline.js';
import { formatDuration } from '../../../../src/core/format.js';
import { durationOf } from '../../../../src/core/study/table/table.js';
import type { Trial, TrialState } from '../../../../src/core/study/trial.js';
import { frameOf } from '../kit/axes.js';
import { emptyScene, type MarkShape, type Scene, type Shape, type Target } from '../kit/scene.js';
import { inSight } from '../kit/zoom.js';
import { type ChartInput, chosenOf, MOST_MARKS, sampled, statesOf, trialTip } from './input.js';

/** The axis of time since the beginning, in the unit that fits. */
const TIME = 'timeline:time';
const UNITS = [
  { name: 's', ms: 1000 },
  { name: 'min', ms: 60_000 },
  { name: 'h', ms: 3_600_000 },
] as const;

export function layoutTimeline(input: ChartInput): Scene {
  const { width, height, theme } = input;
  const drawn = sampled(input.trials, MOST_MARKS, chosenOf(input));
  const timeline = timelineOf(drawn, input.now);
  if (!timeline) return emptyScene(width, height, 'No trial has started.');
  const length = timeline.end - timeline.start;
  const unit = UNITS.findLast(({ ms }) => length >= 2 * ms) ?? UNITS[0];
  const lanes = Array.from({ length: timeline.lanes }, (_, lane) => `${lane + 1}`).reverse();
  const tall = Math.max(height, timeline.lanes * 14 + 60);
  const whole = {
    kind: 'number' as const,
    log: false,
    low: 0,
    high: length / unit.ms,
    outside: 0,
    logPossible: false,
  };
  const x = inSight(whole, input.zoom?.[TIME]);
  const at = (time: number): number => unitOf(x, (time - timeline.start) / unit.ms) ?? 0;
  const frame = frameOf(
    { left: 4, top: 0, width: width - 4, height: tall },
    {
      x,
      y: { kind: 'category', choices: lanes },
      xName: `time since the first trial began (${unit.name})`,
      yName: 'worker',
    },
    theme,
  );
  const lane = frame.box.height / timeline.lanes;
  const bar = Math.max(3, Math.min(22, lane * 0.7));
  const spans = timeline.spans.flatMap((span) => {
    const [from, to] = [at(span.start), at(span.end)];
    if (to < 0 || from > 1) return [];
    const left = frame.at(Math.max(0, from), 0)[0];
    const end = frame.at(Math.min(1, to), 0)[0];
    const y = frame.box.top + (span.lane + 0.5) * lane;
    return [{ span, x: left, y, width: Math.max(1, end - left - 1) }];
  });
  const colours: Readonly<Record<TrialState, string>> = {
    waiting: theme.muted,
    running: theme.blue,
    complete: theme.blue,
    pruned: theme.orange,
    failed: theme.red,
  };
  const shapes: Shape[] = [...frame.shapes];
  const marks: Partial<Record<TrialState, MarkShape>> = { pruned: 'diamond', failed: 'cross' };
  for (const state of ['complete', 'running', 'pruned', 'failed'] as const) {
    const here = spans.filter(({ span }) => span.trial.state === state);
    shapes.push({
      kind: 'rects',
      at: here.flatMap(({ x, y, width: w }) => [x, y - bar / 2, w, bar]),
      fill: colours[state],
      alpha: state === 'running' ? 0.35 : theme.highContrast ? 1 : 0.7,
      ...(state === 'running' ? { stroke: colours[state] } : {}),
    });
    const mark = marks[state];
    if (!mark) continue;
    const size = Math.min(9, bar - 2);
    shapes.push({
      kind: 'marks',
      shape: mark,
      at: here.flatMap(({ x, y, width: w }) => (w > size + 2 ? [x + w / 2, y] : [])),
      size,
      colour: theme.background,
    });
  }
  const chosen = new Set(input.selected);
  for (const { span, x, y, width: w } of spans) {
    const best = span.trial === input.best;
    if (!best && !chosen.has(span.trial.number)) continue;
    const [x0, x1, y0, y1] = [x - 1, x + w + 1, y - bar / 2 - 1, y + bar / 2 + 1];
    shapes.push({
      kind: 'path',
      points: [x0, y0, x1, y0, x1, y1, x0, y1, x0, y0],
      stroke: chosen.has(span.trial.number) ? theme.foreground : theme.green,
      width: 1.5,
    });
  }
  const targets = spans.map(
    ({ span, x, y, width: w }): Target => ({
      x: x + w / 2,
      y,
      reach: [Math.max(2, w / 2), bar / 2],
      trial: span.trial.number,
      tip: () => tip(input, span),
    }),
  );
  const busy = timeline.spans.reduce((sum, { start, end }) => sum + end - start, 0);
  const share = Math.round((100 * busy) / (length * timeline.lanes));
  return {
    width,
    height: tall,
    shapes,
    targets,
    description: `Timeline: ${timeline.lanes} workers over ${formatDuration(length)}, at work ${share} % of the time.`,
    note: `at work ${share} % of the time`,
    frames: [{ box: frame.box, x: { id: TIME, axis: x } }],
    outside: 0,
    logPossible: false,
    states: statesOf(
      timeline.spans.map(({ trial }) => trial),
      ({ state }) => state,
    ),
    table: () => ({
      header: ['trial', 'state', 'worker', 'start', 'end', 'seconds'],
      rows: timeline.spans.map(({ trial, lane: worker, start, end }) => [
        trial.number,
        trial.state,
        worker + 1,
        new Date(start).toISOString(),
        new Date(end).toISOString(),
        (end - start) / 1000,
      ]),
    }),
  };
}

function tip(input: ChartInput, { trial, lane }: Span): readonly string[] {
  const [heading = '', ...rest] = trialTip(input, trial);
  const took = durationOf(trial as Trial, input.now);
  return [heading, `worker ${lane + 1}, ${took === undefined ? '' : formatDuration(took)}`, ...rest];
}
