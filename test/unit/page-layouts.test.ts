import { describe, expect, it } from 'vitest';
import { paretoFront } from '../../src/core/study/objectives/pareto.js';
import { type Scene, targetAt, tsv } from '../../webview-ui/src/charts/kit/scene.js';
import { sceneSvg } from '../../webview-ui/src/charts/kit/svg.js';
import { boxed } from '../../webview-ui/src/charts/kit/zoom.js';
import { brushBetween } from '../../webview-ui/src/charts/layouts/brush.js';
import { layoutCalibration } from '../../webview-ui/src/charts/layouts/calibration.js';
import { layoutContour } from '../../webview-ui/src/charts/layouts/contour.js';
import { layoutCorrelation } from '../../webview-ui/src/charts/layouts/correlation.js';
import { layoutEdf } from '../../webview-ui/src/charts/layouts/edf.js';
import { layoutErrors } from '../../webview-ui/src/charts/layouts/errors.js';
import { layoutImportance } from '../../webview-ui/src/charts/layouts/importance.js';
import type { ChartInput } from '../../webview-ui/src/charts/layouts/input.js';
import { layoutAnova } from '../../webview-ui/src/charts/layouts/interactions.js';
import { layoutParallel } from '../../webview-ui/src/charts/layouts/parallel.js';
import { layoutPareto } from '../../webview-ui/src/charts/layouts/pareto.js';
import { layoutRank } from '../../webview-ui/src/charts/layouts/rank.js';
import { layoutSlice } from '../../webview-ui/src/charts/layouts/slice.js';
import { layoutStudies } from '../../webview-ui/src/charts/layouts/studies.js';
import { layoutTimeline } from '../../webview-ui/src/charts/layouts/timeline.js';
import { barScale } from '../../webview-ui/src/table/bars.js';
import { sparkline } from '../../webview-ui/src/table/sparkline.js';
import { drawnBy, inputOf } from '../webview/support/chart-input.js';
import { samplePeers } from '../webview/support/sample-peers.js';
import { sampleTheme as theme } from '../webview/support/sample-theme.js';
import { sampleResiduals } from '../webview/support/sample-validation.js';

const layouts: Readonly<Record<string, (input: ChartInput) => Scene>> = {
  parallel: layoutParallel,
  slice: layoutSlice,
  importance: layoutImportance,
  contour: layoutContour,
  timeline: layoutTimeline,
  edf: layoutEdf,
  correlation: layoutCorrelation,
};
const coordinates = ({ shapes }: Scene): number[] =>
  shapes.flatMap((shape): number[] => {
    switch (shape.kind) {
      case 'path':
        return shape.points.filter((x) => !Number.isNaN(x));
      case 'area':
        return shape.rings.flat();
      case 'text':
        return [shape.x, shape.y];
      case 'clipped':
        return Object.values(shape.box);
      default:
        return [...shape.at];
    }
  });

describe.each(Object.entries(layouts))('the %s layout', (_name, layout) => {
  it('draws within its picture, describes it, and gives its numbers', () => {
    const scene = layout(inputOf({ trials: 80 }));
    expect(scene.empty).toBeUndefined();
    expect(coordinates(scene).every(Number.isFinite)).toBe(true);
    expect(Math.max(...coordinates(scene))).toBeLessThanOrEqual(Math.max(scene.width, scene.height));
    expect(scene.description.length).toBeGreaterThan(20);
    expect(scene.targets[0]?.tip()[0]).toBeTruthy();
    const { header, rows } = scene.table();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    expect(sceneSvg(scene, '#000000', 'sans')).not.toMatch(/NaN|undefined/);
  });

  it.each([
    ['no trial', { trials: 0 }],
    ['one trial', { trials: 1 }],
    ['only failures', { trials: 6, allFail: true }],
  ])('holds with %s', (_case, choices) => {
    const scene = layout(inputOf(choices));
    expect(coordinates(scene).every(Number.isFinite)).toBe(true);
  });

  it('holds in a sliver of a window, with a logarithm and every outlier', () => {
    const scene = layout(inputOf({ trials: 40 }, { width: 180, height: 120, log: true, full: true }));
    expect(coordinates(scene).every(Number.isFinite)).toBe(true);
  });
});

