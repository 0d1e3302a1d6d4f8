import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dataset, Part } from '../../src/engine/trial/data/dataset.js';
import { dataConflict, dataForm } from '../../src/engine/trial/data/schema.js';
import { trainDeclarative } from '../../src/engine/trial/declarative/declarative.js';
import { dataFiles, inputsOf, table } from './support/data-files.js';
import { rehearse } from './support/rehearsal.js';

const { path, file, load, dataset, failure } = dataFiles();

describe('a table', () => {
  it('has numbers as they are, categories one-hot in order, and classes', async () => {
    await file('plain.csv', table(6));
    const data = await dataset({ csv: 'plain.csv', target: 'y' });
    expect(data).toMatchObject({ shape: [4], outputs: 2, classes: ['a', 'b'] });
    // blue, green, red
    expect(inputsOf(data.train, 0, data)).toEqual([0, 0, 0, 1]);
    expect(inputsOf(data.train, 5, data)).toEqual([5, 1, 0, 0]);
    expect([...data.train.labels]).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('is the same as TSV, gzipped, as JSON lines and as Parquet', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      x: i / 4,
      colour: ['red', 'blue'][i % 2]!,
      y: i % 3,
    }));
    await file('same.csv', `x,colour,y\n${rows.map(({ x, colour, y }) => `${x},${colour},${y}`).join('\n')}`);
    await file(
      'same.tsv.gz',
      gzipSync(`x\tcolour\ty\n${rows.map(({ x, colour, y }) => `${x}\t${colour}\t${y}`).join('\n')}`),
    );
    await file('same.jsonl', rows.map((r) => JSON.stringify(r)).join('\n'));
    const columns = (['x', 'colour', 'y'] as const).map((name) => ({ name, data: rows.map((r) => r[name]) }));
    await file('same.parquet', new Uint8Array(parquetWriteBuffer({ columnData: columns })));
    const common = { target: 'y', validation: 0.25, standardize: true };
    const expected = await dataset({ csv: 'same.csv', ...common });
    expect(expected.train.rows).toBe(30);
    for (const source of [{ csv: 'same.tsv.gz' }, { jsonl: 'same.jsonl' }, { parquet: 'same.parquet' }]) {
      const other = await dataset({ ...source, ...common });
      expect(other.train.inputs).toEqual(expected.train.inputs);
      expect(other.validation?.labels).toEqual(expected.validation?.labels);
    }
  });

  it('takes a text of spaces for no value, not for 0', async () => {
    await file('blank.jsonl', '{"x": 1, "y": "a"}\n{"x": "  ", "y": "b"}\n');
    expect(await failure({ jsonl: 'blank.jsonl', target: 'y' })).toMatch(
      /^blank\.jsonl:2: column "x" has no value/,
    );
  });

  it('spreads lists and objects of JSON lines into columns', async () => {
    const lines = [0, 1, 0, 1].map((y, i) => JSON.stringify({ at: { x: i }, v: [1, 2 * i], y }));
    await file('nested.jsonl', lines.join('\n'));
    const data = await dataset({ jsonl: 'nested.jsonl', target: 'y' });
    expect(inputsOf(data.train, 3, data)).toEqual([3, 1, 6]);
  });

  it('takes the columns named, or leaves out those to ignore', async () => {
    await file('many.csv', 'id,a,b,y\n7,1,2,0\n8,3,4,1\n9,5,6,0\n9,5,6,1\n');
    expect((await dataset({ csv: 'many.csv', target: 'y', columns: ['b'] })).rowSize).toBe(1);
    expect((await dataset({ csv: 'many.csv', target: 'y', ignore: ['id'] })).rowSize).toBe(2);
    expect(await failure({ csv: 'many.csv', target: 'y', ignore: ['ids'] })).toMatch(
      /no column "ids" for data.ignore. Did you mean `id`/,
    );
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['csv', 'cut.csv.gz', 'unexpected end of file'],
    ['jsonl', 'cut.jsonl.gz', 'unexpected end of file'],
    ['csv', 'folder', 'EISDIR'],
  ])('is named with a remedy: %s %s', async (key, name, why) => {
    const lines = Array.from({ length: 9000 }, (_, i) => `{"x": ${Math.sin(i)}, "y": "${'ab'[i % 2]}"}`);
    await file('cut.jsonl.gz', gzipSync(lines.join('\n')).subarray(0, 20_000));
    await file(
      'cut.csv.gz',
      gzipSync(`x,y\n${lines.map((line) => line.replaceAll('"', '')).join('\n')}`).subarray(0, 20_000),
    );
    await file('folder/inside', '');
    const message = await failure({ [key]: name, target: 'y' });
    expect(message).toMatch(
      new RegExp(`^model\\.yaml:1: cannot read ".*${name}" \\(data\\.${key}: ${name}\\): `),
    );
    expect(message).toContain(`${why}`);
    expect(message).toContain('put a whole file there');
  });
});

