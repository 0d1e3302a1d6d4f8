import { describe, expect, it } from 'vitest';
import type { Space } from '../../src/core/space/parameter.js';
import { bestTrial, countedTrials } from '../../src/core/study/best.js';
import { parseLine, printLine } from '../../src/core/study/journal/line.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import {
  askRecords,
  attributesRecord,
  claimRecords,
  type Outcome,
  reportRecord,
  requeueRecords,
  statusRecord,
  studyRecords,
  tellRecords,
  timestamp,
} from '../../src/core/study/journal/write.js';
import { markRecords } from '../../src/core/study/marks.js';
import { runningMs, stopOf } from '../../src/core/study/stop.js';
import type { StopCriteria, Study } from '../../src/core/study/trial.js';
import { bestJson, trialJson } from '../../src/core/study/trial-json.js';

const reasonOf = (...stop: Parameters<typeof stopOf>) => stopOf(...stop)?.reason;

const W = 'sweetspot-1';
const space: Space = {
  units: { type: 'categorical', choices: [[16], [32, 16]] },
  batch: { type: 'ordinal', choices: [8, 16] },
  lr: { type: 'float', low: 1e-4, high: 0.1, log: true },
  norm: { type: 'bool' },
  m: { type: 'float', low: 0, high: 1, when: { param: 'norm', in: [true] } },
};
const at = (second: number): string => timestamp(Date.UTC(2026, 0, 1, 0, 0, second));

/** A study fed with records that have been through text, as they would from a file. */
class Script {
  readonly reducer = new StudyReducer();
  constructor(stop: StopCriteria = {}, direction: 'minimize' | 'maximize' = 'minimize') {
    this.add(
      studyRecords(W, {
        name: 'iris',
        objectives: [{ metric: 'val_loss', direction }],
        space,
        settings: { sampler: 'tpe', pruner: 'median', seed: 4, stop },
        config: { file: 'iris.yaml', text: 'lr: 1 # é\n' },
        baseline: { units: [16], batch: 8, lr: 0.01, norm: false, m: 0.5 },
      }),
    );
  }
  get study(): Study {
    return this.reducer.study;
  }
  add(records: readonly JournalRecord[]): this {
    for (const record of records) {
      const parsed = parseLine(printLine(record).trimEnd());
      if (parsed.kind !== 'record') throw new Error(parsed.reason);
      this.reducer.apply(parsed.record);
    }
    return this;
  }
  ask(second = 0): number {
    const number = this.study.trials.length;
    const params = { units: [32, 16], batch: 16, lr: 0.02, norm: false };
    this.add(askRecords(W, space, { params, sampler: 'tpe', reason: 'why' }, 3, at(second)));
    return number;
  }
  tell(number: number, value: number, second = 1, state: Outcome['state'] = 'complete'): this {
    const objectives = state === 'failed' ? {} : { objectives: [value] };
    return this.add(
      tellRecords(W, number, { state, values: { val_loss: value }, ...objectives }, at(second)),
    );
  }
}

