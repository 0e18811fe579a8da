import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { DeadLetter } from '../../domain/kernel/queue.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { testClock } from '../kernel/test-serving.ts';
import { redriveDeadLetter } from './redrive-dead-letter.ts';

const letter: DeadLetter = { id: 'a', source: 'x', tenant: 'acme', body: {}, reason: 'x', attempts: 1, diedAt: '2026-11-21T12:00:00.000Z' };

/** What comes of a redrive: `sends` says whether it is this one that sends, and what is left then. */
const redriven = async (sends: boolean, left: DeadLetter | undefined) => {
  let [there, audit]: [DeadLetter | undefined, ReturnType<typeof inMemoryTable>] = [letter, inMemoryTable()];
  const deadLetters = {
    get: async () => there,
    redrive: async () => {
      there = left;
      return sends;
    },
  };
  const request = { params: { id: 'a' }, principal: { tenant: 'acme' as TenantId, id: 'key:1', roles: [] }, newId: () => '1' };
  const answer = await redriveDeadLetter(request as never, { deadLetters, audit, clock: testClock() } as never);
  return { answer: isFailure(answer) ? answer.code : answer.status, audited: audit.changes().length };
};

describe('a redrive of a dead letter', () => {
  it('is accepted and audited', async () => {
    expect(await redriven(true, undefined)).toEqual({ answer: 202, audited: 1 });
  });
  it('finds nothing where another has sent it', async () => {
    expect(await redriven(false, undefined)).toEqual({ answer: 'dead-letter-not-found', audited: 0 });
  });
  it('is told to come again while another is at it, who may have died', async () => {
    expect(await redriven(false, letter)).toEqual({ answer: 'dead-letter-claimed', audited: 0 });
  });
});
