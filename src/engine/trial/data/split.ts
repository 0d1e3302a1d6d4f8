/** Splits rows into training and validation parts, repeatably: by share, by group, by time, in folds. */
import { random } from '../../../core/random.js';
import { rowsUpTo, shuffle } from '../shuffle.js';

/** The numbers 0 … n − 1 in a random order that follows from the seed alone. */
const permutation = (n: number, seed: number | string): Uint32Array =>
  shuffle(rowsUpTo(n), random('split', seed));

/** Row numbers in the file's order. A row may be in neither part (folds by time). */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

const UNUSED = 2;

function fromRoles(roles: Uint8Array): Split {
  const pick = (part: number): Uint32Array =>
    Uint32Array.from(roles.keys()).filter((row) => roles[row] === part);
  return { train: pick(0), validation: pick(1) };
}

/** Rows in a random order by class; without labels all are of one. */
function shuffledByClass(
  rows: number,
  seed: number | string,
  labels: Int32Array | undefined,
): readonly number[][] {
  const classes = new Map<number, number[]>();
  for (const row of permutation(rows, seed)) {
    const label = labels?.[row] ?? 0;
    const members = classes.get(label);
    if (members) members.push(row);
    else classes.set(label, [row]);
  }
  return [...classes.entries()].sort(([a], [b]) => a - b).map(([, members]) => members);
}

/**
 * Takes ⌊rows · fraction⌋ rows for validation. With `labels` each class gives its share, what is left over going to the
 * classes with the largest remainders. Both parts are in the file's order.
 */
export function split(rows: number, fraction: number, seed: number, labels?: Int32Array): Split {
  const total = Math.floor(rows * fraction + 1e-9);
  const roles = new Uint8Array(rows);
  const shares = shuffledByClass(rows, seed, labels).map((members) => {
    const exact = (members.length * total) / rows;
    return { members, take: Math.floor(exact), remainder: exact - Math.floor(exact) };
  });
  let left = total - shares.reduce((sum, { take }) => sum + take, 0);
  for (const share of [...shares].sort((a, b) => b.remainder - a.remainder)) {
    if (left-- <= 0) break;
    share.take++;
  }
  for (const { members, take } of shares) for (const row of members.slice(0, take)) roles[row] = 1;
  return fromRoles(roles);
}

/** Rows by group, the groups in a random order. */
function shuffledGroups(groups: readonly string[], seed: number | string): readonly number[][] {
  const members = new Map<string, number[]>();
  for (const [row, group] of groups.entries()) {
    const known = members.get(group);
    if (known) known.push(row);
    else members.set(group, [row]);
  }
  const lists = [...members.values()];
  return [...permutation(lists.length, seed)].map((i) => lists[i]!);
}

/** Whole groups go to validation, in a random order, each where that brings the share nearer to `fraction`. */
export function splitByGroup(groups: readonly string[], fraction: number, seed: number): Split {
  const total = groups.length * fraction;
  const roles = new Uint8Array(groups.length);
  let taken = 0;
  for (const members of shuffledGroups(groups, seed)) {
    if (Math.abs(taken + members.length - total) > Math.abs(taken - total)) continue;
    taken += members.length;
    for (const row of members) roles[row] = 1;
  }
  return fromRoles(roles);
}

const byTime = (times: Float64Array): readonly number[] =>
  [...times.keys()].sort((a, b) => times[a]! - times[b]! || a - b);

/** The latest ⌊rows · fraction⌋ rows are for validation. */
export function splitByTime(times: Float64Array, fraction: number): Split {
  const total = Math.floor(times.length * fraction + 1e-9);
  const roles = new Uint8Array(times.length);
  for (const row of byTime(times).slice(times.length - total)) roles[row] = 1;
  return fromRoles(roles);
}

/**
 * k parts of which each is for validation once. With `labels` the classes are spread evenly (stratified); with `groups`
 * no group is in two parts, the largest groups being dealt first.
 */
export function foldsOf(
  rows: number,
  k: number,
  seed: number | string,
  labels?: Int32Array,
  groups?: readonly string[],
): readonly Split[] {
  const foldOf = new Uint32Array(rows);
  if (groups) {
    const sizes = new Array<number>(k).fill(0);
    for (const members of [...shuffledGroups(groups, seed)].sort((a, b) => b.length - a.length)) {
      const fold = sizes.indexOf(Math.min(...sizes));
      sizes[fold]! += members.length;
      for (const row of members) foldOf[row] = fold;
    }
  } else {
    // Dealt on across the classes, so that no fold is a row short in each of them.
    for (const [i, row] of shuffledByClass(rows, seed, labels).flat().entries()) foldOf[row] = i % k;
  }
  return Array.from({ length: k }, (_, fold) =>
    fromRoles(Uint8Array.from(foldOf, (own) => (own === fold ? 1 : 0))),
  );
}

/** Validation on k successive stretches of time, each after all that is trained on (an expanding window). */
export function foldsByTime(times: Float64Array, k: number): readonly Split[] {
  const order = byTime(times);
  const bound = (i: number): number => Math.floor((order.length * i) / (k + 1));
  return Array.from({ length: k }, (_, fold) => {
    const roles = new Uint8Array(times.length).fill(UNUSED);
    for (const row of order.slice(0, bound(fold + 1))) roles[row] = 0;
    for (const row of order.slice(bound(fold + 1), bound(fold + 2))) roles[row] = 1;
    return fromRoles(roles);
  });
}