describe.each<[string, (input: ChartInput) => Scene, Partial<ChartInput>, boolean?]>([
  ['parallel coordinates', layoutParallel, {}],
  ['slice', layoutSlice, {}],
  ['contour', layoutContour, { pair: ['param:model.dropout', 'param:optimizer.learningRate'] }],
  ['rank', layoutRank, { pair: ['param:model.dropout', 'param:optimizer.learningRate'] }],
  ['timeline', layoutTimeline, {}],
  ['distribution', layoutEdf, {}],
  ['Pareto front', layoutPareto, {}, true],
  ['calibration', layoutCalibration, {}],
  ['comparison of studies', layoutStudies, { peers: samplePeers }],
  ['residuals', layoutErrors, { outcome: { trial: 3, outcome: sampleResiduals } }],
])('the %s, zoomed', (_name, layout, more, several = false) => {
  const input = inputOf({ trials: 80, ...(several ? { objectives: 2 as const } : {}) }, more);
  const whole = layout(input);

  it.each(whole.frames?.map((frame, index) => [index, frame] as const) ?? [])(
    'shows in its plot %i no more than what is in sight',
    (index, frame) => {
      const { left, top, width, height } = frame.box;
      const [x0, y0] = [left + 0.3 * width, top + 0.2 * height];
      const zoom = boxed({}, frame, [x0, y0], [x0 + width / 2, y0 + height / 2]);
      expect(Object.keys(zoom).length).toBeGreaterThan(0);
      const near = layout({ ...input, zoom });
      const { box, x, y } = near.frames?.[index] ?? {};
      for (const axis of [x, y]) {
        const sight = axis && zoom[axis.id];
        if (sight) expect(axis.axis).toMatchObject({ low: sight[0], high: sight[1] });
      }
      expect(box).toBeDefined();
      expect(near.targets.length).toBeLessThanOrEqual(whole.targets.length);
      expect(sceneSvg(near, '#000000', 'sans')).not.toMatch(/NaN|undefined/);
      const marks = drawnBy(near).flatMap((shape) => (shape.kind === 'marks' ? shape.at : []));
      expect(Math.max(...marks)).toBeLessThanOrEqual(Math.max(near.width, near.height));
      expect(Math.min(...marks)).toBeGreaterThanOrEqual(0);
    },
  );
});

describe('parallel coordinates', () => {
  it('keep the order and direction chosen, and leave out what is hidden', () => {
    const { axes } = layoutParallel(
      inputOf(
        { trials: 20 },
        {
          order: ['objective:val_loss', 'param:model.dropout'],
          hiddenAxes: ['param:model.units'],
          turned: ['param:model.dropout'],
        },
      ),
    );
    expect(axes.slice(0, 2).map(({ column }) => column.id)).toEqual([
      'objective:val_loss',
      'param:model.dropout',
    ]);
    expect(axes.map(({ column }) => column.id)).not.toContain('param:model.units');
    expect(axes[1]?.turned).toBe(true);
  });

  it('turn a stroke along an axis into a range, on a logarithmic one too', () => {
    const { axes } = layoutParallel(inputOf({ trials: 20 }));
    const rate = axes.find(({ column }) => column.name === 'optimizer.learningRate')!;
    const range = brushBetween(rate, 0, 100, 300)!;
    expect('low' in range && range.low).toBeCloseTo(1e-2);
    expect(brushBetween(rate, 50, 52, 300)).toBeUndefined();
    const name = axes.find(({ column }) => column.name === 'optimizer.name')!;
    expect(brushBetween(name, 0, 140, 300)).toEqual({
      column: 'param:optimizer.name',
      values: ['rmsprop', 'adam'],
    });
  });

  it('draw the rest as a shadow while a filter leaves some out', () => {
    const all = inputOf({ trials: 40 });
    const some = layoutParallel({ ...all, trials: all.trials.slice(0, 10) });
    expect(some.targets.every(({ trial }) => (trial ?? 99) < 10)).toBe(true);
    expect(some.description).toContain('10 of 40 trials');
  });
});

describe('states', () => {
  it('have shapes of their own in a slice', () => {
    const { shapes } = layoutSlice(inputOf({ trials: 80 }));
    const drawn = new Set(
      shapes.flatMap((shape) => (shape.kind === 'marks' && shape.at.length > 0 ? [shape.shape] : [])),
    );
    for (const shape of ['dot', 'diamond', 'cross', 'up']) expect(drawn).toContain(shape);
  });
});

