import { BulkOperationType, type Container, CosmosClient, type OperationInput } from '@azure/cosmos';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCosmos, startCosmos, throttled } from './cosmos.ts';
import type { FakeRequest } from './server.ts';
import { unsignedToken } from './tokens.ts';

const byColour = [
  { path: '/colour', order: 'ascending' },
  { path: '/size', order: 'ascending' },
  { path: '/sk', order: 'ascending' },
] as const;
const definition = {
  id: 'things',
  partitionKey: { paths: ['/pk'] },
  defaultTtl: -1,
  indexingPolicy: {
    includedPaths: [{ path: '/pk/?' }, { path: '/sk/?' }, { path: '/size/?' }],
    excludedPaths: [{ path: '/*' }],
    compositeIndexes: [byColour],
  },
};

type Thing = { id: string; pk: string; sk: string; [attribute: string]: unknown };
const thing = (sk: string, more: object = {}): Thing => ({ id: sk, pk: 'acme#things', sk, ...more });
const pk = 'acme#things';
const failure = async (call: Promise<unknown>): Promise<{ code: number; substatus?: number; message: string }> => {
  const error = await call.then(
    () => ({ code: 0, message: 'no failure' }),
    (reason: { code: number; substatus?: number; message: string }) => reason,
  );
  return error;
};

