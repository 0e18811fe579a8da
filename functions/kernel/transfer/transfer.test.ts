import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import { presignedPutHeaders } from '../../../domain/kernel/object-rules.ts';
import type { Item } from '../../../domain/kernel/table.ts';
import { contexts } from '../../contexts.ts';
import { bootstrapKey } from '../authentication.ts';
import type { ContextDeclaration } from '../context.ts';
import { publisher } from '../publish.ts';
import { testBus } from '../test-serving.ts';
import { objectTransfer, tableTransfer } from './handlers.ts';
import { isMoved } from './moved.ts';
import { transferredStores, transferredTables } from './routes.ts';

const params = { table: 'things' };
const pk = 'acme#thing';

const worldOf = async (...items: readonly Item[]) => {
  const things = inMemoryTable();
  for (const item of items) await things.put(item);
  const take = async (cursor?: string) => (await tableTransfer['export-items']({ params, query: { cursor } }, { things })).body;
  const bring = async (...brought: readonly Item[]) =>
    (await tableTransfer['import-items']({ params, body: { items: brought } }, { things })).body;
  return { things, take, bring };
};

describe('taking the items of a table elsewhere', () => {
  it('gives them as they are, in pages that an answer can carry', async () => {
    const large = Array.from({ length: 40 }, (_, n) => ({ pk, sk: `${n}`.padStart(2, '0'), text: 'x'.repeat(300_000) }));
    const { take } = await worldOf(...large);
    const found: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = (await take(cursor)) as { data: readonly Item[]; next: string | null };
      expect(JSON.stringify(page).length).toBeLessThan(3.5 * 1024 * 1024);
      found.push(...page.data);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(large);
  });

  it('keeps to itself its administrator’s key, and what a cloud notes for itself', async () => {
    const { take, bring, things } = await worldOf({ ...bootstrapKey, secretHash: 'a' }, { pk, sk: '~mark' }, { pk, sk: 'a' });
    expect(await take()).toEqual({ data: [{ pk, sk: 'a' }], next: null });
    expect(await bring({ ...bootstrapKey, secretHash: 'b' })).toEqual({ written: 0, same: 0, kept: [bootstrapKey] });
    expect((await things.get(bootstrapKey))?.secretHash).toBe('a');
  });

  it('takes no notes of a cloud’s own, and gives none: they say how far it has told of events', async () => {
    const progress = { pk: '~progress#acme#model', sk: 'progress', sequence: '9' };
    const { take, bring } = await worldOf(progress, { pk, sk: 'a' });
    expect(await take()).toEqual({ data: [{ pk, sk: 'a' }], next: null });
    expect(await bring(progress)).toEqual({ written: 0, same: 0, kept: [{ pk: progress.pk, sk: progress.sk }] });
  });

  it('keeps to itself the keys of its other administrators, who are none elsewhere', async () => {
    const own = { pk: 'platform#api-key#1', sk: 'state#api-key' };
    const tenants = { pk: 'acme#api-key#1', sk: 'state#api-key' };
    const { take, bring, things } = await worldOf(own, tenants);
    expect(await take()).toEqual({ data: [tenants], next: null });
    const theirs = { pk: 'platform#api-key#2', sk: 'state#api-key' };
    expect(await bring(theirs)).toEqual({ written: 0, same: 0, kept: [theirs] });
    expect(await things.get(theirs)).toBeUndefined();
  });

  it('keeps to itself who has taken what from it: a trail that tells of that grows while it is taken', async () => {
    const entry = { pk: 'platform#audit#2026-11-21', action: 'x', at: 'x', by: 'bootstrap', id: 'x' };
    const ours = { ...entry, sk: 'a', resource: '/v1/observability-transfer/tables/audit', outcome: 'success' };
    const refused = { ...ours, sk: 'b', outcome: 'denied' };
    const { take, bring } = await worldOf(ours, refused);
    expect(await take()).toEqual({ data: [refused], next: null });
    expect(await bring({ ...ours, sk: 'forged' })).toMatchObject({ written: 0, kept: [{ sk: 'forged' }] });
  });

  it('tells what happened as it came the first time, and not otherwise later', async () => {
    const { bring, things } = await worldOf();
    const history = [
      { pk, sk: 'event#thing#0000000001', kind: 'event', version: 1 },
      { pk: 'acme#audit#2026-11-21', sk: 'a', outcome: 'denied' },
      { pk: 'acme#usage#2026-11-21T12#0', sk: 'fact' },
    ];
    expect(await bring(...history)).toEqual({ written: 3, same: 0, kept: [] });
    expect(await bring(...history)).toEqual({ written: 0, same: 3, kept: [] });
    const otherwise = history.map((item) => ({ ...item, by: 'nobody' }));
    expect(await bring(...otherwise)).toEqual({ written: 0, same: 0, kept: history.map((item) => ({ pk: item.pk, sk: item.sk })) });
    for (const item of history) expect(await things.get(item)).toEqual({ ...item, moved: true });
  });

  it('puts what is not there, knows it again, and replaces what came before and was not changed since', async () => {
    const { bring, take, things } = await worldOf();
    expect(await bring({ pk, sk: 'a', version: 1, n: 1 }, { pk, sk: 'b' })).toEqual({ written: 2, same: 0, kept: [] });
    expect(await bring({ pk, sk: 'a', version: 1, n: 1 })).toEqual({ written: 0, same: 1, kept: [] });
    expect(await bring({ pk, sk: 'a', version: 2, n: 2 }, { pk, sk: 'b', late: true })).toEqual({ written: 2, same: 0, kept: [] });
    expect(await take()).toEqual({
      data: [
        { pk, sk: 'a', version: 2, n: 2 },
        { pk, sk: 'b', late: true },
      ],
      next: null,
    });
    await things.put({ pk, sk: 'a', version: 3, n: 3 });
    expect(await bring({ pk, sk: 'a', version: 2, n: 2 })).toEqual({ written: 0, same: 0, kept: [{ pk, sk: 'a' }] });
    expect(await things.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', version: 3, n: 3 });
  });

  it('decides again where somebody writes, or deletes, between its look and its put', async () => {
    const { things } = await worldOf({ pk, sk: 'a', version: 1, moved: true });
    const racing = {
      ...things,
      get: async (key: { pk: string; sk: string }) => {
        const found = await things.get(key);
        if (found?.version === 1) await things.put({ pk, sk: 'a', version: 2, theirs: true });
        return found;
      },
    };
    const outcome = await tableTransfer['import-items'](
      { params, body: { items: [{ pk, sk: 'a', version: 1, n: 1 }] } },
      { things: racing },
    );
    expect(outcome.body).toEqual({ written: 0, same: 0, kept: [{ pk, sk: 'a' }] });
    const vanishing = {
      ...things,
      get: async (key: { pk: string; sk: string }) => {
        await things.delete(key);
        return things.get(key);
      },
    };
    const again = await tableTransfer['import-items']({ params, body: { items: [{ pk, sk: 'a', n: 1 }] } }, { things: vanishing });
    expect(again.body).toEqual({ written: 1, same: 0, kept: [] });
  });

  it('marks what it puts, so that no event is told again', async () => {
    const { bring, things } = await worldOf();
    await bring({ pk: 'acme#model#digits', sk: 'event#model#0000000001', kind: 'event', event: { type: 'nobody-declares-this' } });
    const changes = things.changes();
    expect(changes.every(({ item }) => item !== undefined && isMoved(item))).toBe(true);
    const bus = testBus();
    await publisher({ publishes: [] }, bus)(changes);
    expect(bus.published).toEqual([]);
  });
});

describe('taking objects elsewhere', () => {
  const artifacts = {
    list: async (_prefix: string, { cursor }: { cursor?: string } = {}) =>
      cursor === undefined ? { items: [{ key: 'a', sizeBytes: 1, etag: 'e' }], next: 'more' } : { items: [], next: null },
    presign: async (method: string, key: string, seconds: number) => `https://store/${method}/${key}?${seconds}`,
  };
  const of = { params: { store: 'artifacts' } };
  it('lists them, and gives a URL for one of them', async () => {
    const first = await objectTransfer['export-objects']({ ...of, query: {} }, { artifacts });
    expect(first.body).toEqual({ data: [{ key: 'a', sizeBytes: 1 }], next: 'more' });
    expect((await objectTransfer['export-objects']({ ...of, query: { cursor: 'more' } }, { artifacts })).body).toEqual({
      data: [],
      next: null,
    });
    const got = await objectTransfer['get-object-url']({ ...of, query: { key: 'a', method: 'GET' } }, { artifacts });
    expect(got.body).toEqual({ method: 'GET', headers: {}, url: 'https://store/GET/a?3600' });
    const put = await objectTransfer['get-object-url']({ ...of, query: { key: 'a', method: 'PUT' } }, { artifacts });
    const headers = { 'content-type': 'application/octet-stream', ...presignedPutHeaders };
    expect(headers).toMatchObject({ 'x-ms-blob-type': 'BlockBlob', 'x-goog-content-length-range': '0,5368709120' });
    expect(put.body).toEqual({ method: 'PUT', headers, url: 'https://store/PUT/a?3600' });
  });
});

describe('what is taken elsewhere', () => {
  it('is told of in the audit trail, whoever takes or brings it', () => {
    const routes = contexts.flatMap((context) => Object.entries(context.routes as ContextDeclaration['routes']));
    const transfers = routes.filter(([key]) => key.includes('-transfer/'));
    expect(transfers).not.toHaveLength(0);
    expect(transfers.filter(([, { told, scope }]) => !told || scope !== 'platform')).toEqual([]);
  });

  it('is every table and store of every context, but for what is made of them, what lasts a minute, when keys were used here and what is the cloud’s own', () => {
    const ofAll = (parts: 'tables' | 'objects', taken: (context: string) => readonly string[]) =>
      contexts.flatMap((context) =>
        Object.keys(context[parts])
          .filter((name) => !taken(context.name).includes(name))
          .map((name) => `${context.name}.${name}`),
      );
    expect(ofAll('tables', (context) => transferredTables(contexts, context))).toEqual([
      'platform.last-uses',
      'billing.rollups',
      'billing.turns',
    ]);
    expect(ofAll('objects', (context) => transferredStores(contexts, context))).toEqual([
      'platform.large-events',
      'platform.failed-changes',
    ]);
  });
});

it('gives up on an item that is never as it was looked at, and says that it stays', async () => {
  const things = inMemoryTable();
  await things.put({ pk, sk: 'a', moved: true, text: 'before' });
  let puts = 0;
  const elusive = { ...things, put: async () => ({ written: false as const, puts: puts++ }) };
  const item = { pk, sk: 'a', text: 'after' };
  const { body } = await tableTransfer['import-items']({ params, body: { items: [item] } }, { things: elusive });
  expect(body).toEqual({ written: 0, same: 0, kept: [{ pk, sk: 'a' }] });
  expect(puts).toBeLessThan(30);
});
