import { describe, expect, it } from 'vitest';
import { cosmosWorld, failure, pk, type Thing, thing } from './cosmos-world.ts';

describe('the fake of Cosmos DB, asked by the vendor’s client', () => {
  const world = cosmosWorld();

  describe('queries', () => {
    const ofPartition = (query: string, parameters: { name: string; value: string | number }[] = [], options = {}) =>
      world.container.items.query<Thing>(
        { query, parameters: [{ name: '@pk', value: pk }, ...parameters] },
        { partitionKey: pk, ...options },
      );
    const skOf = ({ resources }: { resources: readonly Thing[] }) => resources.map(({ sk }) => sk);

    it('find a range of one partition in order, either way', async () => {
      await world.putAll(...['b', 'd', 'a', 'c', 'é', '😀', '\uffee'].map((sk) => thing(sk)), { ...thing('x'), pk: 'acme#others' });
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
      await world.putAll(...['a', 'b', 'd', 'e'].map((sk) => thing(sk)));
      const query = 'SELECT * FROM c WHERE c.pk = @pk ORDER BY c.sk ASC';
      const first = await ofPartition(query, [], { maxItemCount: 2 }).fetchNext();
      expect(skOf(first)).toEqual(['a', 'b']);
      expect(first.continuationToken).toBeDefined();
      await world.container.item('b', pk).delete();
      await world.putAll(thing('aa'), thing('c'));
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
      await world.putAll(...['a', 'b', 'c'].map((sk) => thing(sk, { text: 'x'.repeat(1_900_000) })));
      const page = await ofPartition('SELECT * FROM c WHERE c.pk = @pk ORDER BY c.sk').fetchNext();
      expect(skOf(page)).toEqual(['a', 'b']);
      expect(skOf(await ofPartition('SELECT * FROM c WHERE c.pk = @pk ORDER BY c.sk').fetchAll())).toEqual(['a', 'b', 'c']);
    });
    it('select, count, cut and window', async () => {
      await world.putAll(...['a', 'b', 'c'].map((sk, n) => thing(sk, { n })));
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
      await world.putAll(thing('a', { size: 1 }), thing('b', { size: '1' }), thing('c'));
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
      world.putAll(
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
      await world.restart(ranges);
      await fill();
      expect(sizes(await world.container.items.query<Thing>(spec).fetchAll())).toEqual(expected);
      const counted = await world.container.items.query<number>('SELECT VALUE COUNT(1) FROM c').fetchAll();
      expect(counted.resources).toEqual([12]);
      const unordered = await world.container.items.query<Thing>('SELECT * FROM c', { maxItemCount: 5 }).fetchAll();
      expect(unordered.resources).toHaveLength(12);
    });
    it('are refused by the gateway where they have an order, with the plan, and served range by range', async () => {
      await world.restart(3);
      await fill();
      const send = (headers: Record<string, string>) =>
        fetch(`${world.fake.url}/dbs/platform/colls/things/docs`, {
          method: 'POST',
          headers: { ...world.aadHeaders(), 'content-type': 'application/query+json', ...headers },
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
});
