import { CosmosClient } from '@azure/cosmos';
import { describe, expect, it } from 'vitest';
import { throttled } from './cosmos.ts';
import { byColour, cosmosWorld, definition, failure, pk, type Thing, thing } from './cosmos-world.ts';
import type { FakeRequest } from './server.ts';

describe('the fake of Cosmos DB, asked by the vendor’s client', () => {
  const world = cosmosWorld();

  describe('databases and containers', () => {
    it('are created, listed, read and deleted', async () => {
      const { database } = await world.client.databases.createIfNotExists({ id: 'other' });
      await database.containers.createIfNotExists({ id: 'one', partitionKey: '/pk', defaultTtl: 60 });
      const { resource } = await database.container('one').read();
      expect(resource).toMatchObject({ id: 'one', defaultTtl: 60, partitionKey: { paths: ['/pk'], kind: 'Hash' } });
      expect((await world.client.databases.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual(['platform', 'other']);
      expect((await database.containers.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual(['one']);
      await database.container('one').delete();
      await database.delete();
      expect((await failure(database.read())).code).toBe(404);
    });
    it('keep their partition key for ever, and take new settings', async () => {
      expect((await failure(world.container.replace({ id: 'things', partitionKey: { paths: ['/other'] } }))).code).toBe(400);
      await world.container.replace({ ...definition, defaultTtl: 9 } as never);
      expect((await world.container.read()).resource?.defaultTtl).toBe(9);
    });
    it('say what becomes of the root where they name the paths that they index', async () => {
      const create = (indexingPolicy: object) =>
        world.client.database('platform').containers.create({ id: 'x', partitionKey: { paths: ['/pk'] }, indexingPolicy } as never);
      expect((await failure(create({ includedPaths: [{ path: '/sk/?' }] }))).code).toBe(400);
      expect((await create({ compositeIndexes: [byColour] })).resource?.indexingPolicy?.includedPaths).toEqual([{ path: '/*' }]);
    });
    it('are told apart from an item where they are missing', async () => {
      expect(await failure(world.client.database('platform').container('none').items.create(thing('a')))).toMatchObject({ code: 404 });
      const missing = (path: string) =>
        fetch(`${world.fake.url}/dbs/platform/colls/${path}`, {
          headers: { ...world.aadHeaders(), 'x-ms-documentdb-partitionkey': '["acme#things"]' },
        });
      expect((await missing('none/docs/a')).headers.get('x-ms-substatus')).toBe('1003');
      expect((await missing('things/docs/a')).headers.get('x-ms-substatus')).toBeNull();
    });
    it('have no throughput to set, as the account is serverless', async () => {
      expect((await failure(world.client.databases.create({ id: 'x', throughput: 400 }))).code).toBe(400);
    });
  });

  describe('items', () => {
    it('are created once', async () => {
      const made = await world.container.items.create(thing('a', { n: 1 }));
      expect(made.statusCode).toBe(201);
      expect(made.requestCharge).toBeGreaterThan(1);
      expect(made.resource).toMatchObject({ ...thing('a', { n: 1 }), _etag: made.etag, _ts: Math.floor(world.now / 1000) });
      expect(await failure(world.container.items.create(thing('a')))).toMatchObject({ code: 409 });
    });
    it('are upserted, created or over what was there', async () => {
      expect((await world.container.items.upsert(thing('a', { n: 1 }))).statusCode).toBe(201);
      expect((await world.container.items.upsert(thing('a', { m: 2 }))).statusCode).toBe(200);
      const { resource } = await world.container.item('a', pk).read();
      expect(resource).toMatchObject({ m: 2 });
      expect(resource).not.toHaveProperty('n');
    });
    it('are read with their etag, and not again by one who has it', async () => {
      const { etag } = await world.container.items.create(thing('a'));
      const known = await world.container.item('a', pk).read({ accessCondition: { type: 'IfNoneMatch', condition: etag } });
      expect(known.statusCode).toBe(304);
      expect((await world.container.item('a', pk).read({ accessCondition: { type: 'IfNoneMatch', condition: '"x"' } })).statusCode).toBe(
        200,
      );
      expect((await world.container.item('nothing', pk).read()).statusCode).toBe(404);
      expect((await world.container.item('a', 'acme#others').read()).statusCode).toBe(404);
    });
    it('are replaced and deleted by one who has their newest etag only', async () => {
      const first = await world.container.items.create(thing('a'));
      const ifMatch = { accessCondition: { type: 'IfMatch', condition: first.etag } };
      const second = await world.container.item('a', pk).replace(thing('a', { n: 2 }), ifMatch);
      expect(second.statusCode).toBe(200);
      expect(second.etag).not.toBe(first.etag);
      expect((await failure(world.container.item('a', pk).replace(thing('a'), ifMatch))).code).toBe(412);
      expect((await failure(world.container.item('a', pk).delete(ifMatch))).code).toBe(412);
      expect((await failure(world.container.items.upsert(thing('a'), ifMatch))).code).toBe(412);
      expect(
        (await world.container.item('a', pk).delete({ accessCondition: { type: 'IfMatch', condition: second.etag } })).statusCode,
      ).toBe(204);
      expect((await failure(world.container.item('a', pk).delete())).code).toBe(404);
      expect((await failure(world.container.item('a', pk).replace(thing('a')))).code).toBe(404);
    });
    it('are created by an upsert with an etag, where nothing is there to match', async () => {
      const ifMatch = { accessCondition: { type: 'IfMatch', condition: '"gone"' } };
      expect((await world.container.items.upsert(thing('a'), ifMatch)).statusCode).toBe(201);
    });
    it('are changed in part, under a condition where it is given', async () => {
      await world.container.items.create(thing('a', { version: 3 }));
      const operations = [{ op: 'incr', path: '/version', value: 1 }] as const;
      const patch = (condition: string) => world.container.item('a', pk).patch({ condition, operations: [...operations] });
      expect((await patch('from c where c.version = 3')).resource).toMatchObject({ version: 4 });
      expect((await failure(patch('from c where c.version = 3'))).code).toBe(412);
      expect((await failure(world.container.item('a', pk).patch([{ op: 'set', path: '/pk', value: 'acme#others' }]))).code).toBe(400);
    });
    it('have an id of at most 1,023 bytes, and belong to the partition that they name', async () => {
      const create = (id: string) => world.container.items.create({ ...thing('a'), id });
      expect((await create('x'.repeat(1023))).statusCode).toBe(201);
      expect((await failure(create('x'.repeat(1024)))).code).toBe(400);
      const raw = await fetch(`${world.fake.url}/dbs/platform/colls/things/docs`, {
        method: 'POST',
        headers: { ...world.aadHeaders(), 'x-ms-documentdb-partitionkey': '["acme#others"]', 'content-type': 'application/json' },
        body: JSON.stringify(thing('b')),
      });
      expect([raw.status, raw.headers.get('x-ms-substatus')]).toEqual([400, '1001']);
    });
    it('are at most 2 MB large', async () => {
      const item = (bytes: number) => thing('a', { text: 'x'.repeat(bytes) });
      expect((await world.container.items.upsert(item(2 * 1024 * 1024 - 100))).statusCode).toBe(201);
      expect((await failure(world.container.items.upsert(item(2 * 1024 * 1024)))).code).toBe(413);
    });
    it('are gone at the end of their own time to live, or the container’s', async () => {
      await world.putAll(thing('short', { ttl: 10 }), thing('long', { ttl: -1 }), thing('usual'));
      world.now += 11_000;
      expect((await world.container.item('short', pk).read()).statusCode).toBe(404);
      await world.container.items.create(thing('short'));
      await world.container.replace({ ...definition, defaultTtl: 20 } as never);
      world.now += 10_000;
      expect((await world.container.items.readAll<Thing>().fetchAll()).resources.map(({ sk }) => sk)).toEqual(['long', 'short']);
      for (const ttl of [0, -2, 1.5, null]) expect((await failure(world.container.items.create(thing('x', { ttl })))).code).toBe(400);
    });
  });

  describe('who asks, and how often', () => {
    it('is asked for a signature with the account’s key', async () => {
      const stranger = world.connect(Buffer.from('another key').toString('base64'));
      expect((await failure(stranger.database('platform').read())).code).toBe(401);
      stranger.dispose();
      expect((await fetch(`${world.fake.url}/dbs/platform`, { headers: { 'x-ms-version': '2020-07-15' } })).status).toBe(401);
    });
    it('may have a token of Entra ID for items, but not for making containers', async () => {
      const bearer = new CosmosClient({
        endpoint: world.fake.url,
        tokenProvider: async () => `type=aad&ver=1.0&sig=${world.tokenFor('https://cosmos.azure.com')}`,
      });
      const { items } = bearer.database('platform').container('things');
      expect((await items.create(thing('a'))).statusCode).toBe(201);
      expect(await failure(bearer.databases.create({ id: 'x' }))).toMatchObject({ code: 403, substatus: 5300 });
      bearer.dispose();
    });
    it('may not have a token that is for another service or has expired', async () => {
      for (const token of [world.tokenFor('https://vault.azure.net'), world.tokenFor('https://cosmos.azure.com', -1), 'no.token'])
        expect((await fetch(`${world.fake.url}/dbs/platform`, { headers: world.aadHeaders(token) })).status).toBe(401);
    });
    it('is told to wait when there is no throughput left, and comes again', async () => {
      const seen: FakeRequest[] = [];
      world.fake.intercept((request) => {
        if (!request.path.endsWith('/docs')) return undefined;
        seen.push(request);
        return seen.length === 1 ? throttled(20) : undefined;
      });
      const made = await world.container.items.create(thing('a'));
      expect([made.statusCode, seen.length]).toEqual([201, 2]);
      world.fake.intercept(() => throttled(5));
      expect(await failure(world.container.items.create(thing('b')))).toMatchObject({ code: 429, substatus: 3200, retryAfterInMs: 5 });
    });
  });
});
