/**
 * What an entry on Lambda costs a call beside the function that it calls: handlers in memory that do nothing, called one after the other with the
 * events that AWS documents, everything on (middleware, log lines, routing). Milliseconds of processor time. One JSON line a result.
 */
import { openCloud } from '../adapters/aws/index.ts';
import type { CloudEvent } from '../domain/kernel/cloud-event.ts';
import { batchOf, calledWith, envelope, httpEvent, messageOf, put, streamRecord } from '../functions/entries/aws/test-cloud.ts';
import { changesFunction, eventsFunction, httpFunction, lambdaOf, queuesFunction } from '../functions/entries/aws.ts';
import { type ContextDeclaration, context } from '../functions/kernel/context.ts';
import { ok } from '../functions/kernel/handler.ts';
import { Problem } from '../functions/kernel/schemas.ts';
import { median, report } from './result.ts';

const calls = 2_000;
const rounds = 7;
/** In milliseconds. */
const budget = { max: 0.5 };

const policy = { attempts: 3, visibilitySeconds: 60, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 60 } };
const declaration = context('things', {
  describes: 'Things',
  tables: { facts: { changes: { fold: { uses: {} } } } },
  queues: { jobs: { policy, uses: {} } },
  routes: {
    'POST /v1/things/{name}/jobs': {
      does: 'answer',
      summary: 'x',
      permission: 'public',
      body: { bytes: Problem },
      answers: { 200: Problem },
      limit: { body: '1 MiB', time: '10 s' },
      uses: {},
    },
  },
  subscribers: { 'every-thing': { to: '*', attempts: 8, uses: {} } },
}) as unknown as ContextDeclaration;

const nothing = async () => undefined;
const bound = [
  {
    declaration,
    handlers: { answer: async () => ok({ data: 'x'.repeat(1000) }) },
    subscribers: { 'every-thing': nothing },
    workers: { jobs: async () => ({ failed: [] }) },
    changes: { facts: { fold: nothing } },
  },
];
const lambda = lambdaOf(openCloud, {
  AWS_REGION: 'us-east-1',
  HYBRID_TABLE_THINGS_FACTS: 'facts',
  HYBRID_QUEUE_THINGS_JOBS: 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs',
  HYBRID_SUBSCRIPTIONS: JSON.stringify({ events: ['things.every-thing'] }),
});

const event = {
  ...{ specversion: '1.0', datacontenttype: 'application/json', source: 'urn:hybrid:things', subject: 's', sequence: '1' },
  ...{ id: '1', type: 'made.v1', time: '2026-11-21T12:00:00.000Z', tenantid: 'acme', principal: 'p', data: { text: 'x'.repeat(500) } },
} as CloudEvent;
const fact = streamRecord('facts', put('111', 'acme#usage#2026-11-21T12#0', '01M7Z342NC3TXKWVAM4E8F4B0Y', { requests: 1 }));
const stored = { pk: { S: 'acme#usage#2026-11-21T12#0' }, sk: { S: '01M7Z342NC3TXKWVAM4E8F4B0Y' }, requests: { N: '1' } };
const change = { ...fact, dynamodb: { ...fact.dynamodb, Keys: { pk: stored.pk, sk: stored.sk }, NewImage: stored } };
const asked = { body: JSON.stringify({ data: 'x'.repeat(1000) }), headers: { 'content-type': 'application/json', accept: '*/*' } };

const http = httpFunction(bound, lambda);
const events = eventsFunction(bound, lambda);
const queues = queuesFunction(bound, lambda);
const changes = changesFunction(bound, lambda);
const entries: { readonly [name: string]: () => Promise<unknown> } = {
  http: () => http(httpEvent('POST', '/v1/things/a/jobs', asked), calledWith()),
  events: () => events(batchOf(messageOf('events', 'm', envelope(event))), calledWith()),
  queues: () => queues(batchOf(messageOf('jobs', 'm', '{"n": 1}')), calledWith()),
  changes: () => changes({ Records: [change] }, calledWith()),
};

const millisPerCall = async (call: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  for (let count = 0; count < calls; count++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / calls;
};

// Log lines are made, and go nowhere.
process.stderr.write = () => true;
for (const [name, call] of Object.entries(entries)) {
  const millis: number[] = [];
  for (let round = 0; round < rounds; round++) millis.push(await millisPerCall(call));
  const [first = 0] = millis;
  report({
    name: `aws-entry-${name}`,
    ratio: median(millis),
    budget,
    notes: `ms a call; ${first.toFixed(3)} ms in the first ${calls} calls`,
  });
}