describe('the fake of Cosmos DB, asked by the vendor’s client', () => {
  let fake: RunningCosmos;
  let client: CosmosClient;
  let container: Container;
  let now: number;

  const connect = (key = fake.masterKey) =>
    new CosmosClient({
      endpoint: fake.url,
      key,
      connectionPolicy: {
        enableBackgroundEndpointRefreshing: false,
        retryOptions: { maxRetryAttemptCount: 2, fixedRetryIntervalInMilliseconds: 0, maxWaitTimeInSeconds: 5 },
      },
    });
  const start = async (rangesPerContainer = 1) => {
    now = Date.now();
    fake = await startCosmos({ now: () => now, rangesPerContainer });
    fake.provide('platform', [definition]);
    client = connect();
    container = client.database('platform').container('things');
  };
  const stop = async () => {
    client.dispose();
    await fake.close();
  };
  const putAll = async (...things: readonly Thing[]) => {
    for (const each of things) await container.items.upsert(each);
  };
  beforeEach(() => start());
  afterEach(stop);

  describe('databases and containers', () => {
    it('are created, listed, read and deleted', async () => {
      const { database } = await client.databases.createIfNotExists({ id: 'other' });
      await database.containers.createIfNotExists({ id: 'one', partitionKey: '/pk', defaultTtl: 60 });
      const { resource } = await database.container('one').read();
      expect(resource).toMatchObject({ id: 'one', defaultTtl: 60, partitionKey: { paths: ['/pk'], kind: 'Hash' } });
      expect((await client.databases.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual(['platform', 'other']);
      expect((await database.containers.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual(['one']);
      await database.container('one').delete();
      await database.delete();
      expect((await failure(database.read())).code).toBe(404);
    });
    it('keep their partition key for ever, and take new settings', async () => {
      expect((await failure(container.replace({ id: 'things', partitionKey: { paths: ['/other'] } }))).code).toBe(400);
      await container.replace({ ...definition, defaultTtl: 9 } as never);
      expect((await container.read()).resource?.defaultTtl).toBe(9);
    });
    it('have no throughput to set, as the account is serverless', async () => {
      expect((await failure(client.databases.create({ id: 'x', throughput: 400 }))).code).toBe(400);
    });
  });

  describe('items', () => {
    it('are created once', async () => {
      const made = await container.items.create(thing('a', { n: 1 }));
      expect(made.statusCode).toBe(201);
      expect(made.requestCharge).toBeGreaterThan(1);
      expect(made.resource).toMatchObject({ ...thing('a', { n: 1 }), _etag: made.etag, _ts: Math.floor(now / 1000) });
      expect(await failure(container.items.create(thing('a')))).toMatchObject({ code: 409 });
    });
    it('are upserted, created or over what was there', async () => {
      expect((await container.items.upsert(thing('a', { n: 1 }))).statusCode).toBe(201);
      expect((await container.items.upsert(thing('a', { m: 2 }))).statusCode).toBe(200);
      const { resource } = await container.item('a', pk).read();
      expect(resource).toMatchObject({ m: 2 });
      expect(resource).not.toHaveProperty('n');
    });
    it('are read with their etag, and not again by one who has it', async () => {
      const { etag } = await container.items.create(thing('a'));
      const known = await container.item('a', pk).read({ accessCondition: { type: 'IfNoneMatch', condition: etag } });
      expect(known.statusCode).toBe(304);
      expect((await container.item('a', pk).read({ accessCondition: { type: 'IfNoneMatch', condition: '"x"' } })).statusCode).toBe(200);
      expect((await container.item('nothing', pk).read()).statusCode).toBe(404);
      expect((await container.item('a', 'acme#others').read()).statusCode).toBe(404);
    });
    it('are replaced and deleted by one who has their newest etag only', async () => {
      const first = await container.items.create(thing('a'));
      const ifMatch = { accessCondition: { type: 'IfMatch', condition: first.etag } };
      const second = await container.item('a', pk).replace(thing('a', { n: 2 }), ifMatch);
      expect(second.statusCode).toBe(200);
      expect(second.etag).not.toBe(first.etag);
      expect((await failure(container.item('a', pk).replace(thing('a'), ifMatch))).code).toBe(412);
      expect((await failure(container.item('a', pk).delete(ifMatch))).code).toBe(412);
      expect((await failure(container.items.upsert(thing('a'), ifMatch))).code).toBe(412);
      expect((await container.item('a', pk).delete({ accessCondition: { type: 'IfMatch', condition: second.etag } })).statusCode).toBe(204);
      expect((await failure(container.item('a', pk).delete())).code).toBe(404);
      expect((await failure(container.item('a', pk).replace(thing('a')))).code).toBe(404);
    });
    it('are created by an upsert with an etag, where nothing is there to match', async () => {
      const ifMatch = { accessCondition: { type: 'IfMatch', condition: '"gone"' } };
      expect((await container.items.upsert(thing('a'), ifMatch)).statusCode).toBe(201);
    });
    it('are changed in part, under a condition where it is given', async () => {
      await container.items.create(thing('a', { version: 3 }));
      const operations = [{ op: 'incr', path: '/version', value: 1 }] as const;
      const patch = (condition: string) => container.item('a', pk).patch({ condition, operations: [...operations] });
      expect((await patch('from c where c.version = 3')).resource).toMatchObject({ version: 4 });
      expect((await failure(patch('from c where c.version = 3'))).code).toBe(412);
      expect((await failure(container.item('a', pk).patch([{ op: 'set', path: '/pk', value: 'acme#others' }]))).code).toBe(400);
    });
    it('have an id of at most 1,023 bytes, and belong to the partition that they name', async () => {
      const create = (id: string) => container.items.create({ ...thing('a'), id });
      expect((await create('x'.repeat(1023))).statusCode).toBe(201);
      expect((await failure(create('x'.repeat(1024)))).code).toBe(400);
      const raw = await fetch(`${fake.url}/dbs/platform/colls/things/docs`, {
        method: 'POST',
        headers: { ...aadHeaders(), 'x-ms-documentdb-partitionkey': '["acme#others"]', 'content-type': 'application/json' },
        body: JSON.stringify(thing('b')),
      });
      expect([raw.status, raw.headers.get('x-ms-substatus')]).toEqual([400, '1001']);
    });
    it('are at most 2 MB large', async () => {
      const item = (bytes: number) => thing('a', { text: 'x'.repeat(bytes) });
      expect((await container.items.upsert(item(2 * 1024 * 1024 - 100))).statusCode).toBe(201);
      expect((await failure(container.items.upsert(item(2 * 1024 * 1024)))).code).toBe(413);
    });
    it('are gone at the end of their own time to live, or the container’s', async () => {
      await putAll(thing('short', { ttl: 10 }), thing('long', { ttl: -1 }), thing('usual'));
      now += 11_000;
      expect((await container.item('short', pk).read()).statusCode).toBe(404);
      await container.items.create(thing('short'));
      await container.replace({ ...definition, defaultTtl: 20 } as never);
      now += 10_000;
      expect((await container.items.readAll<Thing>().fetchAll()).resources.map(({ sk }) => sk)).toEqual(['long', 'short']);
      for (const ttl of [0, -2, 1.5, null]) expect((await failure(container.items.create(thing('x', { ttl })))).code).toBe(400);
    });
  });

  describe('queries', () => {
    const ofPartition = (query: string, parameters: { name: string; value: string | number }[] = [], options = {}) =>
      container.items.query<Thing>({ query, parameters: [{ name: '@pk', value: pk }, ...parameters] }, { partitionKey: pk, ...options });
    const skOf = ({ resources }: { resources: readonly Thing[] }) => resources.map(({ sk }) => sk);

    it('find a range of one partition in order, either way', async () => {
      await putAll(...['b', 'd', 'a', 'c', 'é', '😀', '\uffee'].map((sk) => thing(sk)), { ...thing('x'), pk: 'acme#others' });
      const range = (order: string) =>
        ofPartition(`SELECT * FROM c WHERE c.pk = @pk AND c.sk >= @from AND c.sk <= @to ORDER BY c.sk ${order}`, [
          { name: '@from', value: 'b' },
          { name: '@to', value: 'c' },
        ]).fetchAll();
      expect(skOf(await range('ASC'))).toEqual(['b', 'c']);
      expect(skOf(await range('DESC'))).toEqual(['c', 'b']);
      expect(skOf(await ofPartition('SELECT * FROM c WHERE c.pk = @pk ORDER BY c.sk').fetchAll())).toEqual([
        'a',
        'b',
        'c',
        'd',
        'é',
        '\uffee',
        '😀',
      ]);
      expect(skOf(await ofPartition("SELECT * FROM c WHERE STARTSWITH(c.sk, 'c') OR NOT (c.sk > 'a')").fetchAll())).toEqual(['a', 'c']);
    });
    it('go on behind a page by its token alone, though its last item is gone and others came', async () => {
      await putAll(...['a', 'b', 'd', 'e'].map((sk) => thing(sk)));
      const query = 'SELECT * FROM c WHERE c.pk = @pk ORDER BY c.sk ASC';
      const first = await ofPartition(query, [], { maxItemCount: 2 }).fetchNext();
      expect(skOf(first)).toEqual(['a', 'b']);
      expect(first.continuationToken).toBeDefined();
      await container.item('b', pk).delete();
      await putAll(thing('aa'), thing('c'));
      const second = await ofPartition(query, [], { maxItemCount: 3, continuationToken: first.continuationToken }).fetchNext();
      expect(skOf(second)).toEqual(['c', 'd', 'e']);
      expect(second.continuationToken).toBeUndefined();
      for (const [text, token] of [
        [query, 'nonsense'],
        ['SELECT * FROM c', first.continuationToken],
      ] as const)
        expect((await failure(ofPartition(text, [], { continuationToken: token }).fetchNext())).code).toBe(400);
    });
    it('give no more than 4 MB at once', async () => {
      await putAll(...['a', 'b', 'c'].map((sk) => thing(sk, { text: 'x'.repeat(1_900_000) })));
      const page = await ofPartition('SELECT * FROM c WHERE c.pk = @pk ORDER BY c.sk').fetchNext();
      expect(skOf(page)).toEqual(['a', 'b']);
      expect(skOf(await ofPartition('SELECT * FROM c WHERE c.pk = @pk ORDER BY c.sk').fetchAll())).toEqual(['a', 'b', 'c']);
    });
    it('select, count, cut and window', async () => {
      await putAll(...['a', 'b', 'c'].map((sk, n) => thing(sk, { n })));
      expect((await ofPartition('SELECT c.sk, c.n AS number FROM c WHERE c.n IN (0, 2)').fetchAll()).resources).toEqual([
        { sk: 'a', number: 0 },
        { sk: 'c', number: 2 },
      ]);
      expect((await ofPartition('SELECT VALUE COUNT(1) FROM c WHERE c.n BETWEEN 1 AND 5').fetchAll()).resources).toEqual([2]);
      expect(
        (await ofPartition('SELECT VALUE c.n FROM c WHERE IS_DEFINED(c.n) ORDER BY c.sk OFFSET 1 LIMIT 1').fetchAll()).resources,
      ).toEqual([1]);
      expect(skOf(await ofPartition('SELECT TOP 2 * FROM c ORDER BY c.sk DESC').fetchAll())).toEqual(['c', 'b']);
    });
    it('compare no values of different types, and leave out what lacks the property they order by', async () => {
      await putAll(thing('a', { size: 1 }), thing('b', { size: '1' }), thing('c'));
      expect(skOf(await ofPartition("SELECT * FROM c WHERE c.size = '1' OR c.size < '9'").fetchAll())).toEqual(['b']);
      expect(skOf(await ofPartition('SELECT * FROM c ORDER BY c.size').fetchAll())).toEqual(['a', 'b']);
    });
    it('are refused an order that no index serves', async () => {
      const ordered = (by: string) => failure(ofPartition(`SELECT * FROM c WHERE c.pk = @pk ORDER BY ${by}`).fetchNext());
      expect(await ordered('c.colour, c.size, c.sk')).toMatchObject({ code: 0 });
      expect(await ordered('c.colour DESC, c.size DESC, c.sk DESC')).toMatchObject({ code: 0 });
      for (const by of ['c.colour, c.size', 'c.colour, c.size DESC, c.sk', 'c.weight']) expect((await ordered(by)).code, by).toBe(400);
    });
    it('are refused when they make no sense', async () => {
      for (const query of [
        'SELECT',
        'SELECT * FROM c;',
        'INSERT',
        'SELECT * FROM c WHERE',
        'SELECT * FROM c WHERE c.a ==',
        'SELECT * FROM c WHERE d.a = 1',
        '',
      ])
        expect((await failure(ofPartition(query).fetchNext())).code, query).toBe(400);
    });
  });

  describe('queries over all partitions', () => {
    const across = 'SELECT * FROM c WHERE c.colour = @colour ORDER BY c.colour, c.size, c.sk';
    const spec = { query: across, parameters: [{ name: '@colour', value: 'red' }] };
    const partitions = Array.from({ length: 12 }, (_, n) => `acme#${n}`);
    const fill = () =>
      putAll(
        ...partitions.map((each, n) => ({
          ...thing(`sk-${n}`),
          pk: each,
          colour: n % 4 === 0 ? 'blue' : 'red',
          size: String(11 - n).padStart(2, '0'),
        })),
      );
    const sizes = ({ resources }: { resources: readonly Thing[] }) => resources.map(({ size }) => size);
    const expected = ['00', '01', '02', '04', '05', '06', '08', '09', '10'];

    it.each([1, 3])('are put together by the client, of %i ranges', async (ranges) => {
      await stop();
      await start(ranges);
      await fill();
      expect(sizes(await container.items.query<Thing>(spec).fetchAll())).toEqual(expected);
      const counted = await container.items.query<number>('SELECT VALUE COUNT(1) FROM c').fetchAll();
      expect(counted.resources).toEqual([12]);
      const unordered = await container.items.query<Thing>('SELECT * FROM c', { maxItemCount: 5 }).fetchAll();
      expect(unordered.resources).toHaveLength(12);
    });
    it('are refused by the gateway where they have an order, with the plan, and served range by range', async () => {
      await stop();
      await start(3);
      await fill();
      const send = (headers: Record<string, string>) =>
        fetch(`${fake.url}/dbs/platform/colls/things/docs`, {
          method: 'POST',
          headers: { ...aadHeaders(), 'content-type': 'application/query+json', ...headers },
          body: JSON.stringify(spec),
        });
      expect((await send({})).status).toBe(400);
      const all = { 'x-ms-documentdb-query-enablecrosspartition': 'true' };
      const refusal = await send(all);
      expect([refusal.status, refusal.headers.get('x-ms-substatus')]).toEqual([400, '1004']);
      const { additionalErrorInfo } = (await refusal.json()) as { additionalErrorInfo: string };
      expect(JSON.parse(additionalErrorInfo)).toMatchObject({ queryInfo: { orderBy: ['Ascending', 'Ascending', 'Ascending'] } });
      const pages = await Promise.all(
        ['0', '1', '2'].map(async (id) => (await send({ ...all, 'x-ms-documentdb-partitionkeyrangeid': id })).json()),
      );
      const found = pages.flatMap((page) => (page as { Documents: Thing[] }).Documents.map(({ size }) => size));
      expect(found.sort()).toEqual(expected);
      expect((await send({ ...all, 'x-ms-documentdb-partitionkeyrangeid': '9' })).status).toBe(410);
    });
  });

  describe('batches', () => {
    const create = (sk: string, more = {}): OperationInput => ({
      operationType: BulkOperationType.Create,
      resourceBody: thing(sk, more) as never,
    });
    const statuses = ({ result }: { result?: { statusCode: number }[] }) => result?.map(({ statusCode }) => statusCode);

    it('do all operations in their order', async () => {
      await putAll(thing('old'), thing('other'));
      const answer = await container.items.batch(
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
      await putAll(thing('taken'), thing('old'));
      const answer = await container.items.batch(
        [create('a'), { operationType: BulkOperationType.Delete, id: 'old' }, create('taken'), create('b')],
        pk,
      );
      expect(answer.code).toBe(207);
      expect(statuses(answer)).toEqual([424, 424, 409, 424]);
      expect((await container.items.readAll<Thing>().fetchAll()).resources.map(({ sk }) => sk)).toEqual(['taken', 'old']);
    });
    it('hold each operation to its etag', async () => {
      const { etag } = await container.items.create(thing('a'));
      const replace = (ifMatch: string): OperationInput =>
        ({ operationType: BulkOperationType.Replace, id: 'a', resourceBody: thing('a', { n: 1 }), ifMatch }) as never;
      expect(statuses(await container.items.batch([create('b'), replace('"other"')], pk))).toEqual([424, 412]);
      expect(statuses(await container.items.batch([create('b'), replace(etag)], pk))).toEqual([201, 200]);
    });
    it('take 100 operations and refuse 101, or what is of another partition, or more than 2 MB', async () => {
      const many = (count: number) => Array.from({ length: count }, (_, n) => create(`${n}`));
      expect((await container.items.batch(many(100), pk)).code).toBe(200);
      const send = async (operations: readonly OperationInput[], key = pk) =>
        fetch(`${fake.url}/dbs/platform/colls/things/docs`, {
          method: 'POST',
          headers: {
            ...aadHeaders(),
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
      await stop();
      await start(4);
      const operations = Array.from({ length: 60 }, (_, n) => ({ ...create('a', { pk: `acme#${n}` }), partitionKey: `acme#${n}` }));
      const answers = await container.items.executeBulkOperations(operations);
      expect(answers.map(({ response }) => response?.statusCode)).toEqual(operations.map(() => 201));
    });
  });

  describe('the change feed', () => {
    const changes = (options: { continuation?: string | undefined; maxItemCount?: number; partitionKey?: string; now?: boolean }) => {
      const { continuation, maxItemCount, partitionKey } = options;
      return container.items.changeFeed<Thing & { _lsn: number }>(partitionKey ?? pk, {
        ...(continuation === undefined ? { startFromBeginning: !options.now } : { continuation }),
        ...(maxItemCount === undefined ? {} : { maxItemCount }),
      });
    };

    it('has the newest version of each item, in the order of the changes, and goes on where it was', async () => {
      await putAll(thing('a'), thing('b'), thing('c'), thing('a', { n: 2 }));
      await container.item('b', pk).delete();
      const feed = changes({ maxItemCount: 1 });
      const [first, second, none] = [await feed.fetchNext(), await feed.fetchNext(), await feed.fetchNext()];
      expect([first.result, second.result].flat()).toMatchObject([{ id: 'c' }, { id: 'a', n: 2 }]);
      expect((second.result[0]?._lsn ?? 0) > (first.result[0]?._lsn ?? 0)).toBe(true);
      expect([none.statusCode, none.count]).toEqual([304, 0]);
      await putAll(thing('d'));
      expect((await changes({ continuation: second.etag }).fetchNext()).result).toMatchObject([{ id: 'd' }]);
      expect((await changes({ continuation: none.etag }).fetchNext()).result).toMatchObject([{ id: 'd' }]);
    });
    it('begins now where nothing else is asked, and can be read of one partition key', async () => {
      await putAll(thing('a'));
      const feed = changes({ now: true });
      expect((await feed.fetchNext()).statusCode).toBe(304);
      await putAll({ ...thing('x'), pk: 'acme#others' }, thing('b'));
      expect((await feed.fetchNext()).result).toMatchObject([{ id: 'b' }]);
    });
    it('never divides what one batch changed, which has one version', async () => {
      await putAll(thing('a'));
      await container.items.batch(
        ['b', 'c', 'd'].map((sk) => ({ operationType: BulkOperationType.Create, resourceBody: thing(sk) as never })),
        pk,
      );
      const feed = changes({ maxItemCount: 2 });
      const page = await feed.fetchNext();
      expect(page.result.map(({ sk }) => sk)).toEqual(['a', 'b', 'c', 'd']);
      expect(new Set(page.result.slice(1).map(({ _lsn }) => _lsn)).size).toBe(1);
    });
    it('of all ranges reaches every item once', async () => {
      await stop();
      await start(3);
      const keys = Array.from({ length: 30 }, (_, n) => `acme#${n}`);
      await putAll(...keys.map((each) => ({ ...thing('a'), pk: each })));
      const seen: string[] = [];
      const { ChangeFeedStartFrom } = await import('@azure/cosmos');
      const feed = container.items.getChangeFeedIterator<Thing>({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning(), maxItemCount: 4 });
      for (let page = await feed.readNext(); page.statusCode !== 304; page = await feed.readNext())
        seen.push(...page.result.map((each) => each.pk));
      expect(seen.sort()).toEqual([...keys].sort());
    });
  });

  describe('who asks, and how often', () => {
    it('is asked for a signature with the account’s key', async () => {
      const stranger = connect(Buffer.from('another key').toString('base64'));
      expect((await failure(stranger.database('platform').read())).code).toBe(401);
      stranger.dispose();
      expect((await fetch(`${fake.url}/dbs/platform`, { headers: { 'x-ms-version': '2020-07-15' } })).status).toBe(401);
    });
    it('may have a token of Entra ID for items, but not for making containers', async () => {
      const bearer = new CosmosClient({
        endpoint: fake.url,
        tokenProvider: async () => `type=aad&ver=1.0&sig=${tokenFor('https://cosmos.azure.com')}`,
      });
      const { items } = bearer.database('platform').container('things');
      expect((await items.create(thing('a'))).statusCode).toBe(201);
      expect(await failure(bearer.databases.create({ id: 'x' }))).toMatchObject({ code: 403, substatus: 5300 });
      bearer.dispose();
    });
    it('may not have a token that is for another service or has expired', async () => {
      for (const token of [tokenFor('https://vault.azure.net'), tokenFor('https://cosmos.azure.com', -1), 'no.token'])
        expect((await fetch(`${fake.url}/dbs/platform`, { headers: aadHeaders(token) })).status).toBe(401);
    });
    it('is told to wait when there is no throughput left, and comes again', async () => {
      const seen: FakeRequest[] = [];
      fake.intercept((request) => {
        if (!request.path.endsWith('/docs')) return undefined;
        seen.push(request);
        return seen.length === 1 ? throttled(20) : undefined;
      });
      const made = await container.items.create(thing('a'));
      expect([made.statusCode, seen.length]).toEqual([201, 2]);
      fake.intercept(() => throttled(5));
      expect(await failure(container.items.create(thing('b')))).toMatchObject({ code: 429, substatus: 3200, retryAfterInMs: 5 });
    });
  });

  const tokenFor = (audience: string, seconds = 3600) => {
    const at = Math.floor(now / 1000);
    return unsignedToken({ iss: 'https://sts.windows.net/t/', sub: 'p', aud: audience, iat: at, exp: at + seconds });
  };
  const aadHeaders = (token = tokenFor('https://cosmos.azure.com')) => ({
    authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${token}`),
    'x-ms-version': '2020-07-15',
  });
});
