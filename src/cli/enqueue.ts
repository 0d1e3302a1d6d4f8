/** `enqueue`: a trial with values of the user's choice, which waits in a study and runs next. */
import { resolve } from 'node:path';
import { formatValue } from '../core/format.js';
import type { Json } from '../core/json.js';
import { readAssignment } from '../core/study/assignments.js';
import type { Unnamed } from '../core/study/enqueue.js';
import { enqueueTrialOf } from '../engine/studies/enqueue.js';
import { openStudy, UsageError } from './open-study.js';

export interface EnqueueOptions {
  readonly study?: string;
  readonly trial?: number;
  readonly suggest?: boolean;
  readonly json?: boolean;
}

export async function enqueue(
  config: string,
  assignments: readonly string[],
  options: EnqueueOptions,
): Promise<void> {
  const fixed = Object.fromEntries(assignments.map(assignment));
  if (options.suggest && options.trial !== undefined)
    throw new UsageError(
      '--suggest and --trial exclude each other: both say where the other values come from.',
    );
  const unnamed: Unnamed = options.suggest ? 'sampler' : (options.trial ?? 'file');
  const { study } = (await openStudy(config, options.study)).reducer;
  const { name } = study;
  const { number, params, running } = await enqueueTrialOf(resolve(config), name, fixed, unnamed).catch(
    (error: Error) => {
      throw new UsageError(error.message);
    },
  );
  if (options.json) {
    console.log(JSON.stringify({ study: name, trial: number, params, running }));
    return;
  }
  const values = Object.entries(params).map(([parameter, value]) => `${parameter} ${formatValue(value)}`);
  console.log(`Trial ${number} of ${name} waits: ${values.join(', ')}`);
  console.log(running ? 'It runs next.' : `Run it: sweetspot resume ${config} --study ${name}`);
}

function assignment(text: string): readonly [string, Json] {
  const read = readAssignment(text);
  if (typeof read === 'string') throw new UsageError(read);
  return read;
}
