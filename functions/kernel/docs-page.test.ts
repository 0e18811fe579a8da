import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contexts } from '../contexts.ts';
import { context } from './context.ts';
import { docsPage } from './docs-page.ts';
import { escaped, typeText } from './docs-types.ts';
import { operationsOf } from './operations.ts';

const page = docsPage(contexts);

describe('the page of the API', () => {
  it('has every operation, under an anchor of its own', () => {
    for (const { id } of operationsOf(contexts)) expect(page.split(`<article id="${id}">`)).toHaveLength(2);
  });

  it('runs nothing and loads nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|src=/i);
  });

  it('links to nothing that it does not have', () => {
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] as string);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((anchor) => !page.includes(`id="${anchor}"`))).toEqual([]);
  });

  it('closes what it opens', () => {
    for (const tag of ['article', 'table', 'pre', 'p', 'code', 'h2', 'h3', 'a'])
      expect(page.split(new RegExp(`<${tag}[ >]`)).length, tag).toBe(page.split(`</${tag}>`).length);
  });

  it('shows text as text, wherever it comes from', () => {
    const evil = '<script>"&\'';
    const limit = { body: '1 KiB', time: '1 s' } as const;
    const schema = z.object({ [evil]: z.enum([evil]).describe(evil) }).meta({ id: 'Evil' });
    const routes = {
      'GET /v1/x': {
        does: 'x',
        summary: evil,
        permission: evil,
        query: z.object({ [evil]: z.string() }),
        answers: { 200: schema },
        limit,
        uses: {},
      },
    } as const;
    const html = docsPage([context('evil', { describes: evil, routes })]);
    expect(html).not.toContain('<script');
    expect(html).toContain(escaped(evil));
  });
});

describe('a type in words', () => {
  it.each([
    [{ type: 'string' }, 'string'],
    [{ type: 'string', format: 'date-time' }, 'string (date-time)'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 'b'] }, '&quot;a&quot; | &quot;b&quot;'],
    [{ const: 1 }, '1'],
    [{ type: 'array', items: { type: 'string' } }, 'string[]'],
    [{ type: 'array', items: { enum: [1, 2] } }, '(1 | 2)[]'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ allOf: [{ type: 'string' }, {}] }, 'string &amp; any'],
    [{ $ref: '#/components/schemas/Thing' }, '<a href="#schema-Thing">Thing</a>'],
    [{ type: 'object' }, '{}'],
    [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, '{\n  a: string\n}'],
    [{ type: 'object', properties: { a: { type: 'integer', description: 'how many' } } }, '{\n  a?: integer  // how many\n}'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, '{\n  [name]: string\n}'],
    [{}, 'any'],
  ])('of %j is %s', (schema, text) => {
    expect(typeText(schema)).toBe(text);
  });
});
