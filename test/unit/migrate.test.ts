import { describe, expect, it } from 'vitest';
import { replay } from '../../src/core/analysis/replay.js';
import type { AnnotatedConfig } from '../../src/core/annotation/annotated-config.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { carryOver, learnFrom } from '../../src/core/exchange/continue-changed.js';
import { continueForeign } from '../../src/core/exchange/continue-foreign.js';
import { foreignOfStudy } from '../../src/core/exchange/foreign-study.js';
import type { Params } from '../../src/core/space/parameter.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { askRecords, earlierRecord, studyRecords, tellRecords } from '../../src/core/study/journal/write.js';
import { migrate, migrationNotes } from '../../src/core/study/migrate.js';
import { suggest } from '../../src/core/study/suggest.js';
import type { Study } from '../../src/core/study/trial.js';

const HEAD = '# @sweep\n#   metric: [loss]\n#   sampler: gp\n';
const OLD = `${HEAD}rate: 0.1     # @tune float(0.001, 1, log)
units: [8]    # @tune choice([8], [16])
opt: adam     # @tune choice(sgd, adam)
momentum: 0.5 # @tune float(0, 1) when opt == sgd
epochs: 30
`;
const AT = '2026-01-01T00:00:00.000000+00:00';

function configOf(text: string): AnnotatedConfig {
  const { config, diagnostics } = parseConfig(text);
  if (!config) throw new Error(JSON.stringify(diagnostics));
  return config;
}

const made = (text: string): readonly JournalRecord[] => {
  const { space, baseline, sweep } = configOf(text);
  const settings = { sampler: 'gp', pruner: 'none', seed: 0, stop: {} };
  const config = { file: 'a.yaml', text };
  return studyRecords('w', { name: 'old', objectives: sweep.objectives, space, settings, config, baseline });
};

function studyOf(records: readonly JournalRecord[]): Study {
  const reducer = new StudyReducer();
  for (const record of records) reducer.apply(record);
  return reducer.study;
}

/** A study of OLD with these trials, complete with their number as loss; the last one still runs. */
function oldStudy(...points: readonly Params[]): Study {
  const { space } = configOf(OLD);
  return studyOf([
    ...made(OLD),
    ...points.flatMap((params, number) => [
      ...askRecords('w', space, { params, sampler: 'random', reason: 'drawn' }, 0, AT),
      ...(number === points.length - 1
        ? []
        : tellRecords(
            'w',
            number,
            { state: 'complete', values: { loss: number, f1: 1 - number }, objectives: [number] },
            AT,
          )),
    ]),
  ]);
}

const A: Params = { rate: 0.1, units: [8], opt: 'adam' };
const B: Params = { rate: 0.9, units: [16], opt: 'sgd', momentum: 0.75 };
const C: Params = { rate: 0.002, units: [8], opt: 'sgd', momentum: 0.25 };
const study = oldStudy(A, B, C, A);

function migrated(text: string) {
  const { kept, dropped, changed } = migrate(study, configOf(text));
  return {
    kept: kept.map(({ from, params }) => [from.number, params]),
    dropped: Object.fromEntries(dropped),
    changed,
  };
}

