import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOutcome, VALIDATION_FILE } from '../../src/core/study/validation-outcome.js';
import { loadEmbedded } from '../../src/engine/tensorflow/embedded.js';
import type { AttemptSpec } from '../../src/engine/trial/messages.js';
import { compile } from '../../src/engine/trial/module/compile.js';
import { compiledFile } from '../../src/engine/trial/module/compiled-file.js';
import { trainModule } from '../../src/engine/trial/module/module.js';
import { rehearse } from './support/rehearsal.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-module-'));
});
afterAll(() => rm(folder, { recursive: true }));

const CONFIG = '# @sweep\n#   train: ./train.ts\nlr: 0.1\n';
let compilations = 0;
const counted = (file: string, home: string) => {
  compilations++;
  return compile(file, home);
};

async function train(
  file: string,
  source?: string,
  options: Partial<AttemptSpec> & { stopAfter?: number } = {},
) {
  if (source !== undefined) await writeFile(join(folder, file), source);
  const rehearsal = rehearse(join(folder, 'model.yaml'), CONFIG, options);
  const values = await trainModule(rehearsal.session, file, counted);
  return { ...rehearsal, values, reports: rehearsal.reports() };
}

async function failure(file: string, source?: string): Promise<Error> {
  const error: unknown = await train(file, source).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

describe('the module trainer', () => {
  it('runs TypeScript with its own files, config and trial', async () => {
    await writeFile(join(folder, 'half.ts'), 'export const half = (x: number): number => x / 2;');
    const { values, reports, sent } = await train(
      'typed.ts',
      `import type { Trial } from 'sweetspot';
       import { half } from './half.js';
       export default async function train(config: { lr: number }, trial: Trial): Promise<number> {
         await trial.report(1, config.lr);
         await trial.report(2, { val_loss: half(config.lr), other: trial.number });
         return half(config.lr);
       }`,
    );
    expect(sent[0]).toMatchObject({ kind: 'started', attributes: { backend: 'embedded', seed: 11 } });
    expect(reports).toEqual([{ val_loss: 0.1 }, { val_loss: 0.05, other: 3 }]);
    expect(values).toEqual({ val_loss: 0.05 });
  });

  it('keeps what the model made of the validation rows', async () => {
    const own = join(folder, 'kept');
    const source = `export default async (config, trial) => {
      await trial.validation({ actual: ['cat', 'dog'], predicted: ['cat', 'cat'] });
      return 1;
    }`;
    await train('validation.js', source, { folder: own });
    expect(parseOutcome(await readFile(join(own, VALIDATION_FILE), 'utf8'))).toEqual({
      kind: 'classes',
      classes: ['cat', 'dog'],
      counts: [
        [1, 0],
        [1, 0],
      ],
    });
    const { message } = await failure(
      'uneven.js',
      'export default (config, trial) => trial.validation({ actual: [1, 2], predicted: [1] });',
    );
    expect(message).toBe(
      'What trial.validation() was given has 2 actual values and 1 predicted ones; give one of each for every row.',
    );
  });

  it.each(['@tensorflow/tfjs', '@tensorflow/tfjs-node', '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'])(
    'gives the active backend as %s',
    async (name) => {
      const { values } = await train(
        `${name.replaceAll(/\W/g, '-')}.ts`,
        `import * as tf from '${name}';
         import { layers } from '${name}';
         export default (config, trial) => ({
           same: Number(tf.layers === trial.tf.layers && layers === trial.tf.layers),
           wasm: Number(tf.getBackend() === 'wasm'),
         });`,
      );
      expect(values).toEqual({ same: 1, wasm: 1 });
    },
  );

  it('loads packages from the workspace', async () => {
    const home = join(folder, 'node_modules', 'twice');
    await mkdir(home, { recursive: true });
    await writeFile(
      join(home, 'package.json'),
      '{"name": "twice", "type": "module", "exports": "./index.js"}',
    );
    await writeFile(join(home, 'index.js'), 'export const twice = (x) => 2 * x;');
    const source = `import { twice } from 'twice'; import { readFileSync } from 'node:fs';
      export default () => twice(readFileSync(new URL('./half.ts', import.meta.url)).length > 0 ? 4 : 0);`;
    expect((await train('package.mjs', source)).values).toEqual({ val_loss: 8 });
  });

  it('runs CommonJS: require, module.exports, __dirname and __filename', async () => {
    const home = join(folder, 'node_modules', 'doubling');
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'index.js'), 'module.exports = (x) => 2 * x;');
    await writeFile(join(folder, 'beside.cjs'), 'exports.offset = 3;');
    const source = `
      const { basename } = require('node:path');
      const double = require('doubling');
      const { offset } = require('./beside.cjs');
      module.exports = (config) => {
        if (basename(__filename) !== 'common.cjs' || !__filename.startsWith(__dirname)) return -1;
        return double(config.lr) + offset;
      };`;
    expect((await train('common.cjs', source)).values.val_loss).toBeCloseTo(3.2);
  });

  it('leaves alone what an ES module makes for itself of these names', async () => {
    const source = `
      import { createRequire } from 'node:module';
      import { fileURLToPath } from 'node:url';
      const require = createRequire(import.meta.url);
      const __filename = fileURLToPath(import.meta.url);
      const { sep } = require('node:path');
      export default () => (__filename.endsWith(sep + 'own-require.mjs') ? 1 : 0);`;
    expect((await train('own-require.mjs', source)).values).toEqual({ val_loss: 1 });
  });

  it('compiles once, and again only when a file has changed', async () => {
    await writeFile(join(folder, 'part.ts'), 'export const part = 1;');
    const source = "import { part } from './part'; export default () => part;";
    await train('once.ts', source);
    const before = compilations;
    await train('once.ts');
    expect(compilations).toBe(before);
    expect(await readdir(join(folder, '.sweetspot'))).toContain('.gitignore');
  });

  it('follows paths and baseUrl of the tsconfig, from the file that imports, and its decorators', async () => {
    const home = join(folder, 'aliased');
    await mkdir(join(home, 'src', 'lib'), { recursive: true });
    await writeFile(
      join(home, 'tsconfig.base.json'),
      '{ "compilerOptions": { "baseUrl": ".", "experimentalDecorators": true } }',
    );
    await writeFile(
      join(home, 'tsconfig.json'),
      '{ "extends": "./tsconfig.base.json", /* a comment */ "compilerOptions": { "paths": { "@lib/*": ["src/lib/*"], "one": ["src/one.ts"] } } }',
    );
    await writeFile(
      join(home, 'src', 'lib', 'scale.ts'),
      "import { one } from 'one'; export const scale = 3 * one;",
    );
    await writeFile(join(home, 'src', 'one.ts'), 'export const one = 1;');
    await writeFile(
      join(home, 'train.ts'),
      `import { scale } from '@lib/scale';
       import { one } from 'src/one';
       import { basename } from 'node:path';
       function counted(target: object, key: string) { Object.defineProperty(target, 'seen', { value: key.length }); }
       class Model { @counted field() {} }
       export default () => scale + one + basename('/ab').length + (new Model() as { seen: number }).seen;`,
    );
    expect((await train('aliased/train.ts')).values).toEqual({ val_loss: 3 + 1 + 2 + 5 });
    const before = compilations;
    await writeFile(join(home, 'src', 'two.ts'), 'export const one = 2;');
    await writeFile(
      join(home, 'tsconfig.json'),
      '{ "extends": "./tsconfig.base.json", "compilerOptions": { "paths": { "@lib/*": ["src/lib/*"], "one": ["src/two.ts"] } } }',
    );
    await compiledFile(join(home, 'train.ts'), home, counted);
    expect(compilations).toBe(before + 1);
  });

  it('compiles once for several workers that start cold, and removes what is outdated', async () => {
    const path = join(folder, 'cold.ts');
    await writeFile(path, 'export default () => 1;');
    const before = compilations;
    const all = await Promise.all([1, 2, 3, 4].map(() => compiledFile(path, folder, counted)));
    expect(compilations).toBe(before + 1);
    expect(new Set(all.map((made) => (made.kind === 'ready' ? made.path : '')))).toHaveLength(1);
    const modules = join(folder, '.sweetspot', 'modules');
    const outputs = async () => (await readdir(modules)).filter((name) => name.startsWith('cold.ts'));
    const [old] = (await outputs()).filter((name) => name.endsWith('.mjs'));
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(modules, old!), longAgo, longAgo);
    await writeFile(path, 'export default () => 2;');
    await compiledFile(path, folder, counted);
    expect(await outputs()).not.toContain(old);
    expect(await outputs()).toHaveLength(2);
  });

  it('does not wait for the lock of a worker that is gone', async () => {
    const path = join(folder, 'stale.ts');
    await writeFile(path, 'export default () => 1;');
    const lock = join(folder, '.sweetspot', 'modules', 'stale.ts.lock');
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    expect(await compiledFile(path, folder, counted)).toMatchObject({ kind: 'ready' });
  });

  const FIT = `
    import * as tf from '@tensorflow/tfjs';
    export default async function train(config, trial) {
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, activation: 'softmax', inputShape: [3] })] });
      model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
      const x = tf.randomNormal([40, 3]);
      const y = tf.oneHot(tf.tensor1d(Array.from({ length: 40 }, (_, i) => i % 2), 'int32'), 2);
      await model.fit(x, y, { epochs: 6, verbose: 0, validationSplit: 0.5, callbacks: trial.callback() });
    }`;

  it('reports each epoch of a fit, and ends it when told to', async () => {
    const { reports, values } = await train('fit.js', FIT, { stopAfter: 4 });
    expect(reports).toHaveLength(4);
    expect(Object.keys(reports[0]!).sort()).toEqual(['accuracy', 'loss', 'val_accuracy', 'val_loss']);
    expect(values).toEqual({});
  });

  it('gives the same bits for the same seed, and leaves no tensor behind', async () => {
    const { tf } = await loadEmbedded();
    const first = await train('fit.js');
    const before = tf.memory().numTensors;
    for (let k = 0; k < 3; k++) expect((await train('fit.js')).reports).toEqual(first.reports);
    expect(tf.memory().numTensors).toBe(before);
    expect((await train('fit.js', undefined, { seed: 12 })).reports).not.toEqual(first.reports);
  });

  it('lets train() end itself, and ends one that does not', async () => {
    const polite =
      'export default async (c, trial) => { let s = 0; while (!trial.shouldStop()) await trial.report(++s, s); return s; }';
    const rude =
      'export default async (c, trial) => { for (let s = 1; s < 99; s++) await trial.report(s, s); return 1; }';
    expect((await train('polite.js', polite, { stopAfter: 3 })).values).toEqual({ val_loss: 3 });
    const ended = await train('rude.js', rude, { stopAfter: 3 });
    expect(ended.reports).toHaveLength(3);
    expect(ended.values).toEqual({});
  });

  it('carries NaN as it is', async () => {
    const { reports, values } = await train(
      'nan.js',
      'export default async (c, t) => { await t.report(1, NaN); return { val_loss: -Infinity }; }',
    );
    expect(reports).toEqual([{ val_loss: Number.NaN }]);
    expect(values).toEqual({ val_loss: Number.NEGATIVE_INFINITY });
  });
});

