/** Forms that only the model and its training need, beside those of ../../forms.ts. */
import { z } from 'zod';
import { count, must } from '../../forms.js';

const pairOf = must('a whole number or a pair of them, such as 3 or [3, 3]');
export const pair = z.union([count, z.tuple([count, count])], pairOf);

const atLeast0 = must('a number of at least 0');
export const nonNegative = z.number(atLeast0).min(0, atLeast0);
const whole = must('a whole number of at least 0');
export const wholeFrom0 = z.number(whole).int(whole).min(0, whole);
const unit = must('a number from 0 to 1');
export const from0To1 = z.number(unit).min(0, unit).max(1, unit);
const inner = must('a number above 0 and at most 1');
export const above0To1 = z.number(inner).gt(0, inner).max(1, inner);
const atLeast1 = must('a number of at least 1');
export const from1 = z.number(atLeast1).min(1, atLeast1);

/** A value that `false` stands for the absence of, so that whether there is one can be tuned. */
export const orFalse = <F extends z.ZodType>(form: F) =>
  z.preprocess((value) => (value === false ? undefined : value), form.optional()).optional();

/** `cosine` for `{name: cosine}`: a name alone stands for the section with that name. */
export const named = <F extends z.ZodType>(form: F, key = 'name') =>
  z.preprocess(
    (value) => (typeof value === 'string' || typeof value === 'number' ? { [key]: value } : value),
    form,
  );