describe('trials of a study whose space has changed', () => {
  it('are kept where their values still lie in it', () => {
    expect(migrated(OLD.replace('float(0.001, 1, log)', 'float(0.01, 0.5)'))).toEqual({
      kept: [[0, A]],
      dropped: { '`rate` lies above 0.5': [1], '`rate` lies below 0.01': [2], 'had not ended': [3] },
      changed: [],
    });
    expect(migrated(OLD.replace('choice([8], [16])', 'choice([8], [32])')).dropped).toMatchObject({
      '`units` was [16], which is not among [8], [32]': [1],
    });
    // One sentence, however many numbers there were.
    expect(migrated(OLD.replace('float(0.001, 1, log)', 'choice(0.1, 0.5)')).dropped).toMatchObject({
      '`rate` is none of 0.1, 0.5': [1, 2],
    });
  });

  it('have for a new parameter the value that their file had', () => {
    const { kept } = migrated(OLD.replace('epochs: 30', 'epochs: 20 # @tune int(10, 50)'));
    expect(kept).toEqual([
      [0, { ...A, epochs: 30 }],
      [1, { ...B, epochs: 30 }],
      [2, { ...C, epochs: 30 }],
    ]);
    const { dropped } = migrated(OLD.replace('epochs: 30', 'epochs: 20 # @tune int(10, 25)'));
    expect(dropped).toMatchObject({ '`epochs` lies above 25': [0, 1, 2] });
    const added = migrated(`${OLD}layers: 2 # @tune int(1, 3)\n`);
    expect(added.kept[0]).toEqual([0, { ...A, layers: 2 }]);
  });

  it('are kept without a parameter that is no longer tuned only where they ran with its value', () => {
    const { kept, dropped } = migrated(
      OLD.replace('opt: adam     # @tune choice(sgd, adam)', 'opt: sgd').replace(' when opt == sgd', ''),
    );
    expect(kept).toEqual([
      [1, { rate: 0.9, units: [16], momentum: 0.75 }],
      [2, { rate: 0.002, units: [8], momentum: 0.25 }],
    ]);
    expect(dropped).toMatchObject({ '`opt` is no longer tuned, and the trial did not run with sgd': [0] });
  });

  it('have the value of the file for a parameter that took no part before', () => {
    expect(migrated(OLD.replace(' when opt == sgd', '')).kept[0]).toEqual([0, { ...A, momentum: 0.5 }]);
  });

  it('keep to the constraints there are now', () => {
    const { dropped } = migrated(
      OLD.replace('#   sampler', '#   constraints: [momentum < 0.7]\n#   sampler'),
    );
    expect(dropped).toMatchObject({ 'breaks the constraint `momentum < 0.7`': [1] });
  });

  it('go by another metric that they reported', () => {
    const text = OLD.replace('[loss]', '{name: f1, goal: maximize}');
    const { kept } = migrate(study, configOf(text));
    expect(kept.map(({ objectives }) => objectives)).toEqual([[1], [0], [-1]]);
    expect(migrated(OLD.replace('[loss]', '[val_mse]')).dropped).toMatchObject({
      'did not report val_mse': [0, 1, 2],
    });
  });

  it('go by a parameter that has only another name', () => {
    const { kept } = migrated(OLD.replace('1, log)', '1, log) as lr'));
    expect(kept[1]).toEqual([1, { lr: 0.9, units: [16], opt: 'sgd', momentum: 0.75 }]);
  });

  it('may have run with null, which is a value', () => {
    const text = `${HEAD}clip: 1 # @tune choice(null, 1)\nrate: 0.5 # @tune float(0, 1)\n`;
    const { space } = configOf(text);
    const params = { clip: null, rate: 0.25 };
    const end = { state: 'complete', values: { loss: 1 }, objectives: [1] } as const;
    const old = studyOf([
      ...made(text),
      ...askRecords('w', space, { params, sampler: 'x', reason: '' }, 0, AT),
      ...tellRecords('w', 0, end, AT),
    ]);
    const { kept } = migrate(old, configOf(text.replace('float(0, 1)', 'float(0, 2)')));
    expect(kept.map((trial) => trial.params)).toEqual([params]);
  });

  it('are said to have run with other values where the rest of the file is another', () => {
    expect(migrated(OLD.replace('30', '50')).changed).toEqual(['epochs']);
  });
});

it('those left behind are all named, neighbours as a range', () => {
  const numbers = [0, 1, 2, 4, 6, 7, 9, 10, 11, 12, 13, 20];
  const [note] = migrationNotes('old', { kept: [], changed: [], dropped: new Map([['why', numbers]]) });
  expect(note).toBe('Trials 0–2, 4, 6, 7, 9–13, 20 are left behind in "old": why.');
});

