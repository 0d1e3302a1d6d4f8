/** What contains us, and what it leaves us of the machine. The files are those that real containers show (cgroups(7)). */
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { cgroupLimits, usableCores } from '../../src/engine/environment/limits.js';
import { container } from '../../src/engine/environment/machine.js';
import { project } from './support/engine.js';

const limitsOf = async (files: Readonly<Record<string, string>>) => cgroupLimits(await project(files));

describe('limits', () => {
  it('of a container with version 2 of the groups, whose own is the top one', async () => {
    expect(
      await limitsOf({
        'proc/self/cgroup': '0::/\n',
        'sys/fs/cgroup/cpu.max': '150000 100000\n',
        'sys/fs/cgroup/memory.max': '2147483648\n',
      }),
    ).toEqual({ cores: 1.5, memory: 2 ** 31 });
  });

  it('of a container with version 1', async () => {
    expect(
      await limitsOf({
        'proc/self/cgroup': '5:cpu,cpuacct:/docker/1f\n4:memory:/docker/1f\n',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '400000\n',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '1073741824\n',
      }),
    ).toEqual({ cores: 4, memory: 2 ** 30 });
  });

  it('are the lowest of all groups that a process is in', async () => {
    expect(
      await limitsOf({
        'proc/self/cgroup': '0::/batch.slice/job_7/step_0\n',
        'sys/fs/cgroup/batch.slice/cpu.max': 'max 100000\n',
        'sys/fs/cgroup/batch.slice/job_7/cpu.max': '200000 100000\n',
        'sys/fs/cgroup/batch.slice/job_7/memory.max': '4294967296\n',
        'sys/fs/cgroup/batch.slice/job_7/step_0/memory.max': 'max\n',
      }),
    ).toEqual({ cores: 2, memory: 2 ** 32 });
  });

  it('are none where nothing is limited, or there are no groups', async () => {
    const unlimited = {
      'proc/self/cgroup': '3:cpu:/\n2:memory:/\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    };
    expect(await limitsOf(unlimited)).toEqual({});
    expect(await limitsOf({})).toEqual({});
  });

  it('decide how many trials run at a time, and leave at least one core', () => {
    expect(usableCores({})).toBe(availableParallelism());
    expect(usableCores({ cores: 0.5 })).toBe(1);
    expect(usableCores({ cores: 1000 })).toBe(availableParallelism());
  });
});

describe('a container', () => {
  const named = async (files: Readonly<Record<string, string>>, variables: NodeJS.ProcessEnv = {}) =>
    container(await project(files), variables);

  it('is told by the marks of each kind', async () => {
    expect(await named({ '.dockerenv': '' })).toBe('docker');
    expect(await named({ 'run/.containerenv': 'engine="podman-5"\nimage="quay.io/a/b:1"\n' })).toBe(
      'quay.io/a/b:1',
    );
    expect(await named({ 'run/.containerenv': ' ' })).toBe('podman');
    expect(await named({ 'run/systemd/container': 'lxc\n' })).toBe('lxc');
    expect(await named({ 'proc/1/cgroup': '1:cpu:/kubepods/burstable/pod1\n' })).toBe('kubepods');
    expect(await named({}, { KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toBe('kubernetes');
    expect(await named({}, { APPTAINER_NAME: 'torch.sif' })).toBe('torch.sif');
    expect(await named({ 'proc/1/cgroup': '0::/init.scope\n' })).toBeUndefined();
  });
});
