/** `sweetspot replay`: a study follows from its journal, and a change of any cause is found. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordsOf, replay } from '../../src/core/analysis/replay.js';
import { printLine } from '../../src/core/study/journal/line.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { journalFile } from '../../src/core/study/places.js';
import { cli, project } from './support/engine.js';
import { simulate } from './support/simulated.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   stop: {trials: 24}
#   pruner: {name: percentile, percentile: 10, startupTrials: 3}
#   workers: 2
x: 0.5   # @tune float(0, 1)
y: 1e-2  # @tune float(1e-3, 1, log)
kind: "a"  # @tune choice("a", "b")
z: 3  # @tune int(1, 9) when kind == "b"
`;
const TRAIN = `export default async (config, trial) => {
  const score = -((config.x - 0.25) ** 2) - Math.log10(config.y / 0.1) ** 2;
  for (let step = 1; step <= 4; step++) {
    await new Promise((done) => setTimeout(done, 5 * Math.random()));
    await trial.report(step, { score: score * (1 + 1 / step) });
  }
};`;

describe('sweetspot replay', () => {
  it('derives every suggestion and pruning of a parallel study again, and finds a changed result', async () => {
    const folder = await project({ 'a.yaml': CONFIG, 'train.js': TRAIN });
    expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
    const { stdout, status } = cli(folder, 'replay', 'a.yaml', '--json');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ suggestions: 24, skipped: 0, difference: null });
    expect(result.prunings).toBeGreaterThan(0);
    expect(status).toBe(0);

    const records = recordsOf(await readFile(journalFile(join(folder, 'a.yaml'), 'a'), 'utf8'));
    const changed = (change: (record: JournalRecord) => JournalRecord | undefined) =>
      replay(records.map((record) => change(record) ?? record)).difference;
    let trial = -1;
    expect(
      changed((record) =>
        record.op_code === 4 && ++trial === 7
          ? { ...record, params: { ...record.params, x: 0.123 } }
          : undefined,
      ),
    ).toMatchObject({ trial: 7, what: 'suggestion', journal: expect.objectContaining({ x: 0.123 }) });
    const file = journalFile(join(folder, 'a.yaml'), 'a');
    const sound = await readFile(file);
    trial = -1;
    const other = records.map((record) =>
      record.op_code === 4 && ++trial === 7 ? { ...record, params: { ...record.params, x: 0.123 } } : record,
    );
    await writeFile(file, other.map(printLine).join(''));
    const different = cli(folder, 'replay', 'a.yaml');
    expect(different.stdout).toMatch(/^First difference: Trial 7: x was 0.123 and is now /);
    expect(different.status).toBe(1);
    await writeFile(file, sound);
    // Results that the sampler saw: a later suggestion comes out differently, and no earlier one.
    const difference = changed((record) =>
      record.op_code === 6 && record.trial_id === 0 && record.values
        ? { ...record, values: [-0.9] }
        : undefined,
    );
    expect(difference?.trial).toBeGreaterThan(0);
    // Another reason of a pruning.
    expect(
      changed((record) =>
        record.op_code === 8 && record.trial_id > 0 && 'sweetspot:reason' in record.user_attr
          ? { ...record, user_attr: { 'sweetspot:reason': 'a whim' } }
          : undefined,
      ),
    ).toMatchObject({ what: 'pruning', journal: 'a whim' });
  });
});

describe('a replay', () => {
  const simulated = (...sweep: readonly string[]) =>
    simulate({
      sweep: ['train: ./train.js', 'metric: {name: loss, goal: minimize}', ...sweep],
      space: ['x: 0.5   # @tune float(0, 1)', 'y: 0.5   # @tune float(0, 1)'],
      workers: 4,
      steps: 8,
      metrics: ({ x = 0, y = 0 }, step, trial) => ({
        loss: (Number(x) - 0.3) ** 2 + Math.abs(Number(y) - 0.6) + 1 / step + 0.02 * Math.sin(trial * step),
        cost: Number(x),
      }),
    });

  it('derives promotions of paused trials, and finds one that was another', async () => {
    const { records } = await simulated(
      'sampler: random',
      'pruner: {name: hyperband, reduction: 2, maxResource: 8, mode: promote}',
      'stop: {trials: 24}',
    );
    const { promotions, difference } = replay(records);
    expect(promotions).toBeGreaterThan(0);
    expect(difference).toBeUndefined();
    const changed = records.map((record): JournalRecord => {
      const pause = record.op_code === 8 ? record.user_attr['sweetspot:paused'] : undefined;
      if (record.op_code !== 8 || pause === undefined || !('promoted' in (pause as object))) return record;
      return { ...record, user_attr: { 'sweetspot:paused': { ...(pause as object), promoted: 'a whim' } } };
    });
    expect(replay(changed).difference).toMatchObject({ what: 'promotion', journal: 'a whim' });
  });

  it('derives repeats, runs of the race, and points under constraints, and skips none', async () => {
    const { records, study } = await simulated(
      'sampler: tpe',
      'repeats: 2',
      'race: 3',
      "constraints: ['x + y <= 1.5', 'cost <= 0.8']",
      'stop: {trials: 20}',
    );
    const raced = study.trials.filter(({ suggestion }) => suggestion?.sampler === 'race');
    expect(raced.length).toBeGreaterThan(0);
    expect(replay(records)).toEqual({
      suggestions: study.trials.length,
      prunings: 0,
      promotions: 0,
      skipped: 0,
    });
    const last = raced.at(-1)?.number;
    let trial = -1;
    const other = records.map((record): JournalRecord => {
      if (record.op_code === 4) trial++;
      return record.op_code === 4 && trial === last ? { ...record, params: { x: 0.1, y: 0.1 } } : record;
    });
    expect(replay(other).difference).toMatchObject({ trial: last, what: 'suggestion' });
  });
});
