import { ChangeFeedStartFrom, type Container, CosmosClient } from '@azure/cosmos';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../domain/kernel/json.ts';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { systemClock } from '../system/system-clock.ts';
import { cosmosDoorbell } from './change-stream.ts';
import type { CosmosPlace } from './cosmos-container.ts';
import { cosmosTable } from './table.ts';
import { type CosmosUnderTest, startCosmosUnderTest } from './test-cosmos.ts';

const pk = 'acme#things';
const declaration = { indexes: { byColour: { partition: 'colour', sort: 'size' } } } as const;

/** JSON in names that are nobody's own. */
const name = fc.stringMatching(/^[a-z][a-z0-9 .#]{0,5}$/).filter((text) => !['pk', 'sk', 'id', 'ttl'].includes(text));
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(name, tie('json'), { maxKeys: 4 }),
  ) as fc.Arbitrary<Json>,
}));
const attributes = fc.dictionary(name, json, { maxKeys: 6 }).map((made) => JSON.parse(JSON.stringify(made)) as Omit<Item, 'pk' | 'sk'>);

/** What a document says beside what the service and the adapter keep in it for themselves. */
const own = (document: object): object => Object.fromEntries(Object.entries(document).filter(([key]) => !/^([_$]|id$|ttl$)/.test(key)));

describe('the adapter and the official client on the fake of Cosmos DB', () => {
  let cosmos: CosmosUnderTest;
  let table: Table;
  let official: CosmosClient;
  let container: Container;
  let place: CosmosPlace;
  beforeAll(async () => {
    cosmos = await startCosmosUnderTest(undefined, 2);
    place = cosmos.place(declaration);
    table = cosmosTable({ place, declaration, client: cosmos.client, clock: systemClock });
    official = new CosmosClient({
      endpoint: cosmos.fake.url,
      key: cosmos.fake.masterKey,
      connectionPolicy: { enableBackgroundEndpointRefreshing: false },
    });
    container = official.database(place.database).container(place.container);
  });
  afterAll(async () => {
    official.dispose();
    await cosmos.close();
  });

  it('read alike what the adapter has put', () =>
    fc.assert(
      fc.asyncProperty(attributes, async (made) => {
        const item = { ...made, pk, sk: 'ours' };
        await table.put(item);
        expect(own((await container.item('ours', pk).read()).resource)).toStrictEqual(item);
      }),
      { numRuns: 60 },
    ));
  it('read alike what the official client has put', () =>
    fc.assert(
      fc.asyncProperty(attributes, async (made) => {
        const item = { ...made, pk, sk: 'theirs' };
        await container.items.upsert({ ...item, id: 'theirs' });
        expect(await table.get({ pk, sk: 'theirs' })).toStrictEqual(item);
      }),
      { numRuns: 60 },
    ));
  it('read alike what either has written in a batch, by key and by index', async () => {
    const partition = 'acme#transactions';
    const thing = (sk: string) => ({ pk: partition, sk, colour: 'red', size: sk, version: 1 });
    await table.transact(partition, [{ type: 'put', item: thing('1'), if: 'absent' }]);
    await container.items.batch([{ operationType: 'Create', resourceBody: { ...thing('2'), id: '2' } }], partition);
    const query = { query: 'SELECT * FROM c WHERE c.colour = @c ORDER BY c.size', parameters: [{ name: '@c', value: 'red' }] };
    const { resources } = await container.items.query(query, { partitionKey: partition }).fetchAll();
    expect(resources.map(own)).toStrictEqual([thing('1'), thing('2')]);
    expect((await table.query(partition)).items).toStrictEqual([thing('1'), thing('2')]);
    expect((await table.queryIndex('byColour', 'red')).items).toStrictEqual([thing('1'), thing('2')]);
  });
  it('hold to the versions that the other has written', async () => {
    const item = { pk, sk: 'versioned', version: 7 };
    const { etag } = await container.items.upsert({ ...item, id: 'versioned' });
    expect(await table.put({ ...item, version: 9 }, { version: 8 })).toEqual({ written: false, conflict: 0 });
    expect(await table.put({ ...item, version: 8 }, { version: 7 })).toEqual({ written: true });
    const stale = { accessCondition: { type: 'IfMatch', condition: etag } };
    await expect(container.item('versioned', pk).replace({ ...item, id: 'versioned' }, stale)).rejects.toMatchObject({ code: 412 });
  });
  it('hear alike of what either has changed, in one order', async () => {
    const partition = 'acme#feed';
    const thing = (sk: string, version = 1) => ({ pk: partition, sk, version });
    await table.put(thing('c'));
    await container.items.upsert({ ...thing('b'), id: 'b' });
    await table.transact(
      partition,
      ['d', 'e'].map((sk) => ({ type: 'put', item: thing(sk) })),
    );
    await container.items.upsert({ ...thing('a'), id: 'a' });
    await table.put(thing('c', 2));
    const heard: object[] = [];
    const feed = container.items.getChangeFeedIterator<Item>({
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(partition),
      maxItemCount: 2,
    });
    for (let page = await feed.readNext(); page.statusCode !== 304; page = await feed.readNext()) heard.push(...page.result.map(own));
    const ours = await cosmosDoorbell({ client: cosmos.client, placeOf: () => place }).reading('things', partition)(undefined, 100);
    expect(ours.map(({ item }) => item)).toStrictEqual(heard);
    expect(heard).toStrictEqual([thing('b'), thing('d'), thing('e'), thing('a'), thing('c', 2)]);
  });
});
