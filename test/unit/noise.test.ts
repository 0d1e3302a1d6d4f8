/** Repeated runs, the race at the end, how sure the winner is, and the criteria that end a study by steps or by regret. */
import { describe, expect, it } from 'vitest';
import { baselineOf, historyOf } from '../../src/core/analysis/history.js';
import { slicePicture } from '../../src/core/analysis/slice-picture.js';
import { parseOutcomeConstraints } from '../../src/core/annotation/library-constraints.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { htmlReport } from '../../src/core/exchange/html-report.js';
import { markdownSummary } from '../../src/core/exchange/markdown.js';
import { random } from '../../src/core/random.js';
import { bestTrial, objectiveOf } from '../../src/core/study/best.js';
import { comparableTrials } from '../../src/core/study/fidelity.js';
import { nextTrial } from '../../src/core/study/next.js';
import { frontOf } from '../../src/core/study/objectives/front.js';
import { remainingRegret } from '../../src/core/study/regret.js';
import { dueRepeat, mergedTrials } from '../../src/core/study/repeats.js';
import { stopOf, usedEpochs } from '../../src/core/study/stop.js';
import type { Study, StudySettings, Trial } from '../../src/core/study/trial.js';
import { bestJson } from '../../src/core/study/trial-json.js';
import { winnerOf, winnerText } from '../../src/core/study/winner.js';

const run = (number: number, value: number, more: Partial<Trial> = {}): Trial => ({
  id: number,
  number,
  state: 'complete',
  params: { x: value },
  values: { loss: value },
  objectives: [value],
  reports: [],
  attributes: {},
  ...more,
});
const repeat = (number: number, of: number, value: number, sampler = 'repeat'): Trial =>
  run(number, value, { suggestion: { sampler, reason: '', seen: 0, repeatOf: of } });

const study = (trials: readonly Trial[], settings: Partial<StudySettings> = {}): Study => ({
  name: 's',
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  space: { x: { type: 'float', low: 0, high: 1 } },
  settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {}, ...settings },
  config: { file: '', text: '' },
  baseline: { x: 0.5 },
  status: { kind: 'running' },
  trials,
  seq: 0,
  elapsedMs: 0,
  environments: [],
});

/** The same with a second metric that never differs. */
const several = (trials: readonly Trial[]): Study => ({
  ...study(trials.map((trial) => ({ ...trial, objectives: [...(trial.objectives ?? []), 1] }))),
  objectives: [
    { metric: 'loss', direction: 'minimize' },
    { metric: 'size', direction: 'minimize' },
  ],
});

