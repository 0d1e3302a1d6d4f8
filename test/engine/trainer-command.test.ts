import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PbfWriter } from 'pbf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/engine/trial/command/arguments.js';
import { trainCommand } from '../../src/engine/trial/command/command.js';
import { readLine } from '../../src/engine/trial/command/lines.js';
import { WatchedFiles } from '../../src/engine/trial/command/watched-files.js';
import { FatalTrainingError } from '../../src/engine/trial/fatal-error.js';
import type { AttemptSpec } from '../../src/engine/trial/messages.js';
import { eventually, isAlive } from './support/processes.js';
import { rehearse } from './support/rehearsal.js';

let folder: string;
beforeAll(async () => {
  // A quote and a space, as people's folders have.
  folder = await mkdtemp(join(tmpdir(), "sweetspot com'mand-"));
});
afterAll(() => rm(folder, { recursive: true }));

const node = (file: string): string => `"${process.execPath}" ${file} --config \${config}`;

type Options = Partial<AttemptSpec> & { stopAfter?: number; command?: string; graceMs?: number };

async function train(source: string, options: Options = {}) {
  const { command = node('program.mjs'), graceMs, ...rest } = options;
  await writeFile(join(folder, 'program.mjs'), source);
  const rehearsal = rehearse(join(folder, 'model.yaml'), 'lr: 0.5 # kept\n', rest);
  const values = await trainCommand(rehearsal.session, command, graceMs);
  return { ...rehearsal, values, reports: rehearsal.reports() };
}

describe('the command trainer', () => {
  it('runs a program in the folder of the config, with the patched config and its environment', async () => {
    process.env.VSCODE_SOMETHING = 'x';
    process.env.ELECTRON_RUN_AS_NODE = '1';
    const { values, reports, session } = await train(`
      import { readFileSync, writeFileSync } from 'node:fs';
      const { env, argv } = process;
      writeFileSync(env.SWEETSPOT_FOLDER + '/seen.json', JSON.stringify({
        cwd: process.cwd(), same: argv[3] === env.SWEETSPOT_CONFIG, text: readFileSync(argv[3], 'utf8'),
        trial: env.SWEETSPOT_TRIAL, seed: env.SWEETSPOT_SEED,
        leaked: Object.keys(env).filter((name) => /^VSCODE_|^ELECTRON_RUN/.test(name)),
      }));
      console.log('starting');
      console.log('::sweetspot {"step": 1, "val_loss": 0.5, "note": 1}');
      console.log('::sweetspot {"step": 2, "val_loss": NaN}');
      console.log('::sweetspot {"val_loss": 0.25}');
    `);
    delete process.env.VSCODE_SOMETHING;
    delete process.env.ELECTRON_RUN_AS_NODE;
    expect(reports).toEqual([{ val_loss: 0.5, note: 1 }, { val_loss: Number.NaN }]);
    expect(values).toEqual({ val_loss: 0.25 });
    expect(JSON.parse(await readFile(join(session.spec.folder, 'seen.json'), 'utf8'))).toEqual({
      cwd: folder,
      same: true,
      text: 'lr: 0.5 # kept\n',
      trial: '3',
      seed: '11',
      leaked: [],
    });
  });

  it('ends the program and what it started when told to stop', async () => {
    const { reports, session } = await train(
      `
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      writeFileSync(process.env.SWEETSPOT_FOLDER + '/pid', String(child.pid));
      let step = 0;
      setInterval(() => console.log('::sweetspot {"step": ' + ++step + ', "val_loss": 1}'), 20);`,
      { stopAfter: 2 },
    );
    expect(reports).toHaveLength(2);
    expect(session.shouldStop).toBe(true);
    const pid = Number(await readFile(join(session.spec.folder, 'pid'), 'utf8'));
    await eventually(() => !isAlive(pid));
  });

  it('does not wait for what the program left in the background', async () => {
    const { values, session } = await train(`
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      writeFileSync(process.env.SWEETSPOT_FOLDER + '/pid', String(child.pid));
      console.log('::sweetspot 2');
      process.exit();`);
    expect(values).toEqual({ val_loss: 2 });
    const pid = Number(await readFile(join(session.spec.folder, 'pid'), 'utf8'));
    await eventually(() => !isAlive(pid));
  });

  it('fails with the exit code and the last words', async () => {
    await expect(train("console.error('no such file: x.csv'); process.exit(3);")).rejects.toThrow(
      /^The command exited with code 3: no such file: x\.csv$/,
    );
    await expect(train('process.exit(3);')).rejects.toThrow(
      /^The command exited with code 3: .*program\.mjs.*$/,
    );
  });

  it('says first which error ended the program, then where', async () => {
    await expect(
      train("console.error('begins'); throw new RangeError('\\x1b[31mrate 3 is too high\\x1b[0m');"),
    ).rejects.toThrow(
      /^The command exited with code 1: RangeError: rate 3 is too high\nbegins\n.*\n {4}at /s,
    );
  });

  it('says which line it cannot read', async () => {
    await expect(train("console.log('::sweetspot step 1'); setInterval(() => {}, 1000);")).rejects.toThrow(
      'The line "::sweetspot step 1" is not JSON. Print for instance ::sweetspot {"step": 1, "val_loss": 0.5}',
    );
  });
});

