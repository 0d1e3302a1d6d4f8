/** What other programs are told of a study, and what theirs say that ours must honour: feasibility, marks, odd records. */
import { describe, expect, it } from 'vitest';
import { viewForeign } from '../../src/core/exchange/foreign-study.js';
import { readOptunaJournal } from '../../src/core/exchange/optuna-journal.js';
import { foreignOfOptuna } from '../../src/core/exchange/optuna-study.js';
import { optunaJournal } from '../../src/core/exchange/to-optuna.js';
import { bestTrial } from '../../src/core/study/best.js';
import { parseJson, printJson } from '../../src/core/study/journal/line.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import {
  askRecords,
  claimRecords,
  marksRecord,
  requeueRecords,
  studyRecords,
  tellRecords,
} from '../../src/core/study/journal/write.js';
import type { Study } from '../../src/core/study/trial.js';

const AT = '2026-11-20T15:00:00.000000+00:00';
const space = { x: { type: 'float', low: 0, high: 1 } } as const;

/** Three trials; the best of them is too slow, the next was excluded by hand. */
function sample(): Study {
  const latency = {
    text: 'latency <= 1',
    expression: { relation: '<=', left: { name: 'latency' }, right: { value: 1 } },
  } as const;
  const reducer = new StudyReducer();
  const records = [
    ...studyRecords('w', {
      name: 's',
      objectives: [{ metric: 'score', direction: 'maximize' }],
      space,
      settings: { sampler: 'tpe', pruner: 'none', seed: 4, stop: {}, outcomeConstraints: [latency] },
      config: { file: '/home/me/a.yaml', text: '' },
      baseline: { x: 0 },
    }),
    ...[0.9, 0.8, 0.7, 0.6].flatMap((x, trial) => [
      ...askRecords('w', space, { params: { x }, sampler: 'tpe', reason: 'why' }, 3, AT),
      ...tellRecords(
        'w',
        trial,
        {
          state: 'complete',
          objectives: [x],
          values: { score: x, ...(trial < 3 && { latency: trial === 0 ? 3 : 0.5 }) },
        },
        AT,
      ),
    ]),
    marksRecord('w', 1, { excluded: 'leak' }),
    marksRecord('w', 2, { starred: true, tags: ['a', 'b'], note: 'fine' }),
    marksRecord('w', 'study', { note: 'for the paper', tags: ['final'] }),
  ];
  for (const record of records) reducer.apply(record);
  return reducer.study;
}

const lines = (journal: string) =>
  journal
    .trim()
    .split('\n')
    .map((line) => parseJson(line) as Record<string, Record<string, unknown>>);
const foreign = (journal: string) => {
  const studies = readOptunaJournal(journal);
  if (typeof studies === 'string' || !studies[0]) throw new Error(String(studies));
  return viewForeign(foreignOfOptuna(studies[0])).study;
};

describe('a study exported for Optuna', () => {
  it('says of each trial by how much it breaks what is asked of results', () => {
    const study = sample();
    expect(bestTrial(study)?.number).toBe(2);
    const said = lines(optunaJournal(study)).filter(({ op_code }) => (op_code as unknown) === 9);
    // The excluded one is not judged; the latency of the last is not known.
    expect(said.map(({ trial_id }) => trial_id)).toEqual([0, 2, 3]);
    expect(said.map(({ system_attr }) => system_attr?.constraints)).toEqual([[2], [0], [1]]);
    expect(bestTrial(foreign(optunaJournal(study)))?.number).toBe(2);
  });

  it('has an excluded trial fail there, which comes back as it was', () => {
    const study = sample();
    const journal = optunaJournal(study);
    const there = readOptunaJournal(journal);
    if (typeof there === 'string') throw new Error(there);
    expect(there[0]?.trials[1]).toMatchObject({
      state: 'failed',
      values: null,
      userAttrs: { excluded: 'leak', score: 0.8, latency: 0.5 },
    });
    expect(foreign(journal).trials[1]).toEqual(study.trials[1]);
  });

  it('says nothing of feasibility where nothing is asked', () => {
    const study = sample();
    const free = { ...study, settings: { ...study.settings, outcomeConstraints: [] } };
    expect(optunaJournal(free)).not.toContain('"constraints":[');
  });

  it('shows marks where the dashboard shows attributes and notes, of the study, too', () => {
    const study = sample();
    const written = lines(optunaJournal(study));
    const trials = written.filter(({ op_code }) => (op_code as unknown) === 4);
    expect(trials[1]?.user_attrs).toMatchObject({ excluded: 'leak' });
    expect(trials[2]?.user_attrs).toMatchObject({ starred: 'yes', tags: 'a, b' });
    const said = (key: 'system_attr' | 'user_attr') =>
      Object.assign({}, ...written.map((line) => line[key] ?? {})) as Record<string, unknown>;
    expect(said('system_attr')).toMatchObject({
      'dashboard:note_ver': 1,
      'dashboard:note_str:0': 'for the paper',
      'dashboard:2:note_str:0': 'fine',
    });
    expect(said('user_attr')).toEqual({
      config: 'a.yaml',
      sampler: 'tpe',
      pruner: 'none',
      seed: 4,
      tags: 'final',
    });
    const back = foreign(optunaJournal(study));
    expect(back.marks).toEqual(study.marks);
    expect(back.trials.map(({ marks }) => marks)).toEqual(study.trials.map(({ marks }) => marks));
  });

  it("has no NaN among a trial's values, at which the dashboard gives up", () => {
    const study = sample();
    const [first, ...others] = study.trials;
    const odd = {
      ...study,
      trials: [{ ...first!, state: 'pruned' as const, objectives: [Number.NaN] }, ...others],
    };
    expect(lines(optunaJournal(odd)).find(({ op_code }) => (op_code as unknown) === 4)).not.toHaveProperty(
      'value',
    );
  });
});

