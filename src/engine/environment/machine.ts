/** Facts of the machine: system, processor, memory, container, threads, and the environment variables that matter. */
import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../core/json.js';
import { cgroupLimits } from './limits.js';

/** Instruction sets on which the order and the rounding of sums depend. */
const ARITHMETIC =
  /^(sse\w*|ssse3|avx\w*|fma\w*|f16c|amx\w*|neon|asimd\w*|fphp|sve\w*|sme2?(_\w+)?|bf16|i8mm|dotprod)$/;

/** Only these: an environment holds secrets. */
const ALLOWED =
  /^(OMP_\w+|MKL_\w+|OPENBLAS_\w+|NUMEXPR_\w+|VECLIB_\w+|TF_(CPP|CUDNN|DETERMINISTIC|ENABLE|FORCE|GPU|NUM|USE|XLA)_\w+|TFJS_\w+|XLA_FLAGS|CUDA_VISIBLE_DEVICES|CUDA_LAUNCH_BLOCKING|CUBLAS_WORKSPACE_CONFIG|PYTORCH_\w+|NVIDIA_VISIBLE_DEVICES|PYTHONHASHSEED|PYTHONPATH|VIRTUAL_ENV|CONDA_DEFAULT_ENV|NODE_OPTIONS|UV_THREADPOOL_SIZE|LANG|LC_ALL|TZ)$/;
/** In case somebody names a secret like a setting. */
const SECRET = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/i;

export function allowedVariables(environment: NodeJS.ProcessEnv): JsonObject {
  const allowed = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && ALLOWED.test(name) && !SECRET.test(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(allowed.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

async function flags(): Promise<readonly string[]> {
  const info = await textOf('/proc/cpuinfo');
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(info)?.[1] ?? '';
  return line
    .split(/\s+/)
    .filter((flag) => ARITHMETIC.test(flag))
    .sort();
}

/**
 * What contains this process, by the marks that each kind leaves; undefined on the machine itself.
 * @param root `/` but in tests
 */
export async function container(root = '/', variables = process.env): Promise<string | undefined> {
  const { KUBERNETES_SERVICE_HOST, SINGULARITY_NAME, APPTAINER_NAME } = variables;
  if (KUBERNETES_SERVICE_HOST !== undefined) return 'kubernetes';
  if ((await readFile(join(root, '.dockerenv')).catch(() => undefined)) !== undefined) return 'docker';
  const podman = await textOf(join(root, 'run/.containerenv'));
  if (podman !== '') return /^image="(.*)"$/m.exec(podman)?.[1] || 'podman';
  const apptainer = APPTAINER_NAME ?? SINGULARITY_NAME;
  if (apptainer !== undefined) return apptainer;
  // lxc, systemd-nspawn and others: https://systemd.io/CONTAINER_INTERFACE
  const manager = (await textOf(join(root, 'run/systemd/container'))).trim();
  if (manager !== '') return manager;
  const groups = await textOf(join(root, 'proc/1/cgroup'));
  return /(docker|kubepods|containerd|crio|lxc|garden)/.exec(groups)?.[1];
}

async function distribution(): Promise<string | undefined> {
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(await textOf('/etc/os-release'))?.[1];
}

/** @param workers trials at a time */
export async function machineFacts(workers: number): Promise<JsonObject> {
  const [arithmetic, box, name] = await Promise.all([flags(), container(), distribution()]);
  const limits = cgroupLimits();
  return {
    os: { platform: platform(), release: release(), ...(name !== undefined && { name }) },
    cpu: {
      architecture: arch(),
      model: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      ...(limits.cores !== undefined && { limit: limits.cores }),
      ...(arithmetic.length > 0 && { flags: arithmetic }),
    },
    memoryGb: Math.round(Math.min(totalmem(), limits.memory ?? Number.POSITIVE_INFINITY) / 2 ** 30),
    // One thread in each trial; what libraries of commands do beyond is in the variables.
    threads: { workers },
    node: process.versions.node,
    ...(box !== undefined && { container: box }),
    variables: allowedVariables(process.env),
  };
}
