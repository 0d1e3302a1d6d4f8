import { describe, expect, it } from 'vitest';
import { hintsOf } from '../../src/core/analysis/hints.js';
import { slicePicture } from '../../src/core/analysis/slice-picture.js';
import type { ValueEdit } from '../../src/core/annotation/edit.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { createStudy } from '../../src/core/study/ask-tell.js';
import { bestTrial } from '../../src/core/study/best.js';
import type { Study, Trial } from '../../src/core/study/trial.js';

const configOf = (body: string): string => `# @sweep
#   train: ./train.js
#   metric: {name: loss, goal: minimize}
${body}`;

function apply(text: string, edits: readonly ValueEdit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((now, { range, newText }) => now.slice(0, range.start) + newText + now.slice(range.end), text);
}

/** A study of the config's space in which `loss` was measured. */
async function studyOf(
  text: string,
  count: number,
  loss: (params: Readonly<Record<string, number>>) => number,
): Promise<Study> {
  const { config } = parseConfig(text);
  if (!config) throw new Error('The config is not one.');
  const study = createStudy({ space: config.space, sampler: 'random' });
  for (let i = 0; i < count; i++) {
    const { number, params } = await study.ask();
    await study.tell(number, loss(params as Readonly<Record<string, number>>));
  }
  return {
    name: 'a',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    space: config.space,
    settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {} },
    config: { file: '', text },
    baseline: config.baseline,
    status: { kind: 'finished', reason: '' },
    trials: study.trials,
    seq: 0,
    elapsedMs: 0,
    environments: [],
  };
}

const hints = (text: string, study?: Study) => hintsOf(text, parseConfig(text).tuned, study);

describe('hints about annotations', () => {
  it('suggest log where a range spans four orders of magnitude, before any trial', () => {
    const text = configOf('rate: 0.01  # @tune float(1e-5, 1)\nplain: 0.5  # @tune float(0.1, 1)\n');
    const [hint, ...others] = hints(text);
    expect(others).toEqual([]);
    expect(hint?.message).toContain('5 orders of magnitude');
    expect(apply(text, hint?.edits ?? [])).toContain('rate: 0.01  # @tune float(1e-5, 1, log)');
  });

  it('suggest none where the best that crowd are runs of few points', async () => {
    const text = configOf('units: 40  # @tune int(2, 50)\n');
    const study = await studyOf(text, 45, ({ units = 0 }) => Math.abs(units - 40));
    const near = study.trials[0];
    if (!near) throw new Error('no trial');
    const repeat = (number: number): Trial => ({
      ...near,
      number,
      params: { units: 50 },
      objectives: [-1],
      suggestion: { sampler: 'repeat', reason: '', seen: 0, ...(number > 45 && { repeatOf: 45 }) },
    });
    const trials = [...study.trials, ...Array.from({ length: 9 }, (_, i) => repeat(45 + i))];
    expect(hints(text, { ...study, trials }).filter(({ kind }) => kind === 'widen')).toEqual([]);
  });

  it('suggest none beyond 0 and 1, which mostly are limits of the matter', async () => {
    const text = configOf('up: 0.5  # @tune float(0.2, 1)\ndown: 0.5  # @tune float(0, 0.8)\n');
    const widened = async (loss: Parameters<typeof studyOf>[2]) =>
      hints(text, await studyOf(text, 300, loss)).filter(({ kind }) => kind === 'widen');
    expect(await widened(({ up = 0 }) => -up)).toEqual([]);
    expect(await widened(({ down = 0 }) => down)).toEqual([]);
    expect(await widened(({ up = 0 }) => up)).toHaveLength(1);
    expect(await widened(({ down = 0 }) => -down)).toHaveLength(1);
  });

  it('suggest a wider bound where the best crowd, and write it into the annotation', async () => {
    const text = configOf(
      'units: 40  # @tune int(2, 50) # as wide as it goes\ny: 0.5  # @tune float(0.1, 0.9)\n',
    );
    const study = await studyOf(text, 300, ({ units = 0, y = 0 }) => -units + y);
    const [hint, ...others] = hints(text, study).filter(({ kind }) => kind === 'widen');
    expect(others).toEqual([]);
    expect(hint?.message).toMatch(/of the 10 best trials are within 5 % of units's upper bound 50/);
    expect(apply(text, hint?.edits ?? [])).toContain('units: 40  # @tune int(2, 98) # as wide as it goes');
  });

  it('do not suggest to go beyond 0 or 1', async () => {
    const text = configOf('dropout: 0.2  # @tune float(0, 0.5)\n');
    const study = await studyOf(text, 200, ({ dropout = 0 }) => dropout);
    expect(hints(text, study)).toEqual([]);
  });

  it('suggest to fix what makes no difference, at the best value, and take the annotation away', async () => {
    const text = configOf('a: 0.5  # @tune float(0.1, 0.9)\nidle: 3  # @tune int(1, 9)\n');
    const study = await studyOf(text, 400, ({ a = 0 }) => (a - 0.5) ** 2);
    const hint = hints(text, study).find(({ kind }) => kind === 'fix');
    expect(hint?.message).toMatch(/^idle hardly matters \(importance 0\.\d %/);
    const best = bestTrial(study)?.params.idle;
    expect(apply(text, hint?.edits ?? [])).toBe(configOf(`a: 0.5  # @tune float(0.1, 0.9)\nidle: ${best}\n`));
  });

  it('say nothing of a parameter whose annotation has changed since', async () => {
    const text = configOf('units: 40  # @tune float(2, 50)\n');
    const study = await studyOf(text, 300, ({ units = 0 }) => -units);
    expect(hints(text, study)).toHaveLength(1);
    expect(hints(text.replace('50', '60'), study)).toEqual([]);
  });
});

describe('the small picture of a hover', () => {
  it('shows every trial once and the best among them', async () => {
    const text = configOf('a: 0.5  # @tune float(0.1, 0.9)\n');
    const study = await studyOf(text, 40, ({ a = 0 }) => a);
    const colours = { foreground: '#000', dots: '#00f', best: '#0f0' };
    const picture = slicePicture(study, 'a', bestTrial(study), colours);
    expect(picture?.svg.match(/<circle/g)).toHaveLength(40);
    expect(picture?.svg.match(/fill="#0f0"/g)).toHaveLength(1);
    expect(picture?.words).toBe('loss against a, 40 completed trials');
    expect(
      slicePicture({ ...study, trials: study.trials.slice(0, 2) }, 'a', undefined, colours),
    ).toBeUndefined();
  });
});