describe('repeats', () => {
  it('are one trial with the mean of its runs, for samplers and for the best', () => {
    const trials = [run(0, 0.5), run(1, 0.3), repeat(2, 1, 0.5), repeat(3, 0, 0.1)];
    expect(mergedTrials(trials).map(({ number, objectives }) => [number, objectives])).toEqual([
      [0, [0.3]],
      [1, [0.4]],
    ]);
    const best = bestTrial(study(trials));
    expect(best?.number).toBe(0);
    expect(best && objectiveOf(best)).toBe(0.3);
  });

  it("are told by their mean of the file's own values, too", () => {
    const trials = [run(0, 0.5), run(1, 0.3), repeat(2, 1, 0.5), repeat(3, 0, 0.3)];
    expect(baselineOf({ trials })).toBeCloseTo(0.4);
    expect(baselineOf({ trials: trials.slice(1) })).toBeUndefined();
    expect(historyOf(study(trials))).toMatchObject({
      points: [{ value: 0.5 }, { value: 0.3 }, { value: 0.5 }, { value: 0.3 }],
      best: [{ trial: 0, value: 0.4 }],
    });
    expect(bestJson(study(trials)).baseline?.values).toEqual({ loss: 0.4 });
    expect(frontOf(several([run(0, 0.5), run(1, 0.4), repeat(2, 0, 0.1)]))?.betterThanBaseline).toEqual([]);
  });

  it('are one point in a report, marked where it is the best', () => {
    const reports = [1, 2].map((step) => ({ step, value: 0.3, metrics: { loss: 0.3 } }));
    const trials = [run(0, 0.5), run(1, 0.3, { reports }), repeat(2, 1, 0.4)];
    const [first] = markdownSummary(study(trials)).split('| --- | --- | --- |\n').at(-1)?.split('\n') ?? [];
    expect(first).toBe('| 1 | 0.35 | 0.3 |');
    const colours = { foreground: 'black', dots: 'grey', best: 'red' };
    const picture = slicePicture(study([...trials, run(3, 0.7)]), 'x', bestTrial(study(trials)), colours);
    expect(picture?.svg.match(/fill="red"/g)).toHaveLength(1);
    const html = htmlReport(study(trials));
    // Once in the history and once beside its parameter; its curve is the one drawn as the best.
    expect(html.match(/<circle class="best"/g)).toHaveLength(2);
    expect(html.split('Learning curves')[1]?.match(/<path class="(\w+)/g)).toEqual(['<path class="line']);
  });

  it('follow each run that completed, until there are as many as asked for', () => {
    const failed = run(1, 0, { state: 'failed' });
    const settings = { repeats: 2 };
    expect(dueRepeat(study([run(0, 0.5), failed], settings))).toMatchObject({
      params: { x: 0.5 },
      sampler: 'repeat',
      reason: 'run 2 of 2 of trial 0',
      repeatOf: 0,
    });
    expect(dueRepeat(study([run(0, 0.5), failed, repeat(2, 0, 0.4)], settings))).toBeUndefined();
  });

  it('have to be in before a target counts as reached', () => {
    const settings = { repeats: 2, stop: { target: 0.4 } };
    expect(stopOf(study([run(0, 0.3)], settings), 0)).toBeUndefined();
    expect(stopOf(study([run(0, 0.3), repeat(1, 0, 0.6)], settings), 0)).toBeUndefined();
    expect(stopOf(study([run(0, 0.3), repeat(1, 0, 0.4)], settings), 0)?.criterion).toBe('target');
  });
});

describe('the race with several objectives', () => {
  const point = (number: number, objectives: readonly number[], of?: number): Trial =>
    run(number, 0, {
      objectives,
      ...(of !== undefined && { suggestion: { sampler: 'race', reason: '', seen: 0, repeatOf: of } }),
    });
  const several = (trials: readonly Trial[], race: number): Study => ({
    ...study(trials, { race, stop: { trials: 5 } }),
    objectives: [
      { metric: 'loss', direction: 'minimize' },
      { metric: 'size', direction: 'minimize' },
    ],
  });
  const first = [point(0, [1, 9]), point(1, [3, 3]), point(2, [9, 1]), point(3, [5, 5]), point(4, [2, 6])];

  it('gives the three most balanced members of the front their runs, one each per round', () => {
    const trials = [...first];
    const raced: number[] = [];
    for (;;) {
      const next = nextTrial(several(trials, 2), [], 0);
      if (next.kind !== 'start') break;
      const of = next.suggestion.repeatOf ?? -1;
      raced.push(of);
      trials.push(point(trials.length, trials[of]?.objectives ?? [], of));
    }
    expect(raced.slice(0, 3).sort()).toEqual([0, 1, 4]);
    expect(raced.slice(3).sort()).toEqual([0, 1, 4]);
  });

  it('lets another take the place of one whose mean falls behind the front', () => {
    const fallen = [...first, point(5, [30, 30], 1), point(6, [1, 9], 0), point(7, [2, 6], 4)];
    const next = nextTrial(several(fallen, 1), [], 0);
    expect(next).toMatchObject({ kind: 'start', suggestion: { repeatOf: expect.any(Number) } });
    expect(next.kind === 'start' && [2, 3].includes(next.suggestion.repeatOf ?? -1)).toBe(true);
  });
});

describe('the winner', () => {
  it.each([1e-200, 1e200])('is as sure in a metric of the size %d', (unit) => {
    const source = random('sizes');
    const points = [0, 1, 2, 3, 4, 5, 6, 7];
    const value = (k: number): number => k / 4 + source.next();
    const trials = [...points.map((k) => run(k, value(k))), ...points.map((k) => repeat(8 + k, k, value(k)))];
    const plain = winnerOf(study(trials));
    const scaled = trials.map((trial) => ({ ...trial, objectives: [unit * (trial.objectives?.[0] ?? 0)] }));
    const found = winnerOf(study(scaled));
    expect(found?.probability).toBeGreaterThan(0.5);
    expect(found?.probability).toBeLessThan(0.99);
    expect(found?.probability).toBeCloseTo(plain?.probability ?? 0, 9);
    expect((found?.deviation ?? 0) / unit).toBeCloseTo(plain?.deviation ?? 0, 9);
  });

  it('is judged by the scatter of the best points: how bad ones scatter says nothing', () => {
    const points = [0, 1, 2, 3, 4, 5, 6, 7];
    const trials = (spread: number): readonly Trial[] => [
      ...points.map((k) => run(k, k)),
      ...points.map((k) => repeat(8 + k, k, k + (k < 5 ? 0.1 : spread))),
    ];
    expect(winnerOf(study(trials(0.1)))?.deviation).toBe(winnerOf(study(trials(3)))?.deviation);
  });

  it('is stated with the posterior probability that it is better', () => {
    const trials = [run(0, 1), run(1, 1.5), repeat(2, 0, 1.2), repeat(3, 1, 1.9), repeat(4, 0, 0.8)];
    // s² = (0.08 + 0.08) / 3, t = 0.7 / √(s² (1/3 + 1/2)) = 3.3204 with 3 degrees of freedom.
    const winner = winnerOf(study(trials));
    expect(winner).toMatchObject({ trial: 0, versus: 1, runs: 3 });
    expect(winner?.probability).toBeCloseTo(0.97748, 5);
    expect(winner && winnerText(winner)).toBe(
      'Trial 0 beats trial 1 with p = 0.98 (mean of 3 runs: 1 ± 0.133).',
    );
  });

  it('is certain where runs of a point are all the same, and even between points of the same results', () => {
    const same = 0.9294117647058824;
    const thrice = (of: number, from: number) => [repeat(from, of, same), repeat(from + 1, of, same)];
    const worse = [run(0, same), run(1, 0.95), ...thrice(0, 2), repeat(4, 1, 0.95)];
    expect(winnerOf(study(worse))).toMatchObject({ mean: same, deviation: 0, probability: 1 });
    const even = [run(0, same), run(1, same), ...thrice(1, 2), repeat(4, 0, same)];
    expect(mergedTrials(even).map(({ objectives }) => objectives?.[0])).toEqual([same, same]);
    expect(winnerOf(study(even))).toMatchObject({ trial: 0, deviation: 0, probability: 0.5 });
  });

  it('is not stated where nothing was run twice', () => {
    expect(winnerOf(study([run(0, 1), run(1, 1.5)]))).toBeUndefined();
  });
});

describe('the race at the end', () => {
  const settings = { race: 3, stop: { trials: 4 } };
  const race = (values: (point: number, k: number) => number): Study => {
    let trials: readonly Trial[] = [1, 1.01, 1.02, 3].map((value, n) => run(n, value));
    for (;;) {
      const next = nextTrial(study(trials, settings), [], 0);
      if (next.kind !== 'start') {
        expect(next).toMatchObject({ kind: 'end' });
        return study(trials, settings);
      }
      const { repeatOf = -1, sampler } = next.suggestion;
      expect(sampler).toBe('race');
      const k = trials.filter(({ suggestion }) => suggestion?.repeatOf === repeatOf).length;
      trials = [...trials, repeat(trials.length, repeatOf, values(repeatOf, k), 'race')];
    }
  };
  const runsOf = ({ trials }: Study, point: number): number =>
    trials.filter(({ suggestion }) => suggestion?.repeatOf === point).length;

  it('gives each of the best few further runs, as many as allowed where they stay level', () => {
    const level = race((_, k) => 1 + (k % 2 ? 0.2 : -0.2));
    expect([0, 1, 2, 3].map((point) => runsOf(level, point))).toEqual([3, 3, 3, 0]);
    expect(nextTrial(level, [], 0)).toEqual({
      kind: 'end',
      reason: 'all 4 trials were started; 9 further runs decided among the best',
    });
  });

  it('ends early when the leader is better than each rival', () => {
    const clear = race((point, k) => [1, 2, 2][point] ?? 0 + k * 0.001);
    const total = [0, 1, 2].map((point) => runsOf(clear, point)).reduce((a, b) => a + b, 0);
    expect(total).toBeLessThan(9);
    expect(bestTrial(clear)?.number).toBe(0);
    expect(winnerOf(clear)?.probability).toBeGreaterThan(0.95);
  });

  it('waits until all other trials have ended', () => {
    const trials = [1, 1.01, 1.02].map((value, n) => run(n, value));
    const last = run(3, 0, { state: 'running', reports: [] });
    expect(nextTrial(study([...trials, last], settings), [3], 0).kind).toBe('end');
  });
});

describe('results that break an outcome constraint', () => {
  const outcomeConstraints = parseOutcomeConstraints(['latency <= 20'], {});
  const slow = (number: number, value: number, latency = 30, more: Partial<Trial> = {}): Trial =>
    run(number, value, { values: { loss: value, latency }, ...more });
  const fast = (number: number, value: number, more: Partial<Trial> = {}): Trial =>
    slow(number, value, 10, more);
  const again = (of: number) => ({ suggestion: { sampler: 'race', reason: '', seen: 0, repeatOf: of } });

  it('are neither the winner nor what it is compared with', () => {
    const trials = [slow(0, 0), fast(1, 1), fast(2, 2), fast(3, 1.2, again(1)), slow(4, 0.1, 30, again(0))];
    expect(winnerOf(study(trials, { outcomeConstraints }))).toMatchObject({ trial: 1, versus: 2, runs: 2 });
  });

  it('are not raced', () => {
    const settings = { race: 2, stop: { trials: 3 }, outcomeConstraints };
    const next = nextTrial(study([slow(0, 0), fast(1, 1), fast(2, 2)], settings), [], 0);
    expect(next).toMatchObject({ kind: 'start', suggestion: { repeatOf: 1, sampler: 'race' } });
  });

  it('say so in a report', () => {
    const html = htmlReport(study([slow(0, 0), fast(1, 1)], { outcomeConstraints }));
    expect(html.match(/<td>breaks latency &#60;= 20<\/td>/g)).toHaveLength(1);
  });

  it('reach no target', () => {
    const settings = { stop: { target: 0.5 }, outcomeConstraints };
    expect(stopOf(study([fast(0, 1), slow(1, 0)], settings), 0)).toBeUndefined();
    expect(stopOf(study([fast(0, 1), fast(1, 0.5)], settings), 0)?.criterion).toBe('target');
  });

  it('are no improvement, but to break less is one until a first result is acceptable', () => {
    const plateau = (...trials: Trial[]) =>
      stopOf(study(trials, { stop: { plateau: 2 }, outcomeConstraints }), 0)?.criterion;
    expect(plateau(fast(0, 1), slow(1, 0.5), slow(2, 0.4))).toBe('plateau');
    expect(plateau(slow(0, 0), fast(1, 3), slow(2, 0))).toBeUndefined();
    expect(plateau(slow(0, 0, 50), slow(1, 1, 40), slow(2, 2, 30))).toBeUndefined();
    expect(plateau(slow(0, 0, 30), slow(1, 1, 40), slow(2, 2, 30))).toBe('plateau');
  });

  it('do not grow a front, and are counted as trials without growth', () => {
    const objectives = [
      { metric: 'loss', direction: 'minimize' },
      { metric: 'size', direction: 'minimize' },
    ] as const;
    const settings = { stop: { plateau: 2 }, outcomeConstraints };
    const trials = [
      fast(0, 1, { objectives: [1, 1] }),
      slow(1, 0, 30, { objectives: [0, 0] }),
      slow(2, 0, 30, { objectives: [0, 0] }),
    ];
    expect(stopOf({ ...study(trials, settings), objectives }, 0)?.criterion).toBe('plateau');
    const grown = [...trials, fast(3, 0, { objectives: [0.5, 0.5] })];
    expect(stopOf({ ...study(grown, settings), objectives }, 0)).toBeUndefined();
  });
});

describe('stopping by a budget of epochs', () => {
  it('counts the steps of all trials, and a trial without reports as one', () => {
    const steps = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ step: i + 1, value: 1, metrics: {} }));
    const trials = [
      run(0, 1, { reports: steps(5) }),
      run(1, 1, { state: 'pruned', reports: steps(2) }),
      run(2, 1),
      run(3, 1, { state: 'running' }),
    ];
    expect(usedEpochs({ trials })).toBe(8);
    expect(stopOf(study(trials, { stop: { epochs: 9 } }), 0)).toBeUndefined();
    expect(stopOf(study(trials, { stop: { epochs: 8 } }), 0)).toEqual({
      criterion: 'epochs',
      reason: '8 steps were reported, and stop.epochs allows 8',
    });
  });
});

describe('stopping by the regret bound', () => {
  const bowl = (count: number): readonly Trial[] => {
    const source = random('bowl');
    return Array.from({ length: count }, (_, n) => {
      const x = n < count / 2 ? source.next() : 0.4 + 0.02 * source.next();
      return run(n, (x - 0.41) ** 2, { params: { x } });
    });
  };

  it('waits for twenty completed trials, and then tells how much is left', () => {
    expect(stopOf(study(bowl(19), { stop: { regret: 1 } }), 0)).toBeUndefined();
    const stop = stopOf(study(bowl(40), { stop: { regret: 0.01 } }), 0);
    expect(stop?.reason).toMatch(
      /^by the model no more than \S+ can still be gained, and stop.regret asks for less than 0.01$/,
    );
    expect(stopOf(study(bowl(40), { stop: { regret: 1e-9 } }), 0)).toBeUndefined();
  });

  it('counts on what may lie where nothing was tried', () => {
    // A slope that is known exactly, but only in a tenth of the space.
    const slope = Array.from({ length: 40 }, (_, n) => run(n, 5 - n / 400, { params: { x: n / 400 } }));
    expect(remainingRegret(study(slope))).toBeGreaterThan(0.05);
    const whole = Array.from({ length: 40 }, (_, n) => run(n, 5 - n / 400, { params: { x: n / 39 } }));
    expect(remainingRegret(study(whole))).toBeLessThan(0.02);
  });

  it('is as wide as the doubt about the best and about the rest together', () => {
    const source = random('noise');
    const noise = Array.from({ length: 80 }, (_, n) => run(n, source.next(), { params: { x: n / 79 } }));
    expect(remainingRegret(study(noise))).toBeGreaterThan(0.09);
  });

  it.each([1e-250, 1e250])('is in the unit of the metric, also where that is %d', (unit) => {
    const scaled = bowl(40).map((trial) => ({ ...trial, objectives: [unit * (trial.objectives?.[0] ?? 0)] }));
    const regret = remainingRegret(study(bowl(40))) ?? Number.NaN;
    expect((remainingRegret(study(scaled)) ?? 0) / unit / regret).toBeCloseTo(1, 6);
    const up = { ...study(scaled), objectives: [{ metric: 'loss', direction: 'maximize' as const }] };
    const turned = scaled.map((trial) => ({ ...trial, objectives: [-(trial.objectives[0] as number)] }));
    expect((remainingRegret({ ...up, trials: turned }) ?? 0) / unit / regret).toBeCloseTo(1, 6);
  });

  it('says nothing of results that are all alike, nor of several metrics', () => {
    expect(remainingRegret(study(Array.from({ length: 40 }, (_, n) => run(n, 1))))).toBeUndefined();
    expect(remainingRegret(several(bowl(40)))).toBeUndefined();
  });

  it('is computed anew when a trial is taken out', () => {
    // Models are fitted to every second result: 41 and 40 are one size.
    const trials = [...bowl(41)];
    const before = remainingRegret(study(trials));
    const { number } = bestTrial(study(trials)) ?? { number: -1 };
    trials[number] = { ...(trials[number] as Trial), marks: { excluded: 'broken' } };
    const after = remainingRegret({ ...study(trials), excluded: 1 });
    expect(after).not.toBe(before);
  });
});

describe('trials that ended early, for a sampler', () => {
  const curve = (number: number, final: number, steps: number, state: Trial['state']): Trial =>
    run(number, final, {
      state,
      reports: Array.from({ length: steps }, (_, i) => ({
        step: i + 1,
        value: final + 1 / (i + 1),
        metrics: {},
      })),
      ...(state === 'complete' && { objectives: [final + 0.1] }),
    });

  it('count with what they would have reached, in the order of their curves', () => {
    const complete = [0.1, 0.2, 0.3, 0.4, 0.5].map((final, n) => curve(n, final, 10, 'complete'));
    const pruned = [curve(5, 0.25, 3, 'pruned'), curve(6, 0.6, 3, 'pruned')];
    const seen = comparableTrials([...complete, ...pruned], [{ metric: 'loss', direction: 'minimize' }]);
    expect(seen.map(({ state }) => state)).toEqual(new Array(7).fill('complete'));
    expect(seen[5]?.objectives?.[0]).toBeCloseTo(0.35, 6);
    expect(seen[6]?.objectives?.[0]).toBeCloseTo(0.7, 6);
    expect(comparableTrials(complete, [])).toBe(complete);
  });

  it('are drawn together where early differences shrink on the way', () => {
    const shrinking = (number: number, early: number, state: Trial['state']): Trial =>
      run(number, early, {
        state,
        reports: [{ step: 1, value: early, metrics: {} }],
        ...(state === 'complete' && { objectives: [0.2 + early / 2] }),
      });
    const complete = [0.1, 0.2, 0.3, 0.4, 0.5].map((early, n) => shrinking(n, early, 'complete'));
    const seen = comparableTrials(
      [...complete, shrinking(5, 0.9, 'pruned')],
      [{ metric: 'loss', direction: 'minimize' }],
    );
    expect(seen[5]?.objectives?.[0]).toBeCloseTo(0.65, 6);
  });
});

describe('the settings of noise and stopping in @sweep', () => {
  const read = (line: string) =>
    parseConfig(`# @sweep\n#   metric: val_loss\n#   ${line}\na: 1 # @tune int(0, 2)\n`);

  it('are read', () => {
    expect(read('stop: {epochs: 900, regret: 0.01}').config?.sweep.stop).toEqual({
      epochs: 900,
      regret: 0.01,
    });
    const many = parseConfig(
      '# @sweep\n#   metric: [val_loss, val_mse]\n#   stop: {regret: 0.01, trials: 9}\na: 1 # @tune int(0, 2)\n',
    );
    expect(many.config).toBeUndefined();
    expect(many.diagnostics).toMatchObject([
      {
        code: 'regret-objectives',
        range: { line: 3, column: 20, endColumn: 24 },
        message: expect.stringContaining('Use `plateau`'),
      },
    ]);
    expect(read('repeats: 3').config?.sweep.repeats).toBe(3);
    expect(read('race: 4').config?.sweep.race).toBe(4);
    expect(read('pruner: {name: asha, reduction: 4}').config?.sweep.pruner).toEqual({
      name: 'asha',
      reduction: 4,
    });
    expect(read('pruner: {name: asha}').config?.sweep.pruner).toBe('asha');
  });

  it('are blamed where they stand', () => {
    const place = (line: string) => {
      const { diagnostics } = read(line);
      const [{ range, message }] = diagnostics as [(typeof diagnostics)[number]];
      return `${range.line}:${range.column} ${message}`;
    };
    expect(place('repeats: 0')).toBe(
      '3:14 `repeats` needs a whole number, 1 or larger, such as `repeats: 3`.',
    );
    expect(place('pruner: {name: asha, reducton: 4}')).toMatch(/^3:26 .*Did you mean `reduction`\?/);
    expect(place('pruner: {name: patient, then: {name: medan}}')).toMatch(/^3:42 .*Did you mean `median`\?/);
    expect(place('pruner: [asha]')).toMatch(/^3:13 /);
  });
});

it('the mean of huge results does not overflow', () => {
  const merged = mergedTrials([run(0, 1.5e308), repeat(1, 0, 1.3e308)]);
  expect(merged[0]?.objectives?.[0]).toBeCloseTo(1.4e308, -300);
});
