import { describe, expect, it } from 'vitest';
import { completionsAt } from '../../src/core/annotation/completion.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';

const labels = (line: string, above: readonly string[] = []) =>
  completionsAt(above, line).map(({ label }) => label);
/** As an editor writes a snippet whose places are left as they are. */
const written = (snippet: string) =>
  snippet.replace(/(?<!\\)\$\{\d:([^}]*)\}/g, '$1').replace(/\\([\\$}])/g, '$1');

describe('what may be written next', () => {
  it('is @sweep in a comment of its own, once, and @tune behind a value', () => {
    expect(labels('# @')).toEqual(['@sweep']);
    expect(labels('# @', ['# @sweep', 'x: 1'])).toEqual([]);
    expect(labels('lr: 0.1  # @t')).toEqual(['@tune']);
  });

  it('are the settings of @sweep in its block, and the words that a setting knows', () => {
    expect(labels('#   ', ['# @sweep', '#   metric: val_loss'])).toContain('sampler');
    expect(labels('#   ', ['# notes'])).toEqual([]);
    expect(labels('#   sampler: ', ['# @sweep'])).toContain('tpe');
    expect(labels('#   goal: m', ['# @sweep'])).toEqual(['minimize', 'maximize']);
    expect(labels('#   seed: ', ['# @sweep'])).toEqual([]);
  });

  it('are the distributions that suit the value, the likeliest first', () => {
    expect(labels('  lr: 1e-3  # @tune ')).toEqual(['float, log', 'float', 'choice']);
    expect(labels('- 32  # the width @tune i')[0]).toBe('int');
    expect(labels('flag: true  # @tune ')).toEqual(['bool']);
    expect(labels('name: adam  # @tune ')).toEqual(['choice']);
  });

  it.each([
    '0.001',
    '0',
    '0.0',
    '-3',
    '-0.5',
    '32',
    '1',
    'true',
    'adam',
    '[64, 32]',
    '{a: 1}',
    '"a b"',
    '1e-300',
  ])('is a space that holds the value %s as soon as it is chosen', (value) => {
    for (const { snippet } of completionsAt([], `x: ${value} # @tune `)) {
      const text = `# @sweep\n#   metric: loss\nx: ${value} # @tune ${written(snippet)}\n`;
      expect([text, ...parseConfig(text).diagnostics.filter(({ severity }) => severity === 'error')]).toEqual(
        [text],
      );
    }
  });
});
