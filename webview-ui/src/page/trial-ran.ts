/** What a trial ran in, in a few lines for its page: machine, runtime, backend, data, and what of it differs. Pure. */
import {
  environmentDifference,
  environmentOfTrial,
  matteringText,
} from '../../../src/core/analysis/environment-diff.js';
import { formatBytes, formatValue } from '../../../src/core/format.js';
import type { Json, JsonObject } from '../../../src/core/json.js';
import type { Study, Trial } from '../../../src/core/study/trial.js';

type Line = readonly [name: string, value: string];

/** Said elsewhere on the page, in words of their own, or of no use to a reader. */
const TOLD = new Set([
  'backend',
  'command',
  'commandPid',
  'data',
  'dataNotices',
  'fallbackReason',
  'fused',
  'node',
  'os',
  'peakMemory',
  'pid',
  'platform',
  'process',
  'seed',
  'steps',
  'versions',
]);

const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const words = (...parts: readonly (Json | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== null && part !== '').join(', ');

/** Names and values in the order in which they matter; empty for a trial that has said nothing. */
export function ranIn(study: Pick<Study, 'environments'>, trial: Trial): readonly Line[] {
  const known = environmentOfTrial(study, trial);
  const { attributes } = trial;
  const [os, cpu, data] = [object(known.os), object(known.cpu), object(attributes.data)];
  const interpreter = object(known.interpreter);
  const versions = Object.entries(object(attributes.versions)).map(([name, version]) => `${name} ${version}`);
  const lines: readonly Line[] = [
    ['Computer', words(os.name ?? os.platform ?? attributes.platform, cpu.model)],
    [
      'Runtime',
      words(known.node && `Node ${known.node}`, interpreter.version && `Python ${interpreter.version}`),
    ],
    ['Backend', words(attributes.backend, ...versions)],
    ['Command', words(attributes.command)],
    ['Data', words(data.file, data.rows === undefined ? undefined : `${data.rows} rows`)],
    ['Seed', words(attributes.seed)],
  ];
  const own = Object.entries(attributes).filter(
    ([name]) => !TOLD.has(name) && !name.startsWith('sweetspot:'),
  );
  return [
    ...lines.filter(([, value]) => value !== ''),
    ...own.map(([name, value]): Line => [name, formatValue(value)]),
  ];
}

/** What may matter between two trials' environments, as a sentence; undefined where nothing of it is known. */
export function apartFrom(
  study: Pick<Study, 'environments'>,
  trial: Trial,
  other: Trial,
): string | undefined {
  const [own, theirs] = [environmentOfTrial(study, trial), environmentOfTrial(study, other)];
  if (Object.keys(own).length === 0 || Object.keys(theirs).length === 0) return undefined;
  // Each trial has a seed of its own.
  const apart = matteringText(environmentDifference(theirs, own).filter(({ path }) => path !== 'seed'));
  return apart === ''
    ? `Nothing that matters differs from trial ${other.number}, the best.`
    : `Differs from trial ${other.number}, the best, in ${apart}.`;
}

/** Bytes at its peak, in words; undefined where they were not measured. */
export const peakOf = ({ attributes }: Trial): string | undefined =>
  typeof attributes.peakMemory === 'number' ? formatBytes(attributes.peakMemory) : undefined;
