/**
 * What a study says about its own annotations: bounds at which the best trials crowd, parameters that make no
 * difference, ranges of many orders of magnitude searched evenly. Each with the edits that would follow it. Pure: where
 * and when they are shown is the editor's work.
 */
import type { SourceRange, TunedValue } from '../annotation/annotated-config.js';
import { type ValueEdit, valueEdit } from '../annotation/edit.js';
import { canonicalJson, type Json, jsonEqual } from '../json.js';
import type { FloatDistribution, IntDistribution } from '../space/parameter.js';
import { bestTrial, compareResults, objectiveOf } from '../study/best.js';
import { mergedTrials } from '../study/repeats.js';
import type { Study, Trial } from '../study/trial.js';
import { parameterAxis, unitOf } from './axis.js';
import { importanceOf } from './importance.js';

export interface Hint {
  readonly kind: 'widen' | 'fix' | 'log';
  readonly name: string;
  /** Where it belongs: the annotation. */
  readonly range: SourceRange;
  readonly message: string;
  /** What to do about it, and the edits of the file that do it. */
  readonly action: string;
  readonly edits: readonly ValueEdit[];
}

/** How many of the best are looked at, how many of them must crowd, and how near the bound, as a share of the range. */
const BEST = 10;
const CROWD = 8;
const NEAR = 0.05;
/** Completed trials before the best tenth means anything; before a parameter can be said to make no difference. */
const LEAST_WIDEN = 20;
const LEAST_FIX = 50;
const IDLE = 0.01;
const DECADES = 4;

/**
 * @param text of the config, which `tuned` comes from
 * @param study of it; its parameters that have changed since are passed over. undefined: none yet.
 */
export function hintsOf(
  text: string,
  tuned: readonly TunedValue[],
  study: Study | undefined,
): readonly Hint[] {
  const logs = tuned.flatMap((one) => logHint(text, one) ?? []);
  if (!study) return logs;
  const same = tuned.filter(({ name, parameter }) => {
    const searched = study.space[name];
    return (
      searched !== undefined &&
      canonicalJson(searched as unknown as Json) === canonicalJson(parameter as unknown as Json)
    );
  });
  const direction = study.objectives[0]?.direction ?? 'minimize';
  // However often a point was run, it is one that crowds at a bound.
  const done = mergedTrials(study.trials).filter((trial) => objectiveOf(trial) !== undefined);
  if (done.length < LEAST_WIDEN || study.objectives.length > 1) return logs;
  const value = (trial: Trial): number => objectiveOf(trial) ?? Number.NaN;
  const ranked = done.toSorted((a, b) => compareResults(value(a), value(b), direction));
  const widen = same.flatMap((one) => widenHint(text, one, ranked) ?? []);
  return [...logs, ...widen, ...fixHints(text, same, study, done.length)];
}