describe('missing values', () => {
  const gaps = 'x,colour,y\n1,red,0\n,red,1\n3,,0\n8,blue,1\n8,red,0\n';
  const filled = async (missing: string): Promise<Dataset> => {
    await file('gaps.csv', gaps);
    return dataset({ csv: 'gaps.csv', target: 'y', missing });
  };

  it.each([
    ['mean', 5],
    ['median', 5.5],
    ['mode', 8],
  ])('are the %s of the column, categories the most frequent', async (missing, x) => {
    const data = await filled(missing);
    expect(inputsOf(data.train, 1, data)).toEqual([x, 0, 1]);
    expect(inputsOf(data.train, 2, data)).toEqual([3, 0, 1]);
  });

  it('drop their rows, or are an error with line and column', async () => {
    await file('dropped.csv', `${gaps}9,blue,1\n`);
    expect((await dataset({ csv: 'dropped.csv', target: 'y', missing: 'drop' })).train.rows).toBe(4);
    await file('gaps.csv', gaps);
    expect(await failure({ csv: 'gaps.csv', target: 'y' })).toMatch(/^gaps.csv:3: column "x" has no value/);
    await file('target.csv', 'x,y\n1,0\n2,\n3,1\n4,1\n5,0\n');
    expect(await failure({ csv: 'target.csv', target: 'y', missing: 'mean' })).toMatch(
      /target.csv:3: column "y".*only drop helps/,
    );
  });
});

describe('what is fitted', () => {
  it('is fitted on the training part alone', async () => {
    // The validation rows lie far off and have a colour of their own.
    const rows = Array.from(
      { length: 20 },
      (_, i) => `${i < 15 ? i % 5 : 1000},${i < 15 ? 'red' : 'violet'},${i},${i % 2}`,
    );
    await file('fit.csv', `x,colour,time,y\n${rows.join('\n')}\n`);
    const split = { csv: 'fit.csv', target: 'y', time: 'time', validation: 0.25 };
    const data = await dataset({ ...split, standardize: true });
    // Mean 2 and variance 2 of 0, 1, 2, 3, 4; one colour is known.
    expect(data.rowSize).toBe(2);
    expect(inputsOf(data.train, 0, data)[0]).toBeCloseTo(-Math.SQRT2, 6);
    expect(inputsOf(data.validation, 0, data)[0]).toBeCloseTo(998 / Math.SQRT2, 3);
    expect(inputsOf(data.validation, 0, data)[1]).toBe(0);
    const normal = await dataset({ ...split, normalize: true });
    expect(inputsOf(normal.train, 4, normal)[0]).toBe(1);
    expect(inputsOf(normal.validation, 0, normal)[0]).toBe(250);
  });
});

