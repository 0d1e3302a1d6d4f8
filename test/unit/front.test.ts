/** What came of a study with several objectives, and when it stops. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { markdownSummary } from '../../src/core/exchange/markdown.js';
import { bestTrial } from '../../src/core/study/best.js';
import { frontCount, frontOf, frontSentences } from '../../src/core/study/objectives/front.js';
import { stopOf } from '../../src/core/study/stop.js';
import type { StopCriteria, Study, Trial } from '../../src/core/study/trial.js';
import { bestJson } from '../../src/core/study/trial-json.js';

function studyOf(results: readonly (readonly [number, number])[], stop: StopCriteria = {}): Study {
  const trials = results.map(
    (objectives, number): Trial => ({
      id: number,
      number,
      state: 'complete',
      params: { x: number },
      objectives,
      values: { accuracy: objectives[0], size: objectives[1] },
      reports: [],
      finishedAt: new Date(number * 1000).toISOString(),
      attributes: {},
    }),
  );
  return {
    name: 'front',
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'size', direction: 'minimize' },
    ],
    space: { x: { type: 'int', low: 0, high: 100 } },
    settings: { sampler: 'auto', pruner: 'none', seed: 0, stop },
    config: { file: 'front.yaml', text: '' },
    baseline: { x: 0 },
    status: { kind: 'running' },
    trials,
    seq: 0,
    elapsedMs: 0,
    environments: [],
  };
}

const RESULTS = [
  [0.8, 100],
  [0.9, 90],
  [0.99, 300],
  [0.5, 10],
  [0.4, 500],
] as const;

describe('the result of a study with several objectives', () => {
  const study = studyOf(RESULTS);
  const front = frontOf(study)!;

  it('is its front, the best of the first objective first', () => {
    expect(front.trials.map(({ number }) => number)).toEqual([2, 1, 3]);
    expect(frontCount(study)).toBe('3 on the front');
  });

  it('says so when nothing on it betters the values in the file, which broke a constraint', () => {
    const sentences = frontSentences(study, { ...front, betterThanBaseline: [] });
    expect(sentences.join(' ')).toContain("None is better than the file's own values in every metric.");
  });

  it('has a balanced member, which is what "the best" means', () => {
    expect(front.balanced?.number).toBe(1);
    expect(bestTrial(study)?.number).toBe(1);
  });

  it('is compared with the values in the file', () => {
    expect(frontSentences(study, front)).toContain('Trial 1 is nowhere worse than the values in the file.');
    const alone = studyOf([
      [0.8, 100],
      [0.7, 200],
    ]);
    expect(frontSentences(alone, frontOf(alone)!)[1]).toContain('they are on the front');
  });

  it('is in the JSON and in the report', () => {
    const json = bestJson(study);
    expect(json.front?.map(({ number }) => number)).toEqual([2, 1, 3]);
    expect(json.hypervolume).toBeGreaterThan(0);
    expect(markdownSummary(study)).toContain('- **Pareto front**: trials 2, 1, 3');
  });
});

describe('stopping with several objectives', () => {
  it('waits for the hypervolume to grow', () => {
    const stalled = [...RESULTS, [0.3, 400], [0.2, 300]] as const;
    expect(stopOf(studyOf(stalled, { plateau: 3 }), 0)?.reason).toBe(
      'no growth of the hypervolume in 3 completed trials',
    );
    expect(stopOf(studyOf([...stalled, [0.6, 11]], { plateau: 3 }), 0)).toBeUndefined();
  });

  it('has a target of the first metric, whichever trial reaches it', () => {
    expect(stopOf(studyOf(RESULTS, { target: 0.95 }), 0)?.reason).toBe(
      'the target 0.95 was reached by trial 2',
    );
  });
});

describe('a sampler for one metric in a sweep with two', () => {
  it('is an error at its line', () => {
    const text =
      '# @sweep\n#   metric: [val_accuracy, val_loss]\n#   sampler: cmaes\nx: 1  # @tune int(0, 3)\n';
    const { diagnostics } = parseConfig(text);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', range: { line: 3 } });
    expect(diagnostics[0]?.message).toContain('works for one metric');
  });
});