const own = { config: '/a b/"c".yaml', folder: '/f', seed: '7', trial: '2', params: '/p', results: '/r' };
const values = {
  own,
  params: { lr: 0.1, 'layer sizes': [32, 16], note: 'two words; rm -rf "$HOME"' },
  config: { optimizer: { name: 'adam', rate: 1e-3 }, layers: [{ units: 8 }], config: 'hidden' },
  environment: { HOME: '/home/me', EMPTY: '' },
};

describe('a command line', () => {
  const read = (command: string) => commandLine(command, values);

  it('keeps what is filled in as one argument, whatever is in it', () => {
    expect(read(`python train.py --config \${config} --note=\${note}`)).toEqual({
      program: 'python',
      args: ['train.py', '--config', own.config, '--note=two words; rm -rf "$HOME"'],
      environment: {},
    });
  });

  it('takes parameters, values of the config by path, and the environment', () => {
    expect(read(`x \${lr} \${optimizer.rate} \${layers.0.units} $HOME \${layers} \${trial}`).args).toEqual([
      '0.1',
      '0.001',
      '8',
      '/home/me',
      '[{"units":8}]',
      '2',
    ]);
  });

  it(`gives every parameter as an argument for \${args}`, () => {
    expect(read(`x \${args} end`).args).toEqual([
      '--lr=0.1',
      '--layer sizes=[32,16]',
      '--note=two words; rm -rf "$HOME"',
      'end',
    ]);
  });

  it('reads quotes as a shell does, and assignments before the program', () => {
    expect(read(`LR=\${lr} DEVICE=cpu "my python" 'a "b"' c*.py`)).toEqual({
      program: 'my python',
      args: ['a "b"', 'c*.py'],
      environment: { LR: '0.1', DEVICE: 'cpu' },
    });
  });

  it('says what only a shell could do, and names that mean nothing', () => {
    expect(() => read('python a.py && python b.py')).toThrow(
      'started without a shell, so "&&" has no meaning',
    );
    expect(() => read('python a.py > log')).toThrow('so ">" has no meaning');
    expect(() => read(`python \${optimizer.nam}`)).toThrow('Did you mean `optimizer.name`?');
    expect(() => read('A=1')).toThrow('names no program');
  });
});

describe('a line of output', () => {
  const read = (line: string) => readLine(line, ['val_loss', 'accuracy']);
  it.each([
    ['{"epoch": 2, "val_loss": 0.5, "note": "x"}', 2, { val_loss: 0.5 }],
    ['{"step": 7, "epoch": 2, "accuracy": NaN}', 7, { accuracy: Number.NaN }],
    ['epoch=3, loss=1.5e-1 val_loss = .5;', 3, { loss: 0.15, val_loss: 0.5 }],
    ['[12:00] INFO val_loss=-inf', undefined, { val_loss: Number.NEGATIVE_INFINITY }],
  ])('%s is a report', (line, step, metrics) => {
    expect(read(line)).toEqual({ kind: 'observed', step, metrics });
  });
  it.each([
    '{"other": 1}',
    '{broken "val_loss": 1',
    'val_loss: 0.5',
    'my_val_loss=3',
    'val_loss=3px',
    'loss=1',
  ])('%s is not', (line) => {
    expect(read(line)).toBeUndefined();
  });
});

