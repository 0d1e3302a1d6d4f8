/**
 * What a line of a program's output says about the training. Ours (`::sweetspot …`) must be right; JSON objects and
 * `name=value` pairs count where they hold a metric of the study, and are the program's own business otherwise.
 */
import { parseJson } from '../../../core/study/journal/line.js';
import { type Metrics, toMetrics } from '../session.js';

const PREFIX = '::sweetspot ';

export type Line =
  | { readonly kind: 'report'; readonly step: number; readonly metrics: Metrics }
  | { readonly kind: 'values'; readonly metrics: Metrics }
  /** Of a program that does not know us; `step` as it counts, from 0 or 1, or not at all. */
  | { readonly kind: 'observed'; readonly step: number | undefined; readonly metrics: Metrics };

/** Reads what follows the prefix; NaN and Infinity may stand bare, as Python prints them. */
function parseOwn(text: string, metric: string): Line {
  const what = `The line "${PREFIX}${text}"`;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new Error(`${what} is not JSON. Print for instance ${PREFIX}{"step": 1, "${metric}": 0.5}`);
  }
  if (typeof value !== 'object' || value === null)
    return { kind: 'values', metrics: toMetrics(value, metric, what) };
  const { step, ...metrics } = value as Record<string, unknown>;
  if (step === undefined) return { kind: 'values', metrics: toMetrics(metrics, metric, what) };
  return { kind: 'report', step: Number(step), metrics: toMetrics(metrics, metric, what) };
}

/** How programs call what they count, the finest last. */
const STEPS = ['step', 'global_step', 'iteration', 'iter', 'round', 'fold', 'epoch'] as const;

function observed(found: ReadonlyMap<string, number>, wanted: readonly string[]): Line | undefined {
  if (!wanted.some((name) => found.has(name))) return undefined;
  const counter = STEPS.find((name) => Number.isInteger(found.get(name)) && !wanted.includes(name));
  const metrics = [...found].filter(
    ([name]) => !(STEPS as readonly string[]).includes(name) || wanted.includes(name),
  );
  return {
    kind: 'observed',
    step: counter === undefined ? undefined : found.get(counter),
    metrics: Object.fromEntries(metrics),
  };
}

const PAIR =
  /(?<![\w.])([A-Za-z_][\w./-]*)\s*=\s*([-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf(?:inity)?|nan))(?![\w.])/gi;

function numberOf(text: string): number {
  const word = text.toLowerCase();
  if (word.endsWith('nan')) return Number.NaN;
  if (word.includes('inf')) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(word);
}

function parseObject(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * @param wanted the study's metrics, the first objective's first
 * @throws Error for a line that begins with the prefix and is wrong
 */
export function readLine(line: string, wanted: readonly string[]): Line | undefined {
  if (line.startsWith(PREFIX)) return parseOwn(line.slice(PREFIX.length), wanted[0] ?? 'loss');
  const text = line.trim();
  if (text.startsWith('{')) {
    const value = parseObject(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const numbers = Object.entries(value).filter(
      (pair): pair is [string, number] => typeof pair[1] === 'number',
    );
    return observed(new Map(numbers), wanted);
  }
  if (!text.includes('=')) return undefined;
  const pairs = [...text.matchAll(PAIR)].map((match) => [match[1]!, numberOf(match[2]!)] as const);
  return observed(new Map(pairs), wanted);
}
