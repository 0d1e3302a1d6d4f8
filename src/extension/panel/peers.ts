/** The studies that one can be compared with on its page: same first objective, told in short, computed once per state. */
import { type Course, courseOf } from '../../core/analysis/course.js';
import type { PeerStudy, StudyRef } from '../../protocol/panel.js';
import type { Studies } from '../studies.js';
import { isArchived, type StudyEntry } from '../study-entry.js';

/** So many are offered. */
const MOST = 30;

export class Peers {
  readonly #courses = new Map<string, { readonly seq: number; readonly course: Course }>();

  constructor(
    private readonly studies: Pick<Studies, 'all' | 'get'>,
    private readonly refOf: (entry: StudyEntry) => StudyRef,
  ) {}

  /** Of the same config first; empty for a study that is not known. */
  of(id: string): readonly PeerStudy[] {
    const shown = this.studies.get(id);
    const objective = shown?.study.objectives[0];
    if (!shown || !objective) return [];
    const like = this.studies.all.filter((entry) => {
      const first = entry.study.objectives[0];
      return (
        entry.id !== id &&
        !isArchived(entry) &&
        entry.study.trials.length > 0 &&
        first?.metric === objective.metric &&
        first.direction === objective.direction
      );
    });
    const own = like.filter(({ configFile }) => configFile === shown.configFile);
    const others = like.filter(({ configFile }) => configFile !== shown.configFile);
    return [...own, ...others]
      .slice(0, MOST)
      .map((entry) => ({ ref: this.refOf(entry), course: this.#course(entry) }));
  }

  #course({ id, study }: StudyEntry): Course {
    const known = this.#courses.get(id);
    if (known?.seq === study.seq) return known.course;
    const course = courseOf(study);
    this.#courses.set(id, { seq: study.seq, course });
    return course;
  }
}
