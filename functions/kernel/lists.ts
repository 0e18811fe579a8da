import * as z from 'zod';
import type { Json } from '../../domain/kernel/json.ts';
import type { Page } from '../../domain/kernel/table.ts';

/** How a list is paged: `?cursor=` from the answer before, `?limit=` 1 to 1,000. */
export const Paging = z.object({
  cursor: z.string().max(4096).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('How many at the most'),
});

export const pageOf = ({ cursor, limit }: { cursor?: string | undefined; limit: number }): Page =>
  cursor === undefined ? { limit } : { limit, cursor };

/** The schema of a list's answer. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), next: z.string().nullable() });

export const list = (data: readonly Json[], next: string | null) => ({ data, next });
