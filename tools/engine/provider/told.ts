import type * as z from 'zod';
import type { Records } from './records.ts';
import type { Properties } from './values.ts';

/** What of a kind that is only recorded a cloud would not take, as it would say it; nothing where it takes it. */
export const problemsOf = (wanted: z.ZodType | undefined, inputs: Properties): string | undefined =>
  wanted
    ?.safeParse(inputs)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ');

/** The first of these ids that no record has. */
export const missingOf = (ids: readonly unknown[] | undefined, records: Records): string | undefined =>
  ids?.map(String).find((id) => !records.has(id));
