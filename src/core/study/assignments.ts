/** Values of a trial as a person types them: `lr=1e-3 units=[64, 32] name="two words"`, values in YAML's flow style. */
import { readFlowValue } from '../annotation/tune-syntax.js';
import type { Json } from '../json.js';
import type { Params } from '../space/parameter.js';
import { shortNames } from './table/table.js';

/** `lr=1e-3` as a name and a value, or what is wrong with it. */
export function readAssignment(text: string): readonly [name: string, value: Json] | string {
  const at = text.indexOf('=');
  if (at <= 0) return `\`${text}\` is not a value: write name=value, such as lr=1e-3.`;
  const read = readFlowValue(text.slice(at + 1));
  return read.ok
    ? [text.slice(0, at).trim(), read.value]
    : `The value of \`${text}\` cannot be read: ${read.message}`;
}

/** Several of them with spaces between, which do not count inside of brackets and quotes. */
export function readAssignments(line: string): Params | string {
  const parts = line.match(/(?:\[[^\]]*\]|\{[^}]*\}|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s])+/g) ?? [];
  const params: Record<string, Json> = {};
  for (const part of parts) {
    const read = readAssignment(part);
    if (typeof read === 'string') return read;
    params[read[0]] = read[1];
  }
  return params;
}

/** The values of a trial as `readAssignments` reads them, by the shortest names that tell them apart. */
export function printAssignments(params: Params): string {
  const names = shortNames(Object.keys(params));
  return Object.entries(params)
    .map(([name, value]) => `${names.get(name) ?? name}=${printed(value)}`)
    .join(' ');
}

const printed = (value: Json): string =>
  typeof value === 'string' && /^[A-Za-z_][\w./-]*$/.test(value) && readsAs(value) === value
    ? value
    : JSON.stringify(value);

function readsAs(text: string): Json | undefined {
  const read = readFlowValue(text);
  return read.ok ? read.value : undefined;
}
