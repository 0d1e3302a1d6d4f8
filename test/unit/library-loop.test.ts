import { describe, expect, it } from 'vitest';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { judgeTrial } from '../../src/core/study/judge.js';
import type { Trial } from '../../src/core/study/trial.js';
import { type AskedTrial, createStudy, type Space } from '../../src/index.js';

const space: Space = { x: { type: 'float', low: 0, high: 1 } };
const LAST = 9;

/** Worse the farther from 0.3, and better from step to step. */
const curve = (x: number, step: number): number => Math.abs(x - 0.3) + 1 / step;

/** Trains until the end or the pruner's word; what came of it. */
async function train(
  study: ReturnType<typeof createStudy>,
  trial: AskedTrial,
): Promise<'complete' | 'paused' | 'pruned'> {
  for (let step = trial.resumeAfter + 1; step <= LAST; step++) {
    trial.report(step, curve(trial.params.x as number, step));
    const { prune, pause } = trial.verdict();
    if (!prune || step === LAST) continue;
    await study.tell(trial.number, undefined, pause ? 'paused' : 'pruned');
    return pause ? 'paused' : 'pruned';
  }
  await study.tell(trial.number, curve(trial.params.x as number, LAST));
  return 'complete';
}

describe('a pruner that pauses', () => {
  const options = {
    space,
    pruner: { name: 'asha', mode: 'promote', minResource: 1 },
    seed: 4,
    sampler: 'random',
  } as const;

  it('lets a trial wait, and ask hands it out again where it was', async () => {
    const study = createStudy({ ...options, stop: { trials: 12 } });
    const resumed: AskedTrial[] = [];
    let early = 0;
    while (study.over === undefined) {
      const trial = await study.ask();
      if (trial.resumeAfter > 0) resumed.push(trial);
      if (trial.resumeAfter > 0 && study.trials.length < 12) early++;
      await train(study, trial);
    }
    expect(study.trials).toHaveLength(12);
    expect(resumed.length).toBeGreaterThan(0);
    // A paused one goes on before new ones are tried, where enough have come.
    expect(early).toBeGreaterThan(0);
    for (const { number, resumeAfter } of resumed) {
      expect([1, 3]).toContain(resumeAfter);
      // Every step once: it went on, and did not begin anew.
      const steps = study.trials[number]?.reports.map(({ step }) => step) ?? [];
      expect(steps).toEqual(steps.map((_, i) => i + 1));
    }
    expect(study.best?.reports).toHaveLength(LAST);
    expect(study.paused.every(({ state, reports }) => state === 'waiting' && reports.length < LAST)).toBe(
      true,
    );
    expect(study.paused.length).toBeGreaterThan(0);
    expect(study.over).toBe('all 12 trials were started');
    await expect(study.ask()).rejects.toThrow(/all 12 trials/);
  });

  it('brings the best of the paused to its end when no new trial comes, however few there are', async () => {
    const study = createStudy({ ...options, stop: { trials: 2 } });
    while (study.over === undefined) await train(study, await study.ask());
    expect(study.trials.map(({ state }) => state).sort()).toEqual(['complete', 'waiting']);
  });

  it('waits with that for what still runs and could be better', async () => {
    const study = createStudy({ ...options, stop: { trials: 2 } });
    const [first, second] = [await study.ask(), await study.ask()];
    first.report(1, 1);
    await study.tell(first.number, undefined, 'paused');
    expect(study.over).toBe('all 2 trials were started');
    second.report(1, 0.5);
    await study.tell(second.number, undefined, 'paused');
    expect(study.over).toBeUndefined();
    expect(await study.ask()).toMatchObject({ number: second.number, resumeAfter: 1 });
  });

  it('has the last word on what is paused, and a paused trial hears nothing until its turn', async () => {
    const study = createStudy(options);
    const trial = await study.ask();
    trial.report(1, 1);
    expect(trial.verdict()).toMatchObject({ prune: true, pause: true });
    expect(trial.shouldPrune()).toBe(true);
    await study.tell(trial.number, undefined, 'paused');
    expect(study.paused.map(({ number }) => number)).toEqual([0]);
    expect(() => trial.report(2, 1)).toThrow(/paused/);
    await expect(study.tell(0, 1)).rejects.toThrow(/paused/);
    // Not enough have come: a new trial first.
    expect((await study.ask()).number).toBe(1);
    const plain = createStudy({ space, pruner: 'median' });
    const other = await plain.ask();
    other.report(1, 1);
    await expect(plain.tell(0, undefined, 'paused')).rejects.toThrow(/does not ask for it/);
  });
});

describe('the values of the file', () => {
  it('are never paused, others like them are', () => {
    const trial = (sampler: string): Trial => ({
      id: 0,
      number: 0,
      state: 'running',
      params: { x: 0.5 },
      values: {},
      reports: [{ step: 1, value: 1, metrics: {} }],
      attributes: {},
      suggestion: { sampler, reason: '', seen: 0 },
    });
    const study = {
      ...new StudyReducer().study,
      objectives: [{ metric: 'loss', direction: 'minimize' as const }],
      settings: {
        sampler: 'random',
        pruner: { name: 'asha', mode: 'promote', minResource: 1 },
        seed: 0,
        stop: {},
      },
    };
    const judged = (one: Trial) => judgeTrial({ ...study, trials: [one] }, one);
    expect(judged(trial('random'))).toMatchObject({ prune: true, pause: true });
    expect(judged(trial('file'))).toEqual({ prune: false, reason: "the file's own values are not paused" });
  });
});

