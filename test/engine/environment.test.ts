/** What is captured of the machine, the project and the interpreter; kept once per run; shown by `sweetspot env`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { TrainerSpec } from '../../src/core/annotation/annotated-config.js';
import { captureEnvironment } from '../../src/engine/environment/capture.js';
import { condaPackages } from '../../src/engine/environment/conda.js';
import { gpuFacts } from '../../src/engine/environment/gpu.js';
import { allowedVariables } from '../../src/engine/environment/machine.js';
import { cli, project } from './support/engine.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   stop: {trials: 2}
#   workers: 1
x: 0.5   # @tune float(0, 1)
`;
const TRAIN = `import { bowl } from './bowl.js';
export default async (config) => ({ score: bowl(config.x) });`;
const FILES = {
  'a.yaml': CONFIG,
  'train.js': TRAIN,
  'bowl.js': 'export const bowl = (x) => -((x - 0.25) ** 2);',
};

const capture = (folder: string, trainer: TrainerSpec = { kind: 'module', file: './train.js' }) =>
  captureEnvironment({ configFile: join(folder, 'a.yaml'), trainer, workers: 1 }, '2026-01-01T00:00:00Z');
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder });

const METADATA = (name: string): string => `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`;

const withoutPython = !process.env.CI && spawnSync('python3', ['-V']).status !== 0;
if (withoutPython)
  console.warn('\n  NOT TESTED: what is recorded of Python, for there is no python3 here.\n');

const onWindows = process.platform === 'win32';
if (onWindows)
  console.warn(
    '\n  NOT TESTED: what stands in for Python, poetry and the tools of GPUs are shell scripts.\n',
  );

describe('captureEnvironment', () => {
  it('hashes the trainer with what it imports, so that a change of either is seen', async () => {
    const folder = await project(FILES);
    const before = await capture(folder);
    expect(before.facts.trainer).toMatchObject({
      files: { 'train.js': expect.any(String), 'bowl.js': expect.any(String) },
    });
    expect((await capture(folder)).id).toBe(before.id);
    await writeFile(join(folder, 'bowl.js'), 'export const bowl = () => 0;');
    expect((await capture(folder)).id).not.toBe(before.id);
  });

  it('names the commit and the hash of what was changed since', async () => {
    const folder = await project({ ...FILES, 'package-lock.json': '{}' });
    git(folder, 'init', '-q');
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'first');
    const clean = (await capture(folder)).facts;
    expect(clean.git).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}$/), dirty: false });
    expect(clean.lockFiles).toEqual({ 'package-lock.json': expect.stringMatching(/^sha256:/) });
    await writeFile(join(folder, 'bowl.js'), 'export const bowl = () => 0;');
    expect((await capture(folder)).facts.git).toMatchObject({
      dirty: true,
      patch: expect.stringMatching(/^sha256:/),
    });
  });

  it.skipIf(onWindows)('takes from a Python that talks what it was asked, or nothing', async () => {
    const answer = (own: string): string =>
      `case "$2" in *metadata*) echo '{"numpy": "2.1"}';; *) printf '%s\\n' ${own};; esac`;
    const talkative = `"Welcome to the cluster" "$0" 3.12.1 /usr '["/usr/lib/python3"]'`;
    const folder = await project({
      ...FILES,
      python3: `#!/bin/sh\necho banner\n${answer(talkative)}`,
      'strange/python3': '#!/bin/sh\nprintf "one\\ntwo\\nthree\\nfour\\nfive\\n"',
    });
    for (const name of ['python3', 'strange/python3']) await chmod(join(folder, name), 0o755);
    const factsOf = async (command: string) => (await capture(folder, { kind: 'command', command })).facts;
    expect(await factsOf('./python3 train.py')).toMatchObject({
      interpreter: { kind: 'python', version: '3.12.1' },
      packages: { numpy: '2.1' },
    });
    expect(await factsOf('./strange/python3 train.py')).not.toHaveProperty('interpreter');
  });

  it.skipIf(onWindows)(
    'asks the Python that poetry, uv or conda start, in the one line that conda takes',
    async () => {
      const folder = await project({
        ...FILES,
        'own/python3': `#!/bin/sh\nprintf '%s\\n' own 3.12.1 /own '[]'`,
        poetry: `#!/bin/sh\ncase "$*" in *'\n'*) exit 1;; esac\nPATH="$PWD/own:$PATH" && shift && exec "$@"`,
      });
      for (const name of ['own/python3', 'poetry']) await chmod(join(folder, name), 0o755);
      const { facts } = await capture(folder, { kind: 'command', command: './poetry run python3 train.py' });
      expect(facts.interpreter).toEqual({ kind: 'python', path: 'own', version: '3.12.1' });
    },
  );

  it.skipIf(withoutPython)(
    'says of a package that is there twice what Python imports, and of a cloned one the commit',
    async () => {
      const folder = await project({
        'a.yaml': CONFIG,
        'first/twice-2.0.dist-info/METADATA': METADATA('twice').replace('1.0', '2.0'),
        'second/twice-1.0.dist-info/METADATA': METADATA('twice'),
        'second/cloned-1.0.dist-info/METADATA': METADATA('cloned'),
        'second/cloned-1.0.dist-info/direct_url.json': '{"url": "x", "vcs_info": {"commit_id": "abc123"}}',
      });
      vi.stubEnv('PYTHONPATH', ['first', 'second'].map((name) => join(folder, name)).join(delimiter));
      const { facts } = await capture(folder, { kind: 'command', command: 'python3 train.py' });
      vi.unstubAllEnvs();
      expect(facts.packages).toMatchObject({ twice: '2.0', cloned: '1.0 abc123' });
    },
  );

  it('keeps variables that decide about arithmetic and no secret', () => {
    expect(
      allowedVariables({
        OMP_NUM_THREADS: '2',
        AWS_SECRET: 'x',
        TF_VAR_password: 'y',
        TF_GPU_TOKEN: 'z',
        HOME: '/h',
      }),
    ).toEqual({
      OMP_NUM_THREADS: '2',
    });
  });

  it.skipIf(withoutPython)('asks the interpreter of a command for its version and packages', async () => {
    const folder = await project({
      'a.yaml': CONFIG,
      'train.py': 'import helper\n',
      'helper.py': 'x = 1\n',
    });
    const { facts } = await captureEnvironment(
      {
        configFile: join(folder, 'a.yaml'),
        trainer: { kind: 'command', command: 'python3 train.py' },
        workers: 1,
      },
      '',
    );
    expect(facts.interpreter).toMatchObject({ kind: 'python', version: expect.stringMatching(/^3\./) });
    expect(facts.trainer).toMatchObject({
      files: { 'train.py': expect.any(String), 'helper.py': expect.any(String) },
    });
  });

  it.skipIf(withoutPython)('sees a package that came into any folder of the interpreter', async () => {
    const folder = await project({
      'a.yaml': CONFIG,
      'own/first-1.0.dist-info/METADATA': METADATA('first'),
    });
    vi.stubEnv('PYTHONPATH', join(folder, 'own'));
    const packages = async () => {
      const trainer = { kind: 'command', command: 'python3 train.py' } as const;
      return (await captureEnvironment({ configFile: join(folder, 'a.yaml'), trainer, workers: 1 }, '')).facts
        .packages as Record<string, string>;
    };
    expect(await packages()).toMatchObject({ first: '1.0' });
    await mkdir(join(folder, 'own', 'second-1.0.dist-info'));
    await writeFile(join(folder, 'own', 'second-1.0.dist-info', 'METADATA'), METADATA('second'));
    expect(await packages()).toMatchObject({ first: '1.0', second: '1.0' });
    vi.unstubAllEnvs();
  });
});

describe('sweetspot run', () => {
  it('keeps what was changed since the commit, so that the code that ran can be had again', async () => {
    const folder = await project({ ...FILES, '.gitignore': '.sweetspot\n' });
    git(folder, 'init', '-q');
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'first');
    const changed = 'export const bowl = (x) => -(x ** 2);\n';
    await writeFile(join(folder, 'bowl.js'), changed);
    cli(folder, 'run', 'a.yaml');
    const { git: recorded } = JSON.parse(cli(folder, 'env', 'a.yaml', '--json').stdout);
    git(folder, 'checkout', '-q', recorded.commit, '--', '.');
    git(folder, 'apply', `.sweetspot/environments/${recorded.patch.slice(7, 23)}.patch`);
    expect(await readFile(join(folder, 'bowl.js'), 'utf8')).toBe(changed);
  });
});

describe('sweetspot env', () => {
  it('shows the environment of a trial, and what differs here after a change of the trainer', async () => {
    const folder = await project(FILES);
    expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
    const facts = JSON.parse(cli(folder, 'env', 'a.yaml', '--trial', '1', '--json').stdout);
    expect(facts).toMatchObject({
      node: process.versions.node,
      backend: 'embedded',
      seed: expect.any(Number),
    });
    expect(cli(folder, 'env', 'a.yaml', '--here').stdout).toBe('Nothing differs.\n');
    await writeFile(join(folder, 'bowl.js'), 'export const bowl = () => 0;');
    expect(JSON.parse(cli(folder, 'env', 'a.yaml', '--here', '--json').stdout)).toMatchObject([
      { path: 'trainer.files.bowl.js', weight: 'likely' },
    ]);
  });

  it('notes at the start of a run that a study continues in another environment', async () => {
    const folder = await project(FILES);
    cli(folder, 'run', 'a.yaml', '--trials', '2');
    await writeFile(join(folder, 'bowl.js'), 'export const bowl = () => 0;');
    const { stdout } = cli(folder, 'resume', 'a.yaml', '--trials', '3');
    expect(stdout).toContain(
      'This study continues in another environment: trainer.files.bowl.js (likely to matter)',
    );
  });
});

describe('what a command computes on', () => {
  /** A folder with a program that prints this, which is looked in first. */
  async function withProgram(name: string, prints: string): Promise<string> {
    const folder = await project({ [name]: `#!/bin/sh\ncat <<'END'\n${prints}\nEND\n` });
    await chmod(join(folder, name), 0o755);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
    return folder;
  }

  it.skipIf(onWindows)("is told by NVIDIA's tool", async () => {
    const folder = await withProgram(
      'nvidia-smi',
      'NVIDIA A100, 550.54.15, 40960 MiB\nNVIDIA A100, 550.54.15, 40960 MiB',
    );
    const one = { name: 'NVIDIA A100', driver: '550.54.15', memory: '40960 MiB' };
    expect(await gpuFacts(folder)).toEqual({ gpu: [one, one] });
    vi.unstubAllEnvs();
  });

  it.skipIf(onWindows)("is told by AMD's where there is none of NVIDIA's", async () => {
    const folder = await withProgram(
      'rocm-smi',
      '{"card0": {"Card Series": "MI250X"}, "system": {"Driver version": "6.3.6"}}',
    );
    expect(await gpuFacts(folder)).toEqual({ gpu: [{ name: 'MI250X', driver: '6.3.6' }] });
    vi.unstubAllEnvs();
  });

  it('includes the packages of a conda environment with their builds', async () => {
    const folder = await project({
      'conda-meta/numpy-1.26.4-py312heda63a1_0.json': '{}',
      'conda-meta/ca-certificates-2024.7.4-hbcca054_0.json': '{}',
      'conda-meta/history': '',
    });
    expect(await condaPackages(folder)).toEqual({
      'ca-certificates': '2024.7.4 hbcca054_0',
      numpy: '1.26.4 py312heda63a1_0',
    });
    expect(await condaPackages(join(folder, 'none'))).toEqual({});
  });
});
