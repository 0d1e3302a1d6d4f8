import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { forgetPeak, ownPeak, parsePeak, watchPeak } from '../../src/engine/processes/peak-memory.js';

const MEGABYTE = 2 ** 20;
const KNOWS_OTHERS = process.platform === 'linux' || process.platform === 'darwin';
if (process.platform !== 'linux')
  console.warn('\n  NOT TESTED: the peak memory of one trial of several, which only Linux tells.\n');

describe('the memory of a trial', () => {
  it('is read from the kernel’s own account', () => {
    expect(parsePeak('Name:\tnode\nVmPeak:\t  999 kB\nVmHWM:\t   45056 kB\nVmRSS:\t 1 kB\n')).toBe(
      44 * MEGABYTE,
    );
    expect(parsePeak('Name:\tkthreadd\n')).toBeUndefined();
  });

  it.skipIf(process.platform !== 'linux')('is that of this trial, not of one before it', async () => {
    let big: Buffer | undefined = Buffer.alloc(200 * MEGABYTE, 1);
    const before = await ownPeak();
    expect(before).toBeGreaterThan(big.length);
    big = undefined;
    (globalThis as { gc?: () => void }).gc?.();
    await forgetPeak();
    expect(await ownPeak()).toBeLessThanOrEqual(before);
  });

  it.skipIf(!KNOWS_OTHERS)('is that of a program and all that it starts', async () => {
    const inner = `const kept = Buffer.alloc(${150 * MEGABYTE}, 1); setTimeout(() => kept, 1200)`;
    const outer = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'ignore' })`;
    const child = spawn(process.execPath, ['-e', outer], { stdio: 'ignore' });
    const watched = watchPeak(child.pid!);
    await once(child, 'exit');
    expect(watched.end()).toBeGreaterThan(150 * MEGABYTE);
  });

  it('is not said of a program that was over before anybody looked', () => {
    expect(watchPeak(process.pid).end()).toBeUndefined();
  });
});