describe('texts', () => {
  const lines = ['the cat sat', 'A dog ran.', 'THE CAT SAT!', 'one two three four five'];
  it('become bags of hashed words of length 1', async () => {
    await file('text.csv', `words,n,y\n${lines.map((line, i) => `${line},${i},${i % 2}`).join('\n')}\n`);
    const data = await dataset({ csv: 'text.csv', target: 'y', text: { columns: ['words'], size: 64 } });
    expect(data.shape).toEqual([65]);
    expect(inputsOf(data.train, 2, data).slice(0, 64)).toEqual(inputsOf(data.train, 0, data).slice(0, 64));
    expect(Math.hypot(...inputsOf(data.train, 1, data).slice(0, 64))).toBeCloseTo(1, 6);
    expect(inputsOf(data.train, 1, data).slice(0, 64)).not.toEqual(
      inputsOf(data.train, 0, data).slice(0, 64),
    );
  });

  it('become sequences of word numbers, the last ones kept and short ones padded before', async () => {
    await file('sequence.csv', `words,y\n${lines.map((line, i) => `${line},${i % 2}`).join('\n')}\n`);
    const data = await dataset({
      csv: 'sequence.csv',
      target: 'y',
      text: { columns: ['words'], as: 'sequence', size: 100, length: 4 },
    });
    expect(data).toMatchObject({ shape: [4], vocabulary: 100 });
    expect(inputsOf(data.train, 0, data)[0]).toBe(0);
    expect(inputsOf(data.train, 0, data)).toEqual(inputsOf(data.train, 2, data));
    expect(inputsOf(data.train, 3, data).every((word) => word >= 1 && word < 100)).toBe(true);
  });

  it('are an error where they are taken for categories', async () => {
    const rows = Array.from({ length: 1100 }, (_, i) => `word${i},${i % 2}`);
    await file('names.csv', `name,y\n${rows.join('\n')}\n`);
    expect(await failure({ csv: 'names.csv', target: 'y' })).toMatch(
      /"name" has more than 1000 different texts.*data.ignore.*data.text.columns/,
    );
  });
});

