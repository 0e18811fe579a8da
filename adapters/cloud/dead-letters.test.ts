import { beforeEach, describe, expect, it } from 'vitest';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { rejection, settableClock } from '../conformance/harness.ts';
import { type InMemoryTable, inMemoryTable } from '../conformance/in-memory-table.ts';
import { type GivenUp, tableDeadLetters } from './dead-letters.ts';

const letterOf = (id: string, body: Json, more: Partial<GivenUp> = {}): GivenUp => ({
  id,
  source: 'models.on-deployed',
  tenant: 'acme',
  body,
  reason: '3 attempts failed; the log knows why.',
  attempts: 3,
  diedAt: '2026-11-01T12:00:00.000Z',
  deadLetterQueue: 'arn:aws:sqs:us-east-1:123456789012:on-deployed-dead-letters',
  queue: 'on-deployed',
  message: JSON.stringify(body),
  ...more,
});

describe('dead letters on a table', () => {
  const clock = settableClock();
  let table: InMemoryTable;
  let sent: string[];
  let failing: Error | undefined;
  let letters: ReturnType<typeof tableDeadLetters>;
  beforeEach(() => {
    [table, sent, failing] = [inMemoryTable(), [], undefined];
    letters = tableDeadLetters({
      table,
      clock,
      send: async ({ queue, message }) => {
        if (failing) throw failing;
        sent.push(`${queue}: ${message}`);
      },
    });
  });
  const ids = async (tenant?: string) => (await letters.port.list(tenant === undefined ? {} : { tenant })).items.map(({ id }) => id);

  it.each<[string, Json, string]>([
    ['a message', { n: 1 }, '{"n":1}'],
    ['the event of an envelope', { id: 'e', tenantid: 'acme' }, '{"detail-type":"x","detail":{"id":"e","tenantid":"acme"}}'],
    ['an event whose data were fetched', { id: 'e', data: { n: 1 } }, '{"detail-type":"x","detail":{"id":"e","dataref":"acme/1"}}'],
    ['text that is no JSON', 'not {JSON', 'not {JSON'],
    ['a text', 'text', '"text"'],
    ['nothing', null, 'null'],
  ])('show %s as it was given up', async (_, body, message) => {
    const letter = letterOf('1', body, { message });
    await letters.bury(letter);
    const { deadLetterQueue: _queue, queue: _name, message: _message, ...shown } = letter;
    expect(await letters.port.get('1')).toEqual(shown);
    expect((await letters.port.list({})).items).toEqual([shown]);
  });

  it('have room for the largest message', async () => {
    const body = 'x'.repeat(256 * 1024 - 2);
    await letters.bury(letterOf('1', body));
    expect((await letters.port.get('1'))?.body).toBe(body);
  });

  it('are listed in pages that a cloud can carry, none left out', async () => {
    const body = 'x'.repeat(256 * 1024 - 2);
    const all = Array.from({ length: 40 }, (_, index) => String(index + 10));
    for (const id of all) await letters.bury(letterOf(id, body, { diedAt: `2026-11-01T12:00:${id}.000Z` }));
    const listed: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof letters.port.list>> = await letters.port.list(cursor === undefined ? {} : { cursor });
      expect(JSON.stringify(page.items).length).toBeLessThan(4_500_000);
      listed.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(listed).toEqual([...all].reverse());
  });
  it('are kept once, and found once, however often they come', async () => {
    await letters.bury(letterOf('1', 1));
    await letters.bury(letterOf('1', 1, { diedAt: '2026-11-01T12:00:05.000Z' }));
    expect([await ids(), await ids('acme')]).toEqual([['1'], ['1']]);
    expect((await letters.port.get('1'))?.diedAt).toBe('2026-11-01T12:00:00.000Z');
  });

  it('are in both lists once although the first time broke off', async () => {
    const broken = tableDeadLetters({
      table: {
        ...table,
        put: async (item, condition) => (item.sk === 'letter' ? Promise.reject(new TypeError('ended')) : table.put(item, condition)),
      },
      clock,
      send: async () => undefined,
    });
    await expect(broken.bury(letterOf('1', 1))).rejects.toThrow('ended');
    expect(await ids()).toEqual([]);
    await letters.bury(letterOf('1', 1, { diedAt: '2026-11-01T12:00:05.000Z' }));
    expect([await ids(), await ids('acme')]).toEqual([['1'], ['1']]);
  });

  it('go back to their queue as they were sent, and are gone', async () => {
    await letters.bury(letterOf('1', { n: 1 }, { message: '{ "n": 1 }' }));
    expect(await letters.port.redrive('1')).toBe(true);
    expect(sent).toEqual(['on-deployed: { "n": 1 }']);
    expect([await ids(), await ids('acme'), await letters.port.get('1')]).toEqual([[], [], undefined]);
    expect((await table.query('platform#all-dead-letters')).items).toEqual([]);
  });

  it('stay where sending fails, and can be sent again at once', async () => {
    await letters.bury(letterOf('1', 1));
    failing = new Rejected(failed('unavailable', 'cloud-unavailable', 'SQS is busy.'));
    expect((await rejection(letters.port.redrive('1'))).code).toBe('cloud-unavailable');
    failing = undefined;
    expect(await letters.port.redrive('1')).toBe(true);
  });

  it('can be sent again where who did so before never came to the end', async () => {
    await letters.bury(letterOf('1', 1));
    const ended = tableDeadLetters({
      table: { ...table, delete: () => Promise.reject(new TypeError('ended')) },
      clock,
      send: async () => undefined,
    });
    await expect(ended.port.redrive('1')).rejects.toThrow('ended');
    expect(await letters.port.redrive('1')).toBe(false);
    clock.advance(61);
    expect(await letters.port.redrive('1')).toBe(true);
  });

  it('of a queue that nobody knows stay', async () => {
    await letters.bury(letterOf('1', 1, { queue: '' }));
    expect(await rejection(letters.port.redrive('1'))).toEqual({ failure: 'conflict', code: 'dead-letter-source-unknown' });
    expect(await ids()).toEqual(['1']);
  });
});
