import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Item, Table, Write, WriteOutcome } from '../../domain/kernel/table.ts';
import { usualBackoff } from '../cloud/retry.ts';
import { heldUp, partitionFull, rangeGone, retryWith, throttled, unavailable } from '../conformance/fakes/cosmos.ts';
import type { FakeAnswer, FakeRequest, Fault } from '../conformance/fakes/server.ts';
import { rejection, type SettableClock, settableClock } from '../conformance/harness.ts';
import { azureClient } from './client.ts';
import type { CosmosPlace } from './cosmos-container.ts';
import { AzureError } from './errors.ts';
import { cosmosTable } from './table.ts';
import { type CosmosUnderTest, startCosmosUnderTest } from './test-cosmos.ts';

const pk = 'acme#things';
const key = { pk, sk: 'a' };
const written = { written: true };
const declaration = { indexes: { byColour: { partition: 'colour', sort: 'size' } } };

let cosmos: CosmosUnderTest;
let clock: SettableClock;
let place: CosmosPlace;
let table: Table;
beforeEach(async () => {
  clock = settableClock();
  cosmos = await startCosmosUnderTest(clock, 2);
  place = cosmos.place(declaration);
  table = open();
});
afterEach(() => cosmos.close());
const open = (changes = false) =>
  cosmosTable({
    place,
    declaration: { ...declaration, changes },
    client: cosmos.client,
    clock,
    backoff: { ...usualBackoff, wait: async () => undefined },
  });

const isWrite = ({ method, header }: FakeRequest): boolean => method !== 'GET' && header('content-type') !== 'application/query+json';

/** Makes a fault of the nth request that is meant; the others go on. Tells how many there were. */
const faultAt = (nth: number, fault: Fault, isMeant: (request: FakeRequest) => boolean = isWrite) => {
  let seen = 0;
  cosmos.fake.intercept((request) => (isMeant(request) && ++seen === nth ? fault : undefined));
  return () => seen;
};

type Writing = (on: Table) => Promise<WriteOutcome>;
const put = (item: Item): Write => ({ type: 'put', item, if: 'absent' });
const writings: readonly (readonly [string, Writing, Writing | undefined, readonly string[]])[] = [
  ['a put', (on) => on.put({ ...key, n: 1 }), undefined, ['a']],
  ['a put of what is absent', (on) => on.put({ ...key, n: 1 }, 'absent'), undefined, ['a']],
  ['a put over what is present', (on) => on.put({ ...key, n: 1 }, 'present'), (on) => on.put(key), ['a']],
  ['a put over a version', (on) => on.put({ ...key, version: 2 }, { version: 1 }), (on) => on.put({ ...key, version: 1 }), ['a']],
  ['a delete', (on) => on.delete(key), (on) => on.put(key), []],
  ['a delete of a version', (on) => on.delete(key, { version: 1 }), (on) => on.put({ ...key, version: 1 }), []],
  ['a transaction', (on) => on.transact(pk, [put(key), put({ pk, sk: 'b' })]), undefined, ['a', 'b']],
  [
    'a transaction with a check and a delete',
    (on) =>
      on.transact(pk, [
        { type: 'check', key, if: { version: 1 } },
        { type: 'delete', key: { pk, sk: 'old' }, if: 'present' },
        put({ pk, sk: 'b' }),
      ]),
    (on) => on.transact(pk, [put({ ...key, version: 1 }), put({ pk, sk: 'old' })]),
    ['a', 'b'],
  ],
  [
    'a transaction of deletes alone',
    (on) => on.transact(pk, [{ type: 'delete', key, if: 'present' }]),
    (on) => on.transact(pk, [put(key)]),
    [],
  ],
];

