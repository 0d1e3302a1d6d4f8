/**
 * How sure it is that the best trial is the best. The runs of a point scatter with its seeds; the variance is pooled over
 * the best points that were run more than once (bad ones scatter more), and the difference of two means has a Student
 * posterior (Box and Tiao, "Bayesian inference in statistical analysis", 1973, section 2.5). The means themselves are
 * taken to be normally distributed around a centre (ibid. section 7.2: a random effect), both estimated by moments from
 * the better half of the points: the best of many was lucky, too, and is drawn back the more, the fewer its runs and the
 * less the points differ. With few points the prior is flat. Without repeated runs there is nothing to judge by.
 */
import { outcomeViolation } from '../space/constraint.js';
import { studentCdf } from '../student-t.js';
import { bestTrial, compareResults, isExcluded } from './best.js';
import { meanOfRuns, mergedTrials, runsByPoint } from './repeats.js';
import type { Study } from './trial.js';

/** So many points give the variance. */
const POOLED = 5;
/** Points, at least, from which is estimated how far points differ. */
const POINTS = 6;
/** They differ at least by this share of the variance of a mean: an estimate of none would say that all are equal. */
const LEAST_SHARE = 0.25;

/** A point with its completed runs. */
export interface Contender {
  readonly number: number;
  readonly runs: number;
  readonly mean: number;
}

export interface Standing {
  /** Best first. */
  readonly contenders: readonly Contender[];
  /** Standard deviation of single runs, with its degrees of freedom; undefined where no point was run twice. */
  readonly noise?: { readonly deviation: number; readonly freedom: number };
  /** How the means of points are distributed before their own runs are looked at; undefined with few points. */
  readonly prior?: { readonly centre: number; readonly deviation: number };
}

export interface Winner {
  /** The best trial, and the one most likely to be better nevertheless. */
  readonly trial: number;
  readonly runs: number;
  readonly mean: number;
  readonly deviation: number;
  readonly versus: number;
  /** That the best one's mean over all seeds is better than the other's. */
  readonly probability: number;
}

type Judged = Pick<Study, 'trials' | 'objectives'> & Partial<Pick<Study, 'settings'>>;

/** Points whose runs break an outcome constraint in the mean are no contenders. */
export function standing({ trials, objectives, settings }: Judged): Standing {
  const direction = objectives[0]?.direction ?? 'minimize';
  const violation = outcomeViolation(settings?.outcomeConstraints);
  const broken = new Set<number>();
  if (violation)
    for (const { number, values } of mergedTrials(trials)) if (violation(values) > 0) broken.add(number);
  const points: (Contender & { readonly residuals: readonly number[] })[] = [];
  for (const [number, runs] of runsByPoint(trials)) {
    const first = trials[number];
    if (first?.state !== 'complete' || isExcluded(first) || broken.has(number)) continue;
    const values = runs.flatMap(({ state, objectives: values }) => {
      const value = state === 'complete' ? values?.[0] : undefined;
      return value !== undefined && Number.isFinite(value) ? [value] : [];
    });
    if (values.length === 0) continue;
    const mean = meanOfRuns(values);
    points.push({ number, runs: values.length, mean, residuals: values.map((value) => value - mean) });
  }
  points.sort((a, b) => compareResults(a.mean, b.mean, direction) || a.number - b.number);
  const pooled = points.filter(({ runs }) => runs > 1).slice(0, POOLED);
  const freedom = pooled.reduce((sum, { runs }) => sum + runs - 1, 0);
  const contenders = points.map(({ residuals: _, ...contender }) => contender);
  if (freedom === 0) return { contenders };
  // Deviations and not variances throughout: squares of very large or very small results are no numbers.
  const deviation = Math.hypot(...pooled.flatMap(({ residuals }) => residuals)) / Math.sqrt(freedom);
  const prior = priorOf(contenders, deviation);
  return { contenders, noise: { deviation, freedom }, ...(prior && { prior }) };
}

/** By moments: what the means of the better half scatter more than runs of one point would make them. */
function priorOf(contenders: readonly Contender[], deviation: number): Standing['prior'] {
  if (contenders.length < POINTS) return undefined;
  const half = contenders.slice(0, Math.ceil(contenders.length / 2));
  const n = half.length;
  const centre = half.reduce((sum, { mean }) => sum + mean, 0) / n;
  const scatter = Math.hypot(...half.map(({ mean }) => mean - centre)) / Math.sqrt(n - 1);
  const ofRuns = deviation * Math.sqrt(half.reduce((sum, { runs }) => sum + 1 / runs, 0) / n);
  if (ofRuns === 0) return scatter > 0 ? { centre, deviation: scatter } : undefined;
  return { centre, deviation: ofRuns * Math.sqrt(Math.max((scatter / ofRuns) ** 2 - 1, LEAST_SHARE)) };
}

/** The probability that `a` is better than `b`; `a` stands before `b` by its mean. */
export function probabilityBetter(
  a: Contender,
  b: Contender,
  { noise, prior }: Pick<Standing, 'prior'> & Required<Pick<Standing, 'noise'>>,
): number {
  const posterior = ({ mean, runs }: Contender): { readonly mean: number; readonly deviation: number } => {
    const own = noise.deviation / Math.sqrt(runs);
    if (!prior) return { mean, deviation: own };
    const weight = 1 / (1 + (own / prior.deviation) ** 2);
    return { mean: prior.centre + weight * (mean - prior.centre), deviation: Math.sqrt(weight) * own };
  };
  const [p, q] = [posterior(a), posterior(b)];
  // Which way is better is known from who stands first: the gap is positive unless luck has reversed it.
  const better = Math.sign(b.mean - a.mean);
  const gap = better * (q.mean - p.mean);
  const deviation = Math.hypot(p.deviation, q.deviation);
  return better === 0 || gap === 0 ? 0.5 : studentCdf(gap / deviation, noise.freedom);
}

/** undefined where no point was run twice, there are several objectives, or there is nothing to compare the best with. */
export function winnerOf(study: Judged): Winner | undefined {
  // Of several objectives none decides alone.
  if (study.objectives.length > 1) return undefined;
  const best = bestTrial(study);
  const { contenders, noise, prior } = standing(study);
  const first = contenders.find(({ number }) => number === best?.number);
  if (!first || !noise) return undefined;
  let [versus, probability] = [-1, Infinity];
  for (const other of contenders) {
    if (other === first) continue;
    const p = probabilityBetter(first, other, { noise, ...(prior && { prior }) });
    if (p < probability) [versus, probability] = [other.number, p];
  }
  if (versus < 0) return undefined;
  const { number, runs, mean } = first;
  return { trial: number, runs, mean, deviation: noise.deviation / Math.sqrt(runs), versus, probability };
}

export const probabilityText = (probability: number): string =>
  probability > 0.995 ? 'p > 0.99' : `p = ${probability.toFixed(2)}`;

/** For people: "Trial 12 beats trial 7 with p = 0.93 (mean of 6 runs 0.0421 ± 0.0012)". */
export function winnerText({ trial, runs, mean, deviation, versus, probability }: Winner): string {
  const short = (x: number): string => String(Number(x.toPrecision(3)));
  const over = runs === 1 ? 'one run' : `mean of ${runs} runs`;
  return `Trial ${trial} beats trial ${versus} with ${probabilityText(probability)} (${over}: ${Number(mean.toPrecision(5))} ± ${short(deviation)}).`;
}
