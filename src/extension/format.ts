/** Numbers and values as the editor's own surfaces print them: short, exact enough to tell trials apart. */
import type { Json } from '../core/json.js';
import type { Distribution } from '../core/space/parameter.js';

/** Four significant digits; exponents below 0.0001 and from a million on. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(2).replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}

export function formatValue(value: Json | undefined): string {
  if (value === undefined) return '–';
  if (typeof value === 'number') return formatNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `float(0.0001, 0.1, log)`: the distribution as the annotation language writes it. */
export function formatDistribution(distribution: Distribution): string {
  switch (distribution.type) {
    case 'float':
    case 'int': {
      const { type, low, high, log, step } = distribution;
      const more = `${log ? ', log' : ''}${step === undefined ? '' : `, step=${step}`}`;
      return `${type}(${low}, ${high}${more})`;
    }
    case 'categorical':
      return `choice(${distribution.choices.map(formatValue).join(', ')})`;
    case 'ordinal':
      return `ordinal(${distribution.choices.map(formatValue).join(', ')})`;
    case 'bool':
      return 'bool';
  }
}

/** `1 trial`, `3 trials`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
