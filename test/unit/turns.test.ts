import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/engine/trial/turns.js';

/** Work that notes its beginning and its end, and ends when told. */
function work(name: string, log: string[]) {
  let end = (): void => undefined;
  const ended = new Promise<void>((done) => {
    end = done;
  });
  const run = async (): Promise<void> => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
  };
  return { run, end };
}

const turnOfTheLoop = () => new Promise((done) => setImmediate(done));

describe('turns in a process', () => {
  it('lets those that share run side by side, and one that does not by itself, in the order of asking', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => work(name, log)) as ReturnType<typeof work>[];
    const all = [turns.shared(a!.run), turns.shared(b!.run), turns.alone(c!.run), turns.shared(d!.run)];
    await turnOfTheLoop();
    expect(log).toEqual(['a begins', 'b begins']);
    b!.end();
    a!.end();
    await turnOfTheLoop();
    expect(log.slice(2)).toEqual(['b ends', 'a ends', 'c begins']);
    d!.end();
    c!.end();
    await Promise.all(all);
    expect(log.slice(5)).toEqual(['c ends', 'd begins', 'd ends']);
  });

  it('goes on after one that fails', async () => {
    const turns = new Turns();
    const failed = turns.alone(() => Promise.reject(new Error('no')));
    const after = turns.shared(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await after).toBe('yes');
  });
});
