import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Item, Key } from '../../domain/kernel/table.ts';
import { rejection, type SettableClock, settableClock } from '../conformance/harness.ts';
import { type Epoch, epoch, rememberedItems } from './remembered-items.ts';
import { temporaryStore } from './test-store.ts';

const key: Key = { pk: 'acme#models', sk: 'digits' };
const now = new Date('2026-11-01T12:00:00.000Z');

describe('remembered items', () => {
  let items: Map<string, Item>;
  let reads: number;
  let moments: Epoch;
  let get: ReturnType<typeof rememberedItems>;
  beforeEach(() => {
    items = new Map();
    reads = 0;
    moments = epoch();
    get = rememberedItems(moments, ({ pk, sk }) => {
      reads++;
      return items.get(JSON.stringify([pk, sk]));
    });
  });
  /** A write up to its commit, which is what it gives back. */
  const begin = (): (() => void) => {
    const notified: (() => void)[] = [];
    moments.touch({ afterCommit: (notify: () => void) => notified.push(notify) } as unknown as Parameters<Epoch['touch']>[0]);
    return () => {
      for (const notify of notified) notify();
    };
  };
  const put = (item: Item) => items.set(JSON.stringify([item.pk, item.sk]), item);

  it('are read once, also those that are not there', () => {
    put({ ...key, text: 'x' });
    for (let n = 0; n < 3; n++) expect([get(key, now)?.text, get({ ...key, sk: 'none' }, now)]).toEqual(['x', undefined]);
    expect(reads).toBe(2);
  });
  it('are read again when anything has changed', () => {
    expect(get(key, now)).toBeUndefined();
    put({ ...key, text: 'x' });
    begin()();
    expect(get(key, now)?.text).toBe('x');
  });
  it('are read again where they were read between a write and its commit', () => {
    const commit = begin();
    expect(get(key, now)).toBeUndefined();
    put({ ...key, text: 'x' });
    commit();
    expect(get(key, now)?.text).toBe('x');
  });
  it('are gone when their lives have ended, without a change', () => {
    put({ ...key, expiresAt: now.getTime() / 1000 + 1 });
    expect(get(key, now)).toBeDefined();
    expect(get(key, new Date(now.getTime() + 999))).toBeDefined();
    expect(get(key, new Date(now.getTime() + 1000))).toBeUndefined();
    expect(reads).toBe(1);
  });
  it('are not mistaken for others', () => {
    put({ pk: 'a\nb', sk: 'c', text: 'first' });
    put({ pk: 'a', sk: 'b\nc', text: 'second' });
    expect([get({ pk: 'a\nb', sk: 'c' }, now)?.text, get({ pk: 'a', sk: 'b\nc' }, now)?.text]).toEqual(['first', 'second']);
  });
  it('are so many at the most', () => {
    for (let round = 0; round < 2; round++) for (let n = 0; n < 2001; n++) get({ ...key, sk: String(n) }, now);
    expect(reads).toBeGreaterThan(4000);
  });
});

describe('a get of the laptop’s table', () => {
  let clock: SettableClock;
  let temporary: ReturnType<typeof temporaryStore>;
  beforeEach(() => {
    clock = settableClock(now);
    temporary = temporaryStore(clock);
  });
  afterEach(() => temporary.dispose());
  const things = () => temporary.store().table('things', {});

  it('sees every write that was acknowledged before it, whoever has read the item before', async () => {
    for (let version = 1; version <= 50; version++) {
      await things().get(key);
      const writing = things().put({ ...key, version });
      await things().get(key);
      await writing;
      expect((await things().get(key))?.version).toBe(version);
    }
  });
  it('sees a transaction, a put of many and a removal', async () => {
    expect(await things().get(key)).toBeUndefined();
    await things().transact(key.pk, [{ type: 'put', item: { ...key, text: 'x' } }]);
    expect((await things().get(key))?.text).toBe('x');
    await things().delete(key);
    expect(await things().get(key)).toBeUndefined();
    await things().putNew([{ ...key, text: 'y' }]);
    expect((await things().get(key))?.text).toBe('y');
  });
  it('sees an item’s life end, and the next one begin', async () => {
    await things().put({ ...key, expiresAt: now.getTime() / 1000 + 5 });
    expect(await things().get(key)).toBeDefined();
    clock.advance(5);
    expect(await things().get(key)).toBeUndefined();
    await temporary.store().sweep();
    await things().put({ ...key, text: 'x' }, 'absent');
    expect((await things().get(key))?.text).toBe('x');
  });
  it('sees what was there where a write was refused', async () => {
    await things().put({ ...key, version: 1 });
    await things().put({ ...key, version: 2 }, { version: 7 });
    await rejection(things().put({ ...key, version: 3, text: 'x'.repeat(2_000_000) }));
    expect((await things().get(key))?.version).toBe(1);
  });
});
