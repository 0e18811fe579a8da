import * as z from 'zod';
import { context } from '../kernel/context.ts';
import { Problem } from '../kernel/schemas.ts';

const small = { body: '4 KiB', time: '10 s' } as const;
const publicly = { permission: 'public', limit: small, uses: {} } as const;

// Whether they fit the URL is for the gateway to say, in one answer that tells a forger nothing; so none of them is required here.
const Signed = z.object({
  method: z.string().optional().describe('The method that the URL grants'),
  expires: z.string().optional().describe('Until when it grants it, in seconds since 1970'),
  signature: z.string().optional(),
});
const signed = { permission: 'signed', query: Signed, uses: { objectGateway: ['serve'] } } as const;

/** What belongs to no bounded context: whether the platform lives, what it offers, and the objects behind presigned URLs. */
export const platform = context('platform', {
  describes: 'Health, documentation, and the objects behind presigned URLs',
  tables: {
    /** When keys were last used, by whoever answers requests; see `functions/kernel/resources.ts`. A hint for people: no move takes it along. */
    'last-uses': {},
  },
  objects: {
    /** The data of events that are too large for a cloud's bus; see `functions/kernel/resources.ts`. */
    'large-events': { keep: '14 days' },
    /** What a consumer of changes could not handle. */
    'failed-changes': { keep: '90 days' },
  },
  routes: {
    'GET /health/live': {
      ...publicly,
      does: 'get-live',
      summary: 'Whether the process lives',
      answers: { 200: z.object({ status: z.literal('live') }) },
    },
    'GET /health/ready': {
      ...publicly,
      does: 'get-ready',
      summary: 'Whether the platform can answer',
      answers: { 200: z.object({ status: z.literal('ready') }) },
    },
    'GET /openapi.json': {
      ...publicly,
      does: 'get-openapi',
      summary: 'This API as OpenAPI 3.1',
      answers: { 200: { media: 'application/json', describes: 'An OpenAPI 3.1 document' } },
    },
    'GET /docs': {
      ...publicly,
      does: 'get-docs',
      summary: 'This API, to read',
      answers: { 200: { media: 'text/html', describes: 'A page without scripts' } },
    },
    'GET /objects/{store}/{key+}': {
      ...signed,
      does: 'get-object',
      summary: 'Read one object by a presigned URL, whole or one range of it',
      limit: { body: '4 KiB', time: '15 m' },
      answers: {
        200: { media: '*/*', describes: 'The object' },
        206: { media: '*/*', describes: 'The range that was asked for' },
        403: Problem,
        404: Problem,
        416: Problem,
      },
    },
    'PUT /objects/{store}/{key+}': {
      ...signed,
      does: 'put-object',
      summary: 'Write one object by a presigned URL',
      body: { stream: '*/*' },
      limit: { body: '2 GiB', time: '15 m' },
      answers: { 201: z.null(), 403: Problem, 404: Problem, 412: Problem, 413: Problem, 507: Problem },
    },
  },
});