describe('the split', () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${i},g${i % 7},2024-01-${String(1 + ((59 - i) % 28)).padStart(2, '0')},${i % 3 ? 'a' : 'b'}`,
  );
  const xOf = (part: Part | undefined): number[] => [...part!.inputs];
  beforeAll(() => file('split.csv', `x,group,day,y\n${rows.join('\n')}\n`));
  const common = { csv: 'split.csv', target: 'y', columns: ['x'] };

  it('by share keeps the classes in proportion', async () => {
    const data = await dataset({ ...common, validation: 0.25 });
    expect(data.validation?.rows).toBe(15);
    expect([...data.validation!.labels].filter((label) => label === 1)).toHaveLength(5);
  });

  it('by file validates on that file, its columns in any order', async () => {
    await file('other.csv', 'y,x,group,day\na,500,g,2024-01-01\nb,600,g,2024-01-01\n');
    const data = await dataset({ ...common, validation: './other.csv' });
    expect(data.train.rows).toBe(60);
    expect(xOf(data.validation)).toEqual([500, 600]);
    expect([...data.validation!.labels]).toEqual([0, 1]);
  });

  it('by file names that file where it is wrong', async () => {
    await file('wrong.csv', 'y,x,group,day\na,500,g,2024-01-01\nb,many,g,2024-01-01\n');
    expect(await failure({ ...common, validation: './wrong.csv' })).toMatch(
      /^wrong\.csv:3: column "x" holds numbers, but here "many"/,
    );
  });

  it('by group puts no group into both parts', async () => {
    const data = await dataset({ ...common, group: 'group', validation: 0.3 });
    const groups = (part: Part | undefined) => new Set(xOf(part).map((x) => x % 7));
    expect([...groups(data.train)].filter((group) => groups(data.validation).has(group))).toEqual([]);
    expect(data.validation!.rows / 60).toBeCloseTo(0.3, 1);
  });

  it('by time validates on the latest', async () => {
    const data = await dataset({ ...common, time: 'day', validation: 0.25 });
    const day = (x: number): number => 1 + ((59 - x) % 28);
    expect(Math.max(...xOf(data.train).map(day))).toBeLessThanOrEqual(
      Math.min(...xOf(data.validation).map(day)),
    );
  });

  it('in folds validates on each row once, classes in proportion', async () => {
    const loaded = await load({ ...common, folds: 5 });
    expect(loaded.folds).toBe(5);
    const seen: number[] = [];
    for (let fold = 0; fold < 5; fold++) {
      const { train, validation } = await loaded.dataset(fold);
      expect([train.rows, validation?.rows]).toEqual([48, 12]);
      expect([...validation!.labels].filter((label) => label === 1)).toHaveLength(4);
      seen.push(...xOf(validation));
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  it('in repeated folds draws others each time', async () => {
    const loaded = await load({ ...common, folds: 3, repeats: 2 });
    expect(loaded.folds).toBe(6);
    expect(xOf((await loaded.dataset(0)).validation)).not.toEqual(xOf((await loaded.dataset(3)).validation));
  });

  it('in folds by group keeps groups whole, by time looks forward only', async () => {
    const grouped = await load({ ...common, group: 'group', folds: 3 });
    const groups = new Set<number>();
    for (let fold = 0; fold < 3; fold++) {
      const own = new Set(xOf((await grouped.dataset(fold)).validation).map((x) => x % 7));
      for (const group of own) expect(groups.has(group)).toBe(false);
      for (const group of own) groups.add(group);
    }
    const timed = await load({ ...common, time: 'day', folds: 3 });
    const day = (x: number): number => 1 + ((59 - x) % 28);
    for (let fold = 0; fold < 3; fold++) {
      const { train, validation } = await timed.dataset(fold);
      expect(Math.max(...xOf(train).map(day))).toBeLessThanOrEqual(Math.min(...xOf(validation).map(day)));
    }
  });

  it('says when it leaves a part empty', async () => {
    await file('few.csv', 'x,g,y\n1,a,0\n2,a,1\n3,a,0\n4,a,1\n');
    expect(await failure({ csv: 'few.csv', target: 'y', group: 'g', folds: 2 })).toMatch(
      /4 rows in 1 groups: too few for data.folds 2/,
    );
  });
});

describe('cross-validation', () => {
  const text = `
data: {csv: folds.csv, target: y, folds: 4, standardize: true}
model: {task: classification, units: [8]}
training: {epochs: 5}
seed: 1`;
  beforeAll(() => file('folds.csv', table(80)));

  it("reports one fold's metrics per step, and gives their means", async () => {
    const rehearsal = rehearse(path('model.yaml'), text);
    const values = await trainDeclarative(rehearsal.session);
    const reports = rehearsal.reports();
    expect(reports).toHaveLength(4);
    expect(new Set(reports.map(({ val_loss }) => val_loss)).size).toBe(4);
    expect(values.val_loss).toBeCloseTo(
      reports.reduce((sum, { val_loss }) => sum + val_loss! / 4, 0),
      12,
    );
  });

  it('ends after the fold that it is stopped at', async () => {
    const rehearsal = rehearse(path('model.yaml'), text, { stopAfter: 2 });
    await trainDeclarative(rehearsal.session);
    expect(rehearsal.reports()).toHaveLength(2);
  });
});

describe('what a result depends on', () => {
  it('has the hash of the content, as sha256sum gives it', async () => {
    const content = table(20);
    await file('hashed.csv', content);
    const { attributes } = await load({ csv: 'hashed.csv', target: 'y' });
    const hash = createHash('sha256').update(content).digest('hex');
    expect(attributes).toMatchObject({ data: { file: 'hashed.csv', hash: `sha256:${hash}`, rows: 20 } });
  });

  it('reads a file again when it has changed', async () => {
    await file('changing.csv', table(20));
    const first = await load({ csv: 'changing.csv', target: 'y' });
    await file('changing.csv', table(22));
    const second = await load({ csv: 'changing.csv', target: 'y' });
    expect(second.attributes).not.toEqual(first.attributes);
  });
});

describe('a data section', () => {
  const conflict = (data: object) => dataConflict(dataForm.parse(data))?.message;
  it.each([
    [{}, 'names no data'],
    [{ csv: 'a', jsonl: 'b', target: 'y' }, 'both csv: and jsonl:'],
    [{ images: 'a', missing: 'mean' }, 'data.missing is for csv, jsonl, parquet'],
    [{ npy: 'a' }, 'Name the file of the labels'],
    [{ csv: 'a', target: 'y', folds: 3, validation: 0.2 }, 'Remove validation:, or folds:'],
    [{ csv: 'a', target: 'y', repeats: 3 }, 'Set folds:'],
    [{ csv: 'a', target: 'y', group: 'g' }, 'data.group says how to split'],
    [{ csv: 'a', target: 'y', standardize: true, normalize: true }, 'Keep one of them'],
  ])('%j is refused', (data, words) => {
    expect(conflict(data)).toContain(words);
  });
});
