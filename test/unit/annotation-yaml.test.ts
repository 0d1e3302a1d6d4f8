/** Reading annotated YAML: what a correct file means. What is wrong with a wrong one is in annotation-errors.test.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyValues } from '../../src/core/annotation/edit.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';

const iris = readFileSync(new URL('../../examples/iris/iris.yaml', import.meta.url), 'utf8');

describe('the iris example', () => {
  const { config, diagnostics } = parseConfig(iris);

  it('has nothing to complain about', () => {
    expect(diagnostics).toEqual([]);
  });

  it('makes the space its annotations say, in the order of the file', () => {
    expect(config?.space).toEqual({
      'model.units': { type: 'categorical', choices: [[16], [32], [64], [32, 16]] },
      'model.activation': { type: 'categorical', choices: ['relu', 'tanh', 'elu'] },
      'model.dropout': { type: 'float', low: 0, high: 0.5 },
      'optimizer.name': { type: 'categorical', choices: ['sgd', 'momentum', 'rmsprop', 'adam'] },
      'optimizer.learningRate': { type: 'float', low: 1e-4, high: 0.1, log: true },
      'optimizer.momentum': {
        type: 'float',
        low: 0.5,
        high: 0.99,
        when: { param: 'optimizer.name', in: ['momentum'] },
      },
      'training.epochs': { type: 'int', low: 10, high: 60 },
      'training.batchSize': { type: 'ordinal', choices: [8, 16, 32, 64] },
    });
    expect(Object.keys(config?.space ?? {})).toHaveLength(8);
  });

  it('fills in the settings that the block leaves out', () => {
    expect(config?.sweep).toEqual({
      trainer: { kind: 'declarative' },
      objectives: [{ metric: 'val_loss', direction: 'minimize' }],
      stop: { trials: 40 },
      sampler: 'auto',
      pruner: 'none',
    });
  });

  it('knows the values of the file, active or not', () => {
    expect(config?.baseline).toEqual({
      'model.units': [32],
      'model.activation': 'relu',
      'model.dropout': 0.1,
      'optimizer.name': 'adam',
      'optimizer.learningRate': 0.001,
      'optimizer.momentum': 0.9,
      'training.epochs': 30,
      'training.batchSize': 16,
    });
  });

  it('is edited where its values stand, and nowhere else', () => {
    const { text } = applyValues(iris, config?.tuned ?? [], {
      'model.units': [32, 16],
      'optimizer.name': 'momentum',
      'optimizer.learningRate': 0.0031622776601683794,
      'training.epochs': 30,
    });
    expect(text).toBe(
      iris
        .replace('units: [32]  ', 'units: [32, 16]  ')
        .replace('name: adam', 'name: momentum')
        .replace('learningRate: 1e-3', 'learningRate: 0.0031622776601683794'),
    );
  });
});
