/**
 * Reads a config by a form and words what does not fit it: each value by its file, line and path, with the nearest known
 * key or name.
 */
import { z } from 'zod';
import { didYouMean } from '../../core/annotation/nearest.js';
import type { Json } from '../../core/json.js';
import { placeOf } from './config-lines.js';
import { FatalTrainingError } from './fatal-error.js';

type Path = readonly (string | number)[];

/** The user's file, as messages name it. */
export interface ConfigSource {
  readonly configFile: string;
  readonly configText: string;
}

/** What zod reports, as far as it is used. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  /** Of a union: what is wrong by each of its forms. */
  readonly errors?: readonly (readonly Issue[])[];
  /** Of a choice: the names there are. */
  readonly values?: readonly unknown[];
}

function at(config: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    config,
  );
}

const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** The form without what zod wraps around it: defaults, shorthands, optional ones. */
function bare(form: unknown): unknown {
  if (form instanceof z.ZodPipe) return bare(form.out);
  if (
    form instanceof z.ZodOptional ||
    form instanceof z.ZodDefault ||
    form instanceof z.ZodPrefault ||
    form instanceof z.ZodLazy
  ) {
    return bare(form.unwrap());
  }
  return form;
}

/** The form of one key or item below `form`, for `value` as it stands in the config. */
function below(form: unknown, key: string | number, value: unknown): unknown {
  const here = chosen(form, value);
  if (here instanceof z.ZodObject) return here.shape[key];
  if (here instanceof z.ZodArray) return here.element;
  return undefined;
}

/** Of the forms of a union the one meant by `value`: by its type where it names one, else the one of its kind. */
function chosen(form: unknown, value: unknown): unknown {
  const here = bare(form);
  if (!(here instanceof z.ZodUnion)) return here;
  const options = here.options.map(bare);
  if (Array.isArray(value)) return options.find((option) => option instanceof z.ZodArray);
  const kind = ['type', 'kind'].find((key) => typeof at(value, [key]) === 'string');
  const isMeant = (option: unknown): boolean => {
    if (!(option instanceof z.ZodObject)) return false;
    const named = kind === undefined ? undefined : bare(option.shape[kind]);
    return !(named instanceof z.ZodLiteral) || [...named.values].includes(at(value, [kind!]) as string);
  };
  return options.find(isMeant);
}

/** The keys that may stand at `path`. */
function knownKeys(schema: z.ZodType, config: unknown, path: Path): readonly string[] {
  let form: unknown = schema;
  for (const [i, key] of path.entries()) form = below(form, key, at(config, path.slice(0, i)));
  const here = chosen(form, at(config, path));
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** What to write instead of an unknown key. */
function remedy(schema: z.ZodObject, config: unknown, path: Path, key: string): string {
  const here = knownKeys(schema, config, path);
  const near = didYouMean(key, here);
  if (near) return near;
  const elsewhere = Object.keys(schema.shape).find(
    (section) => section !== path[0] && knownKeys(schema, config, [section]).includes(key),
  );
  return elsewhere ? ` It belongs under "${elsewhere}:".` : ` Known here: ${here.join(', ')}.`;
}

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

/** A union's problems are those of the form that was meant: of a list or a section what is wrong inside it. */
function unfolded(issue: Issue, config: unknown): readonly Issue[] {
  if (issue.code !== 'invalid_union' || !issue.errors) return [issue];
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  if (!isContainer(at(config, path))) return [issue];
  const meant = issue.errors.find(
    (errors) =>
      errors.length > 0 &&
      errors.every(({ path: inner, code }) => inner.length > 0 || code === 'unrecognized_keys'),
  );
  if (!meant) return [issue];
  return meant.flatMap((inner) => unfolded({ ...inner, path: [...issue.path, ...inner.path] }, config));
}

/** Path without what stands inside a shorthand: of `schedule.name` in `schedule: cosin` what stands there is `schedule`. */
function written(config: unknown, path: Path): Path {
  const scalar = path.findIndex((_, i) => {
    const value = at(config, path.slice(0, i));
    return value !== undefined && !isContainer(value);
  });
  return scalar < 0 ? path : path.slice(0, scalar);
}

/** Names of the choice or of the layer types that `form` has, for the nearest one. */
function choices(schema: z.ZodType, config: unknown, path: Path, issue: Issue): readonly string[] {
  if (issue.values) return issue.values.filter((value) => typeof value === 'string');
  const key = path.at(-1);
  let form: unknown = schema;
  for (const [i, step] of path.slice(0, -1).entries()) form = below(form, step, at(config, path.slice(0, i)));
  const here = bare(form);
  if (!(here instanceof z.ZodUnion) || (key !== 'type' && key !== 'kind')) return [];
  return here.options.flatMap((option) => {
    const object = bare(option);
    const literal = object instanceof z.ZodObject ? bare(object.shape[key]) : undefined;
    return literal instanceof z.ZodLiteral ? [...literal.values].map(String) : [];
  });
}

/** One message per problem: `iris.yaml:12: model.dropout must be …; it is "lots".` */
function problemsOf(
  schema: z.ZodObject,
  error: z.ZodError,
  config: Json,
  { configFile, configText }: ConfigSource,
): readonly string[] {
  const issues = error.issues.flatMap((issue) => unfolded(issue as Issue, config));
  return issues.flatMap((issue) => {
    const formal = issue.path.filter((key) => typeof key !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return (issue.keys ?? []).map((key) => {
        const name = [...formal, key].join('.');
        const place = placeOf(configFile, configText, [...formal, key]);
        return `${place}unknown key "${name}".${remedy(schema, config, formal, key)}`;
      });
    }
    const path = written(config, formal);
    const value = at(config, path);
    const name = path.length === 0 ? 'the config' : path.join('.');
    const found = value === undefined ? 'is missing: it' : '';
    const end = value === undefined ? '.' : `; it is ${shown(value)}.`;
    const near = typeof value === 'string' ? didYouMean(value, choices(schema, config, formal, issue)) : '';
    const place = placeOf(configFile, configText, value === undefined ? path.slice(0, -1) : path);
    return [`${place}${name} ${found} ${issue.message}${end}${near}`.replace(/ +/g, ' ')];
  });
}

/** @throws FatalTrainingError that names every wrong key with its line */
export function readForm<F extends z.ZodObject>(form: F, config: Json, source: ConfigSource): z.infer<F> {
  const result = form.safeParse(config);
  if (result.success) return result.data;
  throw new FatalTrainingError(problemsOf(form, result.error, config, source).join('\n'));
}
