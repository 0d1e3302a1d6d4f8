import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import type { Json } from '../../src/core/json.js';
import { checkSpace } from '../../src/engine/trial/space-check.js';

let files = 0;

/** A file of its own each time: a space is checked once in a process. */
function check(model: string, rest = '', configFile = `case${files++}.yaml`): void {
  const configText = `# @sweep
#   metric: loss
data: {csv: a.csv, target: y}
model:
  task: classification
${model.replace(/^/gm, '  ')}
${rest}`;
  const { config, diagnostics } = parseConfig(configText);
  expect(diagnostics).toEqual([]);
  checkSpace({ config: config!.data as Json, configText, configFile });
}

function messageOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('the space of a declarative config, before the first trial', () => {
  it('passes where every choice and both ends of every range can be trained with', () => {
    check('units: [8]  # @tune choice([8], [4, 4])\ndropout: 0.1  # @tune float(0, 0.9)');
    check('kind: tree  # @tune choice(tree, forest)\ndepth: 3  # @tune int(1, 5)');
    check('units: 8  # @tune int(1, 99)\nnormalization: none  # @tune choice(none, batch)');
  });

  it.each([
    [
      'units: [8]\nactivation: relu  # @tune choice(relu, tanh, rleu)',
      '7: model.activation must be one of',
      '"rleu"',
    ],
    [
      'units: [8]\ndropout: 0.1  # @tune float(0, 1)',
      '7: model.dropout must be a number from 0 up to',
      'it is 1.',
    ],
    ['units: 8  # @tune int(0, 16)', '6: model.units must be', 'it is 0.'],
    ['kind: forest\ndepth: 2  # @tune int(0, 5)', '7: model.depth must be', 'it is 0.'],
  ])('names the value that cannot be, its line and the remedy: %s', (model, place, value) => {
    const file = `bad${files++}.yaml`;
    const message = messageOf(() => check(model, '', file));
    expect(message).toContain(`${file}:${place}`);
    expect(message).toContain(value);
    expect(message).toMatch(/Take that value out of its @tune\.$/);
  });

  it('leaves to the trial what is wrong without any of them', () => {
    check('units: [8]  # @tune choice([8], [0])\nactivation: nothing');
  });
});
