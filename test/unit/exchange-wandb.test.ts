/** Tables of W&B runs as they are met: from its pages, from scripts with pandas, with what is missing, nested, or odd. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { continueForeign } from '../../src/core/exchange/continue-foreign.js';
import { foreignOfRuns } from '../../src/core/exchange/wandb-csv.js';

const TEXT = `# @sweep
#   train: ./train.js
#   metric: {name: val_loss, goal: minimize}
model:
  units: [32]        # @tune choice([16], [32], [64, 32])
  dropout: 0.1       # @tune float(0, 0.5)
  norm: null         # @tune choice(null, batch)
optimizer:
  lr: 0.001          # @tune float(1e-5, 1, log)
  nesterov: false    # @tune bool
`;
const config = parseConfig(TEXT).config!;

function runs(rows: readonly Readonly<Record<string, string>>[], names = {}) {
  const found = foreignOfRuns(rows, config, names);
  if (typeof found === 'string') throw new Error(found);
  return found;
}
const full = { model: { units: '[16]', dropout: '0.5', norm: 'batch' }, lr: '1e-2', nesterov: 'True' };
const row = {
  Name: 'swift-1',
  State: 'finished',
  'model.units': full.model.units,
  'model.dropout': full.model.dropout,
  'model.norm': full.model.norm,
  'optimizer.lr': full.lr,
  'optimizer.nesterov': full.nesterov,
  val_loss: '0.25',
};
const params = {
  'model.units': [16],
  'model.dropout': 0.5,
  'model.norm': 'batch',
  'optimizer.lr': 0.01,
  'optimizer.nesterov': true,
};

describe('a table of W&B runs', () => {
  it.each([
    ['of its pages', row],
    [
      'with prefixes, dots or slashes',
      {
        state: 'finished',
        'config.model.units': '[16]',
        'config/model/dropout': '0.5',
        'config.norm': 'batch',
        'config/lr': '0.01',
        nesterov: 'true',
        'summary/val_loss': '0.25',
      },
    ],
    [
      'with dictionaries as Python prints them',
      {
        name: 'swift-1',
        summary: "{'_runtime': 12, 'val_loss': 0.25, 'note': 'it\u2019s', 'best': nan}",
        config:
          "{'model': {'units': [16], 'dropout': 0.5, 'norm': 'batch'}, 'optimizer': {'lr': 1e-02, 'nesterov': True}, 'sizes': (1, 2), 'seed': None, '_wandb': {'x': 1}}",
      },
    ],
    [
      'with dictionaries in JSON, each value wrapped as in its config files',
      {
        State: 'finished',
        summary_metrics: '{"val_loss": 0.25}',
        config:
          '{"model": {"value": {"units": [16], "dropout": 0.5, "norm": "batch"}}, "lr": {"value": 0.01, "desc": null}, "nesterov": {"value": true}}',
      },
    ],
  ])('is understood: %s', (_, one) => {
    const [trial] = runs([one]).trials;
    expect(trial).toMatchObject({
      state: 'complete',
      params,
      objectives: [0.25],
      values: { val_loss: 0.25 },
    });
  });

  it('has None and null for a choice that is null, and is silent where a cell is empty', () => {
    const [a, b] = runs([
      { ...row, 'model.norm': 'None' },
      { ...row, 'model.norm': '' },
    ]).trials;
    expect(a?.params).toMatchObject({ 'model.norm': null });
    expect(b?.params).not.toHaveProperty('model.norm');
  });

  it('has words like none and true as texts, where a choice is called so', () => {
    const { config: other } = parseConfig(
      '# @sweep\n#   train: ./t.js\n#   metric: {name: val_loss, goal: minimize}\naugment: none  # @tune choice(none, "true", "32", flip)\n',
    );
    const said = ['none', 'true', '32', 'flip'].map((augment) => ({ augment, val_loss: '1' }));
    const found = foreignOfRuns(said, other!);
    if (typeof found === 'string') throw new Error(found);
    expect(found.trials.map(({ params: { augment } }) => augment)).toEqual(['none', 'true', '32', 'flip']);
  });

  it("takes of a metric what define_metric's summary keeps of it", () => {
    const { val_loss, ...others } = row;
    const [trial] = runs([{ ...others, 'val_loss.max': '9', 'val_loss.min': val_loss }]).trials;
    expect(trial).toMatchObject({ values: { val_loss: 0.25 } });
    expect(foreignOfRuns([{ ...others, 'val_loss.max': '9' }], config)).toContain(
      'it has no column "val_loss"',
    );
  });

  it('is no table of a chart, which has a line for each step', () => {
    const chart = { Step: '1', 'swift-1 - val_loss': '2', 'swift-1 - val_loss__MIN': '2' };
    expect(foreignOfRuns([chart], config)).toBe(
      'it is of a chart, a line for each step. Export the table of the runs instead',
    );
  });

  it('says how each run ended; one that finished without its metric failed', () => {
    const states = ['finished', 'Crashed', 'failed', 'killed', 'preempted', 'running', 'pending'].map(
      (State) => runs([{ ...row, State }]).trials[0]?.state,
    );
    expect(states).toEqual(['complete', 'failed', 'failed', 'failed', 'failed', 'running', 'waiting']);
    for (const val_loss of ['', 'NaN', 'Infinity', '12 of 13', 'null']) {
      expect(runs([{ ...row, val_loss }]).trials[0]).not.toHaveProperty('objectives');
      expect(runs([{ ...row, val_loss }]).trials[0]?.state).toBe('failed');
    }
    expect(runs([{ ...row, State: 'crashed' }]).trials[0]).toMatchObject({ reason: 'crashed in W&B' });
  });

  it('has columns named on request, of metrics, too', () => {
    const { val_loss, 'optimizer.lr': lr, ...others } = row;
    const odd = { ...others, 'LR (initial)': lr, 'val/loss.min': val_loss };
    expect(foreignOfRuns([odd], config)).toContain('it has no column "val_loss"');
    expect(foreignOfRuns([odd], config)).toContain('--map val_loss=<column>');
    const names = { 'optimizer.lr': 'LR (initial)', val_loss: 'val/loss.min' };
    expect(runs([odd], names).trials[0]).toMatchObject({ params, objectives: [0.25] });
    expect(foreignOfRuns([odd], config, { ...names, lrr: 'Name' })).toBe(
      'the config neither tunes nor measures lrr',
    );
    expect(foreignOfRuns([row], config, { 'optimizer.lr': 'LR' })).toContain('it has no column LR');
  });

  it('brings notes and tags, when a run began and how long it took', () => {
    const [trial] = runs([
      {
        ...row,
        Notes: ' odd one ',
        Tags: 'a, b',
        Created: '2026-01-02T03:04:05.000Z',
        Runtime: '60.5',
        Sweep: 's1',
      },
    ]).trials;
    expect(trial).toMatchObject({
      marks: { note: 'odd one', tags: ['a', 'b'] },
      startedAt: '2026-01-02T03:04:05.000000+00:00',
      finishedAt: '2026-01-02T03:05:05.500000+00:00',
      attributes: { Name: 'swift-1', Sweep: 's1' },
    });
    const [endless] = runs([{ ...row, Created: '2026-01-02T03:04:05', Runtime: '1e300' }]).trials;
    expect(endless).toMatchObject({ startedAt: expect.any(String) });
    expect(endless).not.toHaveProperty('finishedAt');
    const [other] = runs([{ ...row, Notes: '-', Tags: '[]', Created: 'yesterday', Runtime: '' }]).trials;
    expect(other).not.toHaveProperty('marks');
    expect(other).not.toHaveProperty('startedAt');
    expect(runs([{ ...row, Created: '2026-01-02T03:04:05' }]).trials[0]?.startedAt).toBe(
      '2026-01-02T03:04:05.000000+00:00',
    );
  });

  it('goes on as a study: what fits is taken, what does not is named', () => {
    const found = runs([
      row,
      { ...row, 'optimizer.lr': '7' },
      { ...row, 'model.units': '' },
      { ...row, State: 'running' },
    ]);
    const continued = continueForeign(found, {
      worker: 'w',
      name: 'a',
      config,
      configFile: '/a.yaml',
      text: TEXT,
      names: {},
      source: 'runs.csv',
      at: '2026-01-02T03:04:05.000000+00:00',
    });
    if (typeof continued === 'string') throw new Error(continued);
    expect(continued.taken).toBe(1);
    expect([...continued.left.keys()]).toEqual([
      'optimizer.lr is 7 or another value that the config does not allow',
      'nothing is said of model.units',
      'had not ended there',
    ]);
  });

  it('that holds no run is refused', () => {
    expect(foreignOfRuns([], config)).toBe('there are no runs in it');
  });
});