describe('what is wrong with a module', () => {
  it('names config, line and path of a missing one', async () => {
    const error = await failure('./absent.ts');
    expect(error).toMatchObject({ name: 'FatalTrainingError' });
    expect(error.message).toMatch(/^model\.yaml:2: there is no file ".*absent\.ts" \(train: in @sweep\)/);
  });

  it('names file, line and column of what does not compile', async () => {
    const error = await failure('syntax.ts', 'export default () => {\n  const x = ;\n}');
    expect(error).toMatchObject({ name: 'FatalTrainingError' });
    expect(error.message).toContain(
      'syntax.ts does not compile.\nsyntax.ts:2:13: Unexpected ";"\n    const x = ;',
    );
    expect(
      (await failure('import.ts', "import { a } from './nowhere';\nexport default () => a;")).message,
    ).toContain('import.ts:1:19: There is no file "./nowhere"');
  });

  it('says when there is no training function', async () => {
    expect((await failure('none.ts', 'export const train = 1;')).message).toMatch(
      /Add: export default async function train/,
    );
  });

  it('names the command that installs a missing package', async () => {
    const error = await failure('bare.ts', "import '@scope/absent/part';\nexport default () => 1;");
    expect(error).toMatchObject({ name: 'FatalTrainingError' });
    expect(error.message).toMatch(
      /^bare\.ts needs the package "@scope\/absent", which is not installed\. In .+ run: npm install @scope\/absent$/,
    );
  });

  it('is fatal when it does not load, but not when train() throws', async () => {
    const unloadable = await failure('unloadable.ts', "throw new Error('no data');\nexport default () => 1;");
    expect(unloadable).toMatchObject({ name: 'FatalTrainingError' });
    expect(unloadable.message).toContain('unloadable.ts does not load.\nError: no data');
    const thrown = await failure('throws.ts', 'export default () => { throw new RangeError("too hot"); };');
    expect(thrown).toMatchObject({ name: 'RangeError', message: 'too hot' });
  });

  it('says which result or report is wrong', async () => {
    expect((await failure('text.js', 'export default () => ({ val_loss: "low" })')).message).toBe(
      'What train() returned: "val_loss" must be a number; it is the text "low".',
    );
    expect(
      (await failure('zero.js', 'export default async (c, t) => { await t.report(0, 1); }')).message,
    ).toMatch(/whole number from 1 upwards; report\(\) was given 0/);
    const twice = 'export default async (c, t) => { await t.report(1, 1); await t.report(1, 1); }';
    expect((await failure('twice.js', twice)).message).toMatch(/Steps must increase/);
  });
});