describe('a trial that is excluded', () => {
  const marks = { 0: { excluded: 'wrong data' } };
  const input = inputOf({ trials: 40, marks });
  const struck = (scene: Scene): boolean =>
    scene.shapes.some((shape) => shape.kind === 'marks' && shape.shape === 'struck' && shape.at.length > 0);

  it.each([
    ['slice', layoutSlice],
    ['contour', layoutContour],
    ['parallel coordinates', layoutParallel],
  ])('has a mark of its own in the %s', (_name, layout) => {
    const scene = layout(input);
    expect(struck(scene)).toBe(true);
    expect(scene.states).toContain('excluded');
    expect(struck(layout(inputOf({ trials: 40 })))).toBe(false);
  });

  it('says so where it is pointed at', () => {
    const own = layoutSlice(input).targets.find(({ trial }) => trial === 0);
    expect(own?.tip()[0]).toBe('Trial 0 · complete, excluded');
  });

  it.each([
    ['distribution', layoutEdf],
    ['rank plot', layoutRank],
  ])('does not count in the %s', (_name, layout) => {
    const numbers = layout(input)
      .table()
      .rows.map(([number]) => number);
    expect(numbers).toContain(1);
    expect(numbers).not.toContain(0);
  });

  it('does not count for the model of the response', () => {
    // Models are kept by the space.
    const study = { ...input.study, space: { ...input.study.space } };
    const wild = study.trials.map((trial) =>
      trial.number === 0 ? { ...trial, values: { val_loss: 1e6 }, objectives: [1e6] } : trial,
    );
    const note = ({ note }: Scene) => note;
    expect(note(layoutAnova({ ...input, study, trials: wild, all: wild }))).toBe(note(layoutAnova(input)));
  });

  it('has no bar behind its result', () => {
    const counts = { waiting: 0, running: 0, complete: 40, pruned: 0, failed: 0 };
    const ref = { id: 'j', name: 'iris', configFile: '/iris.yaml', configName: 'iris.yaml' };
    const { study, trials, best } = input;
    const bar = barScale({ ref, study, trials, expected: 40, best, counts }, 'val_loss');
    expect(bar(study.trials[0]!)).toBeUndefined();
    expect(bar(best!)).toBe(1);
  });
});

describe('a very long study', () => {
  it('is drawn in part, and says so', () => {
    const input = inputOf({ trials: 40 });
    const many = Array.from({ length: 20_000 }, (_, number) => ({
      ...input.trials[number % 40]!,
      number,
    }));
    const scene = layoutSlice({ ...input, trials: many, all: many });
    expect(scene.targets.length).toBeLessThan(20_000);
    expect(scene.note).toMatch(/of 20000 trials are drawn/);
  });
});

describe('pointing', () => {
  const targets = [
    { x: 10, y: 10, trial: 1, tip: () => ['one'] },
    { x: 20, y: 10, trial: 2, tip: () => ['two'] },
    { x: 200, y: 50, reach: [50, 10] as const, tip: () => ['box'] },
  ];

  it('means the nearest point within reach, or the box around the pointer', () => {
    expect(targetAt(targets, 17, 12)?.trial).toBe(2);
    expect(targetAt(targets, 60, 60)).toBeUndefined();
    expect(targetAt(targets, 240, 55)?.tip()).toEqual(['box']);
  });
});

describe('what is copied', () => {
  it('is tab-separated, without tabs or line breaks in a cell', () => {
    expect(tsv({ header: ['a', 'b'], rows: [['x\ty\nz', 1]] })).toBe('a\tb\nx y z\t1');
  });
});

describe('a sparkline', () => {
  const report = (step: number, value: number) => ({ step, value, metrics: {} });

  it('needs two finite reports', () => {
    expect(sparkline([report(1, 1), report(2, Number.NaN)])).toBe('');
    expect(sparkline([report(1, 2), report(2, 1)])).toBe('M1.0 1.5L63.0 14.5');
  });

  it('has few points however long the curve', () => {
    const long = Array.from({ length: 1000 }, (_, index) => report(index + 1, 1 / (index + 1)));
    expect(sparkline(long).split('L').length).toBeLessThan(40);
  });
});

