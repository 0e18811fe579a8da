import { describe, expect, it } from 'vitest';
import type { Write } from '../../domain/kernel/table.ts';
import { usualBackoff } from '../cloud/retry.ts';
import { rejection, settableClock } from '../conformance/harness.ts';
import { proofsOf } from '../conformance/proof.ts';
import { dynamoTable } from './table.ts';
import { type Answer, answeringClient, connectionReset, fault, ok } from './test-answers.ts';

const { observed } = proofsOf('Table', 'answers from the API reference');
const pk = 'acme#things';
const clock = settableClock(new Date('2026-11-01T12:00:00.500Z'));
const seconds = Math.floor(clock.now().getTime() / 1000);

/** A table to whose requests DynamoDB answers as told. */
const answering = (answers: readonly Answer[]) => {
  const { client, sent, waits } = answeringClient(answers);
  const backoff = { ...usualBackoff, random: () => 1, wait: async (millis: number) => void waits.push(millis) };
  const declaration = { indexes: { byColour: { partition: 'colour', sort: 'size' } } } as const;
  const table = observed(dynamoTable({ tableName: 'things', declaration, client, clock, backoff }));
  return { table, waits, sent: () => sent.map(({ headers, body }) => [headers.get('x-amz-target')?.split('.')[1], body] as const) };
};

