/**
 * The optimisation history as ECharts wants it: pure layout from a History and a Theme. Also says where each trial's
 * mark lies in data space, so that the pointer and the keyboard can find it.
 */
import { type History, type HistoryPoint, robustRange } from '../../../src/core/analysis/history.js';
import { formatNumber } from '../../../src/core/format.js';
import type { Theme } from '../theme.js';
import type { ChartOption } from './echarts.js';

export interface HistoryChoices {
  readonly log: boolean;
  /** Show every value, however wild. */
  readonly full: boolean;
  readonly selected: readonly number[];
  readonly best: number | undefined;
}

/** A mark: where it is drawn, which may be the edge of the chart for a value beyond it. */
export interface Mark {
  readonly point: HistoryPoint;
  readonly y: number;
  readonly beyond: 'above' | 'below' | undefined;
}

export interface HistoryLayout {
  /** Nothing has a value: there is no axis to speak of. */
  readonly empty: boolean;
  readonly option: ChartOption;
  readonly marks: readonly Mark[];
  /** Values that lie outside what is shown. */
  readonly outside: number;
  /** Whether a logarithmic axis could show every value. */
  readonly logPossible: boolean;
}

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** From so many marks on they are drawn small and see-through. */
const MANY = 2000;

const CROSS = 'path://M0 0L10 10M10 0L0 10';

export function layoutHistory(history: History, choices: HistoryChoices, theme: Theme): HistoryLayout {
  const values = history.points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const keep = [history.baseline, history.best.at(-1)?.value].filter((value) => value !== undefined);
  const logPossible = values.length > 0 && values.every((value) => value > 0);
  const { axis, outside } = axisOf(values, keep, choices.log && logPossible, choices.full);
  const marks = history.points.map((point) => markOf(point, axis));
  return {
    option: option(history, marks, axis, choices, theme),
    marks,
    outside,
    logPossible,
    empty: values.length === 0,
  };
}

function axisOf(
  values: readonly number[],
  keep: readonly number[],
  log: boolean,
  full: boolean,
): { axis: Axis; outside: number } {
  const to = log ? Math.log10 : (x: number): number => x;
  const back = log ? (x: number): number => 10 ** x : (x: number): number => x;
  const shown = values.map(to);
  const range = full
    ? {
        low: Math.min(...keep.map(to), minOf(shown)),
        high: Math.max(...keep.map(to), maxOf(shown)),
        outside: 0,
      }
    : robustRange(shown, keep.map(to));
  if (!range || !Number.isFinite(range.low)) return { axis: { low: 0, high: 1, log: false }, outside: 0 };
  const size = range.high - range.low || Math.abs(range.high) * 0.1 || 1;
  const pad = size * 0.08;
  return { axis: { low: back(range.low - pad), high: back(range.high + pad), log }, outside: range.outside };
}

const minOf = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const maxOf = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

function markOf(point: HistoryPoint, axis: Axis): Mark {
  // A trial that never said a number stands on the bottom line.
  if (point.value === undefined) return { point, y: axis.low, beyond: undefined };
  if (point.value > axis.high) return { point, y: axis.high, beyond: 'above' };
  if (point.value < axis.low) return { point, y: axis.low, beyond: 'below' };
  return { point, y: point.value, beyond: undefined };
}

type Datum = readonly [number, number];
const datum = ({ point, y }: Mark): Datum => [point.trial, y];

