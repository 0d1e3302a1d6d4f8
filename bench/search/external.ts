/**
 * Problems whose data lies outside the repository (`--data DIR`): tables of trained networks (HPOBench, FCNet,
 * NAS-Bench-201) and YAHPO surrogates; and the stored curves of other optimisers on them. See ../README.md for where
 * the data comes from and how the directory is laid out.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Params } from '../../src/core/space/parameter.js';
import { type Check, groupOf, type Problem, type ProblemRecord, spaceOf } from './problem.js';
import { type Graph, type Surrogate, surrogate } from './surrogate.js';

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

interface TableFunction {
  readonly kind: 'table';
  readonly file: string;
  readonly seeds: number;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly scale: number;
}

/** A table is [repeat][configuration]; the first parameter is the most significant digit of the configuration. */
function table(record: ProblemRecord, fn: TableFunction, dir: string): (params: Params) => number {
  const values = readFloats(join(dir, fn.file));
  const size = values.length / fn.seeds;
  return (params) => {
    const row = record.params.reduce((index, parameter, i) => {
      const value = params[parameter.name];
      const digit =
        parameter.type === 'categorical'
          ? (parameter.choices ?? []).indexOf(value as string)
          : (value as number);
      return index * (fn.dims[i] ?? 1) + digit;
    }, 0);
    const repeats = Array.from({ length: fn.seeds }, (_, k) => values[k * size + row] as number).filter(
      (value) => !Number.isNaN(value),
    );
    return fn.offset + (fn.scale * repeats.reduce((total, value) => total + value, 0)) / repeats.length;
  };
}

interface YahpoFunction {
  readonly kind: 'yahpo';
  readonly graph: string;
  readonly weights: string;
  readonly cont: readonly string[];
  readonly cat: readonly string[];
  readonly encoding: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly outputs: readonly string[];
  readonly target: string;
  readonly offset: number;
  readonly scale: number;
  readonly fixed: Params;
}

const networks = new Map<string, Surrogate>();

function yahpo(fn: YahpoFunction, dir: string): (params: Params) => number {
  let network = networks.get(fn.graph);
  if (!network) {
    network = surrogate(readJson<Graph>(join(dir, fn.graph)), readFloats(join(dir, fn.weights)));
    networks.set(fn.graph, network);
  }
  const run = network;
  const target = fn.outputs.indexOf(fn.target);
  return (params) => {
    const all: Params = { ...params, ...fn.fixed };
    // An inactive category has code 0, an inactive number is 0.
    const categories = fn.cat.map((name) => fn.encoding[name]?.[String(all[name])] ?? 0);
    const numbers = fn.cont.map((name) => Number(all[name] ?? 0));
    return fn.offset + fn.scale * (run(categories, numbers)[target] as number);
  };
}

/** The function of a problem whose data lies in `dir`. */
export const evaluator = (record: ProblemRecord, dir: string): ((params: Params) => number) =>
  record.fn.kind === 'table'
    ? table(record, record.fn as unknown as TableFunction, dir)
    : yahpo(record.fn as unknown as YahpoFunction, dir);

/** Problems of a directory; those whose `split` names a half belong to the unseen ones (unseen.ts). */
export function externalProblems(dir: string): readonly (Problem & { readonly half?: string })[] {
  const records = readJson<readonly ProblemRecord[]>(join(dir, 'problems.json'));
  const refs = readJson<Record<string, { f_opt: number; f_ref: number }>>(join(dir, 'refs.json'));
  const checks = readJson<Record<string, readonly Check[]>>(join(dir, 'checks.json'));
  const data = join(dir, 'data');
  return records
    .filter(({ fn }) => fn.kind === 'table' || fn.kind === 'yahpo')
    .map((record) => ({
      id: record.id,
      group: groupOf(record.params),
      space: spaceOf(record.params),
      evaluate: evaluator(record, data),
      best: refs[record.id]?.f_opt ?? Number.NaN,
      reference: refs[record.id]?.f_ref ?? Number.NaN,
      // The surrogates were exported from float32 sums in another order.
      tolerance: record.fn.kind === 'yahpo' ? 2e-3 : 1e-9,
      checks: checks[record.id] ?? [],
      ...(/^(tuning|confirming)$/.test(record.split ?? '') && { half: record.split as string }),
    }));
}

/** One run of one optimiser: the raw value of each trial, in order. */
export interface Run {
  readonly sampler: string;
  readonly problem: string;
  readonly seed: number;
  readonly y: readonly number[];
  /** Milliseconds the sampler took for each suggestion; absent for stored runs. */
  readonly ms?: readonly number[];
}

/** Runs of other optimisers, where the directory has them. */
export function storedRuns(dir: string): readonly Run[] {
  const path = join(dir, 'baseline.json');
  return existsSync(path) ? readJson<{ runs: readonly Run[] }>(path).runs : [];
}
