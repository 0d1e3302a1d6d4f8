/**
 * Reads the settings of a `@sweep` block. Every problem is reported where it stands, with what to write instead.
 * Whether a trainer can deliver a metric, or a sampler can work on a space, is judged later by those who know.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { PrunerChoice } from '../pruners/names.js';
import { objectivesProblem, regretProblem } from '../samplers/multi/support.js';
import { SAMPLER_NAMES } from '../samplers/names.js';
import type { Retention } from '../study/retention.js';
import type { Direction, Objective, StopCriteria } from '../study/trial.js';
import type { SweepSettings, TrainerSpec } from './annotated-config.js';
import type { Diagnostics } from './diagnostics.js';
import { readKeep } from './keep-setting.js';
import { didYouMean } from './nearest.js';
import { readPruner } from './pruner-setting.js';

export const SWEEP_KEYS = [
  'train',
  'command',
  'metric',
  'goal',
  'stop',
  'sampler',
  'pruner',
  'repeats',
  'race',
  'seed',
  'workers',
  'fuse',
  'keep',
  'constraints',
  'warmStart',
  'include',
  'run',
] as const;
type Key = (typeof SWEEP_KEYS)[number];
/** Keys that the language has and this version cannot act on yet. */
export const NOT_YET: readonly Key[] = ['include', 'run'];
export const GOALS: readonly Direction[] = ['minimize', 'maximize'];
/** A sweep that is told nothing must end some time. */
const DEFAULT_STOP: StopCriteria = { trials: 50 };

const MAXIMIZED = /(?:^|_)(?:accuracy|acc|precision|recall|f1|r2|auc)$/;
const MINIMIZED = /(?:^|_)(?:loss|mse|mae|rmse|error)$/;

/** What a mistyped metric was most likely to be. */
export const USUAL_METRICS = ['accuracy', 'precision', 'recall', 'f1', 'loss', 'mse', 'mae', 'r2'].flatMap(
  (name) => [name, `val_${name}`],
);

/** Which way is better, for metrics whose name says so. */
function inferGoal(metric: string): Direction | undefined {
  if (MAXIMIZED.test(metric)) return 'maximize';
  return MINIMIZED.test(metric) ? 'minimize' : undefined;
}

/** A setting with what it says and where it stands. */
interface Entry {
  readonly node: Node | null;
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}
type Entries = ReadonlyMap<string, Entry>;

/**
 * The settings, or undefined after an error. `block` is null where the body is empty; `start` and `end` are the
 * extent of the word `@sweep`, to blame for what is missing.
 */
export function readSweepSettings(
  block: Node | null,
  start: number,
  end: number,
  diagnostics: Diagnostics,
): SweepSettings | undefined {
  if (block !== null && !isMap(block)) {
    const [from, to] = extent(block, start, end);
    diagnostics.error(
      'sweep-not-a-mapping',
      'The settings of @sweep are lines such as `metric: val_loss`.',
      from,
      to,
    );
    return undefined;
  }
  return new Reader(diagnostics).settings(block, start, end);
}

class Reader {
  #failed = false;

  constructor(readonly diagnostics: Diagnostics) {}

  settings(block: YAMLMap | null, start: number, end: number): SweepSettings | undefined {
    const entries = this.#entries(block, SWEEP_KEYS, '@sweep');
    for (const key of NOT_YET) {
      const entry = entries.get(key);
      if (entry)
        this.#fail(
          'not-supported',
          `\`${key}\` is not supported yet. Take it out of the @sweep block.`,
          entry,
        );
    }
    const trainer = this.#trainer(entries);
    const objectives = this.#objectives(entries, { start, end });
    const stop = this.#stop(entries.get('stop'), objectives.length);
    const sampler = this.#oneOf(entries.get('sampler'), 'sampler', SAMPLER_NAMES) ?? 'auto';
    const several = objectivesProblem(sampler, objectives.length);
    const samplerEntry = entries.get('sampler');
    if (several && samplerEntry) this.#fail('sampler-objectives', several, samplerEntry);
    const pruner = this.#pruner(entries.get('pruner'));
    const repeats = this.#integer(entries.get('repeats'), 'repeats', 1, 3);
    const race = this.#integer(entries.get('race'), 'race', 0, 3);
    const warmStart = this.#texts(entries.get('warmStart'), 'warmStart', './other.yaml');
    const seed = this.#integer(entries.get('seed'), 'seed', 0);
    const workers = this.#integer(entries.get('workers'), 'workers', 1);
    const fuse = this.#fuse(entries.get('fuse'));
    const keep = this.#keep(entries.get('keep'));
    if (this.#failed) return undefined;
    return {
      trainer,
      objectives,
      stop,
      sampler,
      pruner,
      ...(repeats !== undefined && { repeats }),
      ...(race !== undefined && { race }),
      ...(seed !== undefined && { seed }),
      ...(workers !== undefined && { workers }),
      ...(warmStart !== undefined && { warmStart }),
      ...(fuse !== undefined && { fuse }),
      ...(keep && { keep }),
    };
  }

