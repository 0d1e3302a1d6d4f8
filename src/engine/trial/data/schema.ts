/** The keys of a declarative config's `data:` section. Only the form: whether files and columns exist is for the loader. */
import { z } from 'zod';
import { count, must, positive, share, text, trueOrFalse } from '../forms.js';

export const dataForm = z.strictObject(
  {
    csv: text,
    target: text,
    validation: share.default(0),
    standardize: trueOrFalse.default(false),
    shape: z.array(count, must('a list of whole numbers, such as [8, 8, 1]')).min(1).optional(),
    scale: positive.optional(),
  },
  must('a section with csv: and target:'),
);

export type DataConfig = Readonly<z.infer<typeof dataForm>>;

/** What is wrong with the section although each key is right by itself: the key, and the message. */
export function dataConflict(
  data: DataConfig,
): { readonly key: string; readonly message: string } | undefined {
  if (data.shape && data.standardize) {
    return {
      key: 'standardize',
      message: 'data.standardize treats columns one by one; with shape: use scale: instead.',
    };
  }
  return undefined;
}
