/**
 * Scores of optimisers: b_t is the best value after t trials, NR_t = clip((b_t - best) / (reference - best), 0, 1) its
 * normalised regret, LNR_t = (log10(max(NR_t, 1e-4)) + 4) / 4 that on a logarithmic scale from 0 to 1, and the area
 * under the log-regret curve AULRC_T the mean of LNR_t over t = 1 … T. Lower is better everywhere.
 */
import { type Random, random } from '../../src/core/random.js';
import type { Run } from './external.js';
import type { Problem } from './problem.js';

export type Reference = Pick<Problem, 'best' | 'reference' | 'noise'>;

/** LNR_t for t = 1 … `trials`; a run that ended early keeps its last. */
function logRegrets(y: readonly number[], { best, reference, noise }: Reference, trials: number): number[] {
  let lowest = Infinity;
  return Array.from({ length: trials }, (_, t) => {
    const value = y[t];
    // With noise the curve is of the trial that looks best, which may get worse.
    if (value !== undefined && (noise || value < lowest)) lowest = value;
    const regret = Math.min(1, Math.max(1e-4, (lowest - best) / (reference - best)));
    return (Math.log10(regret) + 4) / 4;
  });
}

export const mean = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0) / xs.length;

export interface Score {
  readonly sampler: string;
  /** Numbers of trials that `lnr`, `areas` and `ranks` are of. */
  readonly at: readonly number[];
  /** LNR, mean over the problems of the means over seeds. */
  readonly lnr: readonly number[];
  /** Area under the log-regret curve up to there. */
  readonly areas: readonly number[];
  /** 95 % interval of the last area: seeds drawn again within each problem, 1000 times. */
  readonly interval: readonly [number, number];
  /** Mean rank among the samplers, over problems and seeds; ties share their ranks. */
  readonly ranks: readonly number[];
  /** 95 % interval of the last mean rank: problems, and seeds within each, drawn again, 1000 times. */
  readonly rankInterval: readonly [number, number];
  readonly problems: number;
  readonly seeds: number;
}

/** Where samplers are compared: at these numbers of trials, and at the end. */
export const checkpoints = (trials: number): readonly number[] => [
  ...[30, 60, 100].filter((t) => t < trials),
  trials,
];

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

/** Where 95 % of 1000 draws lie. */
function middle(draw: () => number): readonly [number, number] {
  const draws = Array.from({ length: 1000 }, draw).sort((a, b) => a - b);
  return [draws[25] as number, draws[974] as number];
}

/** As many as there are, each one of them. */
const again = <T>(items: readonly T[], source: Random): T[] =>
  items.map(() => items[source.int(items.length)] as T);

/** Over the problems that every sampler has been run on; ranks over the seeds that every sampler has. */
export function scores(
  all: ReadonlyMap<string, Curves>,
  problems: readonly string[],
  trials: number,
): Score[] {
  const samplers = [...all.keys()].filter((name) => problems.every((problem) => all.get(name)?.has(problem)));
  const points = checkpoints(trials);
  const at = points.map((t) => t - 1);
  const ranks = new Map(samplers.map((name) => [name, problems.map(() => at.map(() => [] as number[]))]));
  for (const [p, problem] of problems.entries()) {
    const byName = samplers.map(
      (name) => all.get(name)?.get(problem) ?? new Map<number, readonly number[]>(),
    );
    for (const seed of byName[0]?.keys() ?? []) {
      if (!byName.every((seeds) => seeds.has(seed))) continue;
      at.forEach((t, i) => {
        const order = rank(byName.map((seeds) => seeds.get(seed)?.[t] ?? 1));
        samplers.forEach((name, k) => {
          ranks.get(name)?.[p]?.[i]?.push(order[k] as number);
        });
      });
    }
  }
  const source = random('bootstrap');
  const rankSource = random('ranks drawn again');
  return samplers
    .map((sampler): Score => {
      const perProblem = problems.map((problem) => [...(all.get(sampler)?.get(problem)?.values() ?? [])]);
      const over = (f: (curve: readonly number[]) => number): number =>
        mean(perProblem.map((seeds) => mean(seeds.map(f))));
      const areas = perProblem.map((seeds) => seeds.map((curve) => area(curve, trials)));
      const ranked = ranks.get(sampler) ?? [];
      const lastRanks = ranked.map((own) => own.at(-1) ?? []);
      return {
        sampler,
        at: points,
        lnr: at.map((t) => over((curve) => curve[t] as number)),
        areas: points.map((t) => over((curve) => area(curve, t))),
        interval: middle(() => mean(areas.map((seeds) => mean(again(seeds, source))))),
        ranks: at.map((_, i) => mean(ranked.flatMap((own) => own[i] ?? []))),
        rankInterval: middle(() =>
          mean(again(lastRanks, rankSource).flatMap((own) => again(own, rankSource))),
        ),
        problems: problems.length,
        seeds: Math.min(...perProblem.map((seeds) => seeds.length)),
      };
    })
    .sort((a, b) => (a.areas.at(-1) as number) - (b.areas.at(-1) as number));
}

/**
 * How much less area (to `t` trials) one sampler has than another, with a 95 % interval over problems and seeds drawn
 * again (1000 times): it is ahead where both ends are below zero.
 */
export function difference(
  one: Curves,
  other: Curves,
  problems: readonly string[],
  t: number,
): { readonly mean: number; readonly interval: readonly [number, number] } {
  const source = random('difference');
  const areas = (of: Curves, problem: string): number[] =>
    [...(of.get(problem)?.values() ?? [])].map((curve) => area(curve, t));
  const pairs = problems.map((problem) => [areas(one, problem), areas(other, problem)] as const);
  const draw = (): number =>
    mean(again(pairs, source).map(([a, b]) => mean(again(a, source)) - mean(again(b, source))));
  return {
    mean: mean(pairs.map(([a, b]) => mean(a) - mean(b))),
    interval: middle(draw),
  };
}
