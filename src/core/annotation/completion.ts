/** What may be written next in an annotation, by what stands before the cursor. Pure; the editor only shows it. */
import { PRUNER_NAMES } from '../pruners/names.js';
import { SAMPLER_NAMES } from '../samplers/names.js';
import { GOALS, NOT_YET, SWEEP_KEYS, USUAL_METRICS } from './sweep-settings.js';

export interface Completion {
  readonly label: string;
  /** In words, short. */
  readonly detail: string;
  /** A snippet as editors know it: `${1:low}` is filled in. */
  readonly snippet: string;
}

/** Settings of `@sweep` whose values are words of a list. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  metric: USUAL_METRICS,
  goal: GOALS,
  sampler: SAMPLER_NAMES,
  pruner: PRUNER_NAMES,
};

/** @param above the lines before that of the cursor @param line what stands before the cursor on its own */
export function completionsAt(above: readonly string[], line: string): readonly Completion[] {
  const value = /^\s*(?:-\s+)*(?:[^#\s][^#]*?:\s+|-\s+)(\S.*?)\s+#.*@tune\s+\w*$/.exec(line)?.[1];
  if (value !== undefined) return distributions(value);
  if (/\s#\s*@\w*$/.test(line)) {
    return [{ label: '@tune', detail: 'Search this value', snippet: '@tune ' }];
  }
  if (/^\s*#\s*@\w*$/.test(line)) {
    if (above.some((one) => /^\s*#\s*@sweep\b/.test(one))) return [];
    const snippet = `@sweep\n#   metric: \${1:val_loss}\n#   stop: {trials: \${2:50}}\n`;
    return [{ label: '@sweep', detail: 'Search the values marked with @tune', snippet }];
  }
  return inSweep(above) ? settings(line) : [];
}

/** Whether the comment that the cursor stands in began with `@sweep`. */
function inSweep(above: readonly string[]): boolean {
  const code = above.findLastIndex((one) => !/^\s*#/.test(one));
  return above.slice(code + 1).some((one) => /^\s*#\s*@sweep\b/.test(one));
}

function settings(line: string): readonly Completion[] {
  const plain = (label: string, detail: string): Completion => ({ label, detail, snippet: label });
  const key = /^\s*#\s+(\w+):\s+\w*$/.exec(line)?.[1];
  if (key !== undefined) return (VALUES[key] ?? []).map((word) => plain(word, key));
  if (!/^\s*#\s+\w*$/.test(line)) return [];
  return SWEEP_KEYS.filter((one) => !NOT_YET.includes(one)).map((one) => ({
    label: one,
    detail: 'setting of @sweep',
    snippet: `${one}: `,
  }));
}

/** Those that fit the value in the file, which every space must hold, the likeliest first. */
function distributions(value: string): readonly Completion[] {
  const own = value.replace(/[\\$}]/g, '\\$&');
  const choices: readonly Completion[] = [
    { label: 'choice', detail: 'one of these values', snippet: `choice(${own}, \${1:other})` },
  ];
  if (/^(?:true|false)$/i.test(value)) return [{ label: 'bool', detail: 'true or false', snippet: 'bool' }];
  const number = value === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) return choices;
  const bounds = number > 0 ? [number / 10, number * 10] : number < 0 ? [number * 10, 0] : [0, 1];
  const [low, high] = bounds.map((bound) => String(Number(bound.toPrecision(3))));
  const float: readonly Completion[] = [
    ...(number > 0
      ? [
          {
            label: 'float, log',
            detail: 'by orders of magnitude',
            snippet: `float(\${1:${low}}, \${2:${high}}, log)`,
          },
        ]
      : []),
    {
      label: 'float',
      detail: 'a real number between two bounds',
      snippet: `float(\${1:${low}}, \${2:${high}})`,
    },
  ];
  if (!Number.isInteger(number) || /[.e]/i.test(value)) return [...float, ...choices];
  const [from, to] = number > 0 ? [Math.max(1, Math.floor(number / 4)), number * 4] : [number, number + 10];
  return [
    { label: 'int', detail: 'a whole number between two bounds', snippet: `int(\${1:${from}}, \${2:${to}})` },
    { label: 'ordinal', detail: 'one of these values, in order', snippet: `ordinal(${own}, \${1:${to}})` },
    ...float,
    ...choices,
  ];
}
