import { BulkOperationType, type OperationInput } from '@azure/cosmos';
import { describe, expect, it } from 'vitest';
import { heldUp } from './cosmos.ts';
import { cosmosWorld, pk, type Thing, thing } from './cosmos-world.ts';

describe('the fake of Cosmos DB, asked by the vendor’s client', () => {
  const world = cosmosWorld();

  describe('batches', () => {
    const create = (sk: string, more = {}): OperationInput => ({
      operationType: BulkOperationType.Create,
      resourceBody: thing(sk, more) as never,
    });
    const statuses = ({ result }: { result?: { statusCode: number }[] }) => result?.map(({ statusCode }) => statusCode);

    it('do all operations in their order', async () => {
      await world.putAll(thing('old'), thing('other'));
      const answer = await world.container.items.batch(
        [
          create('a'),
          { operationType: BulkOperationType.Upsert, resourceBody: thing('other', { n: 1 }) as never },
          { operationType: BulkOperationType.Delete, id: 'old' },
          { operationType: BulkOperationType.Patch, id: 'a', resourceBody: { operations: [{ op: 'set', path: '/n', value: 2 }] } },
          { operationType: BulkOperationType.Read, id: 'a' },
        ],
        pk,
      );
      expect(answer.code).toBe(200);
      expect(statuses(answer)).toEqual([201, 200, 204, 200, 200]);
      expect(answer.result?.[4]?.resourceBody).toMatchObject({ id: 'a', n: 2 });
    });
    it('do nothing where one fails, and say which: the others have 424', async () => {
      await world.putAll(thing('taken'), thing('old'));
      const answer = await world.container.items.batch(
        [create('a'), { operationType: BulkOperationType.Delete, id: 'old' }, create('taken'), create('b')],
        pk,
      );
      expect(answer.code).toBe(207);
      expect(statuses(answer)).toEqual([424, 424, 409, 424]);
      expect((await world.container.items.readAll<Thing>().fetchAll()).resources.map(({ sk }) => sk)).toEqual(['taken', 'old']);
    });
    it('are held up by one operation where that is asked for, which has a wish', async () => {
      world.fake.intercept((request) => (request.method === 'POST' ? heldUp(request, 1, 429, 2000) : undefined));
      const answer = await world.container.items.batch([create('a'), create('b'), create('c')], pk);
      expect([answer.code, statuses(answer)]).toEqual([207, [424, 429, 424]]);
      expect(answer.result?.[1]).toMatchObject({ retryAfterMilliseconds: 2000 });
      world.fake.intercept();
      expect((await world.container.items.readAll<Thing>().fetchAll()).resources).toEqual([]);
    });
    it('hold each operation to its etag', async () => {
      const { etag } = await world.container.items.create(thing('a'));
      const replace = (ifMatch: string): OperationInput =>
        ({ operationType: BulkOperationType.Replace, id: 'a', resourceBody: thing('a', { n: 1 }), ifMatch }) as never;
      expect(statuses(await world.container.items.batch([create('b'), replace('"other"')], pk))).toEqual([424, 412]);
      expect(statuses(await world.container.items.batch([create('b'), replace(etag)], pk))).toEqual([201, 200]);
    });
    it('take 100 operations and refuse 101, or what is of another partition, or more than 2 MB', async () => {
      const many = (count: number) => Array.from({ length: count }, (_, n) => create(`${n}`));
      expect((await world.container.items.batch(many(100), pk)).code).toBe(200);
      const send = async (operations: readonly OperationInput[], key = pk) =>
        fetch(`${world.fake.url}/dbs/platform/colls/things/docs`, {
          method: 'POST',
          headers: {
            ...world.aadHeaders(),
            'x-ms-documentdb-partitionkey': JSON.stringify([key]),
            'x-ms-cosmos-is-batch-request': 'True',
            'x-ms-cosmos-batch-atomic': 'True',
          },
          body: JSON.stringify(operations),
        });
      expect((await send(many(101))).status).toBe(400);
      expect((await send([1, 2].map((n) => create(`${n}`, { text: 'x'.repeat(1_100_000) })))).status).toBe(413);
      const foreign = await send([create('x')], 'acme#others');
      expect([foreign.status, await foreign.json()]).toMatchObject([207, [{ statusCode: 400 }]]);
    });
    it('of the client’s own in bulk find the range of each key', async () => {
      await world.restart(4);
      const operations = Array.from({ length: 60 }, (_, n) => ({ ...create('a', { pk: `acme#${n}` }), partitionKey: `acme#${n}` }));
      const answers = await world.container.items.executeBulkOperations(operations);
      expect(answers.map(({ response }) => response?.statusCode)).toEqual(operations.map(() => 201));
    });
  });

  describe('the change feed', () => {
    const changes = (options: { continuation?: string | undefined; maxItemCount?: number; partitionKey?: string; now?: boolean }) => {
      const { continuation, maxItemCount, partitionKey } = options;
      return world.container.items.changeFeed<Thing & { _lsn: number }>(partitionKey ?? pk, {
        ...(continuation === undefined ? { startFromBeginning: !options.now } : { continuation }),
        ...(maxItemCount === undefined ? {} : { maxItemCount }),
      });
    };

    it('has the newest version of each item, in the order of the changes, and goes on where it was', async () => {
      await world.putAll(thing('a'), thing('b'), thing('c'), thing('a', { n: 2 }));
      await world.container.item('b', pk).delete();
      const feed = changes({ maxItemCount: 1 });
      const [first, second, none] = [await feed.fetchNext(), await feed.fetchNext(), await feed.fetchNext()];
      expect([first.result, second.result].flat()).toMatchObject([{ id: 'c' }, { id: 'a', n: 2 }]);
      expect((second.result[0]?._lsn ?? 0) > (first.result[0]?._lsn ?? 0)).toBe(true);
      expect([none.statusCode, none.count]).toEqual([304, 0]);
      await world.putAll(thing('d'));
      expect((await changes({ continuation: second.etag }).fetchNext()).result).toMatchObject([{ id: 'd' }]);
      expect((await changes({ continuation: none.etag }).fetchNext()).result).toMatchObject([{ id: 'd' }]);
    });
    it('begins now where nothing else is asked, and can be read of one partition key', async () => {
      await world.putAll(thing('a'));
      const feed = changes({ now: true });
      expect((await feed.fetchNext()).statusCode).toBe(304);
      await world.putAll({ ...thing('x'), pk: 'acme#others' }, thing('b'));
      expect((await feed.fetchNext()).result).toMatchObject([{ id: 'b' }]);
    });
    it('never divides what one batch changed, which has one version', async () => {
      await world.putAll(thing('a'));
      await world.container.items.batch(
        ['b', 'c', 'd'].map((sk) => ({ operationType: BulkOperationType.Create, resourceBody: thing(sk) as never })),
        pk,
      );
      const feed = changes({ maxItemCount: 2 });
      const page = await feed.fetchNext();
      expect(page.result.map(({ sk }) => sk)).toEqual(['a', 'b', 'c', 'd']);
      expect(new Set(page.result.slice(1).map(({ _lsn }) => _lsn)).size).toBe(1);
    });
    it('of all ranges reaches every item once', async () => {
      await world.restart(3);
      const keys = Array.from({ length: 30 }, (_, n) => `acme#${n}`);
      await world.putAll(...keys.map((each) => ({ ...thing('a'), pk: each })));
      const seen: string[] = [];
      const { ChangeFeedStartFrom } = await import('@azure/cosmos');
      const feed = world.container.items.getChangeFeedIterator<Thing>({
        changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
        maxItemCount: 4,
      });
      for (let page = await feed.readNext(); page.statusCode !== 304; page = await feed.readNext())
        seen.push(...page.result.map((each) => each.pk));
      expect(seen.sort()).toEqual([...keys].sort());
    });
  });
});
