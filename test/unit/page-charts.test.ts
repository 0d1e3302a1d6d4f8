import { describe, expect, it } from 'vitest';
import type { History } from '../../src/core/analysis/history.js';
import type { Trial } from '../../src/core/study/trial.js';
import { curvesOf, reportedMetrics, walkCurves } from '../../webview-ui/src/charts/curves-data.js';
import { boxed } from '../../webview-ui/src/charts/kit/zoom.js';
import { layoutHistory } from '../../webview-ui/src/charts/layouts/history.js';
import { moveInGrid } from '../../webview-ui/src/table/grid-keys.js';
import { sampleTheme as theme } from '../webview/support/sample-theme.js';

const trial = (number: number, losses: readonly number[], more: Partial<Trial> = {}): Trial => ({
  id: number,
  number,
  state: 'complete',
  params: {},
  values: {},
  attributes: {},
  reports: losses.map((value, index) => ({ step: index + 1, value, metrics: { loss: value, accuracy: 1 } })),
  ...more,
});

describe('learning curves', () => {
  const trials = [trial(0, [3, 2, 1]), trial(1, [2, 1], { state: 'running' }), trial(2, [4, 3, 2])];

  it('share one row of steps, with gaps where a trial said nothing', () => {
    const { rows } = curvesOf(trials, 'loss', undefined, []);
    expect(rows[0]).toEqual([1, 2, 3]);
    expect(rows.slice(1)).toContainEqual([2, 1, undefined]);
  });

  it('draw the selected over the best over the running over the others', () => {
    const { curves } = curvesOf([...trials, trial(3, [1, 1])], 'loss', 0, [2]);
    expect(curves.map(({ trial: number, role }) => [number, role])).toEqual([
      [3, 'other'],
      [1, 'running'],
      [0, 'best'],
      [2, 'selected'],
    ]);
  });

  it('keep the newest of very many, and say how many are left out', () => {
    const many = Array.from({ length: 1000 }, (_, number) => trial(number, [1, 2]));
    const { curves, left } = curvesOf(many, 'loss', 5, [7]);
    expect(curves.length + left).toBe(1000);
    expect(curves.length).toBeLessThan(200);
    expect(curves.map((curve) => curve.trial)).toEqual(expect.arrayContaining([5, 7, 999]));
  });

  it('leave out what is not finite, and what a logarithm does not know', () => {
    const odd = [trial(0, [Number.NaN, 0, 2])];
    expect(curvesOf(odd, 'loss', undefined, []).rows[1]).toEqual([undefined, 0, 2]);
    expect(curvesOf(odd, 'loss', undefined, [], { log: true }).rows[1]).toEqual([undefined, undefined, 2]);
  });

  it('offer the objective first among the metrics', () => {
    expect(reportedMetrics(trials, 'loss')).toEqual(['loss', 'accuracy']);
  });
});

