import { describe, expect, it } from 'vitest';
import { formatDuration, formatNumber, formatPercent, formatValue } from '../../src/core/format.js';

describe('formatNumber', () => {
  it.each([
    [0.1 + 0.2, '0.3'],
    [0.0912345, '0.09123'],
    [12.5, '12.5'],
    [1234.5678, '1235'],
    [123456, '123456'],
    [0, '0'],
    [-0.25, '-0.25'],
    [0.000321478, '3.215e-4'],
    [1e-5, '1e-5'],
    [2_500_000, '2.5e6'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('formatValue', () => {
  it('writes lists and mappings in flow style, text without quotes', () => {
    expect(formatValue([64, 32])).toBe('[64, 32]');
    expect(formatValue({ kind: 'adam', beta: 0.30000000000000004 })).toBe('{kind: adam, beta: 0.3}');
    expect(formatValue('relu')).toBe('relu');
    expect(formatValue(false)).toBe('false');
    expect(formatValue(null)).toBe('null');
  });

  it('marks what is not there', () => {
    expect(formatValue(undefined)).toBe('–');
  });
});

describe('formatDuration', () => {
  it.each([
    [12, '12 ms'],
    [12_345, '12.3 s'],
    [59_990, '1 m 00 s'],
    [65_000, '1 m 05 s'],
    [7_500_000, '2 h 05 m'],
    [Number.NaN, '–'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatPercent', () => {
  it('is signed and short', () => {
    expect(formatPercent(-0.5589)).toBe('−55.9 %');
    expect(formatPercent(0.04)).toBe('+4 %');
    expect(formatPercent(12.344)).toBe('+1234 %');
  });
});
