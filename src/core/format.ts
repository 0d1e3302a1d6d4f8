/**
 * Numbers, values and durations as people read them: the one place where they become text, for the page, the tree, the
 * status bar and the terminal. Not for files: what is written back into a config keeps every digit.
 */
import type { Json } from './json.js';

/** What stands where there is nothing to show. */
export const NOTHING = '–';

/** Four significant digits unless told; whole numbers below a million as they are; exponents for tiny and huge. */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size < 1e-3 || size >= 1e6) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
    return `${trimZeros(mantissa)}e${Number(exponent)}`;
  }
  return trimZeros(value.toPrecision(Math.max(digits, Math.floor(Math.log10(size)) + 1)));
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** A parameter's value: numbers short, text without quotes, lists and mappings in flow style. */
export function formatValue(value: Json | undefined): string {
  if (value === undefined) return NOTHING;
  if (value === null) return 'null';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}: ${formatValue(item)}`)
    .join(', ')}}`;
}

/** `840 ms`, `12.3 s`, `1 m 05 s`, `2 h 05 m`, from milliseconds. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return NOTHING;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** A signed percentage, `−55.9 %`, from a fraction. */
export function formatPercent(fraction: number): string {
  if (!Number.isFinite(fraction)) return NOTHING;
  const percent = Math.abs(fraction * 100);
  const text = percent >= 1000 ? String(Math.round(percent)) : trimZeros(percent.toPrecision(3));
  return `${fraction < 0 ? '−' : '+'}${text} %`;
}

/** `840 B`, `12.3 kB`, `1.05 GB`, from bytes. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${formatNumber(Number(size.toPrecision(3)))} ${units[unit]}`;
}
