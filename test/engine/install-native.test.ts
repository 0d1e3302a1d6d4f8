import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { installNative } from '../../src/engine/tensorflow/install-native.js';

const require = createRequire(import.meta.url);

/** On Windows npm is started through a shell, where a script of this kind would need another form. */
const onWindows = process.platform === 'win32';
if (onWindows)
  console.warn('\n  NOT TESTED: installing tfjs-node, for what stands in for npm is a shell script.\n');

describe.skipIf(onWindows)('installing tfjs-node', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'sweetspot-install-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));
  afterEach(() => vi.unstubAllEnvs());

  /** Puts a program called npm first on the PATH. */
  async function npmIs(name: string, code: string): Promise<string> {
    const bin = join(home, name, 'bin');
    await mkdir(bin, { recursive: true });
    const program = join(bin, 'npm');
    await writeFile(program, `#!${process.execPath}\n${code}`);
    await chmod(program, 0o755);
    vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`);
    return join(home, name, 'target');
  }

  const leftovers = async (folder: string): Promise<string[]> =>
    (await readdir(join(folder, '..'))).filter((name) => name.includes('partial'));

  it('says so where the download is blocked, and names the mirrors', async () => {
    const folder = await npmIs(
      'blocked',
      "console.error('* Downloading libtensorflow');console.error('Error: getaddrinfo ENOTFOUND storage.googleapis.com');process.exit(1);",
    );
    const result = await installNative(folder);
    if (result.kind !== 'failed') throw new Error(result.kind);
    expect(result.reason).toMatch(
      /^The download of @tensorflow\/tfjs-node@4\.22\.0 is blocked .*ENOTFOUND storage/,
    );
    expect(result.remedies.join('\n')).toMatch(
      /HTTPS_PROXY[\s\S]*TFJS_NODE_CDN_STORAGE[\s\S]*host_mirror[\s\S]*embedded backend/,
    );
    expect(await leftovers(folder)).toEqual([]);
  });

  it('passes on what else npm has to say', async () => {
    const folder = await npmIs('full', "console.error('npm error ENOSPC: no space left');process.exit(7);");
    expect(await installNative(folder)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^npm ended with 7:\n.*ENOSPC/),
    });
  });

  it('says so where there is no npm', async () => {
    vi.stubEnv('PATH', join(home, 'nowhere'));
    const result = await installNative(join(home, 'none', 'target'));
    expect(result).toMatchObject({ kind: 'failed', reason: 'npm was not found.' });
  });

  it('tells its progress, and takes what trains', async () => {
    const entry = ['core', 'layers'].map((name) => require.resolve(`@tensorflow/tfjs-${name}`));
    const folder = await npmIs(
      'working',
      `const fs = require('node:fs');
       const home = 'node_modules/@tensorflow/tfjs-node';
       fs.mkdirSync(home, { recursive: true });
       fs.writeFileSync(home + '/package.json', '{"name":"@tensorflow/tfjs-node","main":"index.js"}');
       fs.writeFileSync(home + '/index.js', ${JSON.stringify(`module.exports=Object.assign({},require(${JSON.stringify(entry[0])}),require(${JSON.stringify(entry[1])}));require(${JSON.stringify(require.resolve('@tensorflow/tfjs-backend-cpu'))});`)});
       console.log('downloading 12%');`,
    );
    const heard: string[] = [];
    const result = await installNative(folder, { onProgress: (line) => heard.push(line) });
    expect(result).toMatchObject({ kind: 'installed', folder });
    expect(heard).toContain('downloading 12%');
    expect(await leftovers(folder)).toEqual([]);
  });

  it('does not take what npm installed but does not work', async () => {
    const folder = await npmIs('empty', "require('node:fs').mkdirSync('node_modules');");
    expect(await installNative(folder)).toMatchObject({ kind: 'failed' });
  });

  it('ends npm when it is cancelled, and leaves nothing', async () => {
    const folder = await npmIs('slow', "console.log('waiting');setInterval(() => undefined, 1000);");
    const abort = new AbortController();
    const result = await installNative(folder, { signal: abort.signal, onProgress: () => abort.abort() });
    expect(result).toEqual({ kind: 'cancelled' });
    expect(await readdir(join(folder, '..'))).toEqual(['bin']);
  });
});
