/**
 * How right the sampler was: what it predicted of each point before it was tried, against what came out, with bars of
 * 95 %; beside it, which share of the results the central intervals held against the share they claimed.
 */
import { type NumberAxis, numberAxis, unitOf } from '../../../../src/core/analysis/axis.js';
import { type Calibration, calibrationOf, coverageAt } from '../../../../src/core/analysis/calibration.js';
import { formatNumber } from '../../../../src/core/format.js';
import type { Theme } from '../../theme.js';
import { type Box, type Frame, frameOf } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target, within } from '../kit/scene.js';
import { inSight, type ZoomFrame } from '../kit/zoom.js';
import { type ChartInput, onAxis, trialTip } from './input.js';

/** Deviations to either side that hold 95 % of a normal distribution. */
const REACH = 1.96;
const MOST_DRAWN = 2000;
const STEPS = 20;
const PREDICTED = 'calibration:predicted';
const VALUES = 'calibration:value';
const CLAIMED = 'calibration:claimed';
const HELD = 'calibration:held';
const BESIDE = 560;

export function layoutCalibration(input: ChartInput): Scene {
  const { width } = input;
  const objective = input.columns.find(({ kind }) => kind === 'objective') ?? input.metric;
  const found = calibrationOf(input.trials);
  if (!found) {
    const why = 'No prediction to compare yet: samplers with a model make them once they know a few results.';
    return emptyScene(width, input.height, why);
  }
  const beside = width >= BESIDE;
  const height = beside ? input.height : Math.max(input.height, 460);
  const split = beside ? Math.round(width * 0.62) : height * 0.55;
  const scatterBox: Box = beside
    ? { left: 4, top: 0, width: split - 12, height }
    : { left: 4, top: 0, width: width - 4, height: split - 6 };
  const coverBox: Box = beside
    ? { left: split + 4, top: 0, width: width - split - 4, height }
    : { left: 4, top: split + 4, width: width - 4, height: height - split - 4 };
  const scatter = predictions(input, found, objective.label, scatterBox);
  const cover = coverages(input, found, coverBox);
  const held = found.coverage.map(
    ({ level, share }) =>
      `${Math.round(100 * share)} % of results in the ${Math.round(100 * level)} % intervals`,
  );
  const verdict =
    found.typicalZ > 1.3 ? 'too sure of itself' : found.typicalZ < 0.7 ? 'too cautious' : 'about right';
  return {
    width,
    height,
    shapes: [...scatter.shapes, ...cover.shapes],
    targets: [...scatter.targets, ...cover.targets],
    description: `Calibration of ${found.scored.length} predictions of ${objective.name}, made before the trials ran: ${held.join(', ')}; ${verdict}.`,
    note: [
      `${found.scored.length} predictions made before their trial: ${verdict}`,
      `typical error ${formatNumber(found.typicalZ, 2)} predicted deviations (1 is right)`,
      `CRPS ${formatNumber(found.crps, 3)}; knowing nothing ${formatNumber(found.crpsOfNothing, 3)}`,
      'diamond: outside its 95 % interval',
      ...(found.unscored > 0 ? [`${found.unscored} without a result`] : []),
      ...(scatter.outside > 0 ? [`${scatter.outside} beyond the axes (triangle)`] : []),
    ].join(' · '),
    frames: [scatter.frame, cover.frame],
    outside: scatter.outside,
    logPossible: false,
    states: [],
    table: () => ({
      header: ['trial', 'predicted', 'deviation', objective.name, 'z'],
      rows: found.scored.map(({ trial, prediction, value, z }) => [
        trial.number,
        prediction.mean,
        prediction.deviation,
        value,
        z,
      ]),
    }),
  };
}

interface Part {
  readonly shapes: readonly Shape[];
  readonly targets: readonly Target[];
  readonly outside: number;
  readonly frame: ZoomFrame;
}

const clamp = (u: number): number => Math.max(0, Math.min(1, u));

/** Where what was claimed is what came out; both axes are of one unit. */
function equality(frame: Frame, x: NumberAxis, y: NumberAxis, theme: Theme): Shape {
  const ends = [Math.min(x.low, y.low), Math.max(x.high, y.high)];
  const points = ends.flatMap((end) => [...frame.at(unitOf(x, end) ?? 0, unitOf(y, end) ?? 0)]);
  return { kind: 'path', points, stroke: theme.muted, width: 1, dash: [4, 4] };
}

