/** Words of the editor's own surfaces: distributions and counts. Numbers and values are printed by core/format.ts. */
import { formatValue } from '../core/format.js';
import type { Distribution } from '../core/space/parameter.js';
import type { Trial } from '../core/study/trial.js';

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

/** `units [32] · dropout 0.1`. @param names what to call each parameter, where that is not its name */
export const paramsText = ({ params }: Trial, names: ReadonlyMap<string, string>): string =>
  Object.entries(params)
    .map(([name, value]) => `${names.get(name) ?? name} ${formatValue(value)}`)
    .join(' · ');

const SPANS = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `3 minutes ago`. Both in milliseconds since 1970. */
export function since(at: number, now: number): string {
  for (const [unit, length] of SPANS) {
    const number = Math.floor((now - at) / length);
    if (number >= 1) return `${count(number, unit)} ago`;
  }
  return 'just now';
}
