import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainCommand } from '../../src/engine/trial/command.js';
import { eventually, isAlive } from './support/processes.js';
import { rehearse } from './support/rehearsal.js';

let folder: string;
beforeAll(async () => {
  // A quote and a space, as people's folders have.
  folder = await mkdtemp(join(tmpdir(), "sweetspot com'mand-"));
});
afterAll(() => rm(folder, { recursive: true }));

const node = (file: string): string => `"${process.execPath}" ${file} --config \${config}`;

async function train(source: string, options: { stopAfter?: number } = {}) {
  await writeFile(join(folder, 'program.mjs'), source);
  const rehearsal = rehearse(join(folder, 'model.yaml'), 'lr: 0.5 # kept\n', options);
  const values = await trainCommand(rehearsal.session, node('program.mjs'));
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
      /^The command exited with code 3: .*program\.mjs.*\nno such file: x\.csv$/,
    );
  });

  it('says which line it cannot read', async () => {
    await expect(train("console.log('::sweetspot step 1'); setInterval(() => {}, 1000);")).rejects.toThrow(
      'The line "::sweetspot step 1" is not JSON. Print for instance ::sweetspot {"step": 1, "val_loss": 0.5}',
    );
  });
});
