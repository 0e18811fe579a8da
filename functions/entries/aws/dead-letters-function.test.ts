import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import { deadLettersFunction } from './dead-letters-function.ts';
import { batchOf, calledWith, envelope, messageOf, queueArn, testLambda } from './test-cloud.ts';

const sources = { 'models-dead-1a': ['models-events-2b', 'models.alias-assigned', 8] };
const world = (more = {}) => {
  const lambda = testLambda(() => inMemoryTable(), { HYBRID_DEAD_LETTER_SOURCES: JSON.stringify(sources) }, more);
  return { ...lambda, handle: deadLettersFunction(lambda) };
};
const event = { type: 'x.v1', source: 'urn:hybrid:models', time: '2026-11-21T12:00:00.000Z', tenantid: 'acme', data: { n: 1 } };

describe('a function of dead letters', () => {
  it('keeps an event that was given up, whose it is and where it comes from', async () => {
    const { handle, deeds } = world();
    const message = envelope(event as never);
    expect(await handle(batchOf(messageOf('models-dead-1a', 'm1', message)), calledWith())).toEqual({ batchItemFailures: [] });
    expect(deeds.buried).toEqual([
      {
        ...{ id: 'm1', source: 'models.alias-assigned', tenant: 'acme', attempts: 8, diedAt: '2026-11-21T12:00:00.000Z' },
        ...{ body: event, message, queue: 'models-events-2b', deadLetterQueue: queueArn('models-dead-1a') },
        reason: expect.stringContaining('8 attempts failed'),
      },
    ]);
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
