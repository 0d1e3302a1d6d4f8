/**
 * A study sent to an MLflow server: to one of the test's that takes what mlflow/protos/service.proto and the handlers of
 * MLflow take (names and types of fields, sizes of batches), and nothing else.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ForeignTrial, viewForeign } from '../../src/core/exchange/foreign-study.js';
import { MlflowError, sendMlflow } from '../../src/engine/exchange/mlflow-server.js';

type Kind = 'string' | 'number' | 'array';
const FIELDS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  'experiments/create': { name: 'string', tags: 'array' },
  'runs/search': { experiment_ids: 'array', max_results: 'number', page_token: 'string' },
  'runs/create': { experiment_id: 'string', run_name: 'string', start_time: 'number', tags: 'array' },
  'runs/log-batch': { run_id: 'string', params: 'array', metrics: 'array' },
  'runs/set-tag': { run_id: 'string', key: 'string', value: 'string' },
  'runs/update': { run_id: 'string', status: 'string', end_time: 'number' },
};

interface Pair {
  readonly key: string;
  readonly value: string;
}
interface Run {
  readonly experiment: string;
  readonly name: string;
  readonly started: number;
  readonly tags: Pair[];
  readonly params: Pair[];
  readonly metrics: { readonly key: string; readonly value: number | string; readonly step: number }[];
  status: string;
  ended?: number;
}

/** Answers as MLflow's do, two runs a page. */
class FakeMlflow {
  readonly experiments = new Map<string, { readonly id: string; readonly tags: readonly Pair[] }>();
  readonly runs = new Map<string, Run>();
  readonly authorizations: (string | undefined)[] = [];
  lifecycle = 'active';
  /** Requests after which it stops to work. */
  patience = Number.POSITIVE_INFINITY;

  answer(path: string, query: URLSearchParams, body: Record<string, never>): object {
    if (this.patience-- <= 0) return { error_code: 'INTERNAL_ERROR', message: 'out of order' };
    for (const [name, value] of Object.entries(body)) {
      const kind = Array.isArray(value) ? 'array' : typeof value;
      if (FIELDS[path]?.[name] !== kind) {
        return { error_code: 'INVALID_PARAMETER_VALUE', message: `${path}: ${name} is no ${kind}` };
      }
    }
    const run = this.runs.get(body.run_id ?? '');
    switch (path) {
      case 'experiments/get-by-name': {
        const found = this.experiments.get(query.get('experiment_name') ?? '');
        return found === undefined
          ? { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no such experiment' }
          : { experiment: { experiment_id: found.id, lifecycle_stage: this.lifecycle, tags: found.tags } };
      }
      case 'experiments/create': {
        const id = String(this.experiments.size + 1);
        this.experiments.set(body.name ?? '', { id, tags: body.tags ?? [] });
        return { experiment_id: id };
      }
      case 'runs/create': {
        const id = `run${this.runs.size}`;
        const { experiment_id = '', run_name = '', start_time = 0, tags = [] } = body;
        const lists = { tags: [...tags], params: [], metrics: [] };
        this.runs.set(id, {
          experiment: experiment_id,
          name: run_name,
          started: start_time,
          status: 'RUNNING',
          ...lists,
        });
        return { run: { info: { run_id: id } } };
      }
      case 'runs/log-batch': {
        const { params = [], metrics = [] }: { params?: Pair[]; metrics?: Run['metrics'] } = body;
        if (params.length > 100 || metrics.length > 1000 || params.length + metrics.length > 1000)
          return { error_code: 'INVALID_PARAMETER_VALUE', message: 'too many' };
        run?.params.push(...params);
        run?.metrics.push(...metrics);
        return {};
      }
      case 'runs/set-tag':
        run?.tags.push({ key: body.key ?? '', value: body.value ?? '' });
        return {};
      case 'runs/update':
        if (run) Object.assign(run, { status: body.status, ended: body.end_time });
        return {};
      case 'runs/search': {
        const from = Number(body.page_token ?? 0);
        const all = [...this.runs.values()];
        const runs = all.slice(from, from + 2).map(({ tags }) => ({ data: { tags } }));
        return {
          ...(runs.length > 0 && { runs }),
          ...(from + 2 < all.length && { next_page_token: String(from + 2) }),
        };
      }
      default:
        return { error_code: 'ENDPOINT_NOT_FOUND', message: `no ${path}` };
    }
  }
}

const read = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request) text += part;
  return text;
};

