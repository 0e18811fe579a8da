import * as z from 'zod';
import { context } from '../kernel/context.ts';

const small = { body: '4 KiB', time: '10 s' } as const;
const publicly = { permission: 'public', limit: small, uses: {} } as const;

/** What belongs to no bounded context: whether the platform lives, and what it offers. */
export const platform = context('platform', {
  describes: 'Health and documentation',
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
  },
});