describe('a study read from its journal', () => {
  it('knows its settings, its space and the values in the file', () => {
    const { study } = new Script({ trials: 5 });
    expect(study).toMatchObject({
      name: 'iris',
      objectives: [{ metric: 'val_loss', direction: 'minimize' }],
      space,
      settings: { sampler: 'tpe', pruner: 'median', seed: 4, stop: { trials: 5 } },
      config: { file: 'iris.yaml', text: 'lr: 1 # é\n' },
      baseline: { units: [16], m: 0.5 },
    });
  });

  it('gives back every kind of value, lists included, and leaves inactive parameters out', () => {
    const script = new Script();
    script.ask();
    expect(script.study.trials[0]).toMatchObject({
      state: 'running',
      params: { units: [32, 16], batch: 16, lr: 0.02, norm: false },
      suggestion: { sampler: 'tpe', reason: 'why' },
    });
    expect(script.study.trials[0]?.params).not.toHaveProperty('m');
  });

  it('keeps every metric of every report, non-finite ones too', () => {
    const script = new Script();
    script.ask();
    script.add([
      reportRecord(W, 0, 1, { val_loss: Number.NaN, accuracy: 0.5 }, 'val_loss'),
      reportRecord(W, 0, 2, { val_loss: 0.5 }, 'val_loss'),
    ]);
    expect(script.study.trials[0]?.reports).toEqual([
      { step: 1, value: Number.NaN, metrics: { val_loss: Number.NaN, accuracy: 0.5 } },
      { step: 2, value: 0.5, metrics: { val_loss: 0.5 } },
    ]);
  });

  it('forgets the reports of an interrupted attempt as the next one repeats them', () => {
    const script = new Script();
    script.ask();
    const report = (step: number, loss: number) => [reportRecord(W, 0, step, { val_loss: loss }, 'val_loss')];
    script.add(report(1, 0.9)).add(report(2, 0.8)).add(report(3, 0.7));
    script.add(requeueRecords(W, 0, 'the engine was interrupted'));
    expect(script.study.trials[0]).toMatchObject({ state: 'waiting', reason: 'the engine was interrupted' });
    script.add(claimRecords(W, 0, at(9))).add(report(1, 0.9));
    expect(script.study.trials[0]?.state).toBe('running');
    expect(script.study.trials[0]?.reason).toBeUndefined();
    expect(script.study.trials[0]?.reports.map(({ step }) => step)).toEqual([1]);
  });

  it('takes no more words about a trial that has ended', () => {
    const script = new Script();
    script.ask();
    script.tell(0, 0.5).tell(0, 0.1);
    script.add([attributesRecord(W, 0, { late: true })]);
    expect(script.study.trials[0]?.objectives).toEqual([0.5]);
    expect(script.study.trials[0]?.attributes).toEqual({});
  });

  it('passes over records of a kind it does not know', () => {
    const script = new Script();
    script.reducer.apply({ op_code: 10, worker_id: W, trial_ids: [1] } as unknown as JournalRecord);
    expect(script.study.trials).toEqual([]);
  });
});

describe('marks', () => {
  const change = { tags: ['a', 'b', 'a'], note: 'x', starred: true, excluded: '' };

  it('are changed one by one, each tag once, and all are written', () => {
    const script = new Script();
    script.ask();
    script.ask();
    const records = markRecords(W, script.study, [1], change);
    script.add(records);
    expect(script.study.trials[1]?.marks).toEqual({ ...change, tags: ['a', 'b'] });
    expect(script.study.excluded).toBe(1);
    script.add(markRecords(W, script.study, [1], { tags: [], note: '', starred: false, excluded: null }));
    expect(script.study.trials[1]?.marks).toEqual({});
    expect(script.study.excluded).toBe(0);
    script.add(markRecords(W, script.study, 'study', { archived: true }));
    script.add(markRecords(W, script.study, 'study', { note: 'n' }));
    expect(script.study.marks).toEqual({ archived: true, note: 'n' });
    expect(() => markRecords(W, script.study, [0, 2], change)).toThrow(/has no trial 2; it has 2 trials/);
  });

  it('take trials out of one list that grows with the study, so that samplers keep what they know', () => {
    const script = new Script();
    const numbers = (): readonly number[] => countedTrials(script.study).map(({ number }) => number);
    for (let i = 0; i < 3; i++) script.ask();
    expect(countedTrials(script.study)).toBe(script.study.trials);
    script.add(markRecords(W, script.study, [1], { excluded: 'x' }));
    const list = countedTrials(script.study);
    expect(numbers()).toEqual([0, 2]);
    script.ask();
    expect(countedTrials(script.study)).toBe(list);
    expect(numbers()).toEqual([0, 2, 3]);
    script.add(markRecords(W, script.study, [1], { excluded: null }));
    script.add(markRecords(W, script.study, [0], { excluded: 'x' }));
    expect(numbers()).toEqual([1, 2, 3]);
  });
});

