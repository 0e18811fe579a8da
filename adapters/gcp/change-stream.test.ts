import { describe, expect, it } from 'vitest';
import { firestoreDoorbell } from './change-stream.ts';
import { type Answer, answeringClient, ok } from './test-answers.ts';

const collection = 'projects/p/databases/d/documents/log';

/** As a query gives it: begun at one moment, seen from another on. */
const document = (sk: string, startedAt: string, seenFrom: string, more: object = {}, readTime = at(50)) => ({
  readTime,
  document: {
    name: `${collection}/acme%23a:${sk}`,
    fields: { pk: { stringValue: 'acme#a' }, sk: { stringValue: sk }, committedAt: { timestampValue: startedAt }, ...more },
    updateTime: seenFrom,
  },
});
const at = (second: number, fraction = ''): string => `2026-11-01T12:00:${String(second).padStart(2, '0')}${fraction}Z`;
const doorbellOn = (...answers: readonly Answer[]) => {
  const { client, sent } = answeringClient(answers);
  return { doorbell: firestoreDoorbell({ client, collectionOf: () => collection }), sent };
};

describe('changes of Firestore', () => {
  it('are in the order in which they were seen, whatever began first', async () => {
    const { doorbell } = doorbellOn(ok([document('slow', at(10), at(20)), document('swift', at(15), at(16, '.5'))]));
    const changes = await doorbell.reading('log', 'acme#a')(undefined, 10);
    expect(changes.map(({ key }) => key.sk)).toEqual(['swift', 'slow']);
    expect(changes[0]?.sequence).toBe('2026-11-01T12:00:16.500000000Z#acme%23a:swift');
  });

  it('do not miss one that began before what was read and is seen after it', async () => {
    const { doorbell, sent } = doorbellOn(ok([document('slow', at(10), at(20)), document('swift', at(15), at(16))]));
    const read = `2026-11-01T12:00:16.000000000Z#acme%23a:swift`;
    const changes = await doorbell.reading('log', 'acme#a')(read, 10);
    expect(changes.map(({ key }) => key.sk)).toEqual(['slow']);
    // A commit takes a minute at most.
    expect(JSON.stringify(sent[0]?.body)).toContain('"timestampValue":"2026-11-01T11:59:16.000Z"');
  });

  it('are read on until nothing can lie before the last that is wanted', async () => {
    const first = ok([document('a', at(1), at(30)), document('b', at(2), at(29))]);
    const second = ok([document('c', at(3), at(3)), document('d', at(40), at(41))]);
    const { doorbell, sent } = doorbellOn(first, second);
    const changes = await doorbell.reading('log', 'acme#a')(undefined, 1);
    expect(changes.map(({ key }) => key.sk)).toEqual(['c']);
    expect(sent).toHaveLength(2);
  });

  it('leave what was committed while they were read for the next time', async () => {
    const first = ok([document('a', at(1), at(2)), document('b', at(3), at(4))]);
    const second = ok([document('late', at(5), at(51), {}, at(52))]);
    const { doorbell } = doorbellOn(first, second);
    const changes = await doorbell.reading('log', 'acme#a')(undefined, 1);
    expect(changes.map(({ key }) => key.sk)).toEqual(['a']);
    const again = doorbellOn(ok([document('late', at(5), at(51), {}, at(52)), document('b', at(3), at(4), {}, at(52))]));
    expect((await again.doorbell.reading('log', 'acme#a')(changes[0]?.sequence, 5)).map(({ key }) => key.sk)).toEqual(['b', 'late']);
  });

  it('are read once where one reads on to the end, and by a reading of its own where somebody else was there', async () => {
    const all = ok([document('a', at(1), at(1)), document('c', at(3), at(4)), document('b', at(2), at(5)), document('d', at(6), at(6))]);
    const { doorbell, sent } = doorbellOn(all, ok([]), ok([document('d', at(6), at(6))]));
    const read = doorbell.reading('log', 'acme#a');
    const keys: string[] = [];
    let sequence: string | undefined;
    for (let batch = await next(); batch.length > 0; batch = await next()) {
      keys.push(...batch.map(({ key }) => key.sk));
      sequence = batch.at(-1)?.sequence;
    }
    async function next() {
      return read(sequence, 3);
    }
    expect(keys).toEqual(['a', 'c', 'b', 'd']);
    expect(sent).toHaveLength(2);
    expect((await read('2026-11-01T12:00:05.000000000Z#acme%23a:b', 3)).map(({ key }) => key.sk)).toEqual(['d']);
  });

  it('are read again by another reader, who may have heard of more', async () => {
    const first = document('a', at(1), at(1));
    const { doorbell } = doorbellOn(ok([first]), ok([first, document('b', at(2), at(51), {}, at(52))]));
    const [read] = await doorbell.reading('log', 'acme#a')(undefined, 10);
    expect((await doorbell.reading('log', 'acme#a')(read?.sequence, 10)).map(({ key }) => key.sk)).toEqual(['b']);
  });

  it('are read anew by a reading that failed', async () => {
    const first = ok([document('a', at(1), at(1)), document('b', at(2), at(2))]);
    const { doorbell } = doorbellOn(first, { status: 403, body: {} }, first, ok([]));
    const read = doorbell.reading('log', 'acme#a');
    await expect(read(undefined, 1)).rejects.toThrow();
    expect((await read(undefined, 1)).map(({ key }) => key.sk)).toEqual(['a']);
  });

  it('tell of a removal without an item', async () => {
    const { doorbell } = doorbellOn(ok([document('a', at(1), at(1), { $removed: { booleanValue: true } })]));
    expect(await doorbell.reading('log', 'acme#a')(undefined, 10)).toEqual([
      { sequence: '2026-11-01T12:00:01.000000000Z#acme%23a:a', key: { pk: 'acme#a', sk: 'a' } },
    ]);
  });
});