/** An event file as TensorBoard's writers make it: PyTorch's with `simple_value`, Keras' with tensors. */
function eventFile(
  events: readonly { step: number; tag: string; value: number; isTensor?: boolean }[],
): string {
  const frames = events.map(({ step, tag, value, isTensor }) => {
    const writer = new PbfWriter();
    writer.writeDoubleField(1, 1.7e9);
    writer.writeVarintField(2, step);
    writer.writeMessage(
      5,
      (_, summary) => {
        summary.writeMessage(
          1,
          (_value, own) => {
            own.writeStringField(1, tag);
            if (!isTensor) own.writeFloatField(2, value);
            else {
              own.writeMessage(
                8,
                (_tensor, tensor) => {
                  tensor.writeVarintField(1, 1);
                  tensor.writeBytesField(4, new Uint8Array(Float32Array.of(value).buffer));
                },
                null,
              );
            }
          },
          null,
        );
      },
      null,
    );
    const message = Buffer.from(writer.finish());
    const head = Buffer.alloc(12);
    head.writeBigUInt64LE(BigInt(message.length));
    return Buffer.concat([head, message, Buffer.alloc(4)]);
  });
  return Buffer.concat(frames).toString('base64');
}

describe('metrics of a program that does not know Sweetspot', () => {
  const epochs = (line: string): string => `for (let epoch = 0; epoch < 3; epoch++) console.log(${line});`;

  it('are read from JSON lines on stdout, steps counted from 0 becoming steps from 1', async () => {
    const { reports, sent } = await train(epochs('JSON.stringify({ epoch, val_loss: 1 / (epoch + 1) })'));
    expect(reports).toEqual([{ val_loss: 1 }, { val_loss: 1 / 2 }, { val_loss: 1 / 3 }]);
    expect(sent.flatMap((message) => (message.kind === 'report' ? [message.step] : []))).toEqual([1, 2, 3]);
  });

  it('are read from name=value, counted where they carry no step', async () => {
    const { reports } = await train(epochs("'training … val_loss=' + (epoch + 1) + ' lr=0.1'"));
    expect(reports).toEqual([1, 2, 3].map((value) => ({ val_loss: value, lr: 0.1 })));
  });

  it('are left alone once it speaks for itself', async () => {
    const { reports } = await train(
      `console.log('::sweetspot {"step": 1, "val_loss": 3}'); console.log('val_loss=9');`,
    );
    expect(reports).toEqual([{ val_loss: 3 }]);
  });

  it('are read from the results file, at the end or line by line', async () => {
    const write = (text: string): string =>
      `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[2], ${JSON.stringify(text)});`;
    const command = `"${process.execPath}" program.mjs \${results}`;
    const whole = await train(write('{\n  "val_loss": 0.25,\n  "model": "big"\n}'), { command });
    expect(whole.values).toEqual({ val_loss: 0.25 });
    const lines = await train(write('{"step": 1, "val_loss": 2}\n{"step": 2, "val_loss": 1}'), { command });
    expect(lines.reports).toEqual([{ val_loss: 2 }, { val_loss: 1 }]);
  });

  it("are read from TensorBoard's event files, of PyTorch and of Keras", async () => {
    const torch = eventFile([0, 1, 2].map((step) => ({ step, tag: 'val_loss', value: 4 - step })));
    const keras = eventFile(
      [0, 1].map((step) => ({ step, tag: 'epoch_loss', value: 2 - step, isTensor: true })),
    );
    const program = (file: string, name: string): string => `
      import { mkdirSync, writeFileSync } from 'node:fs';
      import { dirname } from 'node:path';
      const file = process.argv[2] + '/${name}';
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, Buffer.from('${file}', 'base64'));`;
    const command = `"${process.execPath}" program.mjs \${folder}`;
    const first = await train(program(torch, 'events.out.tfevents.1.host.7.0'), { command });
    expect(first.reports).toEqual([{ val_loss: 4 }, { val_loss: 3 }, { val_loss: 2 }]);
    const second = await train(program(keras, 'logs/validation/events.out.tfevents.1.v2'), { command });
    expect(second.reports).toEqual([{ val_loss: 2 }, { val_loss: 1 }]);
  });

  it('are no failure of a program that removes its event files', async () => {
    const own = await mkdtemp(join(folder, 'events-'));
    const events = join(own, 'events.out.tfevents.1');
    await writeFile(events, Buffer.from(eventFile([{ step: 0, tag: 'val_loss', value: 4 }]), 'base64'));
    const watched = new WatchedFiles(own, join(own, 'results.json'), ['val_loss']);
    expect(await watched.look(false)).toMatchObject([{ metrics: { val_loss: 4 } }]);
    await rm(events);
    expect(await watched.look(false)).toEqual([]);
  });

  it('come while it runs, so that it can be stopped', async () => {
    const program = `
      import { appendFileSync } from 'node:fs';
      let step = 0;
      setInterval(() => appendFileSync(process.env.SWEETSPOT_RESULTS, JSON.stringify({ step: ++step, val_loss: 1 }) + '\\n'), 30);`;
    const { session, reports } = await train(program, { stopAfter: 1 });
    expect(session.shouldStop).toBe(true);
    expect(reports.length).toBeGreaterThan(0);
  });
});