describe('the Pareto front', () => {
  const input = inputOf({ trials: 60, objectives: 2 });
  const scene = layoutPareto(input);
  const front = paretoFront(input.study);

  it('stands out by shape as well as colour, with a line along it', () => {
    const squares = scene.shapes.filter((shape) => shape.kind === 'marks' && shape.shape === 'square');
    expect(squares[0]).toMatchObject({ colour: theme.green, size: 8 });
    expect((squares[0] as { at: readonly number[] }).at).toHaveLength(2 * front.length);
    expect(scene.description).toContain(`${front.length} of 60 trials`);
  });

  it('names metric and goal on both axes, and shows the values in the file', () => {
    const texts = scene.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
    expect(texts).toContain('val_loss (less is better)');
    expect(texts).toContain('milliseconds (less is better)');
    expect(texts).toContain('values in the file');
  });

  it('has every trial with both objectives to point at, and tells of the front', () => {
    const member = scene.targets.find(({ trial }) => trial === front[0]?.number);
    expect(member?.tip()).toContain('on the Pareto front');
    expect(scene.table().header).toEqual(['trial', 'val_loss', 'milliseconds', 'front', 'hypervolume']);
  });

  it('with three objectives is seen from the two that are chosen, without a line', () => {
    const three = inputOf({ trials: 60, objectives: 3 });
    const chosen = layoutPareto({ ...three, plane: ['objective:weights', 'objective:milliseconds'] });
    const texts = chosen.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
    expect(texts).toContain('weights (less is better)');
    expect(texts).not.toContain('val_loss (less is better)');
    const lines = (one: Scene) =>
      drawnBy(one).filter((shape) => shape.kind === 'path' && shape.stroke === theme.green);
    expect(lines(chosen)).toHaveLength(lines(scene).length - 1);
  });

  it('is no chart of a study with one objective', () => {
    expect(layoutPareto(inputOf({ trials: 20 })).empty).toContain('one objective');
  });
});

describe('the model behind slices and importances', () => {
  it('draws the partial dependence with a band, and the own lines of selected trials', () => {
    const plain = layoutSlice(inputOf({ trials: 80 }));
    const chosen = layoutSlice(inputOf({ trials: 80 }, { selected: [3] }));
    expect(plain.note).toContain('partial dependence');
    expect(paths(chosen)).toBeGreaterThan(paths(plain));
  });

  it('smooths the trials where there are too few for a model', () => {
    expect(layoutSlice(inputOf({ trials: 8 })).note).toContain('smoothed');
  });

  it('lists interactions by fANOVA, each of which opens as a contour', () => {
    const input = inputOf({ trials: 120 }, { importance: 'fanova' });
    const scene = layoutAnova(input);
    expect(scene.empty).toBeUndefined();
    expect(scene.note).toContain('fANOVA');
    const [header, ...rows] = [scene.table().header, ...scene.table().rows];
    expect(header).toEqual(['parameter', 'with', 'share', 'H']);
    expect(rows.some(([, other]) => other !== '')).toBe(true);
    for (const { pair } of scene.targets) if (pair) expect(pair[0]).not.toBe(pair[1]);
  });
});

const paths = (scene: Scene): number => drawnBy(scene).filter(({ kind }) => kind === 'path').length;

describe('rank', () => {
  it('ranks every completed trial from the best, whatever the scale', () => {
    const input = inputOf({ trials: 60 });
    const { rows } = layoutRank(input).table();
    expect(rows[0]?.[0]).toBe(input.best?.number);
    expect(rows.map((row) => Number(row[1]))).toEqual(
      rows.map((row) => Number(row[1])).toSorted((a, b) => a - b),
    );
  });
});

describe('calibration', () => {
  it('says what is missing where nothing was predicted', () => {
    const input = inputOf({ trials: 30 });
    const without = input.trials.map(({ suggestion: _, ...trial }) => trial);
    expect(layoutCalibration({ ...input, trials: without }).empty).toContain('prediction');
  });

  it('compares predictions with results, and tells in words whether they were right', () => {
    const input = inputOf({ trials: 60 });
    const trials = input.trials.map((trial) => ({
      ...trial,
      suggestion: {
        sampler: 'gp',
        reason: '',
        seen: 0,
        prediction: { mean: (trial.objectives?.[0] ?? 0) + 3, deviation: 1, improvement: 0, nearest: [] },
      },
    }));
    const scene = layoutCalibration({ ...input, trials });
    expect(scene.description).toContain('0 % of results in the 95 % intervals');
    expect(scene.note).toContain('too sure of itself');
    expect(scene.targets.some(({ trial }) => trial !== undefined)).toBe(true);
  });
});
