/**
 * From what a study says (`asha`, or `{name: asha, reduction: 4}`) to the pruner itself, or to what is wrong with it.
 * Settings of a study keep what was said; old ones, and those without options, are a name alone.
 */
import { didYouMean } from '../annotation/nearest.js';
import { canonicalJson, type Json, type JsonObject } from '../json.js';
import type { OptionRule } from './definition.js';
import { PRUNER_NAMES, type PrunerChoice, type PrunerName } from './names.js';
import type { Pruner } from './pruner.js';
import { pruners } from './registry.js';

export interface PrunerProblem {
  readonly code: 'unknown-pruner' | 'unknown-setting' | 'bad-setting';
  /** What is wrong and what to write instead. */
  readonly message: string;
  /** The keys that lead to the place; with `key`, the last key itself is to blame, not its value. */
  readonly path: readonly string[];
  readonly key?: true;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nameOf = (choice: Json): Json | undefined => (isObject(choice) ? choice.name : choice);

/** What is wrong with a choice of pruner; undefined where nothing is. */
export function prunerProblem(choice: Json, path: readonly string[] = []): PrunerProblem | undefined {
  const name = nameOf(choice);
  const known = PRUNER_NAMES.find((one) => one === name);
  if (known === undefined) {
    const word = typeof name === 'string' ? name : JSON.stringify(name ?? null);
    if (isObject(choice) && name === undefined)
      return {
        code: 'bad-setting',
        message: '`pruner` with options needs a name, such as `pruner: {name: asha, reduction: 4}`.',
        path,
      };
    return {
      code: 'unknown-pruner',
      message: `\`pruner\` cannot be \`${word}\`.${didYouMean(word, PRUNER_NAMES)} Known are ${PRUNER_NAMES.join(', ')}.`,
      path: isObject(choice) ? [...path, 'name'] : path,
    };
  }
  const { options, check } = pruners[known];
  const { name: _, ...given }: JsonObject = isObject(choice) ? choice : {};
  for (const [key, value] of Object.entries(given)) {
    const rule = options[key];
    const at = [...path, key];
    if (!rule) {
      const names = Object.keys(options);
      const has = names.length > 0 ? `Known are ${names.join(', ')}.` : 'It has none.';
      return {
        code: 'unknown-setting',
        message: `\`${key}\` is not an option of the pruner \`${known}\`.${didYouMean(key, names)} ${has}`,
        path: at,
        key: true,
      };
    }
    const problem = rule.kind === 'pruner' ? prunerProblem(value, at) : undefined;
    if (problem) return problem;
    const needs = valueProblem(value, rule);
    if (needs !== undefined) return { code: 'bad-setting', message: `\`${key}\` needs ${needs}.`, path: at };
  }
  const together = check?.(given);
  return together === undefined ? undefined : { code: 'bad-setting', message: together, path };
}

/** What the rule asks for, where the value is not that. */
function valueProblem(value: Json, rule: OptionRule): string | undefined {
  switch (rule.kind) {
    case 'integer': {
      const fine = typeof value === 'number' && Number.isSafeInteger(value) && value >= rule.least;
      return fine
        ? undefined
        : `a whole number, ${rule.least} or larger, such as ${rule.default ?? rule.least + 26}`;
    }
    case 'number': {
      const { above = -Infinity, least = -Infinity, most = Infinity } = rule;
      const fine =
        typeof value === 'number' &&
        Number.isFinite(value) &&
        value > above &&
        value >= least &&
        value <= most;
      if (fine) return undefined;
      const bounds = [
        ...(rule.above === undefined ? [] : [`above ${above}`]),
        ...(rule.least === undefined ? [] : [`${least} or larger`]),
        ...(rule.most === undefined ? [] : [`at most ${most}`]),
      ];
      return `a number${bounds.length > 0 ? ` ${bounds.join(' and ')}` : ''}, such as ${rule.default ?? 10}`;
    }
    case 'word':
      if (typeof value === 'string' && rule.words.includes(value)) return undefined;
      return `one of ${rule.words.join(', ')}`;
    case 'pruner':
      return undefined;
    default:
      return rule satisfies never;
  }
}

const made = new Map<string, Pruner>();

/** @throws Error when the choice has a problem: ask `prunerProblem` first. */
export function prunerOf(choice: PrunerChoice): Pruner {
  const key = typeof choice === 'string' ? choice : canonicalJson(choice);
  let pruner = made.get(key);
  if (!pruner) {
    const problem = prunerProblem(choice);
    if (problem) throw new Error(problem.message);
    const definition = pruners[nameOf(choice) as PrunerName];
    const given: JsonObject = isObject(choice) ? choice : {};
    pruner = definition.create(
      Object.fromEntries(
        Object.entries(definition.options).map(([option, rule]) => {
          const value = given[option];
          if (rule.kind === 'pruner')
            return [option, value === undefined ? undefined : prunerOf(value as PrunerChoice)];
          return [option, (value as number | string | undefined) ?? rule.default];
        }),
      ),
    );
    made.set(key, pruner);
  }
  return pruner;
}