describe.each([false, true])('where what is deleted leaves a tombstone: %s,', (changes) => {
  describe.each(writings)('%s', (_name, write, before, left) => {
    beforeEach(async () => {
      table = open(changes);
      await before?.(table);
    });
    const sks = async () => (await table.query(pk)).items.map(({ sk }) => sk);

    it.each<[string, Fault]>([
      ['whose answer was lost', 'broken-after'],
      ['whose connection broke', 'broken-before'],
      ['that is throttled', throttled(5)],
      ['that lost against another (449)', retryWith()],
      ['that meets a service that is being replaced', unavailable()],
    ])('%s is done once, and no conflict with itself', async (_what, fault) => {
      const seen = faultAt(1, fault);
      expect(await write(table)).toEqual(written);
      expect(seen()).toBeGreaterThan(1);
      cosmos.fake.intercept();
      expect(await sks()).toEqual(left);
    });
    it('that was refused for good says so, and leaves what was there', async () => {
      const was = await sks();
      faultAt(1, partitionFull());
      expect(await rejection(write(table))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
      cosmos.fake.intercept();
      expect(await sks()).toEqual(was);
    });
  });
});

describe('a conditional write', () => {
  /** Another writer comes between the look and the write. */
  const meanwhile = (other: () => Promise<unknown>) => {
    let [came, done] = [false, Promise.resolve<unknown>(undefined)];
    cosmos.fake.intercept((request): Fault | undefined => {
      if (came || !isWrite(request)) return undefined;
      came = true;
      done = other();
      return retryWith();
    });
    return () => done;
  };
  const others = () => cosmosTable({ place, declaration, client: cosmos.client, clock });

  it('is refused where another wrote between the look and the write', async () => {
    await table.put({ ...key, version: 1 });
    const done = meanwhile(() => others().put({ ...key, version: 2 }, { version: 1 }));
    const outcome = await table.put({ ...key, version: 2, mine: true }, { version: 1 });
    await done();
    const item = await table.get(key);
    expect(outcome.written).toBe(item?.mine === true);
  });
  it('is still refused by another’s write where its own answer was lost before it was done', async () => {
    await table.put({ ...key, version: 1 });
    let broken = false;
    cosmos.fake.intercept((request) => {
      if (broken || request.method !== 'PUT') return undefined;
      broken = true;
      return 'broken-before';
    });
    const outcomes = await Promise.all([1, 2, 3].map((n) => table.put({ ...key, version: 2, n }, { version: 1 })));
    expect(outcomes.filter((outcome) => outcome.written)).toHaveLength(1);
    expect(outcomes[Number((await table.get(key))?.n) - 1]).toEqual(written);
  });
  it('that others keep overtaking is given up in the end', async () => {
    await table.put(key);
    const overtaken: FakeAnswer = { status: 412, body: '{"code":"PreconditionFailed","message":"no"}' };
    cosmos.fake.intercept(({ method }) => (method === 'PUT' ? overtaken : undefined));
    expect(await rejection(table.put(key, 'present'))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
  it('takes what has expired for absent, in a transaction too, and replaces it', async () => {
    const expiresAt = Math.floor(clock.now().getTime() / 1000) + 10;
    await table.put({ ...key, expiresAt, version: 1 });
    await table.put({ pk, sk: 'b', expiresAt, version: 1 });
    clock.advance(11);
    expect(await table.transact(pk, [{ type: 'check', key, if: 'present' }])).toEqual({ written: false, conflict: 0 });
    expect(await table.transact(pk, [{ type: 'check', key: { pk, sk: 'b' }, if: 'absent' }, put({ ...key, n: 1 })])).toEqual(written);
    expect((await table.query(pk)).items).toEqual([{ ...key, n: 1 }]);
  });
});

describe('transactions', () => {
  it('check that something is absent and leave it so', async () => {
    const check: Write = { type: 'check', key, if: 'absent' };
    expect(await table.transact(pk, [check, put({ pk, sk: 'b' })])).toEqual(written);
    expect((await table.query(pk)).items).toEqual([{ pk, sk: 'b' }]);
    await table.put(key);
    expect(await table.transact(pk, [put({ pk, sk: 'c' }), check])).toEqual({ written: false, conflict: 1 });
  });
  it('delete what is there and what is not', async () => {
    await table.put(key);
    const deletes: Write[] = ['a', 'b'].map((sk) => ({ type: 'delete', key: { pk, sk } }));
    expect(await table.transact(pk, deletes)).toEqual(written);
    expect(await table.transact(pk, deletes)).toEqual(written);
    expect((await table.query(pk)).items).toEqual([]);
  });
  it('of more than 2 MB are refused before anything is written', async () => {
    const writes = Array.from({ length: 6 }, (_, n) => put({ pk, sk: String(n), text: 'x'.repeat(390 * 1024) }));
    expect(await rejection(table.transact(pk, writes))).toEqual({ failure: 'too-large', code: 'transaction-too-large' });
    expect((await table.query(pk)).items).toEqual([]);
  });
});

describe('a transaction of which one operation', () => {
  const isBatch = ({ header }: FakeRequest): boolean => header('x-ms-cosmos-is-batch-request') !== undefined;
  /** A table that tells for how long it waits, and does not; of the first batches, so many are held up. */
  const heldUpAt = (batches: number, status: 429 | 449, wish?: number) => {
    const waits: number[] = [];
    let seen = 0;
    cosmos.fake.intercept((request) => (isBatch(request) && ++seen <= batches ? heldUp(request, 1, status, wish) : undefined));
    const backoff = { ...usualBackoff, wait: async (millis: number) => void waits.push(millis) };
    const client = azureClient({ environment: cosmos.identity, clock, backoff });
    const on = cosmosTable({ place, declaration, client, clock, backoff });
    return { waits, batches: () => seen, transact: () => on.transact(pk, [put(key), put({ pk, sk: 'b' })]) };
  };
  it('is throttled waits as long as Cosmos DB asks for', async () => {
    const held = heldUpAt(2, 429, 2000);
    expect(await held.transact()).toEqual(written);
    expect(held.waits).toEqual([2000, 2000]);
    expect((await table.query(pk)).items.map(({ sk }) => sk)).toEqual(['a', 'b']);
  });
  it('is throttled all the time is given up as a throttled request is, by the budget of the client', async () => {
    const held = heldUpAt(Number.POSITIVE_INFINITY, 429, 2000);
    const error = await held.transact().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AzureError);
    expect((error as AzureError).details).toMatchObject({ operation: 'TransactionalBatch', code: 'Http429', status: 429 });
    expect((error as AzureError).details).toMatchObject({ retryAfterMillis: 2000, attempts: usualBackoff.attempts });
    expect(held.batches()).toBe(usualBackoff.attempts);
    expect((await table.query(pk)).items).toEqual([]);
  });
  it('is asked to wait too long for anybody is given up at once', async () => {
    const held = heldUpAt(1, 429, 60_000);
    await expect(held.transact()).rejects.toThrow('Http429');
    expect([held.batches(), held.waits]).toEqual([1, []]);
  });
  it('lost against another (449) is sent again by the client’s waits', async () => {
    const held = heldUpAt(3, 449);
    expect(await held.transact()).toEqual(written);
    expect(held.waits).toHaveLength(3);
    for (const [count, millis] of held.waits.entries()) expect(millis).toBeLessThanOrEqual(50 * 2 ** count);
  });
});

describe('reads', () => {
  it('say that the container is missing, and not that an item is', async () => {
    const lost = cosmosTable({ place: { ...place, container: 'nowhere' }, declaration, client: cosmos.client, clock });
    for (const call of [lost.get(key), lost.put(key, 'present'), lost.delete(key)])
      expect(await rejection(call)).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
  it('of an index go on with the new ranges where one was divided meanwhile', async () => {
    await Promise.all(['a', 'b', 'c'].map((sk) => table.put({ pk: `${pk}-${sk}`, sk, colour: 'red', size: sk })));
    const seen = faultAt(1, rangeGone(), ({ header }) => header('content-type') === 'application/query+json');
    expect((await table.queryIndex('byColour', 'red')).items.map(({ sk }) => sk)).toEqual(['a', 'b', 'c']);
    expect(seen()).toBe(4);
  });
  it('of an index are given up where ranges are gone again and again', async () => {
    cosmos.fake.intercept(({ header }) => (header('content-type') === 'application/query+json' ? rangeGone() : undefined));
    await expect(table.queryIndex('byColour', 'red')).rejects.toThrow(AzureError);
  });
  it('of a partition go on behind what one answer held', async () => {
    const sks = Array.from({ length: 30 }, (_, n) => String(n).padStart(2, '0'));
    await Promise.all(sks.map((sk) => table.put({ pk, sk, text: 'x'.repeat(300_000) })));
    expect((await table.query(pk)).items.map(({ sk }) => sk)).toEqual(sks);
  });
});