function predictions(input: ChartInput, { scored }: Calibration, label: string, outer: Box): Part {
  const { theme } = input;
  const axis = numberAxis(
    scored.flatMap(({ value, prediction }) => [value, prediction.mean]),
    { full: input.full },
  );
  const x = inSight(axis, input.zoom?.[PREDICTED]);
  const y = inSight(axis, input.zoom?.[VALUES]);
  const frame = frameOf(outer, { x, y, xName: `predicted ${label}`, yName: `${label} that came out` }, theme);
  const step = Math.max(1, Math.ceil(scored.length / MOST_DRAWN));
  const dots = scored
    .filter((_, i) => i % step === 0)
    .flatMap((one) => {
      const { mean, deviation } = one.prediction;
      const u = unitOf(x, mean) ?? 0;
      const v = unitOf(y, one.value) ?? 0;
      const beyond = u !== clamp(u) || v !== clamp(v);
      if (beyond && (x !== axis || y !== axis)) return [];
      const [px, py] = frame.at(clamp(u), clamp(v));
      const ends = [mean - REACH * deviation, mean + REACH * deviation].map(
        (end) => frame.at(clamp(unitOf(x, end) ?? 0), 0)[0],
      );
      return [{ ...one, x: px, y: py, ends, held: Math.abs(one.z) <= REACH, beyond }];
    });
  const faint = dots.length > 300;
  const at = (held: boolean): number[] =>
    dots.flatMap((dot) => (dot.held === held && !dot.beyond ? [dot.x, dot.y] : []));
  const selected = new Set(input.selected);
  return {
    frame: { box: frame.box, x: { id: PREDICTED, axis: x }, y: { id: VALUES, axis: y } },
    outside: x.outside,
    shapes: [
      ...frame.shapes,
      within(frame.box, [equality(frame, x, y, theme)]),
      {
        kind: 'path',
        points: dots.flatMap(({ ends: [a = 0, b = 0], y }) => [a, y, b, y, Number.NaN, Number.NaN]),
        stroke: theme.foreground,
        width: 1,
        alpha: faint ? 0.08 : theme.highContrast ? 0.6 : 0.25,
      },
      { kind: 'marks', shape: 'dot', at: at(true), size: faint ? 4 : 6, colour: theme.blue, alpha: 0.85 },
      { kind: 'marks', shape: 'diamond', at: at(false), size: 8, colour: theme.orange },
      {
        kind: 'marks',
        shape: 'up',
        at: dots.flatMap((dot) => (dot.beyond ? [dot.x, dot.y] : [])),
        size: 7,
        colour: theme.muted,
      },
      {
        kind: 'marks',
        shape: 'ring',
        at: dots.flatMap((dot) => (selected.has(dot.trial.number) ? [dot.x, dot.y] : [])),
        size: 13,
        colour: theme.foreground,
      },
    ],
    targets: dots.map(({ trial, prediction, z, held, x, y }) => ({
      x,
      y,
      trial: trial.number,
      tip: () => [
        ...trialTip(input, trial),
        `predicted ${formatNumber(prediction.mean)} ± ${formatNumber(prediction.deviation, 3)}`,
        `${formatNumber(Math.abs(z), 3)} deviations ${z < 0 ? 'below' : 'above'}: ${held ? 'within' : 'outside'} the 95 % interval`,
      ],
    })),
  };
}

function coverages({ theme, zoom }: ChartInput, { scored, coverage }: Calibration, outer: Box): Part {
  const axis = { kind: 'number', log: false, low: 0, high: 100, outside: 0, logPossible: false } as const;
  const x = inSight(axis, zoom?.[CLAIMED]);
  const y = inSight(axis, zoom?.[HELD]);
  const frame: Frame = frameOf(
    outer,
    { x, y, xName: '% that the interval claims to hold', yName: '% of results that it held' },
    theme,
  );
  const place = (level: number, share: number): readonly [number, number] =>
    frame.at(unitOf(x, 100 * level) ?? 0, unitOf(y, 100 * share) ?? 0);
  const line: number[] = [];
  const upper: number[] = [];
  const lower: (readonly [number, number])[] = [];
  for (let i = 0; i <= STEPS; i++) {
    const level = Math.min(0.995, i / STEPS);
    const { share, low, high } = i === 0 ? { share: 0, low: 0, high: 0 } : coverageAt(scored, level);
    line.push(...place(i / STEPS, share));
    upper.push(...place(i / STEPS, high));
    lower.push(place(i / STEPS, low));
  }
  const marks = coverage.flatMap((one) => {
    const inside = onAxis(unitOf(x, 100 * one.level) ?? 0) && onAxis(unitOf(y, 100 * one.share) ?? 0);
    return inside ? [{ ...one, at: place(one.level, one.share) }] : [];
  });
  return {
    frame: { box: frame.box, x: { id: CLAIMED, axis: x }, y: { id: HELD, axis: y } },
    outside: 0,
    shapes: [
      ...frame.shapes,
      within(frame.box, [
        { kind: 'area', rings: [[...upper, ...lower.toReversed().flat()]], fill: theme.blue, alpha: 0.18 },
        equality(frame, x, y, theme),
        { kind: 'path', points: line, stroke: theme.blue, width: 2 },
      ]),
      { kind: 'marks', shape: 'square', at: marks.flatMap(({ at }) => [...at]), size: 7, colour: theme.blue },
    ],
    targets: marks.map(({ at: [x, y], level, share, low, high }) => ({
      x,
      y,
      tip: () => [
        `${Math.round(100 * level)} % interval`,
        `held ${Math.round(100 * share)} % of ${scored.length} results`,
        `95 % sure: between ${Math.round(100 * low)} and ${Math.round(100 * high)} %`,
      ],
    })),
  };
}