let fake: FakeMlflow;
let server: Server;
let url: string;
beforeEach(async () => {
  fake = new FakeMlflow();
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
    fake.authorizations.push(request.headers.authorization);
    const text = await read(request);
    const path = pathname.replace('/base/api/2.0/mlflow/', '');
    const said = fake.answer(path, searchParams, text === '' ? {} : JSON.parse(text));
    response.writeHead('error_code' in said ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(said));
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const at = (second: number): string => `2026-11-20T15:00:0${second}.000000+00:00`;
const trial = (more: Partial<ForeignTrial>): ForeignTrial => ({
  state: 'complete',
  params: { x: 0.5 },
  values: {},
  reports: [],
  attributes: {},
  startedAt: at(0),
  finishedAt: at(4),
  ...more,
});
const studyOf = (...trials: readonly ForeignTrial[]) =>
  viewForeign({
    name: 'iris',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    space: { x: { type: 'float', low: 0, high: 1 } },
    trials,
    marks: { note: 'the study' },
  }).study;

describe('a study sent to an MLflow server', () => {
  it('has a run for each trial that ended, with its parameters, curve, marks and how it ended', async () => {
    const reports = [
      { step: 1, value: 2, metrics: { loss: 2 } },
      { step: 2, value: Number.NaN, metrics: { loss: Number.NaN } },
    ];
    const done = trial({ objectives: [0.5], values: { loss: 0.5 }, reports, marks: { note: 'good' } });
    const study = studyOf(
      done,
      trial({ state: 'pruned' }),
      trial({ state: 'failed' }),
      trial({ state: 'waiting' }),
    );
    expect(await sendMlflow(study, url)).toBe(3);
    expect([...fake.experiments.keys()]).toEqual(['iris']);
    const [first, ...others] = [...fake.runs.values()];
    expect(first).toMatchObject({
      experiment: '1',
      name: 'iris-0',
      started: Date.parse(at(0)),
      status: 'FINISHED',
      ended: Date.parse(at(4)),
      params: [{ key: 'x', value: '0.5' }],
    });
    expect(first?.metrics).toEqual([
      { key: 'loss', timestamp: Date.parse(at(2)), value: 2, step: 1 },
      { key: 'loss', timestamp: Date.parse(at(4)), value: 'NaN', step: 2 },
      { key: 'loss', timestamp: Date.parse(at(4)), value: 0.5, step: 3 },
    ]);
    expect(first?.tags).toEqual(
      expect.arrayContaining([
        { key: 'mlflow.note.content', value: 'good' },
        { key: 'sweetspot.trial', value: '0' },
      ]),
    );
    expect(others.map(({ status }) => status)).toEqual(['KILLED', 'FAILED']);
  });

  it('is sent again without what is there; a trial of which only a part came is sent once more', async () => {
    const trials = [0, 1, 2, 3].map(() => trial({ objectives: [1], values: { loss: 1 } }));
    fake.patience = 8;
    await expect(sendMlflow(studyOf(...trials.slice(0, 3)), url)).rejects.toThrow('out of order');
    fake.patience = Number.POSITIVE_INFINITY;
    expect(await sendMlflow(studyOf(...trials.slice(0, 3)), url)).toBe(2);
    expect(await sendMlflow(studyOf(...trials), url)).toBe(1);
    expect(await sendMlflow(studyOf(...trials), url)).toBe(0);
    const whole = [...fake.runs.values()].filter(({ status }) => status === 'FINISHED');
    expect(whole.map(({ name }) => name)).toEqual(['iris-0', 'iris-1', 'iris-2', 'iris-3']);
  });

  it('has an experiment of its own, where others have its name', async () => {
    fake.experiments.set('iris', { id: '1', tags: [] });
    const done = { objectives: [1], values: { loss: 1 } };
    const [one, other] = [at(0), at(1)].map((startedAt) => studyOf(trial({ ...done, startedAt })));
    for (const study of [one!, other!, one!, other!]) await sendMlflow(study, url);
    expect([...fake.experiments.keys()]).toEqual(['iris', 'iris (2)', 'iris (3)']);
    expect([...fake.runs.values()].map(({ experiment }) => experiment)).toEqual(['2', '3']);
  });

  it('goes in batches that MLflow takes', async () => {
    const reports = Array.from({ length: 1500 }, (_, step) => ({
      step: step + 1,
      value: 1,
      metrics: { loss: 1 },
    }));
    expect(await sendMlflow(studyOf(trial({ objectives: [1], values: { loss: 1 }, reports })), url)).toBe(1);
    expect(fake.runs.get('run0')?.metrics).toHaveLength(1500);
  });

  it('shows who asks, by the variables of MLflow', async () => {
    process.env.MLFLOW_TRACKING_USERNAME = 'me';
    process.env.MLFLOW_TRACKING_PASSWORD = 'secret';
    try {
      await sendMlflow(studyOf(), url);
    } finally {
      delete process.env.MLFLOW_TRACKING_USERNAME;
      delete process.env.MLFLOW_TRACKING_PASSWORD;
    }
    expect(new Set(fake.authorizations)).toEqual(new Set([`Basic ${btoa('me:secret')}`]));
  });

  it('is refused with the reason where the experiment was deleted or nobody answers', async () => {
    await sendMlflow(studyOf(), url);
    fake.lifecycle = 'deleted';
    await expect(sendMlflow(studyOf(), url)).rejects.toThrow('The experiment "iris" was deleted at');
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    const sent = sendMlflow(studyOf(), url);
    await expect(sent).rejects.toThrow(MlflowError);
    await expect(sent).rejects.toThrow('does not answer (');
  });
});
