import type { JsonObject } from '../../../../domain/kernel/json.ts';
import { type FakeAnswer, type FakeRequest, json } from '../server.ts';
import { badRequest, refused } from './answers.ts';
import { bodyOf, type Context, itemHeaders, objectOf } from './documents.ts';
import { feedAnswer, pageSizeOf, selected } from './feeds.ts';
import { numberOf, type Parameters, parametersOf, runQuery } from './query.ts';
import { needsPlan, planOf } from './query-plan.ts';
import { parseQuery } from './sql/parser.ts';
import type { Query } from './sql/syntax.ts';

export const isQuery = ({ header }: FakeRequest): boolean => header('content-type')?.split(';')[0] === 'application/query+json';

/**
 * A page of a query. Of all ranges together the gateway gives only what needs no putting together: it refuses ORDER BY, TOP, OFFSET and COUNT with the
 * plan for it (substatus 1004), whatever the number of ranges. With a range or a partition key it gives them.
 */
export const answerQuery = (context: Context): FakeAnswer => {
  const { request, container } = context;
  const { query: text, parameters: list } = objectOf(bodyOf(request));
  const query = parseQuery(String(text));
  const parameters = parametersOf(list);
  if (request.header('x-ms-cosmos-is-query-plan-request')?.toLowerCase() === 'true')
    return json(200, plan(query, parameters), itemHeaders(context, undefined, 1));
  const { kind, ranges } = selected(context);
  if (kind !== 'key') checkAcross(request, kind === 'all' && needsPlan(query), plan(query, parameters));
  const page = runQuery(
    container,
    ranges.map(({ items }) => items),
    query,
    parameters,
    { items: pageSizeOf(request), token: request.header('x-ms-continuation') },
  );
  const headers = page.token === undefined ? {} : { 'x-ms-continuation': page.token };
  return feedAnswer(context, ranges.length === 1 ? ranges[0]?.range : undefined, page.rows as readonly JsonObject[], headers);
};

const plan = (query: Query, parameters: Parameters): JsonObject =>
  planOf(query, (part) => {
    const expression = query[part];
    return expression === undefined ? null : numberOf(expression, query, parameters);
  }) as JsonObject;

const checkAcross = ({ header }: FakeRequest, refuse: boolean, plan: JsonObject): void => {
  if (header('x-ms-documentdb-query-enablecrosspartition')?.toLowerCase() !== 'true')
    throw badRequest(
      'Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception.',
    );
  if (!refuse) return;
  throw refused({
    status: 400,
    code: 'BadRequest',
    message:
      'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully.',
    substatus: 1004,
    also: { additionalErrorInfo: JSON.stringify(plan) },
  });
};

/** All items of a feed, a page at a time: a query for everything. */
export const answerReadFeed = (context: Context): FakeAnswer => {
  const { ranges } = selected(context);
  const query = parseQuery('SELECT * FROM c');
  const wish = { items: pageSizeOf(context.request), token: context.request.header('x-ms-continuation') };
  const page = runQuery(
    context.container,
    ranges.map(({ items }) => items),
    query,
    new Map(),
    wish,
  );
  return feedAnswer(
    context,
    undefined,
    page.rows as readonly JsonObject[],
    page.token === undefined ? {} : { 'x-ms-continuation': page.token },
  );
};