  #fail(code: string, message: string, at: { readonly start: number; readonly end: number }): undefined {
    this.#failed = true;
    this.diagnostics.error(code, message, at.start, at.end);
    return undefined;
  }

  /** The pairs of a mapping by key; keys that are not `known` are errors. */
  #entries(map: YAMLMap | null, known: readonly string[], owner: string): Entries {
    const entries = new Map<string, Entry>();
    for (const { key, value } of map?.items ?? []) {
      const keyNode = key as Node;
      const [keyStart, keyEnd] = extent(keyNode, 0, 0);
      const name = isScalar(keyNode) ? String(keyNode.value) : '';
      const node = value as Node | null;
      const [start, end] = extent(node, keyStart, keyEnd);
      if (isAlias(node)) {
        this.#fail('sweep-alias', 'Aliases cannot be used in @sweep. Write the value out.', { start, end });
        continue;
      }
      if (known.includes(name)) {
        entries.set(name, { node, value: plain(node), start, end: Math.max(start, end) });
        continue;
      }
      this.#fail(
        'unknown-setting',
        `\`${name}\` is not a setting of ${owner}.${didYouMean(name, known)} Known are ${known.join(', ')}.`,
        { start: keyStart, end: keyEnd },
      );
    }
    return entries;
  }

  #trainer(entries: Entries): TrainerSpec {
    const train = entries.get('train');
    const command = entries.get('command');
    if (train && command) {
      this.#fail(
        'train-and-command',
        '`train` and `command` exclude each other: a trial is trained one way. Drop one.',
        command,
      );
    }
    const file = train && this.#text(train, 'train', './train.ts');
    if (file !== undefined) return { kind: 'module', file };
    const line = command && this.#text(command, 'command', `python train.py --config \${config}`);
    return line === undefined ? { kind: 'declarative' } : { kind: 'command', command: line };
  }

  #text(entry: Entry, key: string, example: string): string | undefined {
    if (typeof entry.value === 'string' && entry.value.trim() !== '') return entry.value;
    return this.#fail('bad-setting', `\`${key}\` needs a text, such as \`${key}: ${example}\`.`, entry);
  }

  /** One text or a list of them. */
  #texts(entry: Entry | undefined, key: string, example: string): readonly string[] | undefined {
    if (!entry) return undefined;
    const nodes = isSeq(entry.node) ? (entry.node.items as readonly (Node | null)[]) : [entry.node];
    const texts = nodes.map((node) => {
      const [start, end] = extent(node, entry.start, entry.end);
      return this.#text({ node, value: plain(node), start, end }, key, example);
    });
    return texts.filter((text) => text !== undefined);
  }

  #objectives(entries: Entries, sweep: { readonly start: number; readonly end: number }): Objective[] {
    const metric = entries.get('metric');
    if (!metric) {
      this.#fail(
        'missing-metric',
        'The @sweep block does not say what to optimise. Add a line such as `metric: val_loss`, indented deeper than @sweep.',
        sweep,
      );
      return [];
    }
    const list = isSeq(metric.node) ? (metric.node.items as (Node | null)[]) : [metric.node];
    const goal = entries.get('goal');
    const common = goal && this.#oneOf(goal, 'goal', GOALS);
    if (list.length === 0) this.#badMetric(metric);
    if (goal && list.length > 1)
      this.#fail(
        'goal-of-many',
        'One `goal` does not fit several metrics. Write each as `{name: val_loss, goal: minimize}`.',
        goal,
      );
    const objectives: Objective[] = [];
    for (const node of list) {
      const [start, end] = extent(node, metric.start, metric.end);
      const one = this.#objective(node, { start, end }, goal, common);
      if (one && objectives.some((other) => other.metric === one.metric))
        this.#fail('duplicate-metric', `The metric \`${one.metric}\` stands twice. Drop one.`, {
          start,
          end,
        });
      else if (one) objectives.push(one);
    }
    return objectives;
  }

  #objective(
    node: Node | null,
    at: { readonly start: number; readonly end: number },
    goalEntry: Entry | undefined,
    common: Direction | undefined,
  ): Objective | undefined {
    let name = plain(node);
    let direction = common;
    let bad = false;
    if (isMap(node)) {
      const inner = this.#entries(node, ['name', 'goal'], 'a metric');
      name = inner.get('name')?.value;
      const own = inner.get('goal');
      if (own && goalEntry)
        this.#fail('two-goals', 'The goal stands both here and in `goal`. Drop one.', goalEntry);
      direction = this.#oneOf(own, 'goal', GOALS) ?? common;
      bad = own !== undefined && direction === undefined;
    }
    if (typeof name !== 'string' || name.trim() === '') return this.#badMetric(at);
    direction ??= inferGoal(name);
    if (direction !== undefined) return { metric: name, direction };
    if (!bad && goalEntry === undefined)
      this.#fail(
        'missing-goal',
        `Nothing says which way \`${name}\` is better.${didYouMean(name, USUAL_METRICS)} Add \`goal: minimize\` or \`goal: maximize\`.`,
        at,
      );
    return undefined;
  }

  #badMetric(at: { readonly start: number; readonly end: number }): undefined {
    return this.#fail(
      'bad-metric',
      '`metric` needs a name, a list of names, or `{name: val_loss, goal: minimize}`.',
      at,
    );
  }

  #stop(entry: Entry | undefined, objectives: number): StopCriteria {
    if (!entry) return DEFAULT_STOP;
    if (!isMap(entry.node)) {
      this.#fail('bad-stop', '`stop` needs its criteria by name, such as `stop: {trials: 100}`.', entry);
      return DEFAULT_STOP;
    }
    const inner = this.#entries(
      entry.node,
      ['trials', 'minutes', 'target', 'plateau', 'epochs', 'regret', 'trialMinutes'],
      '`stop`',
    );
    const trials = this.#integer(inner.get('trials'), 'trials', 1);
    const plateau = this.#integer(inner.get('plateau'), 'plateau', 1);
    const minutes = this.#number(inner.get('minutes'), 'minutes', true);
    const target = this.#number(inner.get('target'), 'target', false);
    const epochs = this.#integer(inner.get('epochs'), 'epochs', 1, 1000);
    const regretEntry = inner.get('regret');
    const regret = this.#number(regretEntry, 'regret', true);
    const several = regretProblem(objectives);
    if (several && regretEntry) this.#fail('regret-objectives', several, regretEntry);
    const trialMinutes = this.#number(inner.get('trialMinutes'), 'trialMinutes', true);
    // A limit on each trial alone would let the study go on for ever.
    const ends = [trials, minutes, target, plateau, epochs, regret].some(
      (criterion) => criterion !== undefined,
    );
    return {
      ...(!ends && DEFAULT_STOP),
      ...(trialMinutes !== undefined && { trialMinutes }),
      ...(trials !== undefined && { trials }),
      ...(minutes !== undefined && { minutes }),
      ...(target !== undefined && { target }),
      ...(plateau !== undefined && { plateau }),
      ...(epochs !== undefined && { epochs }),
      ...(regret !== undefined && { regret }),
    };
  }

  #pruner(entry: Entry | undefined): PrunerChoice {
    if (!entry) return 'none';
    const read = readPruner(entry.node);
    if (read.kind === 'pruner') return read.pruner;
    const [start, end] = extent(read.node, entry.start, entry.end);
    this.#fail(read.code, read.message, { start, end });
    return 'none';
  }

  /** `auto` is what holds without it. */
  #fuse(entry: Entry | undefined): number | undefined {
    if (!entry || entry.value === 'auto') return undefined;
    if (typeof entry.value === 'number') return this.#integer(entry, 'fuse', 1);
    return this.#fail('bad-setting', '`fuse` needs a whole number, such as `fuse: 16`, or `auto`.', entry);
  }

  #keep(entry: Entry | undefined): Retention | undefined {
    if (!entry) return undefined;
    const read = readKeep(entry.node);
    if (read.kind === 'keep') return read.keep;
    const [start, end] = extent(read.node, entry.start, entry.end);
    return this.#fail('bad-keep', read.message, { start, end });
  }

  #integer(
    entry: Entry | undefined,
    key: string,
    least: 0 | 1,
    example: number = least + 41,
  ): number | undefined {
    if (!entry) return undefined;
    const { value } = entry;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    return this.#fail(
      'bad-setting',
      `\`${key}\` needs a whole number, ${least} or larger, such as \`${key}: ${example}\`.`,
      entry,
    );
  }

  #number(entry: Entry | undefined, key: string, positive: boolean): number | undefined {
    if (!entry) return undefined;
    const { value } = entry;
    if (typeof value === 'number' && Number.isFinite(value) && (!positive || value > 0)) return value;
    const kind = positive ? 'a number above 0' : 'a number';
    return this.#fail(
      'bad-setting',
      `\`${key}\` needs ${kind}, such as \`${key}: ${positive ? 30 : 0.95}\`.`,
      entry,
    );
  }

  #oneOf<T extends string>(entry: Entry | undefined, key: string, known: readonly T[]): T | undefined {
    if (!entry) return undefined;
    const found = known.find((one) => one === entry.value);
    if (found !== undefined) return found;
    const word = String(entry.value ?? '');
    return this.#fail(
      `unknown-${key}`,
      `\`${key}\` cannot be \`${word}\`.${didYouMean(word, known)} Known are ${known.join(', ')}.`,
      entry,
    );
  }
}

const plain = (node: Node | null): unknown => (isScalar(node) ? node.value : undefined);

const extent = (node: Node | null, start: number, end: number): readonly [number, number] =>
  node?.range ? [node.range[0], node.range[1]] : [start, end];
