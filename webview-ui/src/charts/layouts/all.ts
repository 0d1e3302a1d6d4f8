/** The charts beyond the overview by their tab, and what can be chosen for each. */
import type { ChartTab } from '../../ui-state.js';
import type { Scene } from '../kit/scene.js';
import { layoutCalibration } from './calibration.js';
import { layoutContour } from './contour.js';
import { layoutCorrelation } from './correlation.js';
import { layoutEdf } from './edf.js';
import { layoutImportance } from './importance.js';
import type { ChartInput } from './input.js';
import { layoutAnova } from './interactions.js';
import { layoutParallel } from './parallel.js';
import { layoutPareto } from './pareto.js';
import { layoutRank } from './rank.js';
import { layoutSlice } from './slice.js';
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
/** Charts over two parameters. */
export const PAIRED: ReadonlySet<ChartTab> = new Set(['contour', 'rank']);