/** API reference, TransactWriteItems: each write's reason, `None` for those that stood in nobody's way. */
const cancelled = (...codes: readonly string[]): Answer =>
  fault(400, 'TransactionCanceledException', `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`, {
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const conditionFailed = fault(400, 'ConditionalCheckFailedException', 'The conditional request failed');

const puts = (count: number): Write[] => Array.from({ length: count }, (_, n) => ({ type: 'put', item: { pk, sk: `${n}` }, if: 'absent' }));

describe('what is sent to DynamoDB', () => {
  it('for a put, with a condition to which what has expired is gone', async () => {
    const { table, sent } = answering([ok()]);
    await table.put({ pk, sk: 'a', n: 1 }, 'absent');
    expect(sent()).toEqual([
      [
        'PutItem',
        {
          TableName: 'things',
          Item: { pk: { S: pk }, sk: { S: 'a' }, n: { N: '1' } },
          ConditionExpression: '(attribute_not_exists(#c_1)) OR (#c_2 <= :c_1)',
          ExpressionAttributeNames: { '#c_1': 'pk', '#c_2': 'expiresAt' },
          ExpressionAttributeValues: { ':c_1': { N: String(seconds) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      ],
    ]);
  });
  it('for a read, which is strong but for that of an index', async () => {
    const { table, sent } = answering([ok(), ok({ Items: [] }), ok({ Items: [] })]);
    await table.get({ pk, sk: 'a' });
    await table.query(pk, { prefix: 'a' }, { limit: 7, descending: true });
    await table.queryIndex('byColour', 'red');
    const [get, query, index] = sent().map(([, body]) => body as Record<string, unknown>);
    expect(get).toEqual({ TableName: 'things', Key: { pk: { S: pk }, sk: { S: 'a' } }, ConsistentRead: true });
    expect(query).toMatchObject({ ConsistentRead: true, Limit: 8, ScanIndexForward: false });
    expect(index).toMatchObject({ IndexName: 'byColour', Limit: 101 });
    expect(index).not.toHaveProperty('ConsistentRead');
  });
  it('is nothing for a range in which nothing can lie', async () => {
    const { table, sent } = answering([]);
    for (const range of [{ from: 'd', to: 'a' }, { to: '' }]) expect(await table.query(pk, range)).toEqual({ items: [], next: null });
    expect(sent()).toEqual([]);
  });
});

describe('a condition that does not hold', () => {
  it('is a conflict (API reference, PutItem: ConditionalCheckFailedException, 400)', async () => {
    const { table } = answering([conditionFailed, conditionFailed]);
    expect(await table.put({ pk, sk: 'a' }, 'absent')).toEqual({ written: false, conflict: 0 });
    expect(await table.delete({ pk, sk: 'a' }, { version: 1 })).toEqual({ written: false, conflict: 0 });
  });
  it('in a transaction is named by its place', async () => {
    const { table } = answering([cancelled('None', 'ConditionalCheckFailed', 'ConditionalCheckFailed')]);
    expect(await table.transact(pk, puts(3))).toEqual({ written: false, conflict: 1 });
  });
});

describe('another transaction in the way, which no emulator shows (API reference, TransactWriteItems)', () => {
  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])('as %s is waited for', async (code) => {
    const { table, sent, waits } = answering([cancelled('None', code), cancelled(code, 'None'), ok()]);
    expect(await table.transact(pk, puts(2))).toEqual({ written: true });
    expect(waits).toEqual([50, 100]);
    const tokens = sent().map(([, body]) => (body as { ClientRequestToken: string }).ClientRequestToken);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(tokens).size).toBe(1);
  });
  it('hides whether an earlier condition held, so a later one that did not is no answer', async () => {
    const { table, sent } = answering([
      cancelled('TransactionConflict', 'ConditionalCheckFailed'),
      cancelled('ConditionalCheckFailed', 'None'),
    ]);
    expect(await table.transact(pk, puts(2))).toEqual({ written: false, conflict: 0 });
    expect(sent()).toHaveLength(2);
  });
  it('does not matter behind a condition that did not hold', async () => {
    const { table, sent } = answering([cancelled('ConditionalCheckFailed', 'TransactionConflict')]);
    expect(await table.transact(pk, puts(2))).toEqual({ written: false, conflict: 0 });
    expect(sent()).toHaveLength(1);
  });
  it('that does not go leaves the table unavailable', async () => {
    const { table } = answering(Array.from({ length: 6 }, () => cancelled('TransactionConflict')));
    expect(await rejection(table.transact(pk, puts(1)))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
  it('is waited for by a single put too (API reference, PutItem: TransactionConflictException, 400)', async () => {
    const { table } = answering([fault(400, 'TransactionConflictException', 'Transaction is ongoing for the item'), ok()]);
    expect(await table.put({ pk, sk: 'a' })).toEqual({ written: true });
  });
});

describe('an answer that is lost', () => {
  it('of a transaction is asked for by the same token', async () => {
    const { table, sent } = answering([connectionReset(), ok()]);
    expect(await table.transact(pk, puts(2))).toEqual({ written: true });
    const [first, second] = sent();
    expect(second).toEqual(first);
  });
  const refused = (found: object) => fault(400, 'ConditionalCheckFailedException', 'The conditional request failed', found);
  const itself = { Item: { pk: { S: pk }, sk: { S: 'a' }, by: { S: 'me' } } };
  const item = { pk, sk: 'a', by: 'me' };
  const broken = fault(500, 'InternalServerError', 'Internal error');
  it.each([
    ['breaks off', connectionReset()],
    ['is one of 500', broken],
  ])('of a conditional put that %s is no conflict with itself', async (_, lost) => {
    const { table, sent } = answering([lost, refused(itself)]);
    expect(await table.put(item, 'absent')).toEqual({ written: true });
    expect(sent().at(-1)?.[1]).toMatchObject({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
  });
  it('of a conditional put is a conflict where another has put there what is there', async () => {
    const { table } = answering([connectionReset(), refused({ Item: { ...itself.Item, by: { S: 'you' } } })]);
    expect(await table.put(item, 'absent')).toEqual({ written: false, conflict: 0 });
  });
  it('of a conditional put is a conflict where nothing is there', async () => {
    const { table } = answering([connectionReset(), refused({})]);
    expect(await table.put(item, { version: 1 })).toEqual({ written: false, conflict: 0 });
  });
  it('is none where the attempt before was refused: then what is there is not of this put', async () => {
    const { table } = answering([fault(400, 'ThrottlingException', 'Rate exceeded'), refused(itself)]);
    expect(await table.put(item, 'absent')).toEqual({ written: false, conflict: 0 });
  });
  it('of a conditional delete has deleted where nothing is left', async () => {
    const { table } = answering([connectionReset(), refused({})]);
    expect(await table.delete(item, { version: 1 })).toEqual({ written: true });
  });
  it('of a conditional delete is a conflict where something is there', async () => {
    const { table } = answering([connectionReset(), refused(itself)]);
    expect(await table.delete(item, { version: 1 })).toEqual({ written: false, conflict: 0 });
  });
});

describe('a batch get of which keys are left (API reference, BatchGetItem: UnprocessedKeys)', () => {
  const stored = (sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
  const part = (found: readonly string[], rest: readonly string[]): Answer =>
    ok({
      Responses: { things: found.map(stored) },
      UnprocessedKeys: rest.length === 0 ? {} : { things: { Keys: rest.map(stored), ConsistentRead: true } },
    });
  const keys = ['a', 'b', 'c'].map((sk) => ({ pk, sk }));
  const asked = (body: unknown) => (body as { RequestItems: { things: { Keys: { sk: { S: string } }[] } } }).RequestItems.things.Keys;

  it('asks for those again, and only those', async () => {
    const { table, sent, waits } = answering([part(['c'], ['a', 'b']), part(['a'], ['b']), part(['b'], [])]);
    expect(await table.batchGet(keys)).toEqual(keys);
    expect(sent().map(([, body]) => asked(body).map(({ sk }) => sk.S))).toEqual([['a', 'b', 'c'], ['a', 'b'], ['b']]);
    expect(waits).toEqual([50, 100]);
  });
  it('asks for a key once that it is asked for twice', async () => {
    const { table, sent } = answering([part(['a'], [])]);
    expect(
      await table.batchGet([
        { pk, sk: 'a' },
        { pk, sk: 'a' },
      ]),
    ).toEqual([keys[0], keys[0]]);
    expect(asked(sent()[0]?.[1])).toHaveLength(1);
  });
  it('does not give a part for the whole', async () => {
    const { table } = answering(Array.from({ length: 6 }, () => part([], ['a', 'b', 'c'])));
    expect(await rejection(table.batchGet(keys))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
});

describe('a page', () => {
  const found = (sks: readonly string[], more: boolean): Answer => {
    const items = sks.map((sk) => ({ pk: { S: pk }, sk: { S: sk } }));
    return ok({ Items: items, ...(more && { LastEvaluatedKey: items.at(-1) }) });
  };
  it('goes on where DynamoDB stopped at a megabyte', async () => {
    const { table, sent } = answering([found(['a'], true), found(['b', 'c'], true)]);
    const { items, next } = await table.query(pk, {}, { limit: 2 });
    expect(items.map(({ sk }) => sk)).toEqual(['a', 'b']);
    expect(next).not.toBeNull();
    expect(sent()[1]?.[1]).toMatchObject({ ExclusiveStartKey: { pk: { S: pk }, sk: { S: 'a' } } });
  });
  it('goes on after its last item by the cursor', async () => {
    const { table, sent } = answering([found(['a', 'b'], true), found(['b'], false)]);
    const { next } = await table.query(pk, {}, { limit: 1 });
    expect(await table.query(pk, {}, { limit: 1, cursor: next ?? '' })).toEqual({ items: [{ pk, sk: 'b' }], next: null });
    expect(sent()[1]?.[1]).toMatchObject({ ExclusiveStartKey: { pk: { S: pk }, sk: { S: 'a' } } });
  });
});

describe('what DynamoDB would refuse', () => {
  it('is refused before it is sent, in the words of every table', async () => {
    const { table, sent } = answering([]);
    const large = { pk, sk: 'a', text: 'x'.repeat(400 * 1024) };
    const refused = await Promise.all([
      rejection(table.put(large)),
      rejection(table.put({ pk, sk: '' })),
      rejection(table.put({ pk, sk: 'a', expiresAt: 1.5 })),
      rejection(table.put({ pk, sk: 'a', colour: '', size: '1' })),
      rejection(table.get({ pk: '\ud800', sk: 'a' })),
      rejection(table.query(pk, { prefix: 'x'.repeat(1025) })),
      rejection(table.queryIndex('constructor', 'x')),
    ]);
    expect(refused.map(({ code }) => code)).toEqual([
      'item-too-large',
      'invalid-key',
      'invalid-expiry',
      'invalid-key',
      'invalid-key',
      'invalid-key',
      'unknown-index',
    ]);
    expect(sent()).toEqual([]);
  });
  it('of a transaction is more than 4 MB, however few its writes', async () => {
    const { table } = answering([]);
    const writes: Write[] = Array.from({ length: 11 }, (_, n) => ({ type: 'put', item: { pk, sk: `${n}`, text: 'x'.repeat(399 * 1024) } }));
    expect(await rejection(table.transact(pk, writes))).toEqual({ failure: 'too-large', code: 'transaction-too-large' });
  });
});
