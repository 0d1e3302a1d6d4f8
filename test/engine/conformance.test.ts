/**
 * One contract over all backends: whatever is trained on the embedded one gives what native TensorFlow gives, and what the
 * plain cpu backend of TensorFlow.js gives. Each runs in a process of its own, at the same time.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES } from './conformance/cases.js';
import type { Findings } from './conformance/findings.js';
import { STOCK_CASES } from './conformance/stock.js';

const ROOT = resolve(import.meta.dirname, '../..');
/** Largest difference between backends, in parts of the largest number compared, or of 1 where that is less. */
const TOLERANCE = 1e-4;
/** Slopes are taken in single precision over a step that curvature shows in. */
const SLOPE_TOLERANCE = 5e-3;

/** SWEETSPOT_NATIVE_TFJS names a folder that has tfjs-node, for other platforms. */
const isNativeSupported =
  (process.platform === 'linux' && process.arch === 'x64') || Boolean(process.env.SWEETSPOT_NATIVE_TFJS);

type Kind = 'embedded' | 'cpu' | 'native';
const BACKENDS = { embedded: 'wasm', cpu: 'cpu', native: 'tensorflow' } as const;
/** Where tfjs-node has no binaries on npm, its part is left out: loudly, since these names then say so. */
const KINDS: readonly Kind[] = isNativeSupported ? ['embedded', 'cpu', 'native'] : ['embedded', 'cpu'];

let folder: string;
const found = {} as Record<Kind, Findings>;

/** Runs one of the project's scripts and returns what it prints. */
async function script(name: string, ...args: readonly string[]): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [join(ROOT, 'scripts', name), ...args], { maxBuffer: 64e6 });
  return stdout.trim();
}

beforeAll(async () => {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  // In the project, from where the WebAssembly binary is found.
  folder = await mkdtemp(join(ROOT, '.cache', 'conformance-'));
  const program = join(folder, 'run.mjs');
  const [native] = await Promise.all([
    isNativeSupported ? script('native-tfjs.mjs') : undefined,
    script('node-bundle.mjs', join(import.meta.dirname, 'conformance/run.ts'), program),
  ]);
  await Promise.all(
    KINDS.map(async (kind) => {
      const file = join(folder, `${kind}.json`);
      const args = [program, kind, file, ...(kind === 'native' && native ? [native] : [])];
      await promisify(execFile)(process.execPath, args, { maxBuffer: 64e6 });
      found[kind] = JSON.parse(await readFile(file, 'utf8')) as Findings;
    }),
  );
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** In parts of the largest number, or of 1. A number that is not finite, on either side, counts as wrong. */
function difference(ours: readonly (number | null)[], theirs: readonly (number | null)[]): number {
  expect(ours.length).toBe(theirs.length);
  let worst = 0;
  let scale = 1;
  for (const [i, value] of ours.entries()) {
    const other = theirs[i];
    if (value === null || other == null) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, Math.abs(value - other));
    scale = Math.max(scale, Math.abs(other));
  }
  return worst / scale;
}

const NAMES = [...CASES.map(({ name }) => name), ...STOCK_CASES.map(({ name }) => name)];
const wrongOn = (name: string, kind: Kind): string | undefined => {
  const reasons = CASES.find((one) => one.name === name)?.wrongOn;
  return kind === 'embedded' ? undefined : reasons?.[kind];
};

it('has a name of its own for each case', () => {
  expect(new Set(NAMES).size).toBe(NAMES.length);
});

if (!isNativeSupported) {
  it.skip(
    `native TensorFlow, NOT compared: tfjs-node from npm alone exists for linux-x64 only, this is ${process.platform}-${process.arch}`,
  );
}

describe.each(KINDS)('%s', (kind) => {
  it('really computes on it', () => {
    expect(found[kind].backend).toBe(BACKENDS[kind]);
  });

  it.each(NAMES)('%s: trains, and its gradients are the slopes of the loss', (name) => {
    const finding = found[kind].findings[name]!;
    expect(finding.error).toBeUndefined();
    expect(finding.losses).toHaveLength(3);
    if (!wrongOn(name, kind)) expect(finding.slopeError).toBeLessThan(SLOPE_TOLERANCE);
  });
});

describe.each(KINDS.filter((kind) => kind !== 'embedded'))('embedded beside %s', (kind) => {
  it.each(NAMES.filter((name) => !wrongOn(name, kind)))('%s: same losses and weights', (name) => {
    const ours = found.embedded.findings[name]!;
    const theirs = found[kind].findings[name]!;
    expect(difference(ours.losses, theirs.losses)).toBeLessThan(TOLERANCE);
    expect(difference(ours.weights, theirs.weights)).toBeLessThan(TOLERANCE);
  });
});
