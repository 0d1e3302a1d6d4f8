/**
 * Prints one value as YAML that stands on one line after a key or a dash. What is printed reads back as exactly the
 * same value.
 */
import { stringify } from 'yaml';
import type { Json, JsonObject } from '../json.js';

/** How the value that is replaced was written. */
export interface ValueStyle {
  readonly quotes: 'PLAIN' | 'QUOTE_SINGLE' | 'QUOTE_DOUBLE';
  /** Spaces inside the brackets of a list or mapping. */
  readonly padding: string;
  /** Whole numbers get `.0`, so that readers with typed numbers keep reading a real number. */
  readonly real: boolean;
  /** Numbers below a hundredth get an exponent, as the one that they replace has. */
  readonly exponent: boolean;
}

/** Of values that stand in no file. */
export const PLAIN_STYLE: ValueStyle = { quotes: 'PLAIN', padding: '', real: false, exponent: false };

/** The style of a value as it stands in the file. */
export function styleOf(source: string, isFloat: boolean): ValueStyle {
  const quote = /^(?:["']|[[{](?:[^"']*?[[{,:])?\s*["'])/.exec(source)?.[0].at(-1);
  return {
    quotes: quote === '"' ? 'QUOTE_DOUBLE' : quote === "'" ? 'QUOTE_SINGLE' : 'PLAIN',
    padding: /^[[{] /.test(source) ? ' ' : '',
    real: isFloat && /^[-+]?[\d.]+(?:[eE][-+]?\d+)?$/.test(source) && /[.eE]/.test(source),
    exponent: /^[-+]?[\d.]+[eE][-+]?\d+$/.test(source),
  };
}

/** One line of YAML without the line's end. */
export function printValue(value: Json, style: ValueStyle): string {
  return print(value, style, false);
}

function print(value: Json, style: ValueStyle, inFlow: boolean): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return printNumber(value, style);
  if (typeof value === 'string') return printString(value, style.quotes, inFlow);
  const wrap = (open: string, items: readonly string[], close: string): string =>
    items.length === 0 ? open + close : `${open}${style.padding}${items.join(', ')}${style.padding}${close}`;
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    return wrap(
      '[',
      items.map((item) => print(item, { ...style, real: false }, true)),
      ']',
    );
  }
  const entries = Object.entries(value as JsonObject);
  return wrap(
    '{',
    entries.map(([key, item]) => `${printKey(key)}: ${print(item, { ...style, real: false }, true)}`),
    '}',
  );
}

/** The shortest digits that read back exactly. An exponent gets a point, without which YAML 1.1 readers see a text. */
function printNumber(value: number, { real, exponent }: ValueStyle): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const size = Math.abs(value);
  const text = Object.is(value, -0)
    ? '-0'
    : exponent && size > 0 && size < 0.01
      ? value.toExponential()
      : String(value);
  if (text.includes('e') && !text.includes('.')) return text.replace('e', '.0e');
  return real && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Characters that some readers of YAML take for a line break, or do not accept as they are. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u;

function printString(value: string, quotes: ValueStyle['quotes'], inFlow: boolean): string {
  if (UNSAFE.test(value)) return printEscaped(value);
  const options = {
    defaultStringType: quotes,
    lineWidth: 0,
    blockQuote: false,
    collectionStyle: 'flow',
  } as const;
  if (!inFlow) return stringify(value, options).replace(/\n$/, '');
  return stringify([value], { ...options, flowCollectionPadding: false })
    .trimEnd()
    .slice(1, -1);
}

const printEscaped = (value: string): string =>
  JSON.stringify(value).replace(
    /[\x7f-\x9f\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const printKey = (key: string): string =>
  /^[A-Za-z_][\w-]*$/.test(key) && !RESERVED.test(key) ? key : JSON.stringify(key);
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
