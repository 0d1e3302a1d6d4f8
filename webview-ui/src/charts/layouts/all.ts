/** The charts beyond the overview by their tab, and what can be chosen for each. */
import type { Column } from '../../../../src/core/study/table/table.js';
import type { ChartTab } from '../../ui-state.js';
import type { Scene } from '../kit/scene.js';
import { layoutCalibration } from './calibration.js';
import { layoutContour } from './contour.js';
import { layoutCorrelation } from './correlation.js';
import { layoutEdf } from './edf.js';
import { layoutErrors } from './errors.js';
import { layoutImportance } from './importance.js';
import type { ChartInput } from './input.js';
import { layoutAnova } from './interactions.js';
import { layoutParallel } from './parallel.js';
import { layoutPareto } from './pareto.js';
import { layoutRank } from './rank.js';
import { layoutSlice } from './slice.js';
import { layoutStudies } from './studies.js';
import { layoutTimeline } from './timeline.js';

export const LAYOUTS: Readonly<Record<Exclude<ChartTab, 'overview'>, (input: ChartInput) => Scene>> = {
  parallel: layoutParallel,
  slice: layoutSlice,
  importance: (input) => (input.importance === 'fanova' ? layoutAnova(input) : layoutImportance(input)),
  contour: layoutContour,
  rank: layoutRank,
  timeline: layoutTimeline,
  edf: layoutEdf,
  pareto: layoutPareto,
  correlation: layoutCorrelation,
  calibration: layoutCalibration,
  studies: layoutStudies,
  errors: layoutErrors,
};

/** Charts whose measure and its scale can be chosen. */
export const MEASURED: ReadonlySet<ChartTab> = new Set([
  'parallel',
  'slice',
  'contour',
  'rank',
  'edf',
  'pareto',
]);
/** Charts whose axis of results can be logarithmic. */
export const SCALED: ReadonlySet<ChartTab> = new Set([...MEASURED, 'studies']);
/** Charts whose axes leave wild values out until they are asked for. */
export const ROBUST: ReadonlySet<ChartTab> = new Set([...SCALED, 'calibration', 'errors']);
/** Charts of several plots, which stand below one another where there is little room. */
export const STACKED: ReadonlySet<ChartTab> = new Set([
  'slice',
  'pareto',
  'calibration',
  'studies',
  'errors',
]);
/** Charts over two parameters. */
export const PAIRED: ReadonlySet<ChartTab> = new Set(['contour', 'rank']);

/** With several objectives the trial that the charts mark is the balanced one of the front. */
export const bestWord = ({ study }: ChartInput): string =>
  study.objectives.length > 1 ? 'balanced' : 'best';

export const isMeasure = (kind: Column['kind']): boolean =>
  kind === 'objective' || kind === 'metric' || kind === 'duration';
