import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { apiKeyStream, apiKeys, formatApiKey } from '../../domain/identity/api-key.ts';
import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import type { Item } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { sha256 } from '../kernel/authentication.ts';
import { testServing } from '../kernel/test-serving.ts';
import { identity } from './context.ts';
import { handlers } from './handlers.ts';

const bank = 'bank' as TenantId;
const by = { id: 'test' };
const params = { table: 'directory' };

/** Takes and brings by identity's own handlers. */
const platform = () => {
  const serving = testServing(inMemoryTable(identity.tables.directory));
  const { directory, clock, authenticate } = serving;
  const at = clock.now().toISOString();
  const handle = (type: 'create' | 'suspend' | 'resume') =>
    directory.events.handle(tenants, tenantStream(bank), { type, tenant: bank, name: 'Bank', at }, { by });
  const addKey = async (id: string) => {
    const key = { id, name: id, prefix: '', roles: ['admin' as const], secretHash: sha256('f00d'), expiresAt: null, createdAt: at };
    await directory.events.handle(apiKeys, apiKeyStream(bank, id), { type: 'create', tenant: bank, key }, { by });
  };
  const bring = async (items: readonly Item[]) =>
    (await handlers['import-items']({ params, body: { items } } as never, { directory } as never)) as { readonly body: unknown };
  const take = async () => {
    const answer = await handlers['export-items']({ params, query: {} } as never, { directory } as never);
    return (answer as unknown as { readonly body: { readonly data: readonly Item[] } }).body.data;
  };
  const enters = async (id: string) => 'principal' in (await authenticate(`Bearer ${formatApiKey({ tenant: bank, id, secret: 'f00d' })}`));
  const create = () =>
    handlers['create-tenant']({ body: { id: bank }, principal: { tenant: 'platform', ...by } } as never, { directory, clock } as never);
  return { directory, handle, addKey, bring, take, enters, create };
};

const withBank = async (...keys: readonly string[]) => {
  const made = platform();
  await made.handle('create');
  for (const key of keys) await made.addKey(key);
  return made;
};
const keysOf = (items: readonly Item[]) => items.map(({ pk, sk }) => ({ pk, sk }));
const all = (items: readonly Item[]) => ({ body: { written: items.length, same: 0, kept: [] } });
const none = (items: readonly Item[]) => ({ body: { written: 0, same: 0, kept: keysOf(items) } });
const known = (items: readonly Item[]) => ({ body: { written: 0, same: items.length, kept: [] } });
const isOfKey = ({ pk }: Item) => pk.startsWith('bank#api-key#');

describe('bringing what is of a tenant', () => {
  it('refuses a key for a tenant of the platform’s own, so that nobody enters by it', async () => {
    const forged = (await (await withBank('forged')).take()).filter(isOfKey);
    const target = await withBank('own');
    expect(forged).not.toHaveLength(0);
    expect(await target.bring(forged)).toMatchObject(none(forged));
    expect([await target.enters('forged'), await target.enters('own')]).toEqual([false, true]);
    expect(await target.directory.get(forged[0] as Item)).toBeUndefined();
  });

  it('refuses it also where the tenant’s state and later events are brought beside it, or it was changed since', async () => {
    const target = await withBank();
    for (const change of ['suspend', 'resume'] as const) await target.handle(change);
    const source = await withBank('forged');
    for (const change of ['suspend', 'resume', 'suspend', 'resume'] as const) await source.handle(change);
    const before = await target.take();
    await target.bring(await source.take());
    expect(await target.take()).toEqual(before);
    expect(await target.enters('forged')).toBe(false);
  });

  it('refuses it where something lay there before the tenant was created here', async () => {
    const target = platform();
    const planted = { pk: 'bank#tenant', sk: 'state#tenant', kind: 'state', version: 1, state: { id: '', name: '', status: 'unknown' } };
    await target.bring([planted]);
    await target.handle('create');
    const source = await withBank('forged');
    await target.bring((await source.take()).filter(({ sk }) => sk === 'event#tenant#0000000001'));
    const forged = (await source.take()).filter(isOfKey);
    expect(await target.bring(forged)).toMatchObject(none(forged));
    expect(await target.enters('forged')).toBe(false);
  });

  it.each([
    ['first', (items: readonly Item[]) => items],
    ['last', (items: readonly Item[]) => items.toReversed()],
  ])('takes a tenant that is not there with its keys, its own history %s', async (_, ordered) => {
    const items = ordered((await (await withBank('k')).take()).toSorted((one, other) => (one.pk > other.pk ? -1 : 1)));
    const target = platform();
    expect(await target.bring(items)).toMatchObject(all(items));
    expect(await target.enters('k')).toBe(true);
  });

  it('goes on with a tenant that came so: again, in parts, with new keys, and after it was changed here', async () => {
    const source = await withBank('k');
    const items = await source.take();
    const target = platform();
    expect(await target.bring(items.slice(0, 1))).toMatchObject(all(items.slice(0, 1)));
    expect(await target.bring(items.slice(1))).toMatchObject(all(items.slice(1)));
    expect(await target.bring(items)).toMatchObject(known(items));
    for (const change of ['suspend', 'resume'] as const) await target.handle(change);
    await source.addKey('later');
    const later = (await source.take()).filter(({ pk }) => pk === 'bank#api-key#later');
    expect(await target.bring(later)).toMatchObject(all(later));
    expect(await target.enters('later')).toBe(true);
  });

  it('goes from platform to platform, and home again without the keys that were made elsewhere', async () => {
    const home = await withBank('k');
    const items = await home.take();
    let away = home;
    for (const next of [platform(), platform(), platform()]) {
      expect(await next.bring(await away.take())).toMatchObject(all(items));
      expect(await next.take()).toEqual(items);
      away = next;
    }
    expect(await home.bring(await away.take())).toMatchObject(known(items));
    await away.addKey('elsewhere');
    const elsewhere = (await away.take()).filter(({ pk }) => pk === 'bank#api-key#elsewhere');
    expect(await home.bring(elsewhere)).toMatchObject(none(elsewhere));
    expect([await home.enters('elsewhere'), await home.enters('k')]).toEqual([false, true]);
  });
});