function option(
  history: History,
  marks: readonly Mark[],
  axis: Axis,
  choices: HistoryChoices,
  theme: Theme,
): ChartOption {
  const inside = (state: HistoryPoint['state']): Datum[] =>
    marks.filter(({ point, beyond }) => point.state === state && !beyond).map(datum);
  const selected = new Set(choices.selected);
  const best = marks.find(({ point }) => point.trial === choices.best);
  const last = Math.max(history.last, 1);
  const many = marks.length > MANY;
  const faint = theme.highContrast ? 1 : many ? 0.4 : 0.65;
  const label = { color: theme.muted, fontFamily: theme.fontFamily, fontSize: theme.fontSize };
  const line = {
    show: true,
    showMinLine: false,
    showMaxLine: false,
    lineStyle: { color: theme.grid, width: 1 },
  };
  return {
    animation: false,
    textStyle: { fontFamily: theme.fontFamily },
    grid: {
      left: 8,
      right: 16,
      top: 22,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'value',
      min: -last * 0.02,
      max: last * 1.02,
      minInterval: 1,
      axisLine: { show: true, onZero: false, lineStyle: { color: theme.axis } },
      axisTick: { show: false },
      axisLabel: { ...label, hideOverlap: true, showMinLabel: false, showMaxLabel: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: axis.log ? 'log' : 'value',
      min: axis.low,
      max: axis.high,
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        ...label,
        formatter: (value: number) => formatNumber(value, 3),
        showMinLabel: false,
        showMaxLabel: false,
      },
      splitLine: line,
    },
    series: [
      ...baselineSeries(history, last, theme),
      {
        type: 'scatter',
        data: inside('complete'),
        symbolSize: many ? 4 : 6,
        itemStyle: { color: theme.blue, opacity: faint },
        large: true,
        largeThreshold: MANY,
        silent: true,
      },
      {
        type: 'scatter',
        data: inside('pruned'),
        symbol: 'diamond',
        symbolSize: many ? 5 : 8,
        itemStyle: {
          color: 'transparent',
          borderColor: theme.orange,
          borderWidth: many ? 1 : 1.2,
          opacity: many ? 0.5 : 1,
        },
        silent: true,
      },
      {
        type: 'scatter',
        data: inside('failed'),
        symbol: CROSS,
        symbolSize: many ? 4 : 7,
        itemStyle: {
          color: 'transparent',
          borderColor: theme.red,
          borderWidth: many ? 1 : 1.5,
          opacity: many ? 0.5 : 1,
        },
        silent: true,
      },
      beyondSeries(marks, 'above', theme),
      beyondSeries(marks, 'below', theme),
      bestSeries(history, axis, theme),
      {
        type: 'scatter',
        data: best ? [datum(best)] : [],
        symbolSize: 9,
        itemStyle: { color: theme.green, borderColor: theme.background, borderWidth: 1 },
        silent: true,
        z: 4,
      },
      {
        type: 'scatter',
        data: marks.filter(({ point }) => selected.has(point.trial)).map(datum),
        symbol: 'circle',
        symbolSize: 13,
        itemStyle: { color: 'transparent', borderColor: theme.foreground, borderWidth: 1.5 },
        silent: true,
        z: 5,
      },
    ],
  };
}

function beyondSeries(marks: readonly Mark[], side: 'above' | 'below', theme: Theme): object {
  return {
    type: 'scatter',
    data: marks.filter(({ beyond }) => beyond === side).map(datum),
    symbol: 'triangle',
    symbolSize: marks.length > MANY ? 4 : 7,
    symbolRotate: side === 'above' ? 0 : 180,
    itemStyle: { color: theme.muted, opacity: marks.length > MANY ? 0.5 : 1 },
    clip: false,
    silent: true,
  };
}

/**
 * Steps drawn by hand: the line series passes over points closer than a pixel, which bends the steps of a long study.
 * Each item is a tread and the riser after it: from (x, y) to the next improvement's x, then to its y.
 */
function bestSeries(history: History, axis: Axis, theme: Theme): object {
  const clamp = (value: number): number => Math.min(axis.high, Math.max(axis.low, value));
  const data = history.best.map(({ trial, value }, index) => {
    const next = history.best[index + 1];
    return [trial, clamp(value), next?.trial ?? Math.max(history.last, trial), clamp(next?.value ?? value)];
  });
  return {
    type: 'custom',
    data,
    encode: { x: [0, 2], y: [1, 3] },
    renderItem: (_params: unknown, api: StepApi) => {
      const [x, y, nextX, nextY] = [api.value(0), api.value(1), api.value(2), api.value(3)];
      return {
        type: 'polyline',
        shape: { points: [api.coord([x, y]), api.coord([nextX, y]), api.coord([nextX, nextY])] },
        style: { stroke: theme.green, lineWidth: 1.5, fill: 'none' },
      };
    },
    silent: true,
    z: 3,
  };
}

/** The part of ECharts' custom series that a step needs. */
interface StepApi {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly number[];
}

function baselineSeries(history: History, last: number, theme: Theme): readonly object[] {
  const value = history.baseline;
  if (value === undefined) return [];
  return [
    {
      type: 'line',
      data: [
        [-last * 0.02, value],
        [last * 1.02, value],
      ],
      symbol: 'none',
      lineStyle: { color: theme.muted, width: 1, type: [4, 4] },
      silent: true,
    },
  ];
}
