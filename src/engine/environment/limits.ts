/**
 * What a container or a batch system lets this process have of the machine, by Linux's control groups (versions 1 and 2,
 * cgroups(7)): Node counts the processors of the whole machine, of which a container may get the time of two.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

export interface Limits {
  /** Cores' worth of processor time; absent where there is no limit. */
  readonly cores?: number;
  /** Bytes; absent likewise. */
  readonly memory?: number;
}

/** Version 1 says "no limit" with a number near 2^63. */
const UNLIMITED = 2 ** 60;

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};

const numberOf = (text: string): number | undefined =>
  /^\d+$/.test(text) && Number(text) < UNLIMITED ? Number(text) : undefined;

/** `200000 100000`: microseconds out of so many; `max 100000` and `-1 100000` mean no limit. */
function coresOf(quota: string | undefined, period: string | undefined): number | undefined {
  const [part, whole] = [Number(quota), Number(period)];
  return part > 0 && whole > 0 ? part / whole : undefined;
}

/** The lowest limit of a group and of those that it is in. In a container its own group often is the top one. */
function lowest(
  top: string,
  group: string,
  limitOf: (folder: string) => number | undefined,
): number | undefined {
  const found: number[] = [];
  for (let path = group; ; path = dirname(path)) {
    const limit = limitOf(join(top, path));
    if (limit !== undefined) found.push(limit);
    if (path === '/' || path === '.') break;
  }
  return found.length > 0 ? Math.min(...found) : undefined;
}

/** @param root `/` but in tests */
export function cgroupLimits(root = '/'): Limits {
  // `0::/user.slice`, and in version 1 `4:cpu,cpuacct:/docker/…`, a line per kind of limit.
  const groups = textOf(join(root, 'proc/self/cgroup'))
    .split('\n')
    .map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const groupOf = (controller: string): string =>
    groups.find((match) => match?.[1]?.split(',').includes(controller))?.[2] ?? '/';
  const top = join(root, 'sys/fs/cgroup');
  const both = (controller: string, v2: (folder: string) => number | undefined, v1: typeof v2) =>
    lowest(top, groupOf(''), v2) ?? lowest(join(top, controller), groupOf(controller), v1);
  const cores = both(
    'cpu',
    (folder) => {
      const [quota, period] = textOf(join(folder, 'cpu.max')).split(' ');
      return coresOf(quota, period);
    },
    (folder) => coresOf(textOf(join(folder, 'cpu.cfs_quota_us')), textOf(join(folder, 'cpu.cfs_period_us'))),
  );
  const memory = both(
    'memory',
    (folder) => numberOf(textOf(join(folder, 'memory.max'))),
    (folder) => numberOf(textOf(join(folder, 'memory.limit_in_bytes'))),
  );
  return { ...(cores !== undefined && { cores }), ...(memory !== undefined && { memory }) };
}

/** Cores that this process may really use, at least one. */
export const usableCores = (limits = cgroupLimits()): number =>
  Math.max(1, Math.min(availableParallelism(), Math.ceil(limits.cores ?? Number.POSITIVE_INFINITY)));
