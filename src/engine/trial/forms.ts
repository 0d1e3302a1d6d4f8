/** Small forms that the sections of a declarative config are made of, each with the words for what does not fit it. */
import { z } from 'zod';

/** The end of a message: `model.dropout must be a number above 0`. */
export const must = (text: string) => ({ error: `must be ${text}` });

const wholeNumber = must('a whole number of at least 1');
export const count = z.number(wholeNumber).int(wholeNumber).min(1, wholeNumber);
const fraction = must('a number from 0 up to, but not including, 1');
export const share = z.number(fraction).min(0, fraction).lt(1, fraction);
const above0 = must('a number above 0');
export const positive = z.number(above0).gt(0, above0);
export const text = z.string(must('text'));
export const trueOrFalse = z.boolean(must('true or false'));
export const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, must(`one of ${names.join(', ')}`));