describe('bringing what stands in lists', () => {
  const state = async (of: string) => {
    const source = platform();
    await source.addKey('k');
    return (await source.take()).find(({ pk, sk }) => pk === of && sk.startsWith('state#')) as Item;
  };
  const key = () => state('bank#api-key#k');

  it.each<[string, (item: Item) => Item]>([
    ['in the list of another tenant', (item) => ({ ...item, pk: 'evil#api-key#k' })],
    ['by the id of another key', (item) => ({ ...item, key_id: 'other' })],
    ['for another tenant', (item) => ({ ...item, key_tenant: 'other' })],
    ['nowhere, so that it would be overlooked', ({ list: _, ...item }) => item as unknown as Item],
    ['as an event', (item) => ({ ...item, sk: 'event#api-key#0000000001', kind: 'event' })],
    ['with another state’s id', (item) => ({ ...item, state: { ...(item.state as object), id: 'other' } })],
  ])('refuses a key that would stand %s', async (_, changed) => {
    const item = changed(await key());
    expect(await platform().bring([item])).toMatchObject(none([item]));
  });

  it('takes the same key as it is', async () => {
    const items = [await key()];
    expect(await platform().bring(items)).toMatchObject(all(items));
  });

  it('refuses a key that goes by the id of another tenant’s, so that the platform revokes the right one', async () => {
    const target = await withBank('k');
    const { list: _, ...item } = await key();
    const forged = { ...item, pk: 'a#api-key#k', list: 'a#api-keys', key_tenant: 'a' };
    expect(await target.bring([forged])).toMatchObject(none([forged]));
    const elsewhere = platform();
    expect(await elsewhere.bring([forged])).toMatchObject(all([forged]));
  });
});

describe('bringing what is not well-formed', () => {
  const [pk, sk] = ['bank#tenant', 'state#tenant'];
  const whole = { id: 'bank', name: 'Bank', status: 'active', createdAt: '2026-11-01T00:00:00.000Z' };
  const indexed = { list: 'platform#tenants', rank: 'bank' };
  const tenant = { pk, sk, kind: 'state', version: 1, state: whole, ...indexed };
  const keyPk = 'bank#api-key#k';
  const key = async () => {
    const source = platform();
    await source.addKey('k');
    return (await source.take()).find((item) => item.pk === keyPk && item.sk.startsWith('state#')) as Item;
  };

  it.each<[string, object]>([
    ['no state at all', { state: null }],
    ['a text for a state', { state: 'active' }],
    ['a status that there is not', { state: { ...whole, status: 'unknown' } }],
    ['a number for a name', { state: { ...whole, name: 5 } }],
    ['a version that is no number', { version: 'one' }],
    ['no version', { version: undefined }],
  ])('refuses a tenant with %s, so that its id stays to be had', async (_, wrong) => {
    const target = platform();
    const item = { ...tenant, ...wrong } as unknown as Item;
    expect(await target.bring([item])).toMatchObject(none([item]));
    await target.handle('create');
    expect(await target.bring([tenant as Item])).toMatchObject({ body: { written: 0 } });
  });

  it('takes a well-formed one', async () => expect(await platform().bring([tenant as Item])).toMatchObject(all([tenant as Item])));

  it('refuses the platform itself as a tenant', async () => {
    const own = { ...tenant, pk: 'platform#tenant', rank: 'platform', state: { ...whole, id: 'platform' } } as Item;
    expect(await platform().bring([own])).toMatchObject(none([own]));
  });

  it.each<[string, object]>([
    ['no secret', { secretHash: undefined }],
    ['roles that are no list', { roles: 5 }],
    ['a role that there is not', { roles: ['root'] }],
    ['an end that is no time', { expiresAt: {} }],
  ])('refuses a key with %s, which would let in or break what reads it', async (_, wrong) => {
    const item = await key();
    const bad = { ...item, state: { ...(item.state as object), ...wrong } } as Item;
    expect(await platform().bring([bad])).toMatchObject(none([bad]));
  });

  it('creates no tenant whose keys came before it: they would let somebody in', async () => {
    const target = platform();
    const items = [await key()];
    expect(await target.bring(items)).toMatchObject(all(items));
    expect(await target.create()).toMatchObject({ failure: 'conflict', code: 'tenant-has-keys' });
    expect(await target.enters('k')).toBe(false);
  });
});