describe('the optimisation history', () => {
  const points = Array.from({ length: 30 }, (_, index) => ({
    trial: index,
    state: 'complete' as const,
    value: 0.5 + (index % 7) / 10,
  }));
  const history: History = {
    points: [
      ...points,
      { trial: 30, state: 'complete', value: 900 },
      { trial: 31, state: 'failed', value: undefined },
    ],
    best: [{ trial: 0, value: 0.5 }],
    baseline: 0.5,
    last: 31,
  };
  const choices = {
    log: false,
    full: false,
    selected: [],
    best: 0,
    metric: 'loss',
    width: 400,
    height: 200,
  };

  it('marks a value beyond the axis at its edge, and counts it', () => {
    const { beyond, y, outside } = layoutHistory(history, choices, theme);
    expect(outside).toBe(1);
    expect(beyond[30]).toBe(1);
    expect(y[30]).toBe(Math.min(...y));
  });

  it('shows every value when asked to', () => {
    const { beyond, y, outside } = layoutHistory(history, { ...choices, full: true }, theme);
    expect(outside).toBe(0);
    expect(beyond[30]).toBe(0);
    expect(y[30]).toBeLessThan((y[0] ?? 0) - 50);
  });

  it('gives a trial without a value a place', () => {
    expect(layoutHistory(history, choices, theme).y[31]).toBeGreaterThan(100);
  });

  it('gives an excluded trial a mark of its own', () => {
    const some = {
      ...history,
      points: history.points.map((point) => ({ ...point, excluded: true as const })),
    };
    const marks = layoutHistory(some, choices, theme).shapes.flatMap((shape) =>
      shape.kind === 'marks' && shape.at.length > 0 ? [shape.shape] : [],
    );
    expect(marks).toContain('struck');
    expect(marks).not.toContain('cross');
  });

  it('draws of very many marks on one spot a single one', () => {
    const many: History = {
      ...history,
      points: Array.from({ length: 50_000 }, (_, trial) => ({ trial, state: 'complete', value: trial % 3 })),
      last: 49_999,
    };
    const drawn = layoutHistory(many, choices, theme).shapes.find(({ kind }) => kind === 'rects');
    expect(drawn?.kind === 'rects' ? drawn.at.length / 4 : 0).toBeLessThan(1000);
  });

  it('offers no logarithm where a value is not positive', () => {
    const negative = { ...history, points: [{ trial: 0, state: 'complete' as const, value: -1 }] };
    expect(layoutHistory(history, choices, theme).logPossible).toBe(true);
    expect(layoutHistory(negative, { ...choices, log: true }, theme).logPossible).toBe(false);
  });

  const whole = layoutHistory(history, choices, theme);
  const [frame] = whole.frames;

  it('zoomed, draws the trials in sight, and says which those are', () => {
    const { left, top, width, height } = frame!.box;
    const zoom = boxed({}, frame!, [left, top], [left + width / 3, top + height]);
    const near = layoutHistory(history, { ...choices, zoom }, theme);
    const seen = near.points.filter((_, index) => near.seen(index)).map(({ trial }) => trial);
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.max(...seen)).toBeLessThan(history.last / 2);
    expect(whole.points.every((_, index) => whole.seen(index))).toBe(true);
  });
});

describe('the keys along the learning curves', () => {
  const rows = [
    [3, undefined, 2, 1],
    [undefined, undefined, undefined],
    [4, 3, undefined, undefined],
  ];

  it('begin at the end of the one that matters most, and walk along it', () => {
    const first = walkCurves(rows, undefined, 'ArrowLeft');
    expect(first).toEqual({ series: 3, index: 1 });
    expect(walkCurves(rows, first, 'ArrowLeft')).toEqual({ series: 3, index: 0 });
    expect(walkCurves(rows, first, 'ArrowRight')).toEqual(first);
  });

  it('pass over steps without a value, and curves without any', () => {
    expect(walkCurves(rows, { series: 1, index: 0 }, 'ArrowRight')).toEqual({ series: 1, index: 2 });
    expect(walkCurves(rows, { series: 3, index: 1 }, 'ArrowUp')).toEqual({ series: 1, index: 0 });
    expect(walkCurves(rows, { series: 1, index: 3 }, 'ArrowDown')).toEqual({ series: 3, index: 1 });
  });

  it('leave other keys alone, and do nothing where there is no curve', () => {
    expect(walkCurves(rows, undefined, 'a')).toBeUndefined();
    expect(walkCurves([], undefined, 'ArrowLeft')).toBeUndefined();
  });
});

describe('keys in a grid', () => {
  const size = { rows: 100, columns: 5, page: 10 };

  it.each([
    ['ArrowDown', false, { row: 1, column: 2 }],
    ['ArrowUp', false, { row: -1, column: 2 }],
    ['ArrowLeft', false, { row: 0, column: 1 }],
    ['PageDown', false, { row: 10, column: 2 }],
    ['End', false, { row: 0, column: 4 }],
    ['End', true, { row: 99, column: 4 }],
    ['Home', true, { row: 0, column: 0 }],
  ])('%s (ctrl: %s) leads from the first row to %o', (key, ctrl, expected) => {
    expect(moveInGrid(key, ctrl, { row: 0, column: 2 }, size)).toEqual(expected);
  });

  it('never leaves the grid, and leaves other keys alone', () => {
    expect(moveInGrid('ArrowDown', false, { row: 99, column: 4 }, size)).toEqual({ row: 99, column: 4 });
    expect(moveInGrid('a', false, { row: 0, column: 0 }, size)).toBeUndefined();
  });
});
