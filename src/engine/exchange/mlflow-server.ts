/**
 * A study sent to an MLflow server by its REST API (mlflow/protos/service.proto), which every version of MLflow has,
 * while newer ones no longer take a folder by themselves. Trials that are there already are left as they are.
 */
import type { Study } from '../../core/study/trial.js';
import {
  experimentName,
  experimentOf,
  experimentTags,
  type MlflowRun,
  runsOf,
  STUDY_TAG,
} from './mlflow-run.js';

/** mlflow.entities.RunStatus. */
const STATUS = {
  running: 'RUNNING',
  waiting: 'SCHEDULED',
  complete: 'FINISHED',
  failed: 'FAILED',
  pruned: 'KILLED',
} as const;
/** What one log-batch takes. */
const METRICS = 1000;
const PARAMS = 100;
/** A request that takes longer has failed. */
const PATIENCE_MS = 30_000;
/** The tag by which a trial is found again. */
const RUN = 'sweetspot.run';

interface Answer {
  readonly error_code?: string;
  readonly message?: string;
  readonly experiment?: {
    readonly experiment_id: string;
    readonly lifecycle_stage?: string;
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
  };
  readonly experiment_id?: string;
  readonly run?: { readonly info: { readonly run_id: string } };
  readonly runs?: readonly {
    readonly data?: { readonly tags?: readonly { readonly key: string; readonly value: string }[] };
  }[];
  readonly next_page_token?: string;
}

/** A server that does not do what it is asked; the message says which and why. */
export class MlflowError extends Error {}

/** By MLflow's own environment variables. */
function authorization(): Readonly<Record<string, string>> {
  const { MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD } = process.env;
  if (MLFLOW_TRACKING_TOKEN) return { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}` };
  if (!MLFLOW_TRACKING_USERNAME) return {};
  const pair = `${MLFLOW_TRACKING_USERNAME}:${MLFLOW_TRACKING_PASSWORD ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

class MlflowServer {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '');
  }

  /** The answer, or undefined where what is asked for is not there. @throws MlflowError */
  async ask(path: string, body?: object): Promise<Answer | undefined> {
    const call = `${this.#url}/api/2.0/mlflow/${path}`;
    let answer: Response;
    try {
      answer = await fetch(call, {
        method: body ? 'POST' : 'GET',
        headers: { 'content-type': 'application/json', ...authorization() },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new MlflowError(`${this.#url} does not answer (${why}). Is an MLflow server running there?`);
    }
    const text = await answer.text();
    let said: Answer;
    try {
      said = JSON.parse(text === '' ? '{}' : text) as Answer;
    } catch {
      throw new MlflowError(
        `${call} answers ${answer.status} with something else than JSON. Is it an MLflow server?`,
      );
    }
    if (answer.ok) return said;
    if (said.error_code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw new MlflowError(`${call}: ${said.message ?? `${answer.status} ${answer.statusText}`}`);
  }

  /** That of the study, made where it is not there. */
  async experiment(study: Study): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const name = experimentName(study, attempt);
      const found = await this.ask(`experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`);
      const there = found?.experiment;
      if (there === undefined) {
        const made = await this.ask('experiments/create', { name, tags: pairs(experimentTags(study)) });
        return made?.experiment_id ?? '';
      }
      if (there.tags?.find(({ key }) => key === STUDY_TAG)?.value !== experimentOf(study)) continue;
      if (there.lifecycle_stage !== 'deleted') return there.experiment_id;
      throw new MlflowError(
        `The experiment "${name}" was deleted at ${this.#url}. Restore it there or remove it for good (mlflow gc), or rename the study.`,
      );
    }
  }

  /** Of the trials that are there already. */
  async ids(experiment: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let page: string | undefined = ''; page !== undefined; ) {
      const answer: Answer | undefined = await this.ask('runs/search', {
        experiment_ids: [experiment],
        max_results: 1000,
        ...(page !== '' && { page_token: page }),
      });
      for (const { data } of answer?.runs ?? []) {
        for (const { key, value } of data?.tags ?? []) if (key === RUN) found.add(value);
      }
      page = answer?.next_page_token || undefined;
    }
    return found;
  }

  async send(experiment: string, run: MlflowRun): Promise<void> {
    const { id, name, state, started, ended, params, metrics, tags } = run;
    const made = await this.ask('runs/create', {
      experiment_id: experiment,
      run_name: name,
      start_time: started,
      tags: pairs(tags),
    });
    const run_id = made?.run?.info.run_id;
    const all = [...metrics].flatMap(([key, list]) =>
      list.map((one) => ({ key, ...one, value: jsonNumber(one.value) })),
    );
    const values = pairs(params);
    for (let at = 0; at < values.length; at += PARAMS)
      await this.ask('runs/log-batch', { run_id, params: values.slice(at, at + PARAMS) });
    for (let at = 0; at < all.length; at += METRICS)
      await this.ask('runs/log-batch', { run_id, metrics: all.slice(at, at + METRICS) });
    // Last: a trial of which only a part came is sent again next time.
    await this.ask('runs/set-tag', { run_id, key: RUN, value: id });
    if (ended !== null) await this.ask('runs/update', { run_id, status: STATUS[state], end_time: ended });
  }
}

const pairs = (
  entries: ReadonlyMap<string, string>,
): readonly { readonly key: string; readonly value: string }[] =>
  [...entries].map(([key, value]) => ({ key, value }));

/** JSON of protocol buffers has words for numbers that JSON has not. */
const jsonNumber = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/**
 * Sends the trials that have ended and are not there yet; returns how many.
 * @throws MlflowError
 */
export async function sendMlflow(study: Study, url: string): Promise<number> {
  const server = new MlflowServer(url);
  const experiment = await server.experiment(study);
  const there = await server.ids(experiment);
  const runs = runsOf(study).filter(({ id, ended }) => ended !== null && !there.has(id));
  for (const run of runs) await server.send(experiment, run);
  return runs.length;
}
