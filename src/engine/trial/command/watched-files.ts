/**
 * Metrics from files that a program writes into the trial's folder while it runs: the results file, line by line, and
 * TensorBoard's event files anywhere below.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseJson } from '../../../core/study/journal/line.js';
import { type Metrics, toMetrics } from '../session.js';
import { EventFile } from './event-files.js';
import { type Line, readLine } from './lines.js';

/** What a scalar of an event file may be called in `metric:`; Keras writes `epoch_loss` into `train` and `validation`. */
function namesOf(tag: string, folder: string): readonly string[] {
  const plain = tag.replace(/^epoch_/, '');
  const own = /(^|\/)(val|validation)$/.test(folder) ? [`val_${plain}`] : [tag, plain];
  return [...own, ...own.map((name) => name.replaceAll('/', '_'))];
}

export class WatchedFiles {
  readonly #results: string;
  #seen = '';
  readonly #events = new Map<string, EventFile>();
  /** Metrics by step, those of steps not yet complete. */
  readonly #steps = new Map<number, Record<string, number>>();

  /** @param wanted the study's metrics */
  constructor(
    private readonly folder: string,
    results: string,
    private readonly wanted: readonly string[],
  ) {
    this.#results = results;
  }

  /** What is new, in order. `atEnd`: the program has ended, so that nothing is half written. */
  async look(atEnd: boolean): Promise<readonly Line[]> {
    return [...(await this.#eventLines(atEnd)), ...(await this.#resultLines(atEnd))];
  }

  async #resultLines(atEnd: boolean): Promise<readonly Line[]> {
    const text = await readFile(this.#results, 'utf8').catch(() => '');
    if (atEnd) {
      const whole = this.#wholeResult(text);
      if (whole) return [{ kind: 'values', metrics: whole }];
    }
    // A file that is written anew each time begins again.
    const before = text.startsWith(this.#seen) ? this.#seen.length : 0;
    const end = atEnd ? text.length : text.lastIndexOf('\n') + 1;
    this.#seen = text.slice(0, Math.max(before, end));
    return text
      .slice(before, end)
      .split(/\r?\n/)
      .flatMap((line) => readLine(line, this.wanted) ?? []);
  }

  /** The file as one JSON value: a number, or an object of metrics without a step. */
  #wholeResult(text: string): Metrics | undefined {
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      return undefined;
    }
    if (typeof value === 'number') return toMetrics(value, this.wanted[0] ?? 'loss', this.#results);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || 'step' in value)
      return undefined;
    return Object.fromEntries(
      Object.entries(value).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
    );
  }

  async #eventLines(atEnd: boolean): Promise<readonly Line[]> {
    const files = await readdir(this.folder, { recursive: true }).catch(() => []);
    for (const name of files.filter((file) => /(^|[\\/])[^\\/]*tfevents[^\\/]*$/.test(file)).sort()) {
      const path = join(this.folder, name);
      if (!this.#events.has(path)) this.#events.set(path, new EventFile(path));
    }
    for (const [path, file] of this.#events) {
      const place = relative(this.folder, dirname(path)).replaceAll('\\', '/');
      for (const { tag, step, value } of await file.read()) {
        const names = namesOf(tag, place);
        const name = this.wanted.find((metric) => names.includes(metric)) ?? names[0]!;
        this.#steps.set(step, { ...this.#steps.get(step), [name]: value });
      }
    }
    const [metric] = this.wanted;
    const ready = [...this.#steps].filter(([, metrics]) =>
      atEnd ? metric !== undefined && metric in metrics : this.wanted.every((name) => name in metrics),
    );
    for (const [step] of ready) this.#steps.delete(step);
    return ready
      .sort(([a], [b]) => a - b)
      .map(([step, metrics]) => ({ kind: 'observed', step, metrics }) as const);
  }
}
