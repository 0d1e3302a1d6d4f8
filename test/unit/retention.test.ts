/** Whose files stay, what a file is, and how `keep` is written. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { keptTrials, kindOfFile } from '../../src/core/study/retention.js';
import type { Study, Trial } from '../../src/core/study/trial.js';

const trial = (
  number: number,
  objectives: readonly number[] | undefined,
  more: Partial<Trial> = {},
): Trial => ({
  id: number,
  number,
  state: objectives ? 'complete' : 'failed',
  params: {},
  values: {},
  reports: [],
  attributes: {},
  ...(objectives && { objectives }),
  ...more,
});
const about = (...directions: ('minimize' | 'maximize')[]): Pick<Study, 'objectives' | 'settings'> => ({
  objectives: directions.map((direction, i) => ({ metric: `m${i}`, direction })),
  settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {} },
});
const kept = (...args: Parameters<typeof keptTrials>): number[] => [...keptTrials(...args)].sort();

describe('the files that stay', () => {
  const trials = [trial(0, [3]), trial(1, [1]), trial(2, [1]), trial(3, undefined), trial(4, [2])];

  it('are those of the best trial, or of so many of the best, a tie going to the earlier one', () => {
    expect(kept(about('minimize'), trials, 'best')).toEqual([1]);
    expect(kept(about('maximize'), trials, 'best')).toEqual([0]);
    expect(kept(about('minimize'), trials, 3)).toEqual([1, 2, 4]);
    expect(kept(about('minimize'), trials, 'none')).toEqual([]);
    expect(kept(about('minimize'), trials, 'all')).toEqual([0, 1, 2, 3, 4]);
  });

  it('are those of the whole front where there are several objectives', () => {
    const two = [trial(0, [1, 3]), trial(1, [3, 1]), trial(2, [3, 3])];
    expect(kept(about('minimize', 'minimize'), two, 'best')).toEqual([0, 1]);
  });

  it('are those of starred and unfinished trials besides, and never of an excluded one as the best', () => {
    const marked = [
      trial(0, [3], { marks: { starred: true } }),
      trial(1, [1], { marks: { excluded: 'wrong' } }),
      trial(2, [2]),
      trial(3, undefined, { state: 'running' }),
    ];
    expect(kept(about('minimize'), marked, 'best')).toEqual([0, 2, 3]);
  });
});

it('a file is a checkpoint by its name, the log by its place, or any other file', () => {
  expect(
    ['checkpoint.safetensors', 'out/checkpoint-3/meta.json', 'model.pt', 'a/b.onnx'].map(kindOfFile),
  ).toEqual(Array.from({ length: 4 }, () => 'checkpoints'));
  expect(kindOfFile('log.txt')).toBe('logs');
  expect(['results.json', 'events.out.tfevents.1', 'sub/log.txt'].map(kindOfFile)).toEqual(
    Array.from({ length: 3 }, () => 'files'),
  );
});

describe('`keep` in @sweep', () => {
  const read = (keep: string) => {
    const text = `# @sweep\n#   metric: loss\n#   keep: ${keep}\nx: 1 # @tune float(0, 2)\n`;
    const { config, diagnostics } = parseConfig(text);
    return config ? config.sweep.keep : diagnostics.map(({ message, range }) => [range.line, message]);
  };

  it('is one word for checkpoints and other files, or each by its name', () => {
    expect(read('best')).toEqual({ checkpoints: 'best', files: 'best' });
    expect(read('{checkpoints: 3, logs: none}')).toEqual({ checkpoints: 3, logs: 'none' });
  });

  it('says what it takes where it is wrong', () => {
    expect(read('some')).toEqual([[3, expect.stringContaining('`keep` says whose files stay')]]);
    expect(read('{checkpoint: best}')).toEqual([[3, expect.stringContaining('Did you mean')]]);
    expect(read('{logs: 0}')).toEqual([[3, expect.stringContaining('`logs` needs')]]);
  });
});
