import { describe, expect, it } from 'vitest';
import { historyOf } from '../../src/core/analysis/history.js';
import { parseLine } from '../../src/core/study/journal/line.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { curvesOf } from '../../webview-ui/src/charts/curves-data.js';
import { curvesScene, historyTable } from '../../webview-ui/src/charts/layouts/overview.js';
import { stateItems, withLegend } from '../../webview-ui/src/charts/legend.js';
import { drawnBy } from '../webview/support/chart-input.js';
import { sampleJournal } from '../webview/support/sample-study.js';
import { sampleTheme as theme } from '../webview/support/sample-theme.js';

const reducer = new StudyReducer();
for (const line of sampleJournal({ trials: 30 })) {
  const parsed = parseLine(line.trimEnd());
  if (parsed.kind === 'record') reducer.apply(parsed.record);
}
const { study } = reducer;
const size = { metric: 'val_loss', width: 500, height: 200 };

describe('the history as rows', () => {
  it('has each trial that ended with its state, its value, and the best until then', () => {
    const { header, rows } = historyTable(historyOf(study), 'val_loss');
    expect(header).toEqual(['trial', 'state', 'val_loss', 'best val_loss so far']);
    expect(rows.length).toBe(30);
    let best = Number.POSITIVE_INFINITY;
    for (const [, state, value, sofar] of rows) {
      if (state === 'complete') best = Math.min(best, value as number);
      expect(sofar).toBe(best);
    }
    expect(rows.some(([, state, value]) => state === 'failed' && value === '')).toBe(true);
  });
});

describe('the learning curves as a scene', () => {
  it('draws every curve within the picture, the best the strongest', () => {
    const curves = curvesOf(study.trials, 'val_loss', 20, []);
    const shapes = drawnBy(curvesScene(curves, { ...size, log: false }, theme));
    const colours = new Set([theme.muted, theme.green, theme.blue]);
    const lines = shapes.flatMap((shape) =>
      shape.kind === 'path' && colours.has(shape.stroke) && shape.points.length > 4 ? [shape] : [],
    );
    expect(lines.length).toBe(curves.curves.length);
    expect(lines.filter(({ stroke, width }) => stroke === theme.green && width === 2).length).toBe(1);
    for (const { points } of lines) {
      expect(points.length).toBeGreaterThan(10);
      points.forEach((value, index) => {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(index % 2 === 0 ? size.width : size.height);
      });
    }
  });

  it('is a table of a column per trial, empty where a trial said nothing', () => {
    const curves = curvesOf(study.trials, 'val_loss', undefined, []);
    const { header, rows } = curvesScene(curves, { ...size, log: false }, theme).table();
    expect(header.length).toBe(1 + curves.curves.length);
    expect(rows.map(([step]) => step)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    const pruned = study.trials.find(({ state }) => state === 'pruned')!;
    const column = header.indexOf(`val_loss of trial ${pruned.number}`);
    expect([rows[0]![column], rows.at(-1)![column]]).toEqual([pruned.reports[0]!.value, '']);
  });

  it('can be logarithmic, and is empty in words without curves', () => {
    const curves = curvesOf(study.trials, 'val_loss', undefined, [], { log: true });
    const { shapes } = curvesScene(curves, { ...size, log: true }, theme);
    expect(shapes.some((shape) => shape.kind === 'text' && shape.text === '1')).toBe(true);
    const none = curvesOf([], 'val_loss', undefined, []);
    expect(curvesScene(none, { ...size, log: false }, theme).empty).toBe('No trial reported a step.');
  });
});

describe('a picture that is saved', () => {
  const curves = curvesOf(study.trials, 'val_loss', 20, []);
  const scene = curvesScene(curves, { ...size, log: false }, theme);
  const items = [
    ...stateItems(['complete', 'pruned', 'failed']),
    { look: { line: 'best' }, text: 'best, #20' } as const,
  ];

  it('has its legend and note below it, the marks as they are in the chart', () => {
    const whole = withLegend(scene, { items, note: 'a note of several words '.repeat(12) }, theme);
    expect(whole.height).toBeGreaterThan(scene.height);
    const added = drawnBy(whole).slice(drawnBy(scene).length);
    const texts = added.flatMap((shape) => (shape.kind === 'text' ? [shape] : []));
    expect(texts.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['complete', 'pruned', 'failed', 'best, #20']),
    );
    expect(texts.every(({ y }) => y > scene.height && y < whole.height)).toBe(true);
    expect(texts.length).toBeGreaterThan(items.length + 1);
    const marks = added.flatMap((shape) => (shape.kind === 'marks' ? [shape.shape] : []));
    expect(marks).toEqual(['dot', 'diamond', 'cross']);
  });

  it('stays as it is where there is nothing to say', () => {
    expect(withLegend(scene, { items: [] }, theme)).toBe(scene);
  });
});