describe('a pruner of several objectives', () => {
  it('knows which of them are to be maximised', async () => {
    const study = createStudy({
      space,
      directions: ['minimize', 'maximize'],
      pruner: 'moasha',
      sampler: 'random',
    });
    for (const accuracy of [0.9, 0.8, 0.7, 0.6]) {
      const { number, report } = await study.ask();
      report(1, [1, accuracy]);
      report(2, [1, accuracy]);
      await study.tell(number, [1, accuracy]);
    }
    const [good, bad] = [await study.ask(), await study.ask()];
    good.report(1, [1, 0.95]);
    expect(good.shouldPrune()).toBe(false);
    bad.report(1, [1, 0.5]);
    expect(bad.shouldPrune()).toBe(true);
  });
});

describe('the end of a study', () => {
  it.each([
    [{ trials: 3 }, 3, /all 3 trials/],
    [{ target: 0.9 }, 2, /target 0.9 was reached by trial 1/],
    [{ plateau: 2 }, 4, /no improvement in 2/],
    [{ epochs: 5 }, 5, /5 steps/],
  ] as const)('is told by %j', async (stop, count, reason) => {
    const study = createStudy({ space, stop, sampler: 'random' });
    const losses = [1, 0.8, 0.9, 0.85, 0.82];
    while (study.over === undefined) {
      const { number } = await study.ask();
      await study.tell(number, losses[number]);
    }
    expect(study.trials).toHaveLength(count);
    expect(study.over).toMatch(reason);
  });

  it('comes when a finite space has been tried', async () => {
    const study = createStudy({ space: { on: { type: 'bool' } }, sampler: 'grid' });
    while (study.over === undefined) await study.tell((await study.ask()).number, 1);
    expect(study.trials.map(({ params }) => params.on).sort()).toEqual([false, true]);
    expect(study.over).toBe('every point of the space has been tried');
  });

  it('does not keep what was enqueued from being tried', async () => {
    const study = createStudy({ space, stop: { trials: 1 } });
    await study.tell((await study.ask()).number, 1);
    await study.enqueue({ x: 0.5 });
    expect(study.over).toBeUndefined();
    expect((await study.ask()).params).toEqual({ x: 0.5 });
  });

  it.each([
    [{ stop: { trial: 3 } }, /knows no "trial"/],
    [{ stop: { trials: 0 } }, /`stop.trials` cannot be 0/],
    [{ repeats: 1.5 }, /`repeats`/],
    [{ race: -1 }, /`race`/],
  ])('cannot be told by %j', (wrong, message) => {
    expect(() => createStudy({ space, ...(wrong as object) })).toThrow(message);
  });
});

describe('noise', () => {
  it('is averaged over repeats of a point, each with a seed of its own', async () => {
    const study = createStudy({ space, repeats: 2, stop: { trials: 4 }, sampler: 'random' });
    const asked: AskedTrial[] = [];
    const losses = [1, 3, 2.5, 1.9];
    while (study.over === undefined) {
      const trial = await study.ask();
      asked.push(trial);
      await study.tell(trial.number, losses[trial.number]);
    }
    const [a, b, c, d] = asked as [AskedTrial, AskedTrial, AskedTrial, AskedTrial];
    expect([b.params, d.params]).toEqual([a.params, c.params]);
    expect(c.params).not.toEqual(a.params);
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(4);
    expect(study.best).toMatchObject({ number: 0, objectives: [2] });
  });

  it('is not cut short: repeats are not pruned', async () => {
    const study = createStudy({ space, repeats: 2, pruner: { name: 'threshold', upper: 0.5 } });
    await study.tell((await study.ask()).number, 0.4);
    const again = await study.ask();
    again.report(1, 0.9);
    expect(again.verdict()).toEqual({ prune: false, reason: 'repeats are not pruned' });
    await study.tell(again.number, 0.9);
    const other = await study.ask();
    other.report(1, 0.9);
    expect(other.shouldPrune()).toBe(true);
  });

  it('is raced among the best at the end, and the winner is stated with its probability', async () => {
    const study = createStudy({ space, race: 3, stop: { trials: 5 }, sampler: 'random' });
    let reruns = 0;
    while (study.over === undefined) {
      const { number } = await study.ask();
      const first = study.trials[number]?.suggestion?.repeatOf;
      if (first !== undefined) reruns++;
      await study.tell(number, (first ?? number) + 0.02 * (number % 3));
    }
    expect(reruns).toBeGreaterThan(1);
    expect(study.over).toMatch(/all 5 trials were started; \d further runs decided/);
    expect(study.winner).toMatchObject({ trial: 0, versus: 1 });
    expect(study.winner?.probability).toBeGreaterThan(0.95);
  });
});
