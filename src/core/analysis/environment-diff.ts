/**
 * The difference of two environments, each entry with how likely it is to change a result and why. Pure: the facts are
 * JSON as src/engine/environment captures them, with what a trial reported of itself; how they are gathered, and
 * whether a result has really changed, is not decided here.
 */
import { formatValue } from '../format.js';
import { type Json, type JsonObject, jsonEqual } from '../json.js';
import type { Study, Trial } from '../study/trial.js';

/** `likely`: the result is likely to change; `possible`: its last digits; `unlikely`: speed at most. */
type Weight = 'likely' | 'possible' | 'unlikely';

export interface EnvironmentDifference {
  /** Dotted place of the fact: `cpu.model`, `packages.numpy`. */
  readonly path: string;
  /** undefined where that side does not have the fact. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly weight: Weight;
  /** Why it matters or not, half a sentence. */
  readonly why: string;
}

const LONGEST = 60;
/** `sha256:` and twelve digits tell two files apart. */
const LONGEST_HASH = 19;

/** A fact for people. Of a number every digit: a seed is no measurement. */
export function factText(value: Json | undefined): string {
  const text = typeof value === 'number' ? String(value) : formatValue(value);
  const longest = text.startsWith('sha256:') ? LONGEST_HASH : LONGEST;
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

interface Rule {
  readonly path: RegExp;
  readonly weight: Weight;
  readonly why: string;
}

/** Packages whose arithmetic a training consists of. */
const NUMERIC_PACKAGE =
  /^(?:packages|conda)\.(numpy|scipy|pandas|scikit-learn|torch\w*|tensorflow[\w-]*|keras|jax\w*|xgboost|lightgbm|catboost|transformers|onnx\w*|cupy\w*|numba|nvidia-[\w-]+|triton|mkl\w*|cudatoolkit|cuda-\w[\w-]*|cudnn|\w*blas|pytorch)$/i;

/** The first that fits decides. */
const RULES: readonly Rule[] = [
  { path: /^config/, weight: 'likely', why: 'the config itself differs' },
  { path: /^seed$/, weight: 'likely', why: 'another seed draws other weights and batches' },
  { path: /^data/, weight: 'likely', why: 'it was trained on other data' },
  { path: /^trainer\./, weight: 'likely', why: 'other code was trained' },
  {
    path: /^(backend|versions)/,
    weight: 'likely',
    why: 'another backend computes in another order',
  },
  { path: NUMERIC_PACKAGE, weight: 'likely', why: 'the library that computes differs' },
  {
    path: /^interpreter\.version/,
    weight: 'possible',
    why: 'hashing, random numbers and libraries may differ',
  },
  { path: /^command$/, weight: 'likely', why: 'another program was started' },
  { path: /^cpu\.flags/, weight: 'possible', why: 'other vector instructions sum in another order' },
  {
    path: /^cpu\.(model|architecture)/,
    weight: 'possible',
    why: 'another processor may round sums differently',
  },
  { path: /^gpu/, weight: 'likely', why: 'another GPU or driver computes in another order' },
  { path: /^threads/, weight: 'possible', why: 'sums over threads depend on how many there are' },
  { path: /^git\.(commit|patch)/, weight: 'possible', why: 'code of the project may differ' },
  { path: /^git\./, weight: 'unlikely', why: 'what was changed, git.patch says' },
  { path: /^lockFiles/, weight: 'possible', why: 'other versions of packages may be installed' },
  { path: /^(packages|conda)\./, weight: 'possible', why: 'another version of a package' },
  {
    path: /^variables\.(OMP|MKL|OPENBLAS|TF|XLA|CUDA|CUBLAS|PYTORCH|NVIDIA|PYTHONHASHSEED)/,
    weight: 'possible',
    why: 'libraries compute by it',
  },
  { path: /^sweetspot$/, weight: 'possible', why: 'our own trainers may have changed' },
  { path: /^node$/, weight: 'possible', why: 'Math functions may differ in the last digit' },
  { path: /^os\.platform/, weight: 'possible', why: 'system libraries round differently' },
];

const OTHERWISE = { weight: 'unlikely', why: 'affects speed at most' } as const;
const ORDER: readonly Weight[] = ['likely', 'possible', 'unlikely'];

/** Differ from run to run without meaning, or say again what another fact says. */
const MEANINGLESS = new Set([
  'pid',
  'commandPid',
  'process',
  'fallbackReason',
  'fused',
  'peakMemory',
  'dataNotices',
]);

/** Objects are taken apart; lists are values. */
function* leaves(value: JsonObject, prefix = ''): Generator<readonly [string, Json]> {
  for (const [key, item] of Object.entries(value)) {
    if (prefix === '' && MEANINGLESS.has(key)) continue;
    if (item !== null && typeof item === 'object' && !Array.isArray(item)) {
      yield* leaves(item as JsonObject, `${prefix}${key}.`);
    } else yield [`${prefix}${key}`, item];
  }
}

/** What differs, the likeliest to matter first; empty where nothing does. */
export function environmentDifference(
  before: JsonObject,
  after: JsonObject,
): readonly EnvironmentDifference[] {
  const a = new Map(leaves(before));
  const b = new Map(leaves(after));
  const differences: EnvironmentDifference[] = [];
  for (const path of new Set([...a.keys(), ...b.keys()])) {
    if (jsonEqual(a.get(path), b.get(path))) continue;
    const { weight, why } = RULES.find((rule) => rule.path.test(path)) ?? OTHERWISE;
    differences.push({ path, before: a.get(path), after: b.get(path), weight, why });
  }
  return differences.sort(
    (x, y) => ORDER.indexOf(x.weight) - ORDER.indexOf(y.weight) || (x.path < y.path ? -1 : 1),
  );
}

/** All that is known of what a trial's result depends on: its run's environment, and what it reported of itself. */
export function environmentOfTrial(study: Pick<Study, 'environments'>, trial: Trial): JsonObject {
  const { facts = {} } = study.environments.find(({ id }) => id === trial.environment) ?? {};
  return { ...trial.attributes, ...facts };
}

const SHOWN = 4;

/** What of it may matter, by name: `packages.numpy (likely to matter), cpu.model`. Empty where nothing may. */
export function matteringText(differences: readonly EnvironmentDifference[]): string {
  const mattering = differences.filter(({ weight }) => weight !== 'unlikely');
  const named = mattering
    .slice(0, SHOWN)
    .map(({ path, weight }) => `${path}${weight === 'likely' ? ' (likely to matter)' : ''}`);
  const more = mattering.length > SHOWN ? ` and ${mattering.length - SHOWN} more` : '';
  return `${named.join(', ')}${more}`;
}

/** One sentence for the note at the start of a run; undefined where nothing that may matter differs. */
export function environmentNote(differences: readonly EnvironmentDifference[]): string | undefined {
  const text = matteringText(differences);
  if (text === '') return undefined;
  const one = differences.filter(({ weight }) => weight !== 'unlikely').length === 1;
  return `This study continues in another environment: ${text} ${one ? 'differs' : 'differ'} from the earlier run's.`;
}