it('carried over, they begin a study that goes on and can be replayed', () => {
  const text = OLD.replace('float(0.001, 1, log)', 'float(0.001, 0.5, log)');
  const { records, notes } = carryOver('w', study, configOf(text));
  expect(notes).toEqual([
    '2 of the 4 trials of "old" are taken over.',
    'Trial 1 is left behind in "old": `rate` lies above 0.5.',
    'Trial 3 is left behind in "old": had not ended.',
  ]);
  const all = [...made(text), ...records];
  const next = studyOf(all);
  expect(next.trials.map(({ state, params, objectives }) => ({ state, params, objectives }))).toEqual([
    { state: 'complete', params: A, objectives: [0] },
    { state: 'complete', params: C, objectives: [2] },
  ]);
  const suggestion = suggest(next);
  if (suggestion === 'exhausted') throw new Error(suggestion);
  const asked = askRecords('w', next.space, suggestion, next.seq, AT);
  expect(replay([...all, ...asked])).toMatchObject({ suggestions: 2, skipped: 1 });
});

describe('repeats of a trial', () => {
  const text = OLD.replace('float(0.001, 1, log)', 'float(0.001, 0.5, log)').replace(
    '#   sampler',
    '#   repeats: 2\n#   sampler',
  );
  const { space } = configOf(OLD);
  const trial = (number: number, params: Params, of?: number): readonly JournalRecord[] => [
    ...askRecords(
      'w',
      space,
      { params, sampler: 'x', reason: '', ...(of !== undefined && { repeatOf: of }) },
      0,
      AT,
    ),
    ...tellRecords('w', number, { state: 'complete', values: { loss: number }, objectives: [number] }, AT),
  ];
  // The point B lies outside of the new space, its repeat with it; a repeat of C stays without its first run.
  const study = studyOf([
    ...made(OLD),
    ...[trial(0, B), trial(1, C), trial(2, B, 0), trial(3, C, 1), trial(4, A), trial(5, C, 0)].flat(),
  ]);
  const expected = [
    [A, undefined],
    [C, undefined],
    [C, 1],
    [C, undefined],
  ];
  const shown = (records: readonly JournalRecord[]) =>
    studyOf(records).trials.map(({ params, suggestion }) => [params, suggestion?.repeatOf]);

  it('stay repeats of it in a study whose space has changed, by its new number', () => {
    const { records } = carryOver('w', study, configOf(text));
    expect(shown([...made(text), ...records])).toEqual(expected);
  });

  it('and in a study that goes on from a file', () => {
    const options = { worker: 'w', name: 'n', configFile: 'a.yaml', names: {}, source: 's', at: AT };
    const continued = continueForeign(foreignOfStudy(study), { ...options, config: configOf(text), text });
    if (typeof continued === 'string') throw new Error(continued);
    expect(shown(continued.records)).toEqual(expected);
  });

  it('but not where that is better the other way', () => {
    const options = { worker: 'w', name: 'n', configFile: 'a.yaml', names: {}, source: 's', at: AT };
    const other = text.replace('[loss]', '{name: loss, goal: maximize}');
    expect(continueForeign(foreignOfStudy(study), { ...options, config: configOf(other), text: other })).toBe(
      'The config says maximize for loss, the study says minimize. Set goal: minimize.',
    );
  });
});

it('a sweep names one study to learn from, or several', () => {
  const named = (text: string) =>
    configOf(OLD.replace('#   sampler', `#   warmStart: ${text}\n#   sampler`)).sweep.warmStart;
  expect(named('./other.yaml#first')).toEqual(['./other.yaml#first']);
  expect(named('[old, ./other.yaml]')).toEqual(['old', './other.yaml']);
});

it('known as those of an earlier study, they teach the sampler and count for nothing', () => {
  const points = Array.from({ length: 12 }, (_, i): Params => ({ ...A, rate: 0.002 + 0.08 * i }));
  const { trials, notes } = learnFrom(oldStudy(...points), configOf(OLD));
  expect(notes[0]).toBe('11 of the 12 trials of "old" are known to the sampler, and not counted.');
  const own = [
    ...made(OLD),
    earlierRecord('w', trials),
    ...askRecords('w', configOf(OLD).space, { params: A, sampler: 'file', reason: '' }, 0, AT),
  ];
  const next = studyOf(own);
  expect(next.trials).toHaveLength(1);
  const suggestion = suggest(next);
  expect(suggestion).toMatchObject({
    sampler: 'gp',
    reason: expect.stringContaining('expected improvement'),
  });
  // The loss grew with the rate.
  expect((suggestion as { params: Params }).params.rate).toBeLessThan(0.2);
});