describe('the running time of a study', () => {
  it('leaves pauses out', () => {
    const script = new Script();
    script.add([
      statusRecord(W, { kind: 'running' }, at(0)),
      statusRecord(W, { kind: 'stopped', reason: 'x' }, at(10)),
    ]);
    script.add([statusRecord(W, { kind: 'running' }, at(100))]);
    expect(runningMs(script.study, Date.parse(at(105)))).toBe(15_000);
  });

  it('counts an engine that was killed up to its last word', () => {
    const script = new Script();
    script.add([statusRecord(W, { kind: 'running' }, at(0))]);
    script.ask(2);
    script.tell(0, 1, 7);
    script.add([statusRecord(W, { kind: 'running' }, at(50))]);
    expect(runningMs(script.study, Date.parse(at(51)))).toBe(8_000);
  });
});

describe('the best trial', () => {
  it('is the lowest or the highest by direction, the earlier one on a tie', () => {
    for (const [direction, expected] of [
      ['minimize', 1],
      ['maximize', 2],
    ] as const) {
      const script = new Script({}, direction);
      for (const value of [0.5, 0.2, 0.9, 0.2, 0.9]) script.tell(script.ask(), value);
      expect(bestTrial(script.study)?.number).toBe(expected);
    }
  });

  it('is never one that was pruned or failed', () => {
    const script = new Script();
    script.tell(script.ask(), 0.01, 1, 'pruned');
    script.tell(script.ask(), 0.01, 1, 'failed');
    expect(bestTrial(script.study)).toBeUndefined();
    expect(bestJson(script.study)).toMatchObject({
      study: 'iris',
      trial: null,
      baseline: { number: 0, state: 'pruned' },
    });
  });
});

describe('a trial as JSON', () => {
  it('has null for what is not finite', () => {
    const script = new Script();
    const number = script.ask();
    script.add(
      tellRecords(
        W,
        number,
        { state: 'failed', values: { val_loss: Number.NaN, loss: 1 }, reason: 'NaN' },
        at(3),
      ),
    );
    expect(trialJson(script.study.trials[0] as never)).toEqual({
      number: 0,
      state: 'failed',
      values: { val_loss: null, loss: 1 },
      params: { units: [32, 16], batch: 16, lr: 0.02, norm: false },
      startedAt: at(0),
      finishedAt: at(3),
      reason: 'NaN',
    });
  });
});

describe('a study stops', () => {
  const run = (stop: StopCriteria, values: readonly number[], direction?: 'maximize'): string | undefined => {
    const script = new Script(stop, direction);
    values.forEach((value, i) => {
      script.tell(script.ask(i), value, i + 1);
    });
    return reasonOf(script.study, Date.parse(at(values.length)));
  };

  it('after so many started trials, running ones included', () => {
    expect(run({ trials: 3 }, [1, 2])).toBeUndefined();
    expect(run({ trials: 3 }, [1, 2, 3])).toMatch(/all 3 trials/);
    const script = new Script({ trials: 1 });
    script.ask();
    expect(reasonOf(script.study, 0)).toMatch(/its one trial/);
  });

  it('when the target is reached, exactly or better', () => {
    expect(run({ target: 0.5 }, [0.6])).toBeUndefined();
    expect(run({ target: 0.5 }, [0.6, 0.5])).toMatch(/target 0.5 was reached by trial 1/);
    expect(run({ target: 0.5 }, [0.4], 'maximize')).toBeUndefined();
    expect(run({ target: 0.5 }, [0.6], 'maximize')).toMatch(/target/);
  });

  it('after so many completed trials without improvement', () => {
    expect(run({ plateau: 2 }, [5, 4, 4])).toBeUndefined();
    expect(run({ plateau: 2 }, [5, 4, 4, 6])).toMatch(/no improvement in 2/);
    expect(run({ plateau: 2 }, [5, 4, 4, 3])).toBeUndefined();
  });

  it('when its running time is over', () => {
    const script = new Script({ minutes: 1 });
    script.add([statusRecord(W, { kind: 'running' }, at(0))]);
    expect(reasonOf(script.study, Date.parse(at(59)))).toBeUndefined();
    expect(reasonOf(script.study, Date.parse(at(60)))).toMatch(/1 minutes/);
  });
});
