/**
 * A study that goes on in another environment than the run before: in which two, and whether the present one is an earlier
 * one come back. What differs between two is in environment-diff.ts.
 */
import type { RecordedEnvironment, Study, Trial } from '../study/trial.js';
import { environmentDifference, environmentNote, matteringText } from './environment-diff.js';

type Turning = Pick<Study, 'environments' | 'environment' | 'trials'>;

export interface EnvironmentTurn {
  readonly before: RecordedEnvironment;
  readonly now: RecordedEnvironment;
  /** Trials that ran in the present environment before the study left it; absent where it is new to the study. */
  readonly again?: readonly TrialRange[];
  /** The latest trials that ran in the one before; absent where none did. */
  readonly left?: TrialRange;
}

/** First and last number, both included. */
type TrialRange = readonly [number, number];

/** The last change of a study's environment; undefined where it never had another than the present one. */
export function environmentTurn({ environments, environment, trials }: Turning): EnvironmentTurn | undefined {
  const at = environments.findIndex(({ id }) => id === environment);
  const now = at < 0 ? environments.at(-1) : environments[at];
  if (!now) return undefined;
  const last = trials.findLast((trial) => trial.environment !== undefined && trial.environment !== now.id);
  const before = environments.find(({ id }) => id === last?.environment);
  if (!last || !before) {
    // No trial says which run was before: the order in which environments were first seen does.
    const earlier = now === environments.at(-1) ? environments.at(-2) : undefined;
    return earlier && { before: earlier, now };
  }
  const again = rangesOf(trials.slice(0, last.number), now.id);
  const left = rangesOf(trials.slice(0, last.number + 1), before.id).at(-1);
  return { before, now, ...(again.length > 0 && { again }), ...(left && { left }) };
}

/**
 * What a person is told of it, in a sentence or two; undefined where nothing differs that may matter. The trials are those
 * at the moment of asking.
 */
export function environmentChange(study: Turning): string | undefined {
  const turn = environmentTurn(study);
  if (!turn) return undefined;
  const differences = environmentDifference(turn.before.facts, turn.now.facts);
  const note = environmentNote(differences);
  if (note === undefined || !turn.again) return note;
  const other = turn.left ? `That of ${trialsText([turn.left])}` : 'The one before';
  return `This study continues again in the environment of ${trialsText(turn.again)}. ${other} differed in ${matteringText(differences)}.`;
}

function rangesOf(trials: readonly Trial[], environment: string): readonly TrialRange[] {
  const ranges: [number, number][] = [];
  for (const trial of trials) {
    if (trial.environment !== environment) continue;
    const open = ranges.at(-1);
    if (open && open[1] === trial.number - 1) open[1] = trial.number;
    else ranges.push([trial.number, trial.number]);
  }
  return ranges;
}

/** `trials 0–12 and 20`: the latest two ranges, and that there are more. */
function trialsText(ranges: readonly TrialRange[]): string {
  const named = ranges.slice(-2).map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
  const [only] = ranges;
  const plural = ranges.length > 1 || (only !== undefined && only[0] !== only[1]);
  return `trial${plural ? 's' : ''} ${named.join(' and ')}${ranges.length > 2 ? ', and earlier ones' : ''}`;
}
