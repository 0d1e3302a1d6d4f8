/** The Pareto front of the study that is shown, found once per change of the study. */
import { type Front, frontOf } from '../../../src/core/study/objectives/front.js';
import type { StudyView } from '../feed.js';

const fronts = new WeakMap<StudyView, Front | undefined>();

/** undefined for a study with one objective. */
export function frontOfView(view: StudyView): Front | undefined {
  if (!fronts.has(view)) fronts.set(view, frontOf(view.study));
  return fronts.get(view);
}
