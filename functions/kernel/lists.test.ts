import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { list, listOf, Paging, pageOf } from './lists.ts';

describe('paging', () => {
  it('is a hundred from the beginning unless asked otherwise', () => {
    expect(pageOf(Paging.parse({}))).toEqual({ limit: 100 });
  });

  it('reads the limit from text, and goes on at the cursor', () => {
    expect(pageOf(Paging.parse({ limit: '7', cursor: 'abc' }))).toEqual({ limit: 7, cursor: 'abc' });
  });

  it.each(['0', '1001', '1.5', 'many', '-1'])('refuses a limit of %s', (limit) => {
    expect(Paging.safeParse({ limit }).success).toBe(false);
  });

  it('refuses a cursor that no page can have given', () => {
    expect(Paging.safeParse({ cursor: 'x'.repeat(4097) }).success).toBe(false);
  });
});

describe('a list', () => {
  it('fits its schema, with a next page and without', () => {
    const schema = listOf(z.object({ id: z.string() }));
    expect(schema.safeParse(list([{ id: 'a' }], 'cursor')).success).toBe(true);
    expect(schema.safeParse(list([], null)).success).toBe(true);
  });
});
