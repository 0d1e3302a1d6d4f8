/**
 * What the library's `warmStart` makes of the trials of another study: those that have ended and are points of this
 * space, for samplers to learn from. A study of a file maps more, by its paths and fixed values: see migrate.ts.
 */
import { activeParameters } from '../space/condition.js';
import { contains } from '../space/encode.js';
import type { Distribution, Params, Space } from '../space/parameter.js';
import { canonicalPoint } from '../space/point.js';
import type { EarlierTrial, Trial } from './trial.js';

/** What is needed of a trial; those of `study.trials` have it. */
export type WarmTrial = Pick<Trial, 'number' | 'state' | 'params'> &
  Partial<Pick<Trial, 'objectives' | 'values' | 'reports' | 'marks'>>;

function isPoint(space: Space, params: Params): boolean {
  const active = activeParameters(space, params);
  return (
    active.length === Object.keys(params).length &&
    active.every((name) => {
      const value = params[name];
      return value !== undefined && contains(space[name] as Distribution, value);
    })
  );
}

/** @param objectives how many values a completed trial has */
export const warmTrials = (
  trials: readonly WarmTrial[],
  space: Space,
  objectives: number,
): readonly EarlierTrial[] =>
  trials.flatMap((trial): EarlierTrial[] => {
    const { number, state, params, objectives: results, values = {}, reports = [], marks } = trial;
    if (state === 'running' || state === 'waiting') return [];
    if (marks?.excluded !== undefined || !isPoint(space, params)) return [];
    if (state === 'complete' && results?.length !== objectives) return [];
    const last = reports.at(-1);
    return [
      {
        from: `warm start #${number}`,
        state,
        params: canonicalPoint(space, params),
        values,
        ...(results && { objectives: results }),
        ...(last && { step: last.step, value: last.value }),
      },
    ];
  });