/** Bounds of a numeric annotation as they are written: `float(` low `,` high. */
const BOUNDS = /^(@tune\s+(?:float|int)\s*\(\s*)([^,()\s]+)(\s*,\s*)([^,()\s]+)/;

function edited(range: SourceRange, newText: string): readonly ValueEdit[] {
  return [{ range, newText }];
}

function logHint(text: string, { name, parameter, annotationRange: range }: TunedValue): Hint | undefined {
  if (parameter.type !== 'float' || parameter.log || parameter.step !== undefined) return undefined;
  const { low, high } = parameter;
  const decades = low > 0 ? Math.log10(high / low) : 0;
  const annotation = text.slice(range.start, range.end);
  if (decades < DECADES || !BOUNDS.test(annotation)) return undefined;
  return {
    kind: 'log',
    name,
    range,
    message: `${name} spans ${Math.floor(decades + 1e-9)} orders of magnitude, and searched evenly nine in ten trials fall into the highest: search it by order of magnitude?`,
    action: `Search ${name} with log`,
    edits: edited(
      range,
      annotation.replace(BOUNDS, (bounds) => `${bounds}, log`),
    ),
  };
}

function widenHint(text: string, tuned: TunedValue, ranked: readonly Trial[]): Hint | undefined {
  const { name, parameter, annotationRange: range } = tuned;
  if (parameter.type !== 'float' && parameter.type !== 'int') return undefined;
  const best = ranked.filter(({ params }) => Object.hasOwn(params, name)).slice(0, BEST);
  if (best.length < BEST) return undefined;
  const axis = parameterAxis(parameter, []);
  const units = best.map(({ params }) => unitOf(axis, params[name]) ?? 0.5);
  const annotation = text.slice(range.start, range.end);
  if (!BOUNDS.test(annotation)) return undefined;
  for (const side of ['upper', 'lower'] as const) {
    const near = units.filter((u) => (side === 'upper' ? u >= 1 - NEAR : u <= NEAR)).length;
    const bound = side === 'upper' ? parameter.high : parameter.low;
    const next = widened(parameter, side);
    if (near < CROWD || next === undefined) continue;
    const written = String(Number(next.toPrecision(6)));
    return {
      kind: 'widen',
      name,
      range,
      message: `${near} of the ${BEST} best trials are within 5 % of ${name}'s ${side} bound ${bound}: widen it?`,
      action: `Widen ${name} to ${written}`,
      edits: edited(
        range,
        annotation.replace(BOUNDS, (_, start: string, low: string, comma: string, high: string) =>
          side === 'upper' ? `${start}${low}${comma}${written}` : `${start}${written}${comma}${high}`,
        ),
      ),
    };
  }
  return undefined;
}

/** Twice the range, ten times where it is logarithmic. None beyond 0 and 1, which mostly are limits of the matter itself. */
function widened(
  parameter: FloatDistribution | IntDistribution,
  side: 'upper' | 'lower',
): number | undefined {
  const { low, high, log } = parameter;
  const whole = (x: number): number => (parameter.type === 'int' ? Math.round(x) : x);
  if (side === 'upper') {
    if (high === 1 || high === 0) return undefined;
    return whole(log ? high * 10 : high + (high - low));
  }
  if (low === 0 || low === 1) return undefined;
  if (log) return parameter.type === 'int' ? Math.max(1, Math.round(low / 10)) : low / 10;
  const next = low - (high - low);
  return whole(low > 0 && next <= 0 ? low / 2 : next);
}

function fixHints(
  text: string,
  tuned: readonly TunedValue[],
  study: Study,
  completed: number,
): readonly Hint[] {
  const best = bestTrial(study);
  if (!best || completed < LEAST_FIX || tuned.length < 2) return [];
  const shares = importanceOf(study);
  return tuned.flatMap((one): readonly Hint[] => {
    const share = shares.find(({ name, conditional }) => name === one.name && !conditional)?.share;
    const value = best.params[one.name];
    // What others hang on must stay: its values decide whether they are there.
    const needed = tuned.some(({ parameter }) =>
      canonicalJson((parameter.when ?? null) as unknown as Json).includes(`"${one.name}"`),
    );
    if (share === undefined || share >= IDLE || value === undefined || needed) return [];
    return [
      {
        kind: 'fix',
        name: one.name,
        range: one.annotationRange,
        message: `${one.name} hardly matters (importance ${(100 * share).toFixed(1)} % after ${completed} completed trials): fix it?`,
        action: `Fix ${one.name} at the best trial's value`,
        edits: [
          ...(jsonEqual(value, one.value) ? [] : [valueEdit(text, one, value)]),
          { range: wholeComment(text, one.annotationRange), newText: '' },
        ],
      },
    ];
  });
}

/** The annotation with its comment, where that holds nothing else. */
function wholeComment(text: string, range: SourceRange): SourceRange {
  const line = text.slice(text.lastIndexOf('\n', range.start - 1) + 1, range.start);
  const rest = text.slice(range.end).split(/\r?\n/, 1)[0] ?? '';
  const opening = /\s*(?:#|\/\/)\s*$/.exec(line)?.[0].length ?? 0;
  if (opening === 0 || rest.trim() !== '') return range;
  return { ...range, start: range.start - opening, column: range.column - opening };
}
