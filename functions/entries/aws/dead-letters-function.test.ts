import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import { deadLettersFunction } from './dead-letters-function.ts';
import { batchOf, calledWith, envelope, messageOf, queueArn, testLambda } from './test-cloud.ts';

const environment = {
  HYBRID_SUBSCRIPTIONS: JSON.stringify({
    'models-2b': ['models.alias-assigned', 'models.endpoint-ready'],
    'one-3c': ['billing.tenant-created'],
  }),
  HYBRID_QUEUE_MODELS_TRAINING_JOBS: 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs-4d',
};
const world = (more = {}) => {
  const lambda = testLambda(() => inMemoryTable(), environment, more);
  return { ...lambda, handle: deadLettersFunction(lambda) };
};
const event = { type: 'x.v1', source: 'urn:hybrid:models', time: '2026-11-21T12:00:00.000Z', tenantid: 'acme', data: { n: 1 } };
const text = (stringValue: string) => ({ stringValue, dataType: 'String' });
/** As a queue gives a message up after three attempts. */
const fromQueue = (id: string, body: string, queue: string): SQSRecord => {
  const record = messageOf('dead-letters-1a', id, body, 4);
  return { ...record, attributes: { ...record.attributes, DeadLetterQueueSourceArn: queueArn(queue) } };
};

describe('a function of dead letters', () => {
  it('keeps an event that was given up: whose it is, who gave it up, and how to send it again', async () => {
    const { handle, deeds } = world();
    const message = envelope(event as never);
    expect(await handle(batchOf(fromQueue('m1', message, 'one-3c')), calledWith())).toEqual({ batchItemFailures: [] });
    expect(deeds.buried).toEqual([
      {
        ...{ id: 'm1', source: 'billing.tenant-created', tenant: 'acme', attempts: 3, diedAt: '2026-11-21T12:00:00.000Z' },
        ...{ body: event, message, queue: 'one-3c', deadLetterQueue: queueArn('dead-letters-1a') },
        reason: expect.stringContaining('the log'),
      },
    ]);
  });

  it('knows queues that several subscribers share, and queues of work', async () => {
    const { handle, deeds } = world();
    await handle(batchOf(fromQueue('a', '{}', 'models-2b'), fromQueue('b', '{}', 'jobs-4d'), fromQueue('c', '{}', 'other')), calledWith());
    expect(deeds.buried.map(({ source }) => source)).toEqual(['models', 'models.training-jobs', 'other']);
  });

  it('keeps what the bus could not put into a queue, and why', async () => {
    const { handle, deeds } = world();
    const messageAttributes = { TARGET_ARN: text(queueArn('one-3c')), ERROR_CODE: text('NO_PERMISSIONS'), ERROR_MESSAGE: text('denied') };
    await handle(batchOf({ ...messageOf('dead-letters-1a', 'a', envelope(event as never)), messageAttributes }), calledWith());
    expect(deeds.buried).toMatchObject([{ queue: 'one-3c', source: 'billing.tenant-created', reason: 'denied', attempts: 1 }]);
  });

  it('keeps what no queue can take back', async () => {
    const { handle, deeds } = world();
    const messageAttributes = { TARGET_ARN: text('arn:aws:lambda:us-east-1:123456789012:function:models-schedules') };
    await handle(batchOf({ ...messageOf('schedules-5e', 'a', '{"schedule":"models.upload-sweep"}'), messageAttributes }), calledWith());
    expect(deeds.buried).toMatchObject([{ queue: '', source: 'schedules-5e', tenant: 'platform' }]);
  });

  it('keeps a message of a queue, and one that is no JSON, as it is', async () => {
    const { handle, deeds } = world();
    await handle(batchOf(messageOf('q', 'a', '{"tenant":"zeta"}'), messageOf('q', 'b', 'no json')), calledWith());
    expect(deeds.buried.map(({ tenant, body }) => [tenant, body])).toEqual([
      ['zeta', { tenant: 'zeta' }],
      ['platform', 'no json'],
    ]);
  });

  it('leaves in its queue what it cannot keep', async () => {
    const { handle } = world({ bury: () => Promise.reject(new TypeError('throttled')) });
    expect(await handle(batchOf(messageOf('q', 'a', '1')), calledWith())).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
  });
});
