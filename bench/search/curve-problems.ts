/**
 * Learning curves: YAHPO's surrogate of LCBench (Zimmer, Lindauer and Hutter, "Auto-PyTorch Tabular", 2021), which foretells the
 * validation accuracy of a network after each of 52 epochs on 35 data sets. The instance is an input of the surrogate, so
 * one file of weights holds them all. References of instances that `refs.json` does not know were found as there: the
 * median of 2 000 random points, and the best of those and of six local searches with 1 000 steps each.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { type ProblemRecord, spaceOf } from './problem.js';
import { type Graph, surrogate } from './surrogate.js';

/** Epochs of a full training. */
export const LAST = 52;

export interface CurveProblem {
  readonly id: string;
  readonly half: 'tuning' | 'confirming';
  readonly space: Space;
  /** Validation error in % after so many epochs. */
  readonly evaluate: (params: Params, epoch: number) => number;
  readonly best: number;
  readonly reference: number;
}

interface Instance {
  readonly task: string;
  /** The instance as the surrogate is told it: the place of the task among all, sorted as texts. */
  readonly code: number;
  readonly half: CurveProblem['half'];
  readonly best: number;
  readonly reference: number;
}

const INSTANCES: readonly Instance[] = [
  { task: '167168', code: 10, half: 'tuning', best: 10.5738, reference: 55.4639 },
  { task: '189873', code: 28, half: 'tuning', best: 0.7582, reference: 99.3109 },
  { task: '3945', code: 34, half: 'tuning', best: 0.3421, reference: 9.903 },
  { task: '126026', code: 2, half: 'tuning', best: 0.2515, reference: 6.7923 },
  { task: '168331', code: 19, half: 'confirming', best: 13.1189, reference: 57.861 },
  { task: '167190', code: 14, half: 'confirming', best: 4.4326, reference: 26.6728 },
  { task: '189906', code: 30, half: 'confirming', best: 4.7285, reference: 47.5197 },
  { task: '168330', code: 18, half: 'confirming', best: 23.2799, reference: 45.7629 },
];

interface LcbenchFunction {
  readonly graph: string;
  readonly weights: string;
  readonly cont: readonly string[];
  readonly encoding: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly outputs: readonly string[];
  readonly target: string;
  readonly offset: number;
  readonly scale: number;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** @throws Error when the file codes an instance otherwise than the list above. */
export function curveProblems(dir: string): readonly CurveProblem[] {
  const records = readJson<readonly ProblemRecord[]>(join(dir, 'problems.json'));
  const known = records.filter(({ id }) => id.startsWith('lcbench_'));
  const [record] = known;
  if (!record) return [];
  const fn = record.fn as unknown as LcbenchFunction;
  const bytes = readFileSync(join(dir, 'data', fn.weights));
  const weights = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const run = surrogate(readJson<Graph>(join(dir, 'data', fn.graph)), weights);
  const target = fn.outputs.indexOf(fn.target);
  const space = spaceOf(record.params);
  const codes = new Map(
    known.flatMap((one) =>
      Object.entries((one.fn as unknown as LcbenchFunction).encoding.OpenML_task_id ?? {}),
    ),
  );
  return INSTANCES.map(({ task, code, half, best, reference }) => {
    const stated = codes.get(task);
    if (stated !== undefined && stated !== code)
      throw new Error(`The instance ${task} of LCBench has the code ${stated}, not ${code}.`);
    return {
      id: `lcbench_${task}`,
      half,
      space,
      best,
      reference,
      evaluate: (params, epoch) => {
        const numbers = fn.cont.map((name) => Number(name === 'epoch' ? epoch : (params[name] ?? 0)));
        return fn.offset + fn.scale * (run([code], numbers)[target] as number);
      },
    };
  });
}
