import * as z from 'zod';
import { tenantIdPattern } from '../../domain/kernel/tenancy.ts';

/** RFC 9457. Members beyond these five are a failure's own. */
export const Problem = z
  .looseObject({
    type: z.string().describe('A URI that names the kind of problem'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What was wrong, and what would be right'),
    code: z.string().describe('The stable code of the problem'),
  })
  .meta({ id: 'Problem' });

export const InferenceError = z.object({ error: z.string() }).meta({ id: 'InferenceError' });

/** Names of models, aliases and endpoints: they stand in paths and keys. */
export const Name = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/,
    '1 to 128 letters, digits, ".", "_" or "-", beginning and ending with a letter or digit',
  );

export const Time = z.iso.datetime({ offset: true });
export const Decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal number as a string, for example "12.50"');
export const Empty = z.null();
export const TenantId = z
  .string()
  .regex(tenantIdPattern, '1 to 40 characters of a-z, 0-9 and "-", beginning and ending with a letter or digit');