describe("a trial's values", () => {
  it('are in the environment, as a file, and as arguments', async () => {
    const { session } = await train(
      `import { readFileSync, writeFileSync } from 'node:fs';
       const { env, argv } = process;
       writeFileSync(env.SWEETSPOT_FOLDER + '/seen.json', JSON.stringify({
         one: env.SWEETSPOT_PARAM_optimizer_lr, all: JSON.parse(env.SWEETSPOT_PARAMS), given: env.RATE,
         file: JSON.parse(readFileSync(argv[2], 'utf8')), args: argv.slice(3) }));
       console.log('::sweetspot 1');`,
      {
        params: { 'optimizer.lr': 0.5, name: "it's" },
        command: `RATE=\${optimizer.lr} "${process.execPath}" program.mjs \${params} \${args} \${lr}`,
      },
    );
    expect(JSON.parse(await readFile(join(session.spec.folder, 'seen.json'), 'utf8'))).toEqual({
      one: '0.5',
      all: { 'optimizer.lr': 0.5, name: "it's" },
      given: '0.5',
      file: { 'optimizer.lr': 0.5, name: "it's" },
      args: ['--optimizer.lr=0.5', "--name=it's", '0.5'],
    });
  });
});

describe.skipIf(process.platform === 'win32')('a program that is told to stop', () => {
  const endless = `let step = 0;
    setInterval(() => console.log('::sweetspot {"step": ' + ++step + ', "val_loss": 1}'), 20);`;
  it('may end itself, having kept what it wants to keep', async () => {
    const { session } = await train(
      `import { writeFileSync } from 'node:fs';
       process.on('SIGTERM', () => setTimeout(() => {
         writeFileSync(process.env.SWEETSPOT_FOLDER + '/kept', 'all'); process.exit(3); }, 100));
       ${endless}`,
      { stopAfter: 2 },
    );
    expect(await readFile(join(session.spec.folder, 'kept'), 'utf8')).toBe('all');
  });
  it('is ended after the grace period', async () => {
    const started = Date.now();
    await train(`process.on('SIGTERM', () => {}); ${endless}`, { stopAfter: 1, graceMs: 300 });
    expect(Date.now() - started).toBeGreaterThanOrEqual(300);
    expect(Date.now() - started).toBeLessThan(4000);
  });
});

describe('what is wrong with a command', () => {
  it('is told where its validation.json cannot be shown, and ends no trial', async () => {
    const { values, sent } = await train(`
      import { writeFileSync } from 'node:fs';
      writeFileSync(process.env.SWEETSPOT_FOLDER + '/validation.json', '{"actual": [1, 2], "predicted": [1]}');
      console.log('::sweetspot 0.5');`);
    expect(values).toEqual({ val_loss: 0.5 });
    const said = sent.flatMap((message) => (message.kind === 'measured' ? [message.attributes] : []));
    expect(said).toContainEqual({
      dataNotices: [
        'The Errors tab has nothing to show of the trial: its validation.json has 2 actual values and 1 predicted ones; give one of each for every row.',
      ],
    });
  });

  it('is fatal where the folder of the trial cannot be written: no other trial would fare better', async () => {
    const taken = await mkdtemp(join(folder, 'taken-'));
    await mkdir(join(taken, 'params.json'));
    await expect(train('', { folder: taken })).rejects.toThrow(FatalTrainingError);
    await expect(train('', { folder: taken })).rejects.toThrow(/folder cannot be written: EISDIR.*resume/);
  });

  it('is fatal where it cannot be started, with file and line', async () => {
    const { session } = rehearse(
      join(folder, 'model.yaml'),
      '# command: see below\n# @sweep\n#   command: pythn train.py\nlr: 1\n',
    );
    const error = await trainCommand(session, 'pythn train.py').catch((e: unknown) => e);
    expect(error).toMatchObject({
      name: 'FatalTrainingError',
      message:
        'model.yaml:3: the command cannot be started: "pythn": there is no such program. Install it, or give its full path.',
    });
  });
});
