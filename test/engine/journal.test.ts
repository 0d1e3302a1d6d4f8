import {
  appendFile,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { Journal, JournalError, loadJournal } from '../../src/engine/journal/journal.js';
import { StudyLock } from '../../src/engine/journal/lock.js';
import { project } from './support/engine.js';

const record = (n: number): JournalRecord => ({
  op_code: 8,
  worker_id: 'sweetspot-1',
  trial_id: n,
  user_attr: { text: 'é'.repeat(n % 7) },
});

async function written(n: number): Promise<string> {
  const file = join(await project({}), 'a', 'b.jsonl');
  const journal = await Journal.create(file);
  await Promise.all(Array.from({ length: n }, (_, i) => journal.append([record(i)])));
  await journal.close();
  return file;
}

async function recordsOf(file: string): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  await loadJournal(file, (one) => records.push(one));
  return records;
}

const ignore = (): void => undefined;

describe('a journal', () => {
  it('gives back what was appended, in order, however many appended at once', async () => {
    const file = await written(500);
    expect(await recordsOf(file)).toEqual(Array.from({ length: 500 }, (_, i) => record(i)));
    expect((await loadJournal(file, ignore)).torn).toHaveLength(0);
  });

  it('is never made over an existing one', async () => {
    const file = await written(1);
    await expect(Journal.create(file)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('cut at any byte keeps every whole line, and takes new ones after it', async () => {
    const file = await written(4);
    const whole = await readFile(file);
    for (let length = whole.length; length >= 0; length--) {
      await writeFile(file, whole.subarray(0, length));
      const loaded = await loadJournal(file, ignore);
      // A line that lacks nothing but its newline is whole.
      const lines =
        whole
          .subarray(0, length + 1)
          .toString('latin1')
          .split('\n').length - 1;
      expect(loaded.lines).toBe(lines);
      const journal = await Journal.continue(file, loaded);
      await journal.append([record(99)]);
      await journal.close();
      expect(await recordsOf(file)).toEqual([
        ...Array.from({ length: lines }, (_, i) => record(i)),
        record(99),
      ]);
    }
  });

  it('sets a torn tail aside', async () => {
    const file = await written(2);
    await truncate(file, (await stat(file)).size - 5);
    const journal = await Journal.continue(file, await loadJournal(file, ignore));
    await journal.close();
    const copies = (await readdir(join(file, '..'))).filter((name) => name.includes('.torn-'));
    expect(copies).toHaveLength(1);
  });

  it('refuses a file that is damaged before its end, and names the line', async () => {
    const file = await written(3);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"trial_id":1', '"trial_id":7'));
    await expect(loadJournal(file, ignore)).rejects.toThrow(JournalError);
    await expect(loadJournal(file, ignore)).rejects.toThrow(/b\.jsonl:2: the line is damaged/);
  });

  it('takes for torn, not damaged, garbage at the very end', async () => {
    const file = await written(3);
    await appendFile(file, '\0\0\0\0\n');
    expect(await recordsOf(file)).toHaveLength(3);
  });
});

describe('a full disk', () => {
  it('is waited for: no torn line, a message, and everything in its place once there is room', async () => {
    const file = await written(3);
    const journal = await Journal.continue(file, await loadJournal(file, ignore));
    const said: (string | undefined)[] = [];
    journal.waitForRoom = true;
    journal.onRoom = (problem) => said.push(problem);
    const probe = await open(file, 'r+');
    const handles = Object.getPrototypeOf(probe);
    const write = handles.write;
    // As a disk does it: half of the bytes, then the error.
    const full = vi.spyOn(handles, 'write').mockImplementation(async function (this: unknown, ...args) {
      const [bytes, from, length, at] = args as [Buffer, number, number, number];
      if (length > 20) return write.call(this, bytes, from, length >> 1, at);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    let onDisk = false;
    const appended = Promise.all([journal.append([record(3)]), journal.append([record(4)])]).then(() => {
      onDisk = true;
    });
    await vi.waitFor(() => expect(said).toHaveLength(1));
    expect(said[0]).toMatch(/^The disk is full: .*b\.jsonl cannot grow\. The study waits/);
    await new Promise((done) => setTimeout(done, 1200));
    expect(onDisk).toBe(false);
    expect(await recordsOf(file)).toHaveLength(3);
    expect((await readFile(file, 'utf8')).endsWith('\n')).toBe(true);
    full.mockRestore();
    await appended;
    await journal.close();
    await probe.close();
    expect(said).toEqual([said[0], undefined]);
    expect(await recordsOf(file)).toEqual([0, 1, 2, 3, 4].map(record));
  });

  const fullDisk = async () => {
    const probe = await open(import.meta.filename, 'r');
    const full = vi
      .spyOn(Object.getPrototypeOf(probe), 'write')
      .mockRejectedValue(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
    await probe.close();
    return full;
  };

  it('is an error like any other once nobody wants to wait', async () => {
    const file = await written(1);
    const journal = await Journal.continue(file, await loadJournal(file, ignore));
    journal.waitForRoom = true;
    const full = await fullDisk();
    const appended = journal.append([record(1)]);
    journal.waitForRoom = false;
    await expect(appended).rejects.toThrow(/^The disk is full: .*b\.jsonl cannot grow\. Make room/);
    full.mockRestore();
    await journal.close();
    expect(await recordsOf(file)).toEqual([record(0)]);
  });

  it('that lost a line takes no later one, which would be read as another trial', async () => {
    const file = await written(1);
    const journal = await Journal.continue(file, await loadJournal(file, ignore));
    const full = await fullDisk();
    await expect(journal.append([record(1)])).rejects.toThrow('cannot grow');
    full.mockRestore();
    for (let again = 0; again < 3; again++)
      await expect(journal.append([record(2)])).rejects.toThrow('cannot grow');
    // What the study knows is not on disk: nothing may be made of it, a snapshot least of all.
    expect(journal.idle).toBe(false);
    await journal.close();
    expect(await recordsOf(file)).toEqual([record(0)]);
  });

  it('begins no study', async () => {
    const folder = await project({});
    const full = await fullDisk();
    await expect(Journal.create(join(folder, 'a.jsonl'), [record(0)])).rejects.toThrow('cannot grow');
    full.mockRestore();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the lock of a study', () => {
  it('has one holder, and is free again when it is released', async () => {
    const journal = join(await project({}), 'a.jsonl');
    const first = await StudyLock.acquire(journal);
    if (first.kind !== 'held') throw new Error(first.message);
    expect(await StudyLock.acquire(journal)).toMatchObject({
      kind: 'busy',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await first.lock.release();
    const second = await StudyLock.acquire(journal);
    expect(second.kind).toBe('held');
    if (second.kind === 'held') await second.lock.release();
  });

  it('is one, whichever path leads to the journal', async () => {
    const folder = await project({ 'real/a.yaml': '' });
    await symlink(join(folder, 'real'), join(folder, 'link'), 'junction');
    const first = await StudyLock.acquire(join(folder, 'real', 'a.jsonl'));
    if (first.kind !== 'held') throw new Error(first.message);
    expect(await StudyLock.acquire(join(folder, 'link', 'a.jsonl'))).toMatchObject({ kind: 'busy' });
    await first.lock.release();
  });

  it('has an address that a socket may have, however long the path of the temporary folder', async () => {
    const folder = await project({ [`${'deep/'.repeat(25)}x`]: '' });
    vi.stubEnv('TMPDIR', join(folder, 'deep/'.repeat(25)));
    const held = await StudyLock.acquire(join(folder, 'a.jsonl'));
    vi.unstubAllEnvs();
    if (held.kind !== 'held') throw new Error(held.message);
    expect(Buffer.byteLength(held.lock.socket)).toBeLessThanOrEqual(103);
    await held.lock.release();
  });

  it('is let go when it cannot be written down', async () => {
    const folder = await project({ 'a.lock/in-the-way': '' });
    const journal = join(folder, 'a.jsonl');
    await expect(StudyLock.acquire(journal)).rejects.toThrow(/cannot be written: EISDIR.*must be writable/);
    await rm(join(folder, 'a.lock'), { recursive: true });
    const again = await StudyLock.acquire(journal);
    expect(again.kind).toBe('held');
    if (again.kind === 'held') await again.lock.release();
  });

  it('does not take over a study that another machine is at', async () => {
    const folder = await project({});
    const lock = { pid: 1, host: 'elsewhere', startedAt: '2026-01-01T00:00:00Z', socket: '' };
    await writeFile(join(folder, 'a.lock'), JSON.stringify(lock));
    expect(await StudyLock.acquire(join(folder, 'a.jsonl'))).toMatchObject({
      kind: 'busy',
      message: expect.stringMatching(/elsewhere is at work.*delete that file/),
    });
  });
});
