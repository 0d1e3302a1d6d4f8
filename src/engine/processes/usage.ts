/**
 * How much processor and memory the engine and everything it started take, users' own programs included: read from
 * /proc on Linux and from `ps` on macOS. Elsewhere nothing is said rather than something wrong.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { EngineUsage } from '../../protocol/engine.js';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Processor time so far, in seconds. */
  readonly cpu: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** `USER_HZ`, which Linux fixes for programs at 100. */
const TICKS = 100;
/** Bytes of a page where the system does not say: on ARM and POWER it may be 16 or 64 kB. */
const PAGE = 4096;
/** `AT_PAGESZ` of the auxiliary vector (getauxval(3)). */
const PAGE_SIZE = 6n;

/** The size of a page of memory by /proc/PID/auxv of a 64-bit system: pairs of a kind and a value. */
export function pageSizeOf(auxv: Buffer): number {
  for (let at = 0; at + 16 <= auxv.length; at += 16) {
    if (auxv.readBigUInt64LE(at) === PAGE_SIZE) return Number(auxv.readBigUInt64LE(at + 8));
  }
  return PAGE;
}

let pageSize: Promise<number> | undefined;

/** Measures between one call and the next. */
export class UsageMeter {
  #before: { readonly at: number; readonly cpu: ReadonlyMap<number, number> } | undefined;

  constructor(private readonly root: number) {}

  /** undefined at the first call, and where the system does not say. */
  async measure(): Promise<EngineUsage | undefined> {
    const rows = await processRows();
    if (!rows) return undefined;
    const family = familyOf(this.root, rows);
    const at = performance.now();
    const before = this.#before;
    this.#before = { at, cpu: new Map(family.map(({ pid, cpu }) => [pid, cpu])) };
    if (!before) return undefined;
    const seconds = (at - before.at) / 1000;
    const spent = family.reduce(
      (sum, { pid, cpu }) => sum + Math.max(0, cpu - (before.cpu.get(pid) ?? 0)),
      0,
    );
    return {
      cores: Math.round((spent / seconds) * 100) / 100,
      memory: family.reduce((sum, { memory }) => sum + memory, 0),
    };
  }
}

/** A process and all that descend from it. */
export function familyOf(root: number, rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const children = new Map<number, ProcessRow[]>();
  for (const row of rows) {
    const others = children.get(row.parent);
    if (others) others.push(row);
    else children.set(row.parent, [row]);
  }
  const family = rows.filter(({ pid }) => pid === root);
  for (const member of family) family.push(...(children.get(member.pid) ?? []));
  return family;
}

/** Every process of this machine; undefined where the system does not say. */
export async function processRows(): Promise<readonly ProcessRow[] | undefined> {
  try {
    if (process.platform === 'linux') return await fromProc();
    if (process.platform === 'darwin') return await fromPs();
  } catch {
    // A system that hides other processes.
  }
  return undefined;
}

async function fromProc(): Promise<readonly ProcessRow[]> {
  pageSize ??= readFile('/proc/self/auxv').then(pageSizeOf, () => PAGE);
  const page = await pageSize;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid) => parseStat(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''), page)),
  );
  return rows.filter((row) => row !== undefined);
}

/** One line of /proc/PID/stat (proc(5)), with the bytes of a page: the name, second, is in parentheses and may hold anything. */
export function parseStat(line: string, page = PAGE): ProcessRow | undefined {
  const end = line.lastIndexOf(')');
  if (end < 0) return undefined;
  const fields = line.slice(end + 2).split(' ');
  const [parent, user, system, pages] = [fields[1], fields[11], fields[12], fields[21]].map(Number);
  return {
    pid: Number.parseInt(line, 10),
    parent: parent ?? 0,
    cpu: ((user ?? 0) + (system ?? 0)) / TICKS,
    memory: (pages ?? 0) * page,
  };
}

async function fromPs(): Promise<readonly ProcessRow[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,time=']);
  return stdout.split('\n').flatMap((line) => parsePs(line) ?? []);
}

/** `  123   1   4567  1:02.50`: kilobytes, and minutes with seconds, whose point may be a comma by the locale. */
export function parsePs(line: string): ProcessRow | undefined {
  const [pid, parent, kilobytes, time] = line.trim().split(/\s+/);
  if (pid === undefined || time === undefined) return undefined;
  const cpu = time
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return { pid: Number(pid), parent: Number(parent), cpu, memory: Number(kilobytes) * 1024 };
}