describe('a journal of ours', () => {
  it('has the words of numbers that are none in no text of a line with such a number, where others replace them', () => {
    const said = {
      why: 'loss is NaN, "-Infinity" at \\NaN',
      NaN: 'Infinity',
      finite: 1,
      loss: Number.NaN,
      low: Number.NEGATIVE_INFINITY,
    };
    const line = printJson(said);
    // What the extension of Optuna makes of it before it reads it.
    const replaced = line
      .replace(/NaN/g, '0')
      .replace(/-Infinity/g, '1')
      .replace(/Infinity/g, '2');
    expect(JSON.parse(replaced)).toEqual({ ...said, loss: 0, low: 1 });
    expect(parseJson(line)).toEqual(said);
    // Elsewhere a text is written as it is.
    expect(printJson({ why: 'NaN' })).toBe('{"why":"NaN"}');
  });

  it('has no NaN among the values of a trial and no null for an attribute, at which others give up the file', () => {
    const nan = {
      state: 'pruned' as const,
      objectives: [Number.NaN],
      values: { score: Number.NaN },
      reason: 'no number',
    };
    const told = tellRecords('w', 0, nan, AT);
    expect(told.at(-1)).toMatchObject({ values: null });
    const records = [
      ...studyRecords('w', { ...sample(), name: 's' }),
      ...askRecords('w', space, { params: { x: 1 }, sampler: 'tpe', reason: 'why' }, 3, AT),
      ...requeueRecords('w', 0, 'interrupted'),
      ...claimRecords('w', 0, AT),
    ];
    const reducer = new StudyReducer();
    for (const record of records) reducer.apply(record);
    expect(reducer.study.trials[0]).not.toHaveProperty('reason');
    const attributes = records.flatMap((record) =>
      'user_attr' in record ? Object.values(record.user_attr) : [],
    );
    expect(attributes).not.toContain(null);
    for (const record of told) reducer.apply(record);
    expect(reducer.study.trials[0]).toMatchObject({
      state: 'pruned',
      values: { score: Number.NaN },
      reason: 'no number',
    });
  });
});

describe("a study of Optuna's", () => {
  const head = '{"op_code":0,"worker_id":"w","study_name":"theirs","directions":[1]}\n';
  const trial = (value: number, attributes: string): string =>
    `{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"${AT}","datetime_complete":"${AT}","state":1,"value":${value},"values":null,"distributions":{},"params":{},"user_attrs":{},"system_attrs":{${attributes}},"intermediate_values":{}}\n`;

  it.each([
    [
      'in a list, as before Optuna 5',
      '"constraints":[0.5,-1]',
      '"constraints":[-0.5,0]',
      ['constraint0', 'constraint1'],
    ],
    ['each by itself, as since', '"constraints:memory":2', '"constraints:memory":0', ['memory']],
  ])('has its best among the trials that keep its constraints: %s', (_, broken, kept, names) => {
    const study = foreign(head + trial(1, broken) + trial(3, '') + trial(2, kept));
    expect(bestTrial(study)?.number).toBe(2);
    expect(study.settings.outcomeConstraints?.map(({ text }) => text)).toEqual(
      names.map((name) => `${name} <= 0`),
    );
    // Of one trial nothing is said: to Optuna it breaks none.
    expect(study.trials[1]?.values).toMatchObject({ [names[0]!]: 0 });
    expect(study.trials[0]?.attributes).toEqual({});
  });

  it('has no constraints where no trial speaks of any', () => {
    expect(foreign(head + trial(1, '')).settings).not.toHaveProperty('outcomeConstraints');
  });

  it('is read past operations that only other programs know, and with a note of its own', () => {
    const note =
      '{"op_code":3,"worker_id":"w","study_id":0,"system_attr":{"dashboard:note_str:0":"all of it"}}\n';
    const study = foreign(
      `${head}${trial(1, '')}{"op_code":10,"worker_id":"w","study_id":0,"trial_ids":[0]}\n${note}`,
    );
    expect(study.trials).toHaveLength(1);
    expect(study.marks).toEqual({ note: 'all of it' });
  });
});
