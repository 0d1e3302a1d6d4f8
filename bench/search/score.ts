/**
 * Scores of optimisers: b_t is the best value after t trials, NR_t = clip((b_t - best) / (reference - best), 0, 1) its
 * normalised regret, LNR_t = (log10(max(NR_t, 1e-4)) + 4) / 4 that on a logarithmic scale from 0 to 1, and the area
 * under the log-regret curve AULRC_T the mean of LNR_t over t = 1 … T. Lower is better everywhere.
 */
import { random } from '../../src/core/random.js';
import type { Run } from './external.js';
import type { Problem } from './problem.js';

export type Reference = Pick<Problem, 'best' | 'reference'>;

/** LNR_t for t = 1 … `trials`; a run that ended early keeps its last. */
function logRegrets(y: readonly number[], { best, reference }: Reference, trials: number): number[] {
  let lowest = Infinity;
  return Array.from({ length: trials }, (_, t) => {
    const value = y[t];
    if (value !== undefined && value < lowest) lowest = value;
    const regret = Math.min(1, Math.max(1e-4, (lowest - best) / (reference - best)));
    return (Math.log10(regret) + 4) / 4;
  });
}

export const mean = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0) / xs.length;

export interface Score {
  readonly sampler: string;
  /** LNR after 30 and after all trials, mean over the problems of the means over seeds. */
  readonly lnr30: number;
  readonly lnrEnd: number;
  /** Area under the log-regret curve to 30, to 60 and to all trials. */
  readonly area30: number;
  readonly area60: number;
  readonly area: number;
  /** 95 % interval of `area`: seeds drawn again within each problem, 1000 times. */
  readonly interval: readonly [number, number];
  /** Mean rank among the samplers after 30, 60 and all trials, over problems and seeds; ties share their ranks. */
  readonly ranks: readonly [number, number, number];
  readonly problems: number;
  readonly seeds: number;
}

type Curves = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

/** sampler -> problem -> seed -> LNR curve */
export function curves(
  runs: readonly Run[],
  references: ReadonlyMap<string, Reference>,
  trials: number,
): ReadonlyMap<string, Curves> {
  const result = new Map<string, Map<string, Map<number, readonly number[]>>>();
  for (const { sampler, problem, seed, y } of runs) {
    const reference = references.get(problem);
    if (!reference) continue;
    const bySampler = result.get(sampler) ?? new Map<string, Map<number, readonly number[]>>();
    const byProblem = bySampler.get(problem) ?? new Map<number, readonly number[]>();
    byProblem.set(seed, logRegrets(y, reference, trials));
    bySampler.set(problem, byProblem);
    result.set(sampler, bySampler);
  }
  return result;
}

const area = (curve: readonly number[], t: number): number => mean(curve.slice(0, t));

/** Ranks from 1, ties sharing the mean of theirs. */
function rank(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const lower = values.filter((other) => other < value - 1e-12).length;
    const equal = values.filter((other) => Math.abs(other - value) <= 1e-12).length;
    return lower + (equal + 1) / 2;
  });
}

/** Over the problems that every sampler has been run on; ranks over the seeds that every sampler has. */
export function scores(
  all: ReadonlyMap<string, Curves>,
  problems: readonly string[],
  trials: number,
): Score[] {
  const samplers = [...all.keys()].filter((name) => problems.every((problem) => all.get(name)?.has(problem)));
  const at = [30, 60, trials].map((t) => Math.min(t, trials) - 1);
  const ranks = new Map(samplers.map((name) => [name, at.map(() => [] as number[])]));
  for (const problem of problems) {
    const byName = samplers.map(
      (name) => all.get(name)?.get(problem) ?? new Map<number, readonly number[]>(),
    );
    for (const seed of byName[0]?.keys() ?? []) {
      if (!byName.every((seeds) => seeds.has(seed))) continue;
      at.forEach((t, i) => {
        const order = rank(byName.map((seeds) => seeds.get(seed)?.[t] ?? 1));
        samplers.forEach((name, k) => {
          ranks.get(name)?.[i]?.push(order[k] as number);
        });
      });
    }
  }
  const source = random('bootstrap');
  return samplers
    .map((sampler): Score => {
      const perProblem = problems.map((problem) => [...(all.get(sampler)?.get(problem)?.values() ?? [])]);
      const over = (f: (curve: readonly number[]) => number): number =>
        mean(perProblem.map((seeds) => mean(seeds.map(f))));
      const areas = perProblem.map((seeds) => seeds.map((curve) => area(curve, trials)));
      const again = Array.from({ length: 1000 }, () =>
        mean(areas.map((seeds) => mean(seeds.map(() => seeds[source.int(seeds.length)] as number)))),
      ).sort((a, b) => a - b);
      return {
        sampler,
        lnr30: over((curve) => curve[Math.min(30, trials) - 1] as number),
        lnrEnd: over((curve) => curve[trials - 1] as number),
        area30: over((curve) => area(curve, 30)),
        area60: over((curve) => area(curve, 60)),
        area: mean(areas.map(mean)),
        interval: [again[25] as number, again[974] as number],
        ranks: (ranks.get(sampler) ?? []).map(mean) as unknown as readonly [number, number, number],
        problems: problems.length,
        seeds: Math.min(...perProblem.map((seeds) => seeds.length)),
      };
    })
    .sort((a, b) => a.area - b.area);
}
